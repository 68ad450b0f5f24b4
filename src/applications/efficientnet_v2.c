/* EfficientNetV2: stages of inverted bottlenecks, the early ones with whole convolutions (fused).
 * keras.applications.efficientnet_v2 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "applications/application.h"
#include "cornu/ops.h"

enum { MOST_STAGES = 7 };
typedef struct stage {
    unsigned char repeats, expand, stride;
    bool fused;
    short filters;
} stage;

/* The filters of the first convolution, and the stages. */
static const struct {
    short stem;
    stage stage[MOST_STAGES];
} plans[] = {{32, /* B */
              {{1, 1, 1, true, 16},
               {2, 4, 2, true, 32},
               {2, 4, 2, true, 48},
               {3, 4, 2, false, 96},
               {5, 6, 1, false, 112},
               {8, 6, 2, false, 192}}},
             {24, /* S */
              {{2, 1, 1, true, 24},
               {4, 4, 2, true, 48},
               {4, 4, 2, true, 64},
               {6, 4, 2, false, 128},
               {9, 6, 1, false, 160},
               {15, 6, 2, false, 256}}},
             {24, /* M */
              {{3, 1, 1, true, 24},
               {5, 4, 2, true, 48},
               {5, 4, 2, true, 80},
               {7, 4, 2, false, 160},
               {14, 6, 1, false, 176},
               {18, 6, 2, false, 304},
               {5, 6, 1, false, 512}}},
             {32, /* L */
              {{4, 1, 1, true, 32},
               {7, 4, 2, true, 64},
               {7, 4, 2, true, 96},
               {10, 4, 2, false, 192},
               {19, 6, 1, false, 224},
               {25, 6, 2, false, 384},
               {7, 6, 1, false, 640}}}};

/* Quoted, so that files have it as if it had been given to the layer. */
#define START "'VarianceScaling(2.0, fan_out, truncated_normal)'"

/* A multiple of 8. */
static int rounded(int filters, int width)
{
    int n = (int)(filters * (width / 100.0) + 4) / 8 * 8;
    return n > 8 ? n : 8;
}

static cn_tensor *conv(cn_tensor *x, int filters, int size, int stride, cn_str more, cn_str name)
{
    return cn_put(x, cn_fmt("Conv2D(%d, %d, %d, same, kernel_initializer=" START ", name=%s%s)",
                            filters, size, stride, name, more));
}

/* `part` is what the layers' names have before bn and activation. */
static cn_tensor *normalize(cn_tensor *x, cn_str block, cn_str part)
{
    return cn_put(x, cn_fmt("BatchNormalization(3, momentum=0.9, name=%s%sbn)", block, part));
}

static cn_tensor *activate(cn_tensor *x, cn_str block, cn_str part)
{
    x = normalize(x, block, part);
    return cn_put(x, cn_fmt("Activation(silu, name=%s%sactivation)", block, part));
}

static cn_tensor *plain(cn_tensor *x, int filters, int size, int stride, cn_str block, cn_str part)
{
    return conv(x, filters, size, stride, ", use_bias=false", cn_fmt("%s%sconv", block, part));
}

/* Channels are weighed by what all places say. */
static cn_tensor *squeeze(cn_tensor *x, int filters, int inner, cn_str name)
{
    cn_tensor *y = cn_put(x, cn_fmt("GlobalAveragePooling2D(name=%sse_squeeze)", name));
    y = cn_put(y, cn_fmt("Reshape([1, 1, %d], name=%sse_reshape)", filters, name));
    y = conv(y, inner, 1, 1, ", activation=silu", cn_fmt("%sse_reduce", name));
    y = conv(y, filters, 1, 1, ", activation=sigmoid", cn_fmt("%sse_expand", name));
    return cn_join(x, y, cn_fmt("Multiply(name=%sse_excite)", name));
}

typedef struct block {
    stage stage;
    int in, out, stride;
    double drop; /* how often training leaves it out */
    char name[24];
} block;

static cn_tensor *expanded(cn_tensor *x, const block *b)
{
    bool fused = b->stage.fused;
    if (b->stage.expand == 1)
        return x;
    x = plain(x, b->in * b->stage.expand, fused ? 3 : 1, fused ? b->stride : 1, b->name, "expand_");
    return activate(x, b->name, "expand_");
}

static cn_tensor *block_of(cn_tensor *input, const block *b)
{
    int inner = b->in * b->stage.expand;
    bool whole = b->stage.fused && b->stage.expand == 1; /* one convolution alone */
    cn_tensor *x = expanded(input, b);
    if (!b->stage.fused) {
        x = cn_put(x, cn_fmt("DepthwiseConv2D(3, %d, same, depthwise_initializer=" START
                             ", use_bias=false, name=%sdwconv2)",
                             b->stride, b->name));
        x = squeeze(activate(x, b->name, ""), inner, b->in / 4 > 1 ? b->in / 4 : 1, b->name);
    }
    x = plain(x, b->out, whole ? 3 : 1, whole ? b->stride : 1, b->name, "project_");
    x = (whole ? activate : normalize)(x, b->name, "project_");
    if (b->stride != 1 || b->in != b->out)
        return x;
    if (b->drop != 0)
        x = cn_put(x, cn_fmt("Dropout(%.17g, [None, 1, 1, 1], name=%sdrop)", b->drop, b->name));
    return cn_join(x, input, cn_fmt("Add(name=%sadd)", b->name));
}

static cn_tensor *preprocessed(cn_tensor *x, bool three)
{
    x = cn_put(x, three ? "Rescaling(0.0039215686274509803)" : "Rescaling(0.0078125, offset=-1)");
    return three ? cn_put(x, "Normalization(3, mean=[0.485, 0.456, 0.406], "
                             "variance=[0.052441, 0.050176000000000005, 0.050625])")
                 : x;
}

cn_tensor *cn_efficientnet_v2_body(const cn_application *which, cn_tensor *x, bool preprocess,
                                   int64_t channels)
{
    const stage *stages = plans[which->stages].stage;
    int total = 0, count = 0; /* of blocks, before there are more in deeper networks */
    for (int i = 0; i < MOST_STAGES; i++)
        total += stages[i].repeats;
    if (preprocess)
        x = preprocessed(x, !which->stages && channels == 3);
    block b = {.out = rounded(plans[which->stages].stem, which->width)};
    x = activate(plain(x, b.out, 3, 2, "stem_", ""), "stem_", "");
    for (int i = 0; i < MOST_STAGES && stages[i].repeats; i++) {
        b.stage = stages[i];
        int repeats = (int)ceil(which->depth / 100.0 * stages[i].repeats);
        for (int j = 0; j < repeats; j++) {
            b.in = b.out;
            b.out = rounded(stages[i].filters, which->width);
            b.stride = j ? 1 : stages[i].stride;
            b.drop = 0.2 * count++ / total;
            snprintf(b.name, sizeof b.name, "block%d%c_", i + 1, 'a' + j);
            x = block_of(x, &b);
        }
    }
    return activate(plain(x, rounded(1280, which->width), 1, 1, "top_", ""), "top_", "");
}
