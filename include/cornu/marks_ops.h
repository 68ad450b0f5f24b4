/* Where the user called from, for messages: made by tools/make_marks.py from the other headers. A
 * function stands behind one that remembers the place, once its arguments are there. */
#ifndef CORNU_MARKS_OPS_H
#define CORNU_MARKS_OPS_H

#include <cornu/flow.h>
#include <cornu/nn.h>
#include <cornu/ops.h>
#include <cornu/random.h>
#include <cornu/tensor.h>

#if !defined(CORNU_BUILDING) && !defined(CORNU_NO_MARKS)
/* clang-format off */
#define CN_BARE_(...) __VA_ARGS__
#define CN_MARKED_(kind, name, parameters, arguments)             \
    static inline kind name##_at_(cn_at at_, CN_BARE_ parameters) \
    {                                                             \
        cn_mark(at_.file, at_.line, #name);                       \
        return name arguments;                                    \
    }

CN_MARKED_(cn_tensor *, cn_activate, (cn_str spec, cn_tensor *x), (spec, x))
#define cn_activate(...) cn_activate_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_arange, (double start, double stop, double step, cn_dtype dtype),
    (start, stop, step, dtype))
#define cn_arange(...) cn_arange_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_argmax, (cn_tensor *x, int64_t axis, bool keepdims), (x, axis, keepdims))
#define cn_argmax(...) cn_argmax_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_argmin, (cn_tensor *x, int64_t axis, bool keepdims), (x, axis, keepdims))
#define cn_argmin(...) cn_argmin_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_argsort, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_argsort(...) cn_argsort_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_array, (const void *data, cn_dtype dtype, cn_shape shape), (data,
    dtype, shape))
#define cn_array(...) cn_array_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_array_size, (cn_tensor *array), (array))
#define cn_array_size(...) cn_array_size_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_array_stack, (cn_tensor *array), (array))
#define cn_array_stack(...) cn_array_stack_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_array_unstack, (cn_tensor *x), (x))
#define cn_array_unstack(...) cn_array_unstack_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_average_pool, (cn_tensor *x, const cn_window *window), (x, window))
#define cn_average_pool(...) cn_average_pool_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_batch_gather, (cn_tensor *x, cn_tensor *indices), (x, indices))
#define cn_batch_gather(...) cn_batch_gather_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_batch_norm, (cn_tensor *x, cn_tensor *mean, cn_tensor *variance,
    int64_t axis, cn_tensor *offset, cn_tensor *scale, double epsilon), (x, mean, variance, axis,
    offset, scale, epsilon))
#define cn_batch_norm(...) cn_batch_norm_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_bincount, (cn_tensor *x, cn_tensor *weights, int64_t length), (x,
    weights, length))
#define cn_bincount(...) cn_bincount_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_broadcast_to, (cn_tensor *x, cn_shape shape), (x, shape))
#define cn_broadcast_to(...) cn_broadcast_to_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_cast, (cn_tensor *x, cn_dtype dtype), (x, dtype))
#define cn_cast(...) cn_cast_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_clip_by_average_norm, (cn_tensor *x, double clip_norm), (x, clip_norm))
#define cn_clip_by_average_norm(...) cn_clip_by_average_norm_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_clip_by_global_norm, (const cn_list *tensors, double clip_norm,
    cn_tensor *norm), (tensors, clip_norm, norm))
#define cn_clip_by_global_norm(...) cn_clip_by_global_norm_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_compute, (const cn_list *tensors), (tensors))
#define cn_compute(...) cn_compute_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_concat, (const cn_list *tensors, int64_t axis), (tensors, axis))
#define cn_concat(...) cn_concat_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_conv, (cn_tensor *x, cn_tensor *kernel, const cn_window *window),
    (x, kernel, window))
#define cn_conv(...) cn_conv_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_conv_transpose, (cn_tensor *x, cn_tensor *kernel, const cn_window
    *window), (x, kernel, window))
#define cn_conv_transpose(...) cn_conv_transpose_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_cumprod, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_cumprod(...) cn_cumprod_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_cumsum, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_cumsum(...) cn_cumsum_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const void *, cn_data, (cn_tensor *tensor), (tensor))
#define cn_data(...) cn_data_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_depthwise_conv, (cn_tensor *x, cn_tensor *kernel, const cn_window
    *window), (x, kernel, window))
#define cn_depthwise_conv(...) cn_depthwise_conv_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(int64_t, cn_dim, (const cn_tensor *tensor, int axis), (tensor, axis))
#define cn_dim(...) cn_dim_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_dot_product, (cn_tensor *a, cn_tensor *b), (a, b))
#define cn_dot_product(...) cn_dot_product_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_einsum, (cn_str equation, const cn_list *tensors), (equation, tensors))
#define cn_einsum(...) cn_einsum_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_elu, (cn_tensor *x, double alpha), (x, alpha))
#define cn_elu(...) cn_elu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_expand_dims, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_expand_dims(...) cn_expand_dims_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_eye, (int64_t rows, int64_t columns, cn_dtype dtype), (rows,
    columns, dtype))
#define cn_eye(...) cn_eye_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_flip, (cn_tensor *x, cn_axes axes), (x, axes))
#define cn_flip(...) cn_flip_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const float *, cn_floats, (cn_tensor *tensor), (tensor))
#define cn_floats(...) cn_floats_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_full, (cn_shape shape, double value, cn_dtype dtype), (shape,
    value, dtype))
#define cn_full(...) cn_full_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_gather_batch, (cn_tensor *x, cn_tensor *indices, int64_t axis,
    int64_t batch_dims), (x, indices, axis, batch_dims))
#define cn_gather_batch(...) cn_gather_batch_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_gather_nd, (cn_tensor *x, cn_tensor *indices), (x, indices))
#define cn_gather_nd(...) cn_gather_nd_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_gelu, (cn_tensor *x, bool approximate), (x, approximate))
#define cn_gelu(...) cn_gelu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_global_norm, (const cn_list *tensors), (tensors))
#define cn_global_norm(...) cn_global_norm_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_in_top_k, (cn_tensor *targets, cn_tensor *predictions, int64_t k),
    (targets, predictions, k))
#define cn_in_top_k(...) cn_in_top_k_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_l2_normalize, (cn_tensor *x, int64_t axis, double epsilon), (x,
    axis, epsilon))
#define cn_l2_normalize(...) cn_l2_normalize_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_leaky_relu, (cn_tensor *x, double negative_slope), (x, negative_slope))
#define cn_leaky_relu(...) cn_leaky_relu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_linspace, (double start, double stop, int64_t count, cn_dtype
    dtype), (start, stop, count, dtype))
#define cn_linspace(...) cn_linspace_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_log_softmax, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_log_softmax(...) cn_log_softmax_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_map_slices, (cn_map_function f, cn_tensor *x, void *user), (f, x, user))
#define cn_map_slices(...) cn_map_slices_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_matmul, (cn_tensor *a, cn_tensor *b), (a, b))
#define cn_matmul(...) cn_matmul_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_matmul_t, (cn_tensor *a, cn_tensor *b, bool transpose_a, bool
    transpose_b), (a, b, transpose_a, transpose_b))
#define cn_matmul_t(...) cn_matmul_t_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_max_pool, (cn_tensor *x, const cn_window *window), (x, window))
#define cn_max_pool(...) cn_max_pool_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_moveaxis, (cn_tensor *x, int64_t from, int64_t to), (x, from, to))
#define cn_moveaxis(...) cn_moveaxis_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_one_hot, (cn_tensor *indices, int64_t classes, int64_t axis,
    cn_dtype dtype), (indices, classes, axis, dtype))
#define cn_one_hot(...) cn_one_hot_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_ones, (cn_shape shape, cn_dtype dtype), (shape, dtype))
#define cn_ones(...) cn_ones_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_ones_like, (cn_tensor *x), (x))
#define cn_ones_like(...) cn_ones_like_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_pad, (cn_tensor *x, const int64_t *before, const int64_t *after,
    cn_str mode, double value), (x, before, after, mode, value))
#define cn_pad(...) cn_pad_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_print_tensor, (cn_tensor *tensor), (tensor))
#define cn_print_tensor(...) cn_print_tensor_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_bernoulli, (cn_shape shape, double p, cn_dtype dtype,
    cn_tensor *like, cn_tensor *seed), (shape, p, dtype, like, seed))
#define cn_random_bernoulli(...) cn_random_bernoulli_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_beta, (cn_shape shape, double alpha, double beta, cn_dtype
    dtype, cn_tensor *seed), (shape, alpha, beta, dtype, seed))
#define cn_random_beta(...) cn_random_beta_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_binomial, (cn_shape shape, double count, double p, cn_dtype
    dtype, cn_tensor *seed), (shape, count, p, dtype, seed))
#define cn_random_binomial(...) cn_random_binomial_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_categorical, (cn_tensor *logits, int64_t samples, cn_tensor
    *seed), (logits, samples, seed))
#define cn_random_categorical(...) cn_random_categorical_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_gamma, (cn_shape shape, double alpha, cn_dtype dtype,
    cn_tensor *seed), (shape, alpha, dtype, seed))
#define cn_random_gamma(...) cn_random_gamma_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_int, (cn_shape shape, int64_t low, int64_t high, cn_dtype
    dtype, cn_tensor *seed), (shape, low, high, dtype, seed))
#define cn_random_int(...) cn_random_int_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_normal, (cn_shape shape, double mean, double stddev,
    cn_dtype dtype, cn_tensor *seed), (shape, mean, stddev, dtype, seed))
#define cn_random_normal(...) cn_random_normal_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_normal_like, (cn_tensor *like, double mean, double stddev,
    cn_tensor *seed), (like, mean, stddev, seed))
#define cn_random_normal_like(...) cn_random_normal_like_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_shuffle, (cn_tensor *x, int64_t axis, cn_tensor *seed), (x,
    axis, seed))
#define cn_random_shuffle(...) cn_random_shuffle_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_truncated_normal, (cn_shape shape, double mean, double
    stddev, cn_dtype dtype, cn_tensor *seed), (shape, mean, stddev, dtype, seed))
#define cn_random_truncated_normal(...) cn_random_truncated_normal_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_uniform, (cn_shape shape, double low, double high, cn_dtype
    dtype, cn_tensor *seed), (shape, low, high, dtype, seed))
#define cn_random_uniform(...) cn_random_uniform_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_repeat, (cn_tensor *x, int64_t repeats, int64_t axis), (x, repeats,
    axis))
#define cn_repeat(...) cn_repeat_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_reshape, (cn_tensor *x, cn_shape shape), (x, shape))
#define cn_reshape(...) cn_reshape_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_roll, (cn_tensor *x, int64_t shift, int64_t axis), (x, shift, axis))
#define cn_roll(...) cn_roll_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_scatter, (cn_tensor *indices, cn_tensor *updates, cn_shape shape),
    (indices, updates, shape))
#define cn_scatter(...) cn_scatter_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_scatter_reduce, (cn_tensor *x, cn_tensor *indices, cn_tensor
    *updates, cn_str how), (x, indices, updates, how))
#define cn_scatter_reduce(...) cn_scatter_reduce_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_scatter_update, (cn_tensor *x, cn_tensor *indices, cn_tensor
    *updates), (x, indices, updates))
#define cn_scatter_update(...) cn_scatter_update_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_seed, (uint64_t seed), (seed))
#define cn_seed(...) cn_seed_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_segment_max, (cn_tensor *data, cn_tensor *ids, int64_t segments),
    (data, ids, segments))
#define cn_segment_max(...) cn_segment_max_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_segment_min, (cn_tensor *data, cn_tensor *ids, int64_t segments),
    (data, ids, segments))
#define cn_segment_min(...) cn_segment_min_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_segment_prod, (cn_tensor *data, cn_tensor *ids, int64_t segments),
    (data, ids, segments))
#define cn_segment_prod(...) cn_segment_prod_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_segment_sum, (cn_tensor *data, cn_tensor *ids, int64_t segments),
    (data, ids, segments))
#define cn_segment_sum(...) cn_segment_sum_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_selu, (cn_tensor *x), (x))
#define cn_selu(...) cn_selu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_set_data, (cn_tensor *variable, const void *data), (variable, data))
#define cn_set_data(...) cn_set_data_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_shape_tensor, (cn_tensor *x), (x))
#define cn_shape_tensor(...) cn_shape_tensor_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_silu, (cn_tensor *x), (x))
#define cn_silu(...) cn_silu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_slice, (cn_tensor *x, cn_str text), (x, text))
#define cn_slice(...) cn_slice_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_slice_update, (cn_tensor *x, const int64_t *start, cn_tensor
    *updates), (x, start, updates))
#define cn_slice_update(...) cn_slice_update_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_softmax, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_softmax(...) cn_softmax_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_sort, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_sort(...) cn_sort_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_split, (cn_tensor *x, int64_t count, int64_t axis), (x, count, axis))
#define cn_split(...) cn_split_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_split_at, (cn_tensor *x, const int64_t *places, size_t n, int64_t
    axis), (x, places, n, axis))
#define cn_split_at(...) cn_split_at_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_squeeze, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_squeeze(...) cn_squeeze_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_stack, (const cn_list *tensors, int64_t axis), (tensors, axis))
#define cn_stack(...) cn_stack_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_stop_gradient, (cn_tensor *x), (x))
#define cn_stop_gradient(...) cn_stop_gradient_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_strided_slice, (cn_tensor *x, const int64_t *start, const int64_t
    *size, const int64_t *step), (x, start, size, step))
#define cn_strided_slice(...) cn_strided_slice_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_swapaxes, (cn_tensor *x, int64_t a, int64_t b), (x, a, b))
#define cn_swapaxes(...) cn_swapaxes_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_take_along_axis, (cn_tensor *x, cn_tensor *indices, int64_t axis),
    (x, indices, axis))
#define cn_take_along_axis(...) cn_take_along_axis_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const char *, cn_tensor_text, (cn_tensor *tensor), (tensor))
#define cn_tensor_text(...) cn_tensor_text_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_tensordot, (cn_tensor *a, cn_tensor *b, cn_axes axes_a, cn_axes
    axes_b), (a, b, axes_a, axes_b))
#define cn_tensordot(...) cn_tensordot_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_tile, (cn_tensor *x, cn_dims repeats), (x, repeats))
#define cn_tile(...) cn_tile_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_top_k, (cn_tensor *x, int64_t k), (x, k))
#define cn_top_k(...) cn_top_k_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_tril, (cn_tensor *x, int64_t k), (x, k))
#define cn_tril(...) cn_tril_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_triu, (cn_tensor *x, int64_t k), (x, k))
#define cn_triu(...) cn_triu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_tuple, (const cn_list *tensors), (tensors))
#define cn_tuple(...) cn_tuple_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_unstack, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_unstack(...) cn_unstack_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_zeros, (cn_shape shape, cn_dtype dtype), (shape, dtype))
#define cn_zeros(...) cn_zeros_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_zeros_like, (cn_tensor *x), (x))
#define cn_zeros_like(...) cn_zeros_like_at_(CN_AT, __VA_ARGS__)

#endif

#endif
