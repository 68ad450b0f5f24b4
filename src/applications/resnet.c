/* Residual networks of both versions. keras.applications.resnet, resnet_v2 */
#include <stdio.h>

#include "applications/application.h"
#include "cornu/ops.h"

static cn_tensor *pad(cn_tensor *x, int margin, cn_str name)
{
    return cn_put(x, cn_fmt("ZeroPadding2D([[%d, %d], [%d, %d]], name=%s_pad)", margin, margin,
                            margin, margin, name));
}

static cn_tensor *conv(cn_tensor *x, int filters, int size, int stride, cn_str more, cn_str name)
{
    return cn_put(x,
                  cn_fmt("Conv2D(%d, %d, %d, name=%s_conv%s)", filters, size, stride, name, more));
}

static cn_tensor *normalize(cn_tensor *x, cn_str name)
{
    return cn_put(x, cn_fmt("BatchNormalization(3, epsilon=1.001e-5, name=%s_bn)", name));
}

static cn_tensor *relu(cn_tensor *x, cn_str name)
{
    x = normalize(x, name);
    return cn_put(x, cn_fmt("Activation(relu, name=%s_relu)", name));
}

/* The names of a block's convolutions. */
typedef struct names {
    char block[24], part[4][32];
} names;

static names names_of(int stage, int block)
{
    names n;
    snprintf(n.block, sizeof n.block, "conv%d_block%d", stage + 2, block + 1);
    for (int i = 0; i < 4; i++)
        snprintf(n.part[i], sizeof n.part[i], "%s_%d", n.block, i);
    return n;
}

/* (N, h, w, any) -> (N, h / stride, w / stride, 4 filters) */
static cn_tensor *block_v1(cn_tensor *x, int filters, int stride, bool first, const names *n)
{
    cn_tensor *shortcut = x;
    if (first)
        shortcut = normalize(conv(x, 4 * filters, 1, stride, "", n->part[0]), n->part[0]);
    x = relu(conv(x, filters, 1, stride, "", n->part[1]), n->part[1]);
    x = relu(conv(x, filters, 3, 1, ", padding=same", n->part[2]), n->part[2]);
    x = normalize(conv(x, 4 * filters, 1, 1, "", n->part[3]), n->part[3]);
    x = cn_join(shortcut, x, cn_fmt("Add(name=%s_add)", n->block));
    return cn_put(x, cn_fmt("Activation(relu, name=%s_out)", n->block));
}

static cn_tensor *block_v2(cn_tensor *x, int filters, int stride, bool first, const names *n)
{
    char name[40];
    snprintf(name, sizeof name, "%s_preact", n->block);
    cn_tensor *shortcut = x, *y = relu(x, name);
    if (first)
        shortcut = conv(y, 4 * filters, 1, stride, "", n->part[0]);
    else if (stride > 1)
        shortcut = cn_put(x, cn_fmt("MaxPooling2D(1, strides=%d)", stride));
    y = relu(conv(y, filters, 1, 1, ", use_bias=false", n->part[1]), n->part[1]);
    y = pad(y, 1, n->part[2]);
    y = relu(conv(y, filters, 3, stride, ", use_bias=false", n->part[2]), n->part[2]);
    y = conv(y, 4 * filters, 1, 1, "", n->part[3]);
    return cn_join(shortcut, y, cn_fmt("Add(name=%s_out)", n->block));
}

cn_tensor *cn_resnet_body(const cn_application *which, cn_tensor *x)
{
    bool v2 = which->family == CN_RESNET_V2;
    x = conv(pad(x, 3, "conv1"), 64, 7, 2, "", "conv1");
    if (!v2)
        x = relu(x, "conv1");
    x = cn_put(pad(x, 1, "pool1"), "MaxPooling2D(3, strides=2, name=pool1_pool)");
    for (int stage = 0; stage < 4; stage++)
        for (int b = 0, last = which->blocks[stage] - 1; b <= last; b++) {
            names n = names_of(stage, b);
            if (v2) /* the last block makes the maps smaller, but for those of the last stage */
                x = block_v2(x, 64 << stage, b == last && stage < 3 ? 2 : 1, b == 0, &n);
            else
                x = block_v1(x, 64 << stage, b == 0 && stage ? 2 : 1, b == 0, &n);
        }
    return v2 ? relu(x, "post") : x;
}
