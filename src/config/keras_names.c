#include "config/keras_names.h"

#include <stddef.h>
#include <string.h>

/* One text for each family, in its order: names with blanks between. */
static const char *const names[CN_FAMILY_COUNT] = {
    [CN_LAYERS] =
        "Activation ActivityRegularization AdaptiveAveragePooling1D "
        "AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D "
        "AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout "
        "Attention AugMix AutoContrast Average AveragePooling1D AveragePooling2D "
        "AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization Bidirectional "
        "CategoryEncoding CenterCrop Concatenate "
        "ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D "
        "Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D "
        "Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose "
        "Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix "
        "Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense "
        "Embedding Equalization Flatten FlaxLayer GRU GRUCell GaussianDropout "
        "GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D "
        "GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D "
        "GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D "
        "GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention "
        "HashedCrossing Hashing Identity InputLayer InputSpec IntegerLookup JaxLayer LSTM "
        "LSTMCell Lambda Layer LayerNormalization LeakyReLU Masking MaxNumBoundingBoxes "
        "MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum "
        "MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization PReLU "
        "Permute Pipeline RMSNormalization RNN RandAugment RandomBrightness "
        "RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop "
        "RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur "
        "RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization "
        "RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation "
        "RandomZoom ReLU RepeatVector Rescaling Reshape Resizing ReversibleEmbedding "
        "STFTSpectrogram SeparableConv1D SeparableConv2D SeparableConvolution1D "
        "SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax Solarization "
        "SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization "
        "StackedRNNCells StringLookup Subtract TFSMLayer TextVectorization "
        "TimeDistributed TorchModuleWrapper UnitNormalization UpSampling1D UpSampling2D "
        "UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D TFOpLambda "
        "SlicingOpLambda Functional Sequential Model CuDNNLSTM CuDNNGRU ThresholdedReLU "
        "LocallyConnected1D LocallyConnected2D DenseFeatures",
    [CN_LOSSES] =
        "BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy "
        "CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge "
        "Circle CosineSimilarity Dice Hinge Huber KLDivergence LogCosh Loss "
        "MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
        "MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge "
        "Tversky",
    [CN_METRICS] =
        "AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy "
        "CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity "
        "F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence "
        "LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU "
        "MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError Metric OneHotIoU "
        "OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score "
        "Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity "
        "SparseCategoricalAccuracy SparseCategoricalCrossentropy "
        "SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum "
        "TopKCategoricalAccuracy TrueNegatives TruePositives",
    [CN_OPTIMIZERS] =
        "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer "
        "MultiOptimizer Muon Nadam Optimizer OptimizerMap RMSprop SGD ScheduleFreeAdamW",
    [CN_SCHEDULES] = "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay "
                     "LearningRateSchedule PiecewiseConstantDecay PolynomialDecay",
    [CN_CALLBACKS] = "BackupAndRestore CSVLogger Callback CallbackList EarlyStopping History "
                     "LambdaCallback LearningRateScheduler ModelCheckpoint OrbaxCheckpoint "
                     "ProgbarLogger ReduceLROnPlateau RemoteMonitor SwapEMAWeights TensorBoard "
                     "TerminateOnNaN",
    [CN_INITIALIZERS] =
        "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity "
        "IdentityInitializer Initializer LecunNormal LecunUniform Ones Orthogonal "
        "OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer "
        "TruncatedNormal VarianceScaling Zeros constant glorot_normal glorot_uniform "
        "he_normal he_uniform identity lecun_normal lecun_uniform ones orthogonal "
        "random_normal random_uniform stft truncated_normal variance_scaling zeros",
    [CN_REGULARIZERS] =
        "L1 L1L2 L2 OrthogonalRegularizer Regularizer l1 l1_l2 l2 orthogonal_regularizer",
    [CN_CONSTRAINTS] =
        "Constraint MaxNorm MinMaxNorm NonNeg UnitNorm max_norm min_max_norm non_neg "
        "unit_norm",
    [CN_ACTIVATIONS] =
        "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish "
        "hard_tanh leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid "
        "silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax "
        "squareplus swish tanh tanh_shrink threshold",
};

bool cn_keras_has(cn_family family, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names[family]; at && *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && !memcmp(at, name, word))
            return true;
        at += word + strspn(at + word, " ");
    }
    return false;
}

const char *cn_keras_export(const char *class_name)
{
    return strcmp(class_name, "GroupedQueryAttention") == 0 ? "GroupQueryAttention" : class_name;
}
