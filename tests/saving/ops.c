/* Every op between layers as a model of its own, which Keras must open: FOLDER/NAME.keras, and
 * NAME.npz with x and what the model makes of it.
 *
 *     ops FOLDER */
#include <cornu.h>
#include <stdio.h>

static cn_tensor *first_of(cn_list *list)
{
    return cn_nth(list, 0);
}

static cn_tensor *ends_of(cn_list *list)
{
    return cn_sub(cn_nth(list, 0), cn_nth(list, cn_list_length(list) - 1));
}

static cn_tensor *constant(int64_t rows, int64_t columns)
{
    float values[64];
    for (int64_t i = 0; i < rows * columns; i++)
        values[i] = (float)((i * 7 + 3) % 11) / 8 - 0.5f;
    return cn_array(values, CN_FLOAT32, cn_shape(rows, columns));
}

static cn_tensor *filter(cn_shape shape)
{
    return cn_reshape(cn_mul(cn_arange(0, 36, 1, CN_FLOAT32), 0.03), shape);
}

static cn_tensor *places(cn_tensor *x)
{
    return cn_cast(cn_round(cn_mul(x, 3)), CN_INT32);
}

/* x (None, 4, 6), numbers between 0 and 1 */
#define MATRIX_OPS(O)                                                                              \
    O(neg, cn_neg(x))                                                                              \
    O(abs, cn_abs(cn_sub(x, 0.5)))                                                                 \
    O(sign, cn_sign(cn_sub(x, 0.5)))                                                               \
    O(square, cn_square(x))                                                                        \
    O(sqrt, cn_sqrt(x))                                                                            \
    O(rsqrt, cn_rsqrt(x))                                                                          \
    O(reciprocal, cn_reciprocal(x))                                                                \
    O(exp, cn_exp(x))                                                                              \
    O(expm1, cn_expm1(x))                                                                          \
    O(exp2, cn_exp2(x))                                                                            \
    O(log, cn_log(x))                                                                              \
    O(log1p, cn_log1p(x))                                                                          \
    O(log2, cn_log2(x))                                                                            \
    O(log10, cn_log10(x))                                                                          \
    O(sin, cn_sin(x))                                                                              \
    O(cos, cn_cos(x))                                                                              \
    O(tan, cn_tan(x))                                                                              \
    O(arcsin, cn_arcsin(x))                                                                        \
    O(arccos, cn_arccos(x))                                                                        \
    O(arctan, cn_arctan(x))                                                                        \
    O(sinh, cn_sinh(x))                                                                            \
    O(cosh, cn_cosh(x))                                                                            \
    O(tanh, cn_tanh(x))                                                                            \
    O(arcsinh, cn_arcsinh(x))                                                                      \
    O(arccosh, cn_arccosh(cn_add(x, 1)))                                                           \
    O(arctanh, cn_arctanh(x))                                                                      \
    O(erf, cn_erf(x))                                                                              \
    O(erfc, cn_erfc(x))                                                                            \
    O(floor, cn_floor(cn_mul(x, 5)))                                                               \
    O(ceil, cn_ceil(cn_mul(x, 5)))                                                                 \
    O(trunc, cn_trunc(cn_mul(x, -5)))                                                              \
    O(round, cn_round(cn_mul(x, 5)))                                                               \
    O(sigmoid, cn_sigmoid(x))                                                                      \
    O(softplus, cn_softplus(x))                                                                    \
    O(relu, cn_relu(cn_sub(x, 0.5)))                                                               \
    O(cbrt, cn_cbrt(x))                                                                            \
    O(isnan, cn_isnan(x))                                                                          \
    O(isinf, cn_isinf(x))                                                                          \
    O(isfinite, cn_isfinite(x))                                                                    \
    O(logical_not, cn_logical_not(cn_greater(x, 0.5)))                                             \
    O(add, cn_add(x, cn_square(x)))                                                                \
    O(sub, cn_sub(2, x))                                                                           \
    O(mul, cn_mul(x, constant(4, 6)))                                                              \
    O(div, cn_div(x, 3))                                                                           \
    O(floor_divide, cn_floor_divide(x, 0.3))                                                       \
    O(mod, cn_mod(x, 0.3))                                                                         \
    O(pow, cn_pow(x, 1.5))                                                                         \
    O(maximum, cn_maximum(x, constant(4, 6)))                                                      \
    O(minimum, cn_minimum(x, 0.5))                                                                 \
    O(arctan2, cn_arctan2(x, 0.5))                                                                 \
    O(equal, cn_equal(places(x), 1))                                                               \
    O(not_equal, cn_not_equal(places(x), 1))                                                       \
    O(less, cn_less(x, 0.5))                                                                       \
    O(less_equal, cn_less_equal(x, 0.5))                                                           \
    O(greater, cn_greater(x, 0.5))                                                                 \
    O(greater_equal, cn_greater_equal(x, 0.5))                                                     \
    O(logical_and, cn_logical_and(cn_less(x, 0.7), cn_greater(x, 0.3)))                            \
    O(logical_or, cn_logical_or(cn_less(x, 0.3), cn_greater(x, 0.7)))                              \
    O(logical_xor, cn_logical_xor(cn_less(x, 0.7), cn_greater(x, 0.3)))                            \
    O(select, cn_select(cn_less(x, 0.5), x, cn_neg(x)))                                            \
    O(clip, cn_clip(x, 0.2, 0.8))                                                                  \
    O(cast, cn_cast(cn_mul(x, 9), CN_INT32))                                                       \
    O(stop_gradient, cn_stop_gradient(x))                                                          \
    O(zeros_like, cn_zeros_like(x))                                                                \
    O(ones_like, cn_add(cn_ones_like(x), x))                                                       \
    O(sum, cn_sum(x, {1}))                                                                         \
    O(sum_keepdims, cn_sum(x, {2}, .keepdims = true))                                              \
    O(mean, cn_mean(x, {1, 2}))                                                                    \
    O(max, cn_max(x, {-1}))                                                                        \
    O(min, cn_min(x, {-1}, .keepdims = true))                                                      \
    O(prod, cn_prod(x, {2}))                                                                       \
    O(any, cn_any(cn_less(x, 0.1), {2}))                                                           \
    O(all, cn_all(cn_less(x, 0.9), {2}))                                                           \
    O(var, cn_var(x, {2}))                                                                         \
    O(std, cn_std(x, {1}, .keepdims = true))                                                       \
    O(logsumexp, cn_logsumexp(x, {2}))                                                             \
    O(clip_by_norm, cn_clip_by_norm(x, 0.7, {2}))                                                  \
    O(argmax, cn_argmax(x, 2, false))                                                              \
    O(argmin, cn_argmin(x, 1, true))                                                               \
    O(cumsum, cn_cumsum(x, 1))                                                                     \
    O(cumprod, cn_cumprod(x, 2))                                                                   \
    O(reshape, cn_reshape(x, cn_shape(-1, 24)))                                                    \
    O(transpose, cn_transpose(x, {0, 2, 1}))                                                       \
    O(swapaxes, cn_swapaxes(x, 1, 2))                                                              \
    O(moveaxis, cn_moveaxis(x, 2, 1))                                                              \
    O(expand_dims, cn_expand_dims(x, 2))                                                           \
    O(squeeze, cn_squeeze(cn_sum(x, {1}, .keepdims = true), 1))                                    \
    O(broadcast_to, cn_broadcast_to(cn_sum(x, {1}, .keepdims = true), cn_shape(-1, 3, 6)))         \
    O(concat, cn_concat(cn_list_of(x, cn_square(x)), 1))                                           \
    O(stack, cn_stack(cn_list_of(x, cn_square(x)), -1))                                            \
    O(split, first_of(cn_split(x, 2, 2)))                                                          \
    O(split_ends, ends_of(cn_split(x, 3, 2)))                                                      \
    O(unstack, ends_of(cn_unstack(x, 1)))                                                          \
    O(slice, cn_slice(x, ":, 1:3, ::-2"))                                                          \
    O(slice_index, cn_slice(x, "..., -1"))                                                         \
    O(slice_new, cn_slice(x, ":, None, 2, 1:"))                                                    \
    O(strided_slice, cn_strided_slice(x, ((int64_t[]){0, 1, 5}), ((int64_t[]){-1, 2, 3}),          \
                                      ((int64_t[]){1, 2, -2})))                                    \
    O(pad, cn_pad(x, ((int64_t[]){0, 1, 0}), ((int64_t[]){0, 0, 2}), "constant", 0.5))             \
    O(pad_reflect, cn_pad(x, ((int64_t[]){0, 1, 0}), ((int64_t[]){0, 2, 2}), "reflect", 0))        \
    O(tile, cn_tile(x, (cn_dims){{1, 2, 3}}))                                                      \
    O(repeat, cn_repeat(x, 2, 1))                                                                  \
    O(flip, cn_flip(x, (cn_axes){{1, 2}}))                                                         \
    O(roll, cn_roll(x, 2, 2))                                                                      \
    O(gather, cn_gather(x, cn_array((int32_t[]){3, 0, 1}, CN_INT32, cn_shape(3)), 1))              \
    O(gather_by, cn_gather(constant(4, 3), places(x), 0))                                          \
    O(take_along_axis, cn_take_along_axis(x, places(x), 2))                                        \
    O(tril, cn_tril(x, 1))                                                                         \
    O(triu, cn_triu(x, -1))                                                                        \
    O(matmul, cn_matmul(x, constant(6, 3)))                                                        \
    O(matmul_vector, cn_matmul(x, cn_arange(0, 6, 1, CN_FLOAT32)))                                 \
    O(matmul_t, cn_matmul_t(x, x, false, true))                                                    \
    O(matmul_tt, cn_matmul_t(x, constant(5, 4), true, true))                                       \
    O(dot_product, cn_dot_product(x, constant(6, 2)))                                              \
    O(tensordot, cn_tensordot(x, constant(6, 4), (cn_axes){{1, 2}}, (cn_axes){{1}}))               \
    O(einsum, cn_einsum("bij,jk->bki", cn_list_of(x, constant(6, 3))))                             \
    O(sort, cn_sort(x, 1))                                                                         \
    O(argsort, cn_argsort(x, 2))                                                                   \
    O(top_k, cn_top_k(x, 2))                                                                       \
    O(top_k_places, cn_nth(cn_top_k(x, 2), 1))                                                     \
    O(softmax, cn_softmax(x, -1))                                                                  \
    O(softmax_axis, cn_softmax(x, 1))                                                              \
    O(log_softmax, cn_log_softmax(x, -1))                                                          \
    O(one_hot, cn_one_hot(places(x), 4, -1, CN_FLOAT32))                                           \
    O(gelu, cn_gelu(x, false))                                                                     \
    O(gelu_tanh, cn_gelu(x, true))                                                                 \
    O(elu, cn_elu(cn_sub(x, 0.5), 0.7))                                                            \
    O(selu, cn_selu(cn_sub(x, 0.5)))                                                               \
    O(silu, cn_silu(x))                                                                            \
    O(leaky_relu, cn_leaky_relu(cn_sub(x, 0.5), 0.3))                                              \
    O(hard_sigmoid, cn_activate("hard_sigmoid", x))                                                \
    O(mish, cn_activate("mish", x))                                                                \
    O(glu, cn_activate("glu", x))                                                                  \
    O(l2_normalize, cn_l2_normalize(x, -1, 1e-12))                                                 \
    O(batch_norm, cn_batch_norm(x, cn_arange(0, 6, 1, CN_FLOAT32), cn_arange(1, 7, 1, CN_FLOAT32), \
                                -1, NULL, cn_arange(2, 8, 1, CN_FLOAT32), 1e-3))

/* x (None, 6, 5, 2) */
#define IMAGE_OPS(O)                                                                              \
    O(conv, cn_conv(x, filter(cn_shape(3, 3, 2, 2)), &(cn_window){.padding = "same"}))            \
    O(conv_strided, cn_conv(x, filter(cn_shape(3, 3, 2, 2)), &(cn_window){.strides = {{2, 1}}}))  \
    O(depthwise_conv, cn_depthwise_conv(x, filter(cn_shape(3, 3, 2, 2)), NULL))                   \
    O(conv_transpose, cn_conv_transpose(x, filter(cn_shape(3, 3, 2, 2)),                          \
                                        &(cn_window){.strides = {{2, 2}}, .padding = "same"}))    \
    O(max_pool, cn_max_pool(x, &(cn_window){.size = {{2, 2}}}))                                   \
    O(average_pool,                                                                               \
      cn_average_pool(x, &(cn_window){.size = {{3, 2}}, .strides = {{1, 2}}, .padding = "same"})) \
    O(resize, cn_resize_images(x, {4, 7}, "bicubic", .antialias = true))                          \
    O(resize_nearest, cn_resize_images(x, {9, 3}, "nearest"))

/* x (None, None, None, 2) */
#define OPEN_OPS(O)                                                            \
    O(open_conv, cn_conv(x, filter(cn_shape(3, 3, 2, 2)), NULL))               \
    O(open_resize, cn_resize_images(x, {4, 7}))                                \
    O(open_crop, cn_resize_images(x, {4, 4}, .crop_to_aspect_ratio = true))    \
    O(open_sum, cn_sum(x, {-1}, .keepdims = true))                             \
    O(open_expand, cn_expand_dims(x, 3))                                       \
    O(open_squeeze, cn_squeeze(cn_sum(x, {3}, .keepdims = true), 3))           \
    O(open_softmax, cn_softmax(x, -1))                                         \
    O(open_tile, cn_tile(x, (cn_dims){{1, 2, 2, 1}}))                          \
    O(open_repeat, cn_repeat(x, 2, 3))                                         \
    O(open_std, cn_std(x, {1, 2}))                                             \
    O(open_ones, cn_concat(cn_list_of(x, cn_ones_like(x)), -1))                \
    O(open_take, cn_take_along_axis(x, cn_cast(cn_less(x, 0.5), CN_INT32), 3)) \
    O(open_split, ends_of(cn_split(x, 3, 2)))                                  \
    O(open_matmul, cn_matmul(x, constant(2, 5)))

#define FUNCTION(name, ...)                   \
    static cn_tensor *op_##name(cn_tensor *x) \
    {                                         \
        return __VA_ARGS__;                   \
    }
MATRIX_OPS(FUNCTION)
IMAGE_OPS(FUNCTION)
OPEN_OPS(FUNCTION)

static const struct op {
    const char *name;
    cn_tensor *(*function)(cn_tensor *x);
    cn_shape input, data;
} ops[] = {
#define MATRIX_ROW(name, ...) {#name, op_##name, {3, {CN_ANY, 4, 6}}, {3, {3, 4, 6}}},
#define IMAGE_ROW(name, ...) {#name, op_##name, {4, {CN_ANY, 6, 5, 2}}, {4, {3, 6, 5, 2}}},
#define OPEN_ROW(name, ...) {#name, op_##name, {4, {CN_ANY, CN_ANY, CN_ANY, 2}}, {4, {3, 5, 6, 2}}},
    MATRIX_OPS(MATRIX_ROW) IMAGE_OPS(IMAGE_ROW) OPEN_OPS(OPEN_ROW)};

static cn_tensor *some_data(cn_shape shape)
{
    float values[256];
    int64_t n = 1;
    for (int i = 0; i < shape.rank; i++)
        n *= shape.dim[i];
    for (int64_t i = 0; i < n; i++)
        values[i] = (float)((i * 37 + 11) % 101 + 1) / 103;
    return cn_array(values, CN_FLOAT32, shape);
}

static bool write_files(const struct op *op, const char *folder)
{
    bool ok = false;
    CN_SCOPE {
        static const cn_str names[] = {"x", "y"};
        cn_tensor *input = cn_input(.shape = &op->input), *data = some_data(op->data);
        cn_model *model = cn_functional(input, op->function(input));
        cn_tensor *y = cn_cast(model ? cn_predict_on_batch(model, data) : NULL, CN_FLOAT32);
        ok = y && cn_save(model, cn_fmt("%s/%s.keras", folder, op->name)) &&
             cn_save_arrays(cn_fmt("%s/%s.npz", folder, op->name), names, cn_list_of(data, y));
    }
    return ok;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (size_t i = 0; argc == 2 && i < sizeof ops / sizeof *ops; i++)
        if (!write_files(&ops[i], argv[1])) {
            printf("%s: %s\n", ops[i].name, cn_error());
            cn_clear_error();
            failed++;
        }
    return argc != 2 || failed;
}
