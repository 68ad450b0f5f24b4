/* Operations of networks: keras.ops.nn. Data are channels_last unless data_format says otherwise.
 */
#ifndef CORNU_NN_H
#define CORNU_NN_H

#include <cornu/ops.h>

/* exp(x) / sum(exp(x)) along `axis`; and its logarithm. */
CN_API cn_tensor *cn_softmax(cn_tensor *x, int64_t axis);
CN_API cn_tensor *cn_log_softmax(cn_tensor *x, int64_t axis);
/* float rows of zeros with a one: (...) -> (..., classes); an index outside gives a row of zeros.
 */
CN_API cn_tensor *cn_one_hot(cn_tensor *indices, int64_t classes, int64_t axis, cn_dtype dtype);

/* The activation of that spec: "relu", "leaky_relu(0.1)", a registered name; NULL or "linear": x
 * itself. Error CN_EINVAL with near names. */
CN_API cn_tensor *cn_activate(cn_str spec, cn_tensor *x);
/* x times the normal distribution function of x, or its approximation by tanh. */
CN_API cn_tensor *cn_gelu(cn_tensor *x, bool approximate);
/* x above 0, alpha (exp(x) - 1) below; the same scaled (1.0507, alpha 1.6733). */
CN_API cn_tensor *cn_elu(cn_tensor *x, double alpha);
CN_API cn_tensor *cn_selu(cn_tensor *x);
/* x sigmoid(x). */
CN_API cn_tensor *cn_silu(cn_tensor *x);
/* x above 0, negative_slope x below. */
CN_API cn_tensor *cn_leaky_relu(cn_tensor *x, double negative_slope);

/* How windows slide. Sizes stand for the spatial axes in order; zeros mean 1. */
typedef struct cn_window {
    cn_dims size;    /* pooling only */
    cn_dims strides; /* pooling: none at all means the size */
    cn_dims dilation;
    int64_t groups;         /* 0: 1 */
    cn_str padding;         /* "valid", "same", "causal" (1-D convolution) */
    cn_str data_format;     /* "channels_last" (also NULL) or "channels_first" */
    cn_dims output_padding; /* transposed convolution; all zero: by Keras's rule */
    bool has_output_padding;
} cn_window;

/* x (N, spatial..., C), kernel (spatial..., C / groups, F) -> (N, spatial..., F); 1, 2 or 3 spatial
 * axes. */
CN_API cn_tensor *cn_conv(cn_tensor *x, cn_tensor *kernel, const cn_window *window);
/* kernel (spatial..., C, M) -> (N, spatial..., C * M). */
CN_API cn_tensor *cn_depthwise_conv(cn_tensor *x, cn_tensor *kernel, const cn_window *window);
/* kernel (spatial..., F, C): the gradient of cn_conv with respect to its input. */
CN_API cn_tensor *cn_conv_transpose(cn_tensor *x, cn_tensor *kernel, const cn_window *window);
/* x (N, spatial..., C): the largest of each window. */
CN_API cn_tensor *cn_max_pool(cn_tensor *x, const cn_window *window);
/* The mean over the part of the window that lies inside x. */
CN_API cn_tensor *cn_average_pool(cn_tensor *x, const cn_window *window);

/* (x - mean) / sqrt(variance + epsilon) * scale + offset along `axis`; scale and offset may be
 * NULL. */
CN_API cn_tensor *cn_batch_norm(cn_tensor *x, cn_tensor *mean, cn_tensor *variance, int64_t axis,
                                cn_tensor *offset, cn_tensor *scale, double epsilon);
/* x / ||x||_2 along the axis. keras.ops.normalize */
CN_API cn_tensor *cn_l2_normalize(cn_tensor *x, int64_t axis, double epsilon);

typedef struct cn_attention_call {
    cn_at at;
    cn_tensor *query, *key, *value;
    cn_tensor *bias, *mask;      /* that broadcast to (B, N, T, S), the mask bool; or NULL */
    double scale;                /* 0: 1 / sqrt(H) */
    bool is_causal;              /* each place looks at itself and those before it */
    double attn_logits_soft_cap; /* logits become cap tanh(logits / cap); 0: they stay */
} cn_attention_call;
/* softmax(query key^T scale + bias) value for each of N heads: query (B, T, N, H), key and value
 * (B, S, K, H), where K divides N -> (B, T, N, H). Error: another number of axes.
 * keras.ops.dot_product_attention */
CN_API cn_tensor *cn_dot_product_attention_with(const cn_attention_call *call);
#define cn_dot_product_attention(...) \
    cn_dot_product_attention_with(&(cn_attention_call){.at = CN_AT, __VA_ARGS__})

#endif
