/* Products with the epilogues that a plan's pass may give them, of all sets of parts: the very
 * numbers of the ops one by one, and their gradients. */
#include "ops/epilogue.h"

#include "ops/golden_test.h"

static void check_near(cn_tensor *got, cn_tensor *want, double tolerance)
{
    CHECK(cn_shape_equal(got->shape, want->shape));
    double largest = cn_item(cn_max(cn_abs(want)));
    CHECK(cn_item(cn_max(cn_abs(cn_sub(got, want)))) <= tolerance * largest);
}

static void check_epilogue(cn_tensor *product, int32_t word)
{
    int64_t columns = product->shape.dim[product->shape.rank - 1];
    cn_tensor *in[2 + CN_END_PARTS] = {product->inputs[0], product->inputs[1]}, *want = product;
    int n = 2;
    for (int p = 0; p < CN_END_PARTS; p++) {
        if (!(word >> p & 1))
            continue;
        cn_tensor *part =
            numbers(p == CN_END_PLUS ? product->shape : cn_shape(columns), product->dtype, 3 + p);
        want = p == CN_END_SCALE ? cn_mul(want, part) : cn_add(want, part);
        in[n++] = part;
    }
    if (word >> CN_END_PARTS == CN_ACT_RELU)
        want = cn_relu(want);
    bool silu = word >> CN_END_PARTS == CN_ACT_SILU;
    if (silu)
        want = cn_mul(want, cn_sigmoid(want));
    cn_tensor *y = cn_apply_epilogue(product, in, n, word);
    check_near(y, want, 0);
    cn_list *xs = cn_list_make((void *const *)in, (size_t)n);
    cn_list *got = cn_gradients(cn_sum(cn_square(y)), xs);
    cn_list *expected = cn_gradients(cn_sum(cn_square(want)), xs);
    for (int i = 0; i < n; i++)
        check_near(cn_list_item(got, (size_t)i), cn_list_item(expected, (size_t)i),
                   silu ? 1e-6 : 0); /* silu's derivative is rounded in another order */
}

static void check_all(cn_tensor *product)
{
    int32_t activations = product->dtype == CN_FLOAT32 ? CN_ACT_SILU + 1 : CN_ACT_SILU;
    for (int32_t word = 0; word < activations << CN_END_PARTS; word++)
        check_epilogue(product, word);
}

TEST(matmul_epilogue)
{
    for (int wide = 0; wide < 2; wide++)
        CN_SCOPE {
            cn_dtype dtype = wide ? CN_FLOAT64 : CN_FLOAT32;
            cn_tensor *a = numbers(cn_shape(2, 3, 4), dtype, 1);
            check_all(cn_matmul(a, numbers(cn_shape(4, 5), dtype, 2)));
            check_all(cn_matmul(a, numbers(cn_shape(4, 1), dtype, 2)));
            check_all(cn_matmul(a, numbers(cn_shape(2, 4, 37), dtype, 2)));
        }
}

static cn_tensor *conv(cn_dtype dtype, cn_shape x, cn_shape kernel, int64_t groups)
{
    return cn_conv(numbers(x, dtype, 1), numbers(kernel, dtype, 2), &(cn_window){.groups = groups});
}

TEST(conv_epilogue)
{
    CN_SCOPE {
        check_all(conv(CN_FLOAT32, cn_shape(2, 5, 6, 3), cn_shape(3, 3, 3, 4), 1));
        check_all(conv(CN_FLOAT32, cn_shape(2, 5, 6, 3), cn_shape(1, 1, 3, 19), 1));
        check_all(conv(CN_FLOAT64, cn_shape(2, 5, 6, 3), cn_shape(3, 3, 3, 4), 1));
        check_all(conv(CN_FLOAT32, cn_shape(2, 5, 6, 4), cn_shape(3, 3, 1, 8), 4));
        check_all(conv(CN_FLOAT32, cn_shape(2, 5, 6, 4), cn_shape(3, 3, 2, 8), 2));
    }
}
