/* Convolutions: values by Keras 3.15, gradients by differences. */
#include "ops/window/conv.h"
#include "cornu/config.h"
#include "cornu/function.h"
#include "ops/golden_test.h"
#include "ops/gradient_check.h"

#include <stdio.h>

typedef cn_tensor *(*convolution)(cn_tensor *, cn_tensor *, const cn_window *);

static void compare(convolution f, const golden *g, size_t i)
{
    static const cn_dtype dtypes[] = {CN_FLOAT32, CN_FLOAT64, CN_INT32};
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++)
        CN_SCOPE {
            cn_tensor *y =
                f(numbers(g->x, dtypes[d], 1), numbers(g->kernel, dtypes[d], 2), &g->window);
            bool same = y && cn_shape_equal(cn_shape_of(y), g->y) && checksum(y) == g->sum &&
                        y->dtype == (d == 1 ? CN_FLOAT64 : CN_FLOAT32);
            char what[100];
            snprintf(what, sizeof what, "row %zu: %s, sum %g", i, cn_shape_text(cn_shape_of(y)),
                     checksum(y));
            cn_test_check(same, what, __FILE__, __LINE__);
        }
}

#define COMPARE_ALL(f, rows)                                  \
    for (size_t i = 0; i < sizeof rows / sizeof *(rows); i++) \
    compare(f, &(rows)[i], i)

static const golden convs[] = {
    {{3, {2, 9, 3}}, {3, {3, 3, 4}}, {0}, {3, {2, 7, 4}}, -33},
    {{3, {2, 9, 3}}, {3, {3, 3, 4}}, {.strides = {{2}}, .padding = "same"}, {3, {2, 5, 4}}, -122},
    {{3, {1, 8, 2}}, {3, {3, 2, 3}}, {.dilation = {{2}}, .padding = "causal"}, {3, {1, 8, 3}}, 41},
    {{3, {2, 10, 2}},
     {3, {3, 2, 3}},
     {.strides = {{3}}, .padding = "causal"},
     {3, {2, 4, 3}},
     -182},
    {{4, {2, 7, 6, 3}}, {4, {3, 2, 3, 5}}, {0}, {4, {2, 5, 5, 5}}, 747},
    {{4, {2, 7, 6, 3}}, {4, {3, 3, 3, 5}}, {.padding = "same"}, {4, {2, 7, 6, 5}}, -340},
    {{4, {2, 8, 9, 3}},
     {4, {3, 3, 3, 5}},
     {.strides = {{2, 2}}, .padding = "same"},
     {4, {2, 4, 5, 5}},
     -1569},
    {{4, {1, 8, 9, 2}},
     {4, {2, 3, 2, 4}},
     {.strides = {{3, 2}}, .padding = "same"},
     {4, {1, 3, 5, 4}},
     -336},
    {{4, {1, 9, 9, 2}}, {4, {3, 2, 2, 4}}, {.dilation = {{2, 3}}}, {4, {1, 5, 6, 4}}, -1047},
    {{4, {1, 9, 9, 2}},
     {4, {2, 3, 2, 4}},
     {.dilation = {{3, 2}}, .padding = "same"},
     {4, {1, 9, 9, 4}},
     2286},
    {{4, {2, 5, 5, 4}}, {4, {3, 3, 2, 6}}, {.groups = 2}, {4, {2, 3, 3, 6}}, 3718},
    {{4, {2, 6, 5, 4}},
     {4, {3, 3, 1, 8}},
     {.strides = {{2, 2}}, .groups = 4, .padding = "same"},
     {4, {2, 3, 3, 8}},
     -1536},
    {{4, {2, 3, 7, 6}},
     {4, {3, 3, 3, 4}},
     {.padding = "same", .data_format = "channels_first"},
     {4, {2, 4, 7, 6}},
     2051},
    {{4, {1, 5, 5, 2}}, {4, {1, 1, 2, 3}}, {0}, {4, {1, 5, 5, 3}}, -616},
    {{4, {3, 4, 4, 3}}, {4, {4, 4, 3, 5}}, {0}, {4, {3, 1, 1, 5}}, -1862},
    {{5, {2, 5, 4, 6, 2}}, {5, {2, 3, 3, 2, 3}}, {0}, {5, {2, 4, 2, 4, 3}}, -1055},
    {{5, {1, 5, 6, 4, 2}},
     {5, {3, 3, 2, 2, 3}},
     {.strides = {{2, 2, 2}}, .padding = "same"},
     {5, {1, 3, 3, 2, 3}},
     618},
    {{5, {1, 6, 5, 7, 4}},
     {5, {2, 2, 2, 2, 6}},
     {.dilation = {{2, 1, 3}}, .groups = 2, .padding = "same"},
     {5, {1, 6, 5, 7, 6}},
     3167},
    {{5, {1, 3, 5, 4, 1}}, {5, {1, 3, 3, 1, 2}}, {0}, {5, {1, 3, 3, 2, 2}}, -1307},
};

TEST(conv_gives_what_keras_gives)
{
    COMPARE_ALL(cn_conv, convs);
}

static const golden depthwise[] = {
    {{4, {2, 7, 6, 3}}, {4, {3, 3, 3, 1}}, {0}, {4, {2, 5, 4, 3}}, 413},
    {{4, {2, 7, 6, 3}},
     {4, {3, 3, 3, 2}},
     {.strides = {{2, 2}}, .padding = "same"},
     {4, {2, 4, 3, 6}},
     -821},
    {{3, {2, 9, 3}}, {3, {3, 3, 2}}, {.padding = "same"}, {3, {2, 9, 6}}, -793},
    {{4, {1, 3, 7, 7}},
     {4, {3, 3, 3, 2}},
     {.dilation = {{2, 2}}, .data_format = "channels_first"},
     {4, {1, 6, 3, 3}},
     -771},
    {{5, {1, 5, 4, 5, 3}}, {5, {3, 3, 3, 3, 2}}, {.padding = "same"}, {5, {1, 5, 4, 5, 6}}, -5554},
};

TEST(depthwise_conv_gives_what_keras_gives)
{
    COMPARE_ALL(cn_depthwise_conv, depthwise);
}

static const golden transposed[] = {
    {{4, {2, 4, 5, 3}},
     {4, {3, 3, 2, 3}},
     {.strides = {{1, 1}}, .dilation = {{1, 1}}},
     {4, {2, 6, 7, 2}},
     -1098},
    {{4, {2, 4, 5, 3}},
     {4, {3, 3, 2, 3}},
     {.strides = {{2, 2}}, .dilation = {{1, 1}}},
     {4, {2, 9, 11, 2}},
     -1347},
    {{4, {2, 4, 5, 3}},
     {4, {2, 3, 2, 3}},
     {.strides = {{3, 2}}, .dilation = {{1, 1}}},
     {4, {2, 12, 11, 2}},
     1147},
    {{4, {2, 4, 5, 3}},
     {4, {4, 2, 2, 3}},
     {.strides = {{2, 3}}, .dilation = {{1, 1}}},
     {4, {2, 10, 15, 2}},
     239},
    {{4, {2, 4, 5, 3}},
     {4, {3, 3, 2, 3}},
     {.strides = {{2, 2}},
      .dilation = {{1, 1}},
      .output_padding = {{1, 1}},
      .has_output_padding = true},
     {4, {2, 10, 12, 2}},
     189},
    {{4, {2, 4, 5, 3}},
     {4, {3, 2, 2, 3}},
     {.strides = {{2, 3}},
      .dilation = {{1, 1}},
      .output_padding = {{0, 2}},
      .has_output_padding = true},
     {4, {2, 9, 16, 2}},
     1652},
    {{4, {2, 4, 5, 3}},
     {4, {3, 2, 2, 3}},
     {.strides = {{1, 1}}, .dilation = {{2, 3}}},
     {4, {2, 8, 8, 2}},
     -1673},
    {{4, {2, 4, 5, 3}},
     {4, {4, 3, 2, 3}},
     {.strides = {{2, 2}},
      .dilation = {{1, 1}},
      .output_padding = {{1, 0}},
      .has_output_padding = true},
     {4, {2, 11, 11, 2}},
     2683},
    {{3, {2, 6, 3}}, {3, {4, 2, 3}}, {.strides = {{2}}}, {3, {2, 14, 2}}, 775},
    {{5, {1, 3, 2, 3, 2}},
     {5, {3, 2, 3, 3, 2}},
     {.strides = {{2, 2, 1}}},
     {5, {1, 7, 4, 5, 3}},
     -1560},
    {{4, {2, 4, 5, 3}},
     {4, {3, 3, 2, 3}},
     {.strides = {{1, 1}}, .dilation = {{1, 1}}, .padding = "same"},
     {4, {2, 4, 5, 2}},
     892},
    {{4, {2, 4, 5, 3}},
     {4, {3, 3, 2, 3}},
     {.strides = {{2, 2}}, .dilation = {{1, 1}}, .padding = "same"},
     {4, {2, 8, 10, 2}},
     94},
    {{4, {2, 4, 5, 3}},
     {4, {2, 3, 2, 3}},
     {.strides = {{3, 2}}, .dilation = {{1, 1}}, .padding = "same"},
     {4, {2, 12, 10, 2}},
     -1514},
    {{4, {2, 4, 5, 3}},
     {4, {4, 2, 2, 3}},
     {.strides = {{2, 3}}, .dilation = {{1, 1}}, .padding = "same"},
     {4, {2, 8, 15, 2}},
     185},
    {{4, {2, 4, 5, 3}},
     {4, {3, 3, 2, 3}},
     {.strides = {{2, 2}},
      .dilation = {{1, 1}},
      .padding = "same",
      .output_padding = {{1, 1}},
      .has_output_padding = true},
     {4, {2, 8, 10, 2}},
     94},
    {{4, {2, 4, 5, 3}},
     {4, {3, 2, 2, 3}},
     {.strides = {{2, 3}},
      .dilation = {{1, 1}},
      .padding = "same",
      .output_padding = {{0, 2}},
      .has_output_padding = true},
     {4, {2, 7, 14, 2}},
     -2728},
    {{4, {2, 4, 5, 3}},
     {4, {3, 2, 2, 3}},
     {.strides = {{1, 1}}, .dilation = {{2, 3}}, .padding = "same"},
     {4, {2, 4, 5, 2}},
     -1541},
    {{4, {2, 4, 5, 3}},
     {4, {4, 3, 2, 3}},
     {.strides = {{2, 2}},
      .dilation = {{1, 1}},
      .padding = "same",
      .output_padding = {{1, 0}},
      .has_output_padding = true},
     {4, {2, 7, 9, 2}},
     -110},
    {{3, {2, 6, 3}}, {3, {4, 2, 3}}, {.strides = {{2}}, .padding = "same"}, {3, {2, 12, 2}}, -188},
    {{5, {1, 3, 2, 3, 2}},
     {5, {3, 2, 3, 3, 2}},
     {.strides = {{2, 2, 1}}, .padding = "same"},
     {5, {1, 6, 4, 3, 3}},
     -425},
    {{4, {1, 3, 4, 5}},
     {4, {3, 3, 2, 3}},
     {.strides = {{2, 2}}, .padding = "same", .data_format = "channels_first"},
     {4, {1, 2, 8, 10}},
     -289},
};

TEST(conv_transpose_gives_what_keras_gives)
{
    COMPARE_ALL(cn_conv_transpose, transposed);
}

/* Gradients of both orders for the kinds of windows; float64 goes through the portable kernels. */
static convolution function;
static const cn_window *window;

static cn_tensor *formula(cn_tensor *const *x)
{
    return function(x[0], x[1], window);
}

static void differentiate(convolution f, cn_shape x, cn_shape kernel, cn_window w)
{
    function = f;
    window = &w;
    CN_SCOPE
        check_gradients(formula, gradient_values(x, 1), gradient_values(kernel, 2));
}

TEST(conv_gradients)
{
    differentiate(cn_conv, cn_shape(2, 5, 2), cn_shape(2, 2, 3), (cn_window){.padding = "causal"});
    differentiate(cn_conv, cn_shape(1, 4, 5, 2), cn_shape(3, 2, 2, 2),
                  (cn_window){.padding = "same", .strides = {{2, 1}}});
    differentiate(cn_conv, cn_shape(1, 2, 5, 4), cn_shape(2, 2, 2, 2),
                  (cn_window){.dilation = {{1, 2}}, .data_format = "channels_first"});
    differentiate(cn_conv, cn_shape(1, 3, 3, 4), cn_shape(2, 2, 2, 2), (cn_window){.groups = 2});
    differentiate(cn_conv, cn_shape(1, 2, 3, 3, 1), cn_shape(2, 2, 2, 1, 2),
                  (cn_window){.padding = "same"});
    differentiate(cn_depthwise_conv, cn_shape(1, 4, 3, 2), cn_shape(2, 2, 2, 2),
                  (cn_window){.strides = {{2, 1}}});
    differentiate(cn_conv_transpose, cn_shape(1, 2, 3, 2), cn_shape(3, 2, 1, 2),
                  (cn_window){.strides = {{2, 3}}, .padding = "same"});
    differentiate(cn_conv_transpose, cn_shape(1, 3, 2), cn_shape(3, 2, 2),
                  (cn_window){.strides = {{2}}});
}

/* The gradients of the fast kernels against those of the portable ones. */
static void compare_gradients(convolution f, const golden *g)
{
    cn_tensor *grads[2][2] = {{NULL}};
    for (int d = 0; d < 2; d++) {
        cn_dtype dtype = d ? CN_FLOAT64 : CN_FLOAT32;
        cn_tensor *x = numbers(g->x, dtype, 1), *kernel = numbers(g->kernel, dtype, 2);
        cn_tensor *y = cn_sum(cn_mul(f(x, kernel, &g->window), numbers(g->y, dtype, 3)));
        cn_list *list = cn_gradients(y, cn_list_of(x, kernel));
        for (size_t i = 0; list && i < 2; i++)
            grads[d][i] = cn_cast(cn_list_item(list, i), CN_FLOAT64);
    }
    for (int i = 0; i < 2; i++) {
        const double *a = cn_data(grads[0][i]), *b = cn_data(grads[1][i]);
        REQUIRE(a && b);
        cn_test_close_double(a, b, (size_t)cn_size(grads[0][i]), 0, 0, __FILE__, __LINE__);
    }
}

TEST(conv_gradients_of_float_and_double)
{
    for (size_t i = 0; i < sizeof convs / sizeof *convs; i++)
        CN_SCOPE
            compare_gradients(cn_conv, &convs[i]);
    for (size_t i = 0; i < sizeof depthwise / sizeof *depthwise; i++)
        CN_SCOPE
            compare_gradients(cn_depthwise_conv, &depthwise[i]);
    for (size_t i = 0; i < sizeof transposed / sizeof *transposed; i++)
        CN_SCOPE
            compare_gradients(cn_conv_transpose, &transposed[i]);
}

/* Patches in more than one block. */
TEST(conv_of_many_patches)
{
    CN_SCOPE {
        cn_tensor *x = cn_ones(cn_shape(2, 60, 61, 8), CN_FLOAT64);
        cn_tensor *kernel = cn_ones(cn_shape(3, 3, 8, 2), CN_FLOAT64);
        cn_tensor *y = cn_conv(x, kernel, NULL);
        CHECK(cn_item(cn_sum(y)) == 2.0 * 58 * 59 * 2 * 72);
        cn_list *g = cn_gradients(cn_sum(y), cn_list_of(x, kernel));
        CHECK(cn_item(cn_sum(cn_list_item(g, 0))) == 2.0 * 58 * 59 * 2 * 72);
        CHECK(cn_item(cn_max(cn_list_item(g, 1))) == 2.0 * 58 * 59);
        CHECK(cn_item(cn_min(cn_list_item(g, 1))) == 2.0 * 58 * 59);
    }
}

/* So few pixels, so many weights that it is a product of patches. */
TEST(conv_of_few_pixels)
{
    static const cn_window windows[] = {
        {.padding = "same"},
        {.padding = "same", .strides = {{2, 1}}},
        {.dilation = {{1, 2}}, .padding = "same"},
    };
    for (size_t i = 0; i < 3; i++)
        CN_SCOPE {
            cn_tensor *x = cn_random_normal(cn_shape(2, 2, 2, 130), 0, 1, CN_FLOAT32, NULL);
            cn_tensor *w = cn_random_normal(cn_shape(3, 3, 130, 300), 0, 1, CN_FLOAT32, NULL);
            cn_tensor *y = cn_conv(x, w, &windows[i]);
            cn_tensor *want = cn_conv(cn_cast(x, CN_FLOAT64), cn_cast(w, CN_FLOAT64), &windows[i]);
            /* sums of 1,170 products of about 1, in floats: an error of some 1e-5 */
            CHECK(cn_item(cn_max(cn_abs(cn_sub(cn_cast(y, CN_FLOAT64), want)))) < 1e-4);
        }
}

typedef struct kept_conv {
    cn_tensor *w;
    const cn_window *window;
} kept_conv;

static cn_list *one_conv(cn_tensor *const *x, void *context)
{
    const kept_conv *c = context;
    return cn_list_of(cn_conv(x[0], c->w, c->window));
}

/* As it is with weights that are kept, bit for bit with any number of threads. */
static void compare_kept(cn_function *f, const kept_conv *c, cn_tensor *x)
{
    cn_tensor *want = cn_conv(cn_cast(x, CN_FLOAT64), cn_cast(c->w, CN_FLOAT64), c->window);
    cn_tensor *first = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        cn_set_num_threads(threads);
        cn_tensor *y = cn_list_item(cn_run(f, x), 0);
        first = first ? first : y;
        CHECK(cn_item(cn_all(cn_equal(y, first))));
        CHECK(cn_item(cn_max(cn_abs(cn_sub(cn_cast(y, CN_FLOAT64), want)))) < 1e-4);
    }
    cn_set_num_threads(0);
}

/* Of few pixels, some more, and many, in each order of the windows' pixels. */
TEST(conv_keeps_weights)
{
    static const cn_window windows[] = {
        {.padding = "same"},
        {.padding = "same", .strides = {{2, 1}}},
        {.dilation = {{1, 2}}, .padding = "same"},
    };
    static const cn_shape kernels[] = {
        {4, {3, 3, 96, 90}}, {4, {1, 1, 300, 260}}, {4, {3, 2, 50, 230}}};
    static const int64_t sizes[][3] = {{1, 2, 2}, {2, 3, 5}, {1, 8, 8}, {1, 9, 7}, {1, 11, 12}};
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        for (size_t j = 0; j < 3; j++)
            CN_SCOPE {
                cn_tensor *w = cn_variable(cn_random_normal(kernels[i], 0, 1, CN_FLOAT32, NULL));
                kept_conv c = {w, &windows[j]};
                cn_function *f = cn_traced_function(one_conv, &c);
                for (size_t k = 0; k < 2 * sizeof sizes / sizeof *sizes; k++) {
                    const int64_t *size = sizes[k / 2];
                    cn_shape shape = cn_shape(size[0], size[1], size[2], kernels[i].dim[2]);
                    compare_kept(f, &c, cn_random_normal(shape, 0, 1, CN_FLOAT32, NULL));
                    cn_assign(w, cn_mul(w, -0.5));
                }
            }
}

TEST(conv_of_unknown_sizes)
{
    CN_SCOPE {
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, CN_ANY, 7, 3), CN_FLOAT32, true);
        cn_tensor *kernel = cn_zeros(cn_shape(3, 3, 3, 4), CN_FLOAT32);
        cn_tensor *y = cn_conv(x, kernel, &(cn_window){.padding = "same", .strides = {{2, 2}}});
        CHECK(cn_shape_equal(cn_shape_of(y), cn_shape(CN_ANY, CN_ANY, 4, 4)));
        cn_list *g = cn_gradients(cn_sum(y), cn_list_of(x, kernel));
        CHECK(cn_shape_equal(cn_shape_of(cn_list_item(g, 0)), cn_shape_of(x)));
        CHECK(cn_shape_equal(cn_shape_of(cn_list_item(g, 1)), cn_shape_of(kernel)));
        y = cn_conv_transpose(y, kernel, &(cn_window){.strides = {{2, 2}}});
        CHECK(cn_shape_equal(cn_shape_of(y), cn_shape(CN_ANY, CN_ANY, 9, 3)));
    }
}

TEST(conv_of_nothing)
{
    CN_SCOPE {
        cn_tensor *x = cn_zeros(cn_shape(0, 5, 5, 2), CN_FLOAT32);
        cn_tensor *kernel = cn_zeros(cn_shape(3, 3, 2, 4), CN_FLOAT32);
        cn_tensor *y = cn_conv(x, kernel, NULL);
        CHECK(cn_data(y) && cn_shape_equal(cn_shape_of(y), cn_shape(0, 3, 3, 4)));
        cn_list *g = cn_gradients(cn_sum(y), cn_list_of(x, kernel));
        CHECK(cn_data(cn_list_item(g, 0)) && cn_item(cn_max(cn_list_item(g, 1))) == 0);
    }
}

TEST(conv_messages)
{
    CN_SCOPE {
        cn_tensor *x = cn_zeros(cn_shape(1, 4, 4, 3), CN_FLOAT32);
        cn_tensor *kernel = cn_zeros(cn_shape(3, 3, 3, 4), CN_FLOAT32);
        CHECK(!cn_conv(x, cn_zeros(cn_shape(3, 3, 2, 4), CN_FLOAT32), NULL));
        check_error("cn_conv: a kernel of shape (3, 3, 2, 4) with groups=1 does not fit an input "
                    "of shape (1, 4, 4, 3)");
        CHECK(!cn_conv(x, cn_zeros(cn_shape(3, 3, 4), CN_FLOAT32), NULL));
        check_error("cn_conv: expected a kernel of rank 4 for an input of shape (1, 4, 4, 3), "
                    "found shape (3, 3, 4)");
        CHECK(!cn_conv(x, kernel, &(cn_window){.dilation = {{2, 2}}}));
        check_error("cn_conv: an input of shape (1, 4, 4, 3) is too small for a kernel of shape "
                    "(3, 3, 3, 4) with dilation=2 along axis 1");
        CHECK(!cn_conv(x, kernel, &(cn_window){.padding = "causal"}));
        check_error("cn_conv: expected padding \"valid\" or \"same\", found \"causal\"");
        CHECK(!cn_conv(x, kernel, &(cn_window){.strides = {{-1, 1}}}));
        check_error("cn_conv: expected strides of 1 or more, found -1");
        CHECK(!cn_conv_transpose(x, cn_zeros(cn_shape(3, 3, 3, 4), CN_FLOAT32), NULL));
        check_error("cn_conv_transpose: a kernel of shape (3, 3, 3, 4) does not fit an input of "
                    "shape (1, 4, 4, 3)");
        CHECK(!cn_depthwise_conv(x, cn_zeros(cn_shape(3, 3, 4, 1), CN_FLOAT32), NULL));
        check_error("cn_depthwise_conv: a kernel of shape (3, 3, 4, 1) does not fit an input of "
                    "shape (1, 4, 4, 3)");
    }
}
