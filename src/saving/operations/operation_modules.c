/* Where Keras defines the operations: keras.src.ops.numpy, but for these. */
#include "saving/operations/operations.h"

#include <string.h>

static const char *const modules[][2] = {
    {"keras.src.ops.math",
     "Erf Erfc Erfinv ExtractSequences InTopK Logsumexp Rsqrt SegmentMax SegmentMin SegmentSum "
     "TopK"},
    {"keras.src.ops.core",
     "Cast SaturateCast Scatter ScatterUpdate Slice SliceUpdate StopGradient Unstack"},
    {"keras.src.ops.linalg", "Cholesky Det Inv Norm Solve SolveTriangular"},
    {"keras.src.ops.image", "Resize"},
    {"keras.src.ops.nn",
     "AdaptiveAveragePool AdaptiveMaxPool AveragePool BatchNorm BinaryCrossentropy "
     "CategoricalCrossentropy Celu Conv ConvTranspose DepthToSpace DepthwiseConv "
     "DotProductAttention Elu Gelu Glu HardShrink HardSigmoid HardSilu HardTanh LayerNorm "
     "LeakyRelu "
     "LogSigmoid LogSoftmax MaxPool Moments MultiHot Normalize OneHot RMSNorm Relu Relu6 Selu "
     "SeparableConv Sigmoid Silu SoftShrink Softmax Softplus Softsign SpaceToDepth "
     "SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Squareplus TanhShrink "
     "Threshold Unfold"},
};

/* Is the name one of the words of a text? */
static bool is_among(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = strstr(names, name); at; at = strstr(at + 1, name))
        if ((at == names || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

const char *cn_operation_module(const char *class_name)
{
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (is_among(modules[i][1], class_name))
            return modules[i][0];
    return "keras.src.ops.numpy";
}
