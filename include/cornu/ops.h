/* Operations on tensors: keras.ops. All broadcast as NumPy does, work inside layers, losses and own
 * loops alike, and have gradients where that means something. Operands may be numbers: cn_mul(2,
 * x).
 *
 * A failing call returns NULL and records the shapes it found; NULL operands pass through. Float16
 * and bfloat16 are computed in float32. See https://keras.io/api/ops/ for each name. */
#ifndef CORNU_OPS_H
#define CORNU_OPS_H

#include <cornu/tensor.h>

/* ---- elementwise, one operand ---- */
/* -x. keras.ops.negative */
CN_API cn_tensor *cn_neg_(cn_tensor *x);
#define cn_neg(x) (CN_MARK("cn_neg"), cn_neg_(CN_TENSOR(x)))
/* |x|. keras.ops.absolute */
CN_API cn_tensor *cn_abs_(cn_tensor *x);
#define cn_abs(x) (CN_MARK("cn_abs"), cn_abs_(CN_TENSOR(x)))
/* -1, 0 or 1 */
CN_API cn_tensor *cn_sign_(cn_tensor *x);
#define cn_sign(x) (CN_MARK("cn_sign"), cn_sign_(CN_TENSOR(x)))
/* x * x */
CN_API cn_tensor *cn_square_(cn_tensor *x);
#define cn_square(x) (CN_MARK("cn_square"), cn_square_(CN_TENSOR(x)))
/* square root; NaN below 0 */
CN_API cn_tensor *cn_sqrt_(cn_tensor *x);
#define cn_sqrt(x) (CN_MARK("cn_sqrt"), cn_sqrt_(CN_TENSOR(x)))
/* 1 / sqrt(x) */
CN_API cn_tensor *cn_rsqrt_(cn_tensor *x);
#define cn_rsqrt(x) (CN_MARK("cn_rsqrt"), cn_rsqrt_(CN_TENSOR(x)))
/* 1 / x */
CN_API cn_tensor *cn_reciprocal_(cn_tensor *x);
#define cn_reciprocal(x) (CN_MARK("cn_reciprocal"), cn_reciprocal_(CN_TENSOR(x)))
/* e to the x */
CN_API cn_tensor *cn_exp_(cn_tensor *x);
#define cn_exp(x) (CN_MARK("cn_exp"), cn_exp_(CN_TENSOR(x)))
/* exp(x) - 1, exact near 0 */
CN_API cn_tensor *cn_expm1_(cn_tensor *x);
#define cn_expm1(x) (CN_MARK("cn_expm1"), cn_expm1_(CN_TENSOR(x)))
/* 2 to the x */
CN_API cn_tensor *cn_exp2_(cn_tensor *x);
#define cn_exp2(x) (CN_MARK("cn_exp2"), cn_exp2_(CN_TENSOR(x)))
/* natural logarithm */
CN_API cn_tensor *cn_log_(cn_tensor *x);
#define cn_log(x) (CN_MARK("cn_log"), cn_log_(CN_TENSOR(x)))
/* log(1 + x), exact near 0 */
CN_API cn_tensor *cn_log1p_(cn_tensor *x);
#define cn_log1p(x) (CN_MARK("cn_log1p"), cn_log1p_(CN_TENSOR(x)))
/* logarithm to base 2 */
CN_API cn_tensor *cn_log2_(cn_tensor *x);
#define cn_log2(x) (CN_MARK("cn_log2"), cn_log2_(CN_TENSOR(x)))
/* logarithm to base 10 */
CN_API cn_tensor *cn_log10_(cn_tensor *x);
#define cn_log10(x) (CN_MARK("cn_log10"), cn_log10_(CN_TENSOR(x)))
/* sine (radians) */
CN_API cn_tensor *cn_sin_(cn_tensor *x);
#define cn_sin(x) (CN_MARK("cn_sin"), cn_sin_(CN_TENSOR(x)))
/* cosine */
CN_API cn_tensor *cn_cos_(cn_tensor *x);
#define cn_cos(x) (CN_MARK("cn_cos"), cn_cos_(CN_TENSOR(x)))
/* tangent */
CN_API cn_tensor *cn_tan_(cn_tensor *x);
#define cn_tan(x) (CN_MARK("cn_tan"), cn_tan_(CN_TENSOR(x)))
/* inverse sine */
CN_API cn_tensor *cn_arcsin_(cn_tensor *x);
#define cn_arcsin(x) (CN_MARK("cn_arcsin"), cn_arcsin_(CN_TENSOR(x)))
/* inverse cosine */
CN_API cn_tensor *cn_arccos_(cn_tensor *x);
#define cn_arccos(x) (CN_MARK("cn_arccos"), cn_arccos_(CN_TENSOR(x)))
/* inverse tangent */
CN_API cn_tensor *cn_arctan_(cn_tensor *x);
#define cn_arctan(x) (CN_MARK("cn_arctan"), cn_arctan_(CN_TENSOR(x)))
/* hyperbolic sine */
CN_API cn_tensor *cn_sinh_(cn_tensor *x);
#define cn_sinh(x) (CN_MARK("cn_sinh"), cn_sinh_(CN_TENSOR(x)))
/* hyperbolic cosine */
CN_API cn_tensor *cn_cosh_(cn_tensor *x);
#define cn_cosh(x) (CN_MARK("cn_cosh"), cn_cosh_(CN_TENSOR(x)))
/* hyperbolic tangent */
CN_API cn_tensor *cn_tanh_(cn_tensor *x);
#define cn_tanh(x) (CN_MARK("cn_tanh"), cn_tanh_(CN_TENSOR(x)))
/* inverse of sinh */
CN_API cn_tensor *cn_arcsinh_(cn_tensor *x);
#define cn_arcsinh(x) (CN_MARK("cn_arcsinh"), cn_arcsinh_(CN_TENSOR(x)))
/* inverse of cosh */
CN_API cn_tensor *cn_arccosh_(cn_tensor *x);
#define cn_arccosh(x) (CN_MARK("cn_arccosh"), cn_arccosh_(CN_TENSOR(x)))
/* inverse of tanh */
CN_API cn_tensor *cn_arctanh_(cn_tensor *x);
#define cn_arctanh(x) (CN_MARK("cn_arctanh"), cn_arctanh_(CN_TENSOR(x)))
/* error function */
CN_API cn_tensor *cn_erf_(cn_tensor *x);
#define cn_erf(x) (CN_MARK("cn_erf"), cn_erf_(CN_TENSOR(x)))
/* 1 - erf(x) */
CN_API cn_tensor *cn_erfc_(cn_tensor *x);
#define cn_erfc(x) (CN_MARK("cn_erfc"), cn_erfc_(CN_TENSOR(x)))
/* largest whole number not above x */
CN_API cn_tensor *cn_floor_(cn_tensor *x);
#define cn_floor(x) (CN_MARK("cn_floor"), cn_floor_(CN_TENSOR(x)))
/* smallest whole number not below x */
CN_API cn_tensor *cn_ceil_(cn_tensor *x);
#define cn_ceil(x) (CN_MARK("cn_ceil"), cn_ceil_(CN_TENSOR(x)))
/* towards 0 */
CN_API cn_tensor *cn_trunc_(cn_tensor *x);
#define cn_trunc(x) (CN_MARK("cn_trunc"), cn_trunc_(CN_TENSOR(x)))
/* to the nearest whole number, halves to even */
CN_API cn_tensor *cn_round_(cn_tensor *x);
#define cn_round(x) (CN_MARK("cn_round"), cn_round_(CN_TENSOR(x)))
/* bool: x == 0 */
CN_API cn_tensor *cn_logical_not_(cn_tensor *x);
#define cn_logical_not(x) (CN_MARK("cn_logical_not"), cn_logical_not_(CN_TENSOR(x)))
/* bool */
CN_API cn_tensor *cn_isnan_(cn_tensor *x);
#define cn_isnan(x) (CN_MARK("cn_isnan"), cn_isnan_(CN_TENSOR(x)))
/* bool */
CN_API cn_tensor *cn_isinf_(cn_tensor *x);
#define cn_isinf(x) (CN_MARK("cn_isinf"), cn_isinf_(CN_TENSOR(x)))
/* bool */
CN_API cn_tensor *cn_isfinite_(cn_tensor *x);
#define cn_isfinite(x) (CN_MARK("cn_isfinite"), cn_isfinite_(CN_TENSOR(x)))
/* 1 / (1 + exp(-x)) */
CN_API cn_tensor *cn_sigmoid_(cn_tensor *x);
#define cn_sigmoid(x) (CN_MARK("cn_sigmoid"), cn_sigmoid_(CN_TENSOR(x)))
/* log(1 + exp(x)) */
CN_API cn_tensor *cn_softplus_(cn_tensor *x);
#define cn_softplus(x) (CN_MARK("cn_softplus"), cn_softplus_(CN_TENSOR(x)))
/* max(x, 0) */
CN_API cn_tensor *cn_relu_(cn_tensor *x);
#define cn_relu(x) (CN_MARK("cn_relu"), cn_relu_(CN_TENSOR(x)))
/* cube root */
CN_API cn_tensor *cn_cbrt_(cn_tensor *x);
#define cn_cbrt(x) (CN_MARK("cn_cbrt"), cn_cbrt_(CN_TENSOR(x)))

/* ---- elementwise, two operands ---- */
/* a + b */
CN_API cn_tensor *cn_add_(cn_tensor *a, cn_tensor *b);
#define cn_add(a, b) (CN_MARK("cn_add"), cn_add_(CN_TENSOR(a), CN_TENSOR(b)))
/* a - b. keras.ops.subtract */
CN_API cn_tensor *cn_sub_(cn_tensor *a, cn_tensor *b);
#define cn_sub(a, b) (CN_MARK("cn_sub"), cn_sub_(CN_TENSOR(a), CN_TENSOR(b)))
/* a * b. keras.ops.multiply */
CN_API cn_tensor *cn_mul_(cn_tensor *a, cn_tensor *b);
#define cn_mul(a, b) (CN_MARK("cn_mul"), cn_mul_(CN_TENSOR(a), CN_TENSOR(b)))
/* a / b, float also for ints. keras.ops.divide */
CN_API cn_tensor *cn_div_(cn_tensor *a, cn_tensor *b);
#define cn_div(a, b) (CN_MARK("cn_div"), cn_div_(CN_TENSOR(a), CN_TENSOR(b)))
/* floor(a / b) */
CN_API cn_tensor *cn_floor_divide_(cn_tensor *a, cn_tensor *b);
#define cn_floor_divide(a, b) \
    (CN_MARK("cn_floor_divide"), cn_floor_divide_(CN_TENSOR(a), CN_TENSOR(b)))
/* a - floor(a / b) * b, as Python's % */
CN_API cn_tensor *cn_mod_(cn_tensor *a, cn_tensor *b);
#define cn_mod(a, b) (CN_MARK("cn_mod"), cn_mod_(CN_TENSOR(a), CN_TENSOR(b)))
/* a to the b. keras.ops.power */
CN_API cn_tensor *cn_pow_(cn_tensor *a, cn_tensor *b);
#define cn_pow(a, b) (CN_MARK("cn_pow"), cn_pow_(CN_TENSOR(a), CN_TENSOR(b)))
/* the larger; NaN wins */
CN_API cn_tensor *cn_maximum_(cn_tensor *a, cn_tensor *b);
#define cn_maximum(a, b) (CN_MARK("cn_maximum"), cn_maximum_(CN_TENSOR(a), CN_TENSOR(b)))
/* the smaller; NaN wins */
CN_API cn_tensor *cn_minimum_(cn_tensor *a, cn_tensor *b);
#define cn_minimum(a, b) (CN_MARK("cn_minimum"), cn_minimum_(CN_TENSOR(a), CN_TENSOR(b)))
/* angle of (b, a) */
CN_API cn_tensor *cn_arctan2_(cn_tensor *a, cn_tensor *b);
#define cn_arctan2(a, b) (CN_MARK("cn_arctan2"), cn_arctan2_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_equal_(cn_tensor *a, cn_tensor *b);
#define cn_equal(a, b) (CN_MARK("cn_equal"), cn_equal_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_not_equal_(cn_tensor *a, cn_tensor *b);
#define cn_not_equal(a, b) (CN_MARK("cn_not_equal"), cn_not_equal_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_less_(cn_tensor *a, cn_tensor *b);
#define cn_less(a, b) (CN_MARK("cn_less"), cn_less_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_less_equal_(cn_tensor *a, cn_tensor *b);
#define cn_less_equal(a, b) (CN_MARK("cn_less_equal"), cn_less_equal_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_greater_(cn_tensor *a, cn_tensor *b);
#define cn_greater(a, b) (CN_MARK("cn_greater"), cn_greater_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_greater_equal_(cn_tensor *a, cn_tensor *b);
#define cn_greater_equal(a, b) \
    (CN_MARK("cn_greater_equal"), cn_greater_equal_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_logical_and_(cn_tensor *a, cn_tensor *b);
#define cn_logical_and(a, b) \
    (CN_MARK("cn_logical_and"), cn_logical_and_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_logical_or_(cn_tensor *a, cn_tensor *b);
#define cn_logical_or(a, b) (CN_MARK("cn_logical_or"), cn_logical_or_(CN_TENSOR(a), CN_TENSOR(b)))
/* bool */
CN_API cn_tensor *cn_logical_xor_(cn_tensor *a, cn_tensor *b);
#define cn_logical_xor(a, b) \
    (CN_MARK("cn_logical_xor"), cn_logical_xor_(CN_TENSOR(a), CN_TENSOR(b)))

/* ---- elementwise, others ---- */

/* Where cond is true a, else b; gradients go to the chosen side alone. keras.ops.where */
CN_API cn_tensor *cn_select_(cn_tensor *cond, cn_tensor *a, cn_tensor *b);
#define cn_select(cond, a, b) \
    (CN_MARK("cn_select"), cn_select_(CN_TENSOR(cond), CN_TENSOR(a), CN_TENSOR(b)))
/* min(max(x, low), high). */
CN_API cn_tensor *cn_clip_(cn_tensor *x, cn_tensor *low, cn_tensor *high);
#define cn_clip(x, low, high) \
    (CN_MARK("cn_clip"), cn_clip_(CN_TENSOR(x), CN_TENSOR(low), CN_TENSOR(high)))
/* The same values in another dtype; floats to ints truncate, anything to bool is x != 0. */
CN_API cn_tensor *cn_cast(cn_tensor *x, cn_dtype dtype);
/* x itself, through which no gradient flows. */
CN_API cn_tensor *cn_stop_gradient(cn_tensor *x);
CN_API cn_tensor *cn_zeros_like(cn_tensor *x);
CN_API cn_tensor *cn_ones_like(cn_tensor *x);
/* keras.config.epsilon: 1e-7 unless set. */
CN_API double cn_epsilon(void);
CN_API void cn_set_epsilon(double value);

/* ---- reductions ---- */

typedef struct cn_reduce_options {
    cn_at at;
    cn_tensor *x;
    cn_axes axis CN_OTHERWISE(CN_ALL_AXES); /* default: all */
    bool keepdims;                          /* keep the reduced axes with size 1 */
} cn_reduce_options;
#define CN_REDUCE_(name, ...)                                     \
    (CN_MARK("cn_" #name), cn_##name##_with(&(cn_reduce_options){ \
                               .axis = CN_ALL_AXES, .keepdims = false, .at = CN_AT, __VA_ARGS__}))

/* The sum; ints stay ints. */
CN_API cn_tensor *cn_sum_with(const cn_reduce_options *options);
#define cn_sum(...) CN_REDUCE_(sum, __VA_ARGS__)
/* The mean, float. */
CN_API cn_tensor *cn_mean_with(const cn_reduce_options *options);
#define cn_mean(...) CN_REDUCE_(mean, __VA_ARGS__)
/* The largest; of nothing -inf (for ints, the smallest there is), as TensorFlow has it. Ties share
 * the gradient. */
CN_API cn_tensor *cn_max_with(const cn_reduce_options *options);
#define cn_max(...) CN_REDUCE_(max, __VA_ARGS__)
/* The smallest. */
CN_API cn_tensor *cn_min_with(const cn_reduce_options *options);
#define cn_min(...) CN_REDUCE_(min, __VA_ARGS__)
/* The product. */
CN_API cn_tensor *cn_prod_with(const cn_reduce_options *options);
#define cn_prod(...) CN_REDUCE_(prod, __VA_ARGS__)
/* bool: is one true? */
CN_API cn_tensor *cn_any_with(const cn_reduce_options *options);
#define cn_any(...) CN_REDUCE_(any, __VA_ARGS__)
/* bool: are all true? */
CN_API cn_tensor *cn_all_with(const cn_reduce_options *options);
#define cn_all(...) CN_REDUCE_(all, __VA_ARGS__)
/* The population variance. */
CN_API cn_tensor *cn_var_with(const cn_reduce_options *options);
#define cn_var(...) CN_REDUCE_(var, __VA_ARGS__)
/* Its square root. */
CN_API cn_tensor *cn_std_with(const cn_reduce_options *options);
#define cn_std(...) CN_REDUCE_(std, __VA_ARGS__)
/* log(sum(exp(x))), safe from overflow. */
CN_API cn_tensor *cn_logsumexp_with(const cn_reduce_options *options);
#define cn_logsumexp(...) CN_REDUCE_(logsumexp, __VA_ARGS__)
/* Gradients and the like kept short. x scaled to the norm `clip_norm` where its norm, over all or
 * along `axes`, is larger. tf.clip_by_norm */
typedef struct cn_clip_by_norm_options {
    cn_at at;
    cn_tensor *x;
    double clip_norm;
    cn_axes axes; /* default: all */
} cn_clip_by_norm_options;
CN_API cn_tensor *cn_clip_by_norm_with(const cn_clip_by_norm_options *options);
#define cn_clip_by_norm(...)                                                      \
    (CN_MARK("cn_clip_by_norm"), cn_clip_by_norm_with(&(cn_clip_by_norm_options){ \
                                     .axes = CN_ALL_AXES, .at = CN_AT, __VA_ARGS__}))
/* The same with the norm divided by the number of elements: what is bounded is the average norm, so
 * that the result's own norm is at most clip_norm times that number. tf.clip_by_average_norm */
CN_API cn_tensor *cn_clip_by_average_norm(cn_tensor *x, double clip_norm);
/* The norm of all tensors of a list together, a scalar; those that are none do not count. */
CN_API cn_tensor *cn_global_norm(const cn_list *tensors);
/* All of them times clip_norm / max(norm, clip_norm), in a new list; `norm` NULL: their global
 * norm. A tensor that is none stays none. tf.clip_by_global_norm */
CN_API cn_list *cn_clip_by_global_norm(const cn_list *tensors, double clip_norm, cn_tensor *norm);
/* Index of the first largest (smallest) along `axis` (CN_UNSET: of the flattened tensor), int32. */
CN_API cn_tensor *cn_argmax(cn_tensor *x, int64_t axis, bool keepdims);
CN_API cn_tensor *cn_argmin(cn_tensor *x, int64_t axis, bool keepdims);
/* Running sum (product) along one axis. */
CN_API cn_tensor *cn_cumsum(cn_tensor *x, int64_t axis);
CN_API cn_tensor *cn_cumprod(cn_tensor *x, int64_t axis);

/* ---- movement ---- */

/* The same values in row-major order under another shape; one dimension may be CN_ANY (-1): what is
 * left. */
CN_API cn_tensor *cn_reshape(cn_tensor *x, cn_shape shape);
/* Axis i of the result is axis perm[i] of x; `perm` is a permutation of all axes (CN_ALL_AXES:
 * reversed). Since {1, 0} ends in the zero that lists drop, trailing zeros are read as axis 0 where
 * axis 0 is missing. */
CN_API cn_tensor *cn_transpose_(cn_tensor *x, cn_axes perm);
typedef struct cn_transpose_options {
    cn_at at;
    cn_tensor *x;
    cn_axes perm CN_OTHERWISE(CN_ALL_AXES);
} cn_transpose_options;
CN_API cn_tensor *cn_transpose_with(const cn_transpose_options *options);
#define cn_transpose(...) \
    cn_transpose_with(&(cn_transpose_options){.perm = CN_ALL_AXES, .at = CN_AT, __VA_ARGS__})
/* Two axes in each other's places; one axis at another place. */
CN_API cn_tensor *cn_swapaxes(cn_tensor *x, int64_t a, int64_t b);
CN_API cn_tensor *cn_moveaxis(cn_tensor *x, int64_t from, int64_t to);
/* A new axis of size 1 before `axis` (negative: counted in the result). */
CN_API cn_tensor *cn_expand_dims(cn_tensor *x, int64_t axis);
/* Without that axis, which must have size 1; CN_UNSET: without any of size 1. */
CN_API cn_tensor *cn_squeeze(cn_tensor *x, int64_t axis);
/* Repeated along axes of size 1 and new leading axes. Dimensions that are CN_ANY stay as x has
 * them. */
CN_API cn_tensor *cn_broadcast_to(cn_tensor *x, cn_shape shape);
/* Joined along an axis that exists; all other dimensions agree. keras.ops.concatenate */
CN_API cn_tensor *cn_concat(const cn_list *tensors, int64_t axis);
/* Joined along a new axis. */
CN_API cn_tensor *cn_stack(const cn_list *tensors, int64_t axis);
/* `count` equal pieces along the axis; and the pieces between the given increasing places. */
CN_API cn_list *cn_split(cn_tensor *x, int64_t count, int64_t axis);
CN_API cn_list *cn_split_at(cn_tensor *x, const int64_t *places, size_t n, int64_t axis);
/* One tensor per index of the axis, which is dropped. keras.ops.unstack */
CN_API cn_list *cn_unstack(cn_tensor *x, int64_t axis);
/* NumPy's basic slicing as text: "1:, ..., ::-1, -1, None". Errors name the place in the text. */
CN_API cn_tensor *cn_slice(cn_tensor *x, cn_str text);
/* The same by numbers: size[i] elements from start[i], step[i] apart (0 means 1; may be negative);
 * size CN_ANY: to the end. Arrays have as many entries as x has axes. */
CN_API cn_tensor *cn_strided_slice(cn_tensor *x, const int64_t *start, const int64_t *size,
                                   const int64_t *step);
/* printf for arguments such as cn_slice's. Texts of up to 255 bytes last until the thread's eighth
 * after them, longer ones as long as the scope. */
CN_API cn_str cn_fmt(const char *format, ...) CN_PRINTF(1, 2);
/* before[i], after[i] more elements along axis i (both as many as x has axes). mode: "constant",
 * "reflect", "symmetric" or "edge"; `value` fills in "constant". */
CN_API cn_tensor *cn_pad(cn_tensor *x, const int64_t *before, const int64_t *after, cn_str mode,
                         double value);
/* Repeated repeats[i] times along axis i. */
CN_API cn_tensor *cn_tile(cn_tensor *x, cn_dims repeats);
/* Each element `repeats` times in a row along the axis (CN_UNSET: of the flattened tensor). */
CN_API cn_tensor *cn_repeat(cn_tensor *x, int64_t repeats, int64_t axis);
/* In reverse along the axes. */
CN_API cn_tensor *cn_flip(cn_tensor *x, cn_axes axes);
/* Shifted along the axis; what leaves at one end comes in at the other. */
CN_API cn_tensor *cn_roll(cn_tensor *x, int64_t shift, int64_t axis);
/* Rows of x by index along an axis; the result has the index's shape in that axis's place, and no
 * such axis for a number: cn_gather(x, 0, axis). Negative indices count from the end; one outside
 * is an error when it runs. keras.ops.take */
CN_API cn_tensor *cn_gather_(cn_tensor *x, cn_tensor *indices, int64_t axis);
#define cn_gather(x, indices, axis) (CN_MARK("cn_gather"), cn_gather_(x, CN_TENSOR(indices), axis))
/* The same where the first `batch_dims` axes of x and indices go together (negative: counted from
 * the end of indices): x (batches…, before…, rows, after…), indices (batches…, more…) give
 * (batches…, before…, more…, after…). tf.gather's batch_dims */
CN_API cn_tensor *cn_gather_batch(cn_tensor *x, cn_tensor *indices, int64_t axis,
                                  int64_t batch_dims);
/* All axes of indices but the last go together with x's, whose next axis is picked from:
 * tf.batch_gather */
CN_API cn_tensor *cn_batch_gather(cn_tensor *x, cn_tensor *indices);
/* NumPy's take_along_axis. */
CN_API cn_tensor *cn_take_along_axis(cn_tensor *x, cn_tensor *indices, int64_t axis);
/* indices (..., k) pick from x's first k axes: (..., rest of x). tf.gather_nd */
CN_API cn_tensor *cn_gather_nd(cn_tensor *x, cn_tensor *indices);
/* Zeros of `shape` with updates added at indices (..., k). keras.ops.scatter */
CN_API cn_tensor *cn_scatter(cn_tensor *indices, cn_tensor *updates, cn_shape shape);
/* x with updates written at indices (..., k); the last of equal indices wins.
 * keras.ops.scatter_update */
CN_API cn_tensor *cn_scatter_update(cn_tensor *x, cn_tensor *indices, cn_tensor *updates);
/* x with updates met at indices (..., k), repeated ones all: `how` is "add", "max", "min" or "mul".
 * keras.ops.scatter_update's reduction */
CN_API cn_tensor *cn_scatter_reduce(cn_tensor *x, cn_tensor *indices, cn_tensor *updates,
                                    cn_str how);
/* x with `updates` written from start[i] on. keras.ops.slice_update */
CN_API cn_tensor *cn_slice_update(cn_tensor *x, const int64_t *start, cn_tensor *updates);
/* data (n, …), ids (n,) in [0, segments): row s of the result (segments, …) is the sum (largest,
 * smallest, product) of the rows whose id is s. Empty segments: 0, the least (largest) value, 1. An
 * id outside is an error when it runs. keras.ops.segment_sum and its like */
CN_API cn_tensor *cn_segment_sum(cn_tensor *data, cn_tensor *ids, int64_t segments);
CN_API cn_tensor *cn_segment_max(cn_tensor *data, cn_tensor *ids, int64_t segments);
CN_API cn_tensor *cn_segment_min(cn_tensor *data, cn_tensor *ids, int64_t segments);
CN_API cn_tensor *cn_segment_prod(cn_tensor *data, cn_tensor *ids, int64_t segments);
/* How often each of 0 … length - 1 stands in x, ints of any shape, or (weights not NULL) the sum of
 * the weights there; others do not count. keras.ops.bincount, of that length always */
CN_API cn_tensor *cn_bincount(cn_tensor *x, cn_tensor *weights, int64_t length);
/* start, start + step, … below stop. */
CN_API cn_tensor *cn_arange(double start, double stop, double step, cn_dtype dtype);
/* `count` numbers from start to stop, both among them. */
CN_API cn_tensor *cn_linspace(double start, double stop, int64_t count, cn_dtype dtype);
/* (rows, columns): ones on the diagonal. */
CN_API cn_tensor *cn_eye(int64_t rows, int64_t columns, cn_dtype dtype);
/* Zero above (below) the k-th diagonal of the last two axes. */
CN_API cn_tensor *cn_tril(cn_tensor *x, int64_t k);
CN_API cn_tensor *cn_triu(cn_tensor *x, int64_t k);
/* The shape at run time, int32 (rank,). keras.ops.shape */
CN_API cn_tensor *cn_shape_tensor(cn_tensor *x);

/* ---- products ---- */

/* NumPy's matmul: the last two axes are matrices, the others broadcast; 1-D operands are vectors.
 */
CN_API cn_tensor *cn_matmul(cn_tensor *a, cn_tensor *b);
/* The same with either operand's last two axes swapped first. */
CN_API cn_tensor *cn_matmul_t(cn_tensor *a, cn_tensor *b, bool transpose_a, bool transpose_b);
/* NumPy's dot; and its tensordot, the sum over axes_a[i] of a and axes_b[i] of b for each i. Where
 * one list is shorter, it ended in axis 0; CN_ALL_AXES: all axes of that operand. */
CN_API cn_tensor *cn_dot_product(cn_tensor *a, cn_tensor *b);
CN_API cn_tensor *cn_tensordot(cn_tensor *a, cn_tensor *b, cn_axes axes_a, cn_axes axes_b);
/* "ij,jk->ik", "...ij,jk", "ii->i"; up to 16 tensors, contracted from left to right. */
CN_API cn_tensor *cn_einsum(cn_str equation, const cn_list *tensors);

/* ---- order ---- */

/* Sorted along the axis, ascending, stable; NaN last. */
CN_API cn_tensor *cn_sort(cn_tensor *x, int64_t axis);
/* The places, int32, that would sort it. */
CN_API cn_tensor *cn_argsort(cn_tensor *x, int64_t axis);
/* The k largest of the last axis, descending, and (cn_nth 1) their int32 places; ties: lower place
 * first. */
CN_API cn_tensor *cn_top_k(cn_tensor *x, int64_t k);
/* bool (n,): is targets[i] among the k largest of predictions[i, :]? */
CN_API cn_tensor *cn_in_top_k(cn_tensor *targets, cn_tensor *predictions, int64_t k);

#endif
