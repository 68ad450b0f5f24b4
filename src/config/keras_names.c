#include "config/keras_names.h"

#include <string.h>

#include "base/text.h"

/* One text for each family: names with blanks between. */
static const char *const names[CN_FAMILY_COUNT] = {
    [CN_LAYERS] = "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
                  "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AugMix "
                  "AutoContrast CategoryEncoding ContrastLimitedAdaptiveHistogramEqualization "
                  "CutMix Discretization Equalization FlaxLayer HashedCrossing Hashing "
                  "InputSpec IntegerLookup JaxLayer Layer MaxNumBoundingBoxes MelSpectrogram "
                  "MixUp Pipeline RandAugment RandomBrightness RandomColorDegeneration "
                  "RandomColorJitter RandomContrast RandomCrop RandomElasticTransform "
                  "RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue "
                  "RandomInvert RandomPerspective RandomPosterization RandomRotation "
                  "RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom "
                  "ReversibleEmbedding STFTSpectrogram Solarization SpectralNormalization "
                  "StringLookup TFSMLayer TextVectorization TorchModuleWrapper Wrapper "
                  "TFOpLambda SlicingOpLambda CuDNNLSTM CuDNNGRU ThresholdedReLU "
                  "LocallyConnected1D LocallyConnected2D DenseFeatures",
    [CN_LOSSES] = "Loss",
    [CN_METRICS] = "Metric",
    [CN_OPTIMIZERS] = "Optimizer OptimizerMap",
    [CN_SCHEDULES] = "LearningRateSchedule",
    [CN_CALLBACKS] = ("Callback CallbackList LambdaCallback LearningRateScheduler OrbaxCheckpoint "
                      "RemoteMonitor SwapEMAWeights TensorBoard"),
    [CN_INITIALIZERS] = "Initializer",
    [CN_REGULARIZERS] = "Regularizer",
    [CN_CONSTRAINTS] = "Constraint",
};

bool cn_keras_alone_has(cn_family family, const char *name)
{
    return cn_text_among(name, names[family], " ");
}

const char *cn_keras_export(const char *class_name)
{
    return strcmp(class_name, "GroupedQueryAttention") == 0 ? "GroupQueryAttention" : class_name;
}
