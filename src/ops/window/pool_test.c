/* Pools: values by Keras 3.15, averages by plain loops, gradients by differences. */
#include "ops/golden_test.h"
#include "ops/gradient_check.h"

#include <stdio.h>

static const golden maxima[] = {
    {{3, {2, 9, 3}}, {0}, {.size = {{2}}}, {3, {2, 4, 3}}, 51},
    {{3, {2, 9, 3}},
     {0},
     {.size = {{3}}, .strides = {{2}}, .padding = "same"},
     {3, {2, 5, 3}},
     -17},
    {{4, {2, 7, 6, 3}}, {0}, {.size = {{2, 2}}}, {4, {2, 3, 3, 3}}, 40},
    {{4, {2, 7, 6, 3}},
     {0},
     {.size = {{3, 3}}, .strides = {{2, 2}}, .padding = "same"},
     {4, {2, 4, 3, 3}},
     64},
    {{4, {2, 7, 6, 3}}, {0}, {.size = {{3, 2}}, .strides = {{1, 3}}}, {4, {2, 5, 2, 3}}, 33},
    {{4, {1, 3, 7, 6}},
     {0},
     {.size = {{2, 2}}, .padding = "same", .data_format = "channels_first"},
     {4, {1, 3, 4, 3}},
     104},
    {{5, {1, 5, 6, 7, 2}}, {0}, {.size = {{2, 3, 2}}}, {5, {1, 2, 2, 3, 2}}, -30},
    {{5, {1, 5, 6, 7, 2}},
     {0},
     {.size = {{3, 3, 3}}, .strides = {{2, 1, 2}}, .padding = "same"},
     {5, {1, 3, 6, 4, 2}},
     32},
};

TEST(max_pool_gives_what_keras_gives)
{
    static const cn_dtype dtypes[] = {CN_FLOAT32, CN_FLOAT64};
    for (size_t i = 0; i < 2 * sizeof maxima / sizeof *maxima; i++)
        CN_SCOPE {
            const golden *g = &maxima[i / 2];
            cn_tensor *y = cn_max_pool(numbers(g->x, dtypes[i % 2], 1), &g->window);
            char what[100];
            snprintf(what, sizeof what, "row %zu: %s, sum %g", i / 2, cn_shape_text(cn_shape_of(y)),
                     checksum(y));
            cn_test_check(y && y->dtype == dtypes[i % 2] && cn_shape_equal(cn_shape_of(y), g->y) &&
                              checksum(y) == g->sum,
                          what, __FILE__, __LINE__);
        }
}

/* An average is a depthwise convolution with ones, divided by the same of an image of ones. */
static cn_tensor *by_conv(cn_tensor *x, const golden *g)
{
    cn_window w = g->window;
    cn_shape kernel = {.rank = g->x.rank};
    bool first = w.data_format != NULL;
    for (int i = 0; i < kernel.rank - 2; i++) {
        kernel.dim[i] = w.size.d[i];
        if (!cn_dims_count(g->window.strides))
            w.strides.d[i] = w.size.d[i];
    }
    kernel.dim[kernel.rank - 2] = g->x.dim[first ? 1 : g->x.rank - 1];
    kernel.dim[kernel.rank - 1] = 1;
    cn_tensor *ones = cn_ones(kernel, x->dtype);
    return cn_div(cn_depthwise_conv(x, ones, &w), cn_depthwise_conv(cn_ones_like(x), ones, &w));
}

static void compare_average(const golden *g, cn_dtype dtype)
{
    cn_tensor *x = numbers(g->x, dtype, 1), *weights = numbers(g->y, dtype, 2);
    cn_tensor *y = cn_average_pool(x, &g->window), *want = by_conv(x, g);
    cn_tensor *dx = cn_list_item(cn_gradients(cn_sum(cn_mul(y, weights)), cn_list_of(x)), 0);
    cn_tensor *dwant = cn_list_item(cn_gradients(cn_sum(cn_mul(want, weights)), cn_list_of(x)), 0);
    CHECK(cn_item(cn_max(cn_abs(cn_sub(y, want)))) < 1e-5);
    CHECK(cn_item(cn_max(cn_abs(cn_sub(dx, dwant)))) < 1e-5);
}

TEST(average_pool_is_a_depthwise_convolution)
{
    for (size_t i = 0; i < sizeof maxima / sizeof *maxima; i++) {
        CN_SCOPE
            compare_average(&maxima[i], CN_FLOAT32);
        CN_SCOPE
            compare_average(&maxima[i], CN_FLOAT64);
    }
}

static const cn_window *window;

static cn_tensor *max_formula(cn_tensor *const *x)
{
    return cn_square(cn_max_pool(x[0], window));
}

static cn_tensor *average_formula(cn_tensor *const *x)
{
    return cn_square(cn_average_pool(x[0], window));
}

TEST(pool_gradients)
{
    static const cn_window windows[] = {
        {.size = {{2, 2}}, .padding = "same"},
        {.size = {{3, 2}}, .strides = {{1, 2}}},
        {.size = {{2, 3}}, .strides = {{1, 1}}, .padding = "same", .data_format = "channels_first"},
    };
    for (size_t i = 0; i < 3; i++)
        CN_SCOPE {
            window = &windows[i];
            check_gradients(max_formula, gradient_values(cn_shape(1, 4, 3, 2), 1));
            check_gradients(average_formula, gradient_values(cn_shape(1, 4, 3, 2), 1));
        }
    window = &(cn_window){.size = {{2, 2, 2}}, .strides = {{1, 1, 1}}};
    CN_SCOPE
        check_gradients(max_formula, gradient_values(cn_shape(1, 3, 2, 3, 1), 1));
}

TEST(max_pool_gives_the_gradient_to_the_first_of_equals)
{
    static const cn_dtype dtypes[] = {CN_FLOAT32, CN_FLOAT64};
    for (int d = 0; d < 2; d++)
        CN_SCOPE {
            cn_tensor *x = cn_zeros(cn_shape(1, 4, 1), dtypes[d]);
            cn_tensor *y = cn_max_pool(x, &(cn_window){.size = {{2}}, .strides = {{1}}});
            cn_tensor *g = cn_list_item(cn_gradients(cn_sum(y), cn_list_of(x)), 0);
            check_close(cn_floats(cn_cast(g, CN_FLOAT32)), ((float[]){1, 1, 1, 0}), 4, 0, 0);
        }
}

TEST(pool_of_unknown_sizes_and_of_nothing)
{
    CN_SCOPE {
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, CN_ANY, 7, 3), CN_FLOAT32, true);
        cn_window w = {.size = {{2, 2}}};
        cn_tensor *y = cn_max_pool(x, &w), *z = cn_average_pool(x, &w);
        CHECK(cn_shape_equal(cn_shape_of(y), cn_shape(CN_ANY, CN_ANY, 3, 3)));
        cn_tensor *g = cn_list_item(cn_gradients(cn_sum(cn_add(y, z)), cn_list_of(x)), 0);
        CHECK(cn_shape_equal(cn_shape_of(g), cn_shape_of(x)));
        x = cn_zeros(cn_shape(0, 4, 4, 2), CN_FLOAT32);
        y = cn_max_pool(x, &w);
        CHECK(cn_data(y) && cn_data(cn_list_item(cn_gradients(cn_sum(y), cn_list_of(x)), 0)));
    }
}

TEST(pool_messages)
{
    CN_SCOPE {
        cn_tensor *x = cn_zeros(cn_shape(1, 2, 4, 3), CN_FLOAT32);
        CHECK(!cn_max_pool(x, &(cn_window){.size = {{3, 3}}}));
        check_error("cn_max_pool: an input of shape (1, 2, 4, 3) is smaller than the window, 3, "
                    "along axis 1");
        CHECK(!cn_average_pool(x, &(cn_window){.size = {{2, 2}}, .padding = "causal"}));
        check_error("cn_average_pool: expected padding \"valid\" or \"same\", found \"causal\"");
        CHECK(!cn_average_pool(cn_zeros(cn_shape(2, 2), CN_FLOAT32), NULL));
        check_error("cn_average_pool: expected an input of rank 3, 4 or 5, found shape (2, 2)");
    }
}
