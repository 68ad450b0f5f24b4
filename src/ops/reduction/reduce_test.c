/* Reductions against plain loops, over all choices of axes and sizes around the kernels' own. */
#include "base/alloc.h"
#include "cornu/config.h"
#include "ops/golden_test.h"
#include "ops/gradient_check.h"

#include <math.h>
#include <stdio.h>

typedef cn_tensor *(*reducer)(const cn_reduce_options *);

static double step_sum(double a, double v)
{
    return a + v;
}

static double step_max(double a, double v)
{
    return v > a ? v : a;
}

static double step_min(double a, double v)
{
    return v < a ? v : a;
}

static double step_any(double a, double v)
{
    return a != 0 || v != 0;
}

static double step_all(double a, double v)
{
    return a != 0 && v != 0;
}

static const struct {
    const char *name;
    reducer reduce;
    double (*step)(double, double);
    double first;
} reducers[] = {{"sum", cn_sum_with, step_sum, 0},
                {"max", cn_max_with, step_max, -INFINITY},
                {"min", cn_min_with, step_min, INFINITY},
                {"any", cn_any_with, step_any, 0},
                {"all", cn_all_with, step_all, 1}};

/* The place in the result of element i. */
static int64_t result_of(cn_shape shape, unsigned mask, int64_t i)
{
    int64_t place = 0, step = 1;
    for (int k = shape.rank; k--; i /= shape.dim[k])
        if (!(mask >> k & 1)) {
            place += i % shape.dim[k] * step;
            step *= shape.dim[k];
        }
    return place;
}

static cn_axes axes_of(unsigned mask)
{
    cn_axes axes = {{0}};
    int count = 0;
    for (int i = 0; i < 4; i++)
        if (mask >> i & 1)
            axes.d[count++] = i;
    return axes;
}

static void compare(cn_shape shape, unsigned mask, cn_dtype dtype, size_t which)
{
    int64_t size = cn_shape_size(shape);
    double *values = cn_mem_calloc((size_t)size, sizeof *values),
           *want = cn_mem_calloc((size_t)size, sizeof *want);
    for (int64_t i = 0; i < size; i++) {
        values[i] = (double)((i * 7919 + 13) % 251 - 120);
        want[i] = reducers[which].first;
    }
    for (int64_t i = 0; i < size; i++) {
        double *w = &want[result_of(shape, mask, i)];
        *w = reducers[which].step(*w, values[i]);
    }
    cn_tensor *x = cn_cast(cn_array(values, CN_FLOAT64, shape), dtype);
    cn_tensor *y = cn_cast(
        reducers[which].reduce(&(cn_reduce_options){.x = x, .axis = axes_of(mask)}), CN_FLOAT64);
    const double *got = cn_data(y);
    bool same = got != NULL;
    for (int64_t i = 0; same && i < cn_size(y); i++)
        same = got[i] == want[i];
    char what[120];
    snprintf(what, sizeof what, "%s of %s %s over axes %x", reducers[which].name,
             cn_dtype_name(dtype), cn_shape_text(shape), mask);
    cn_test_check(same, what, __FILE__, __LINE__);
    cn_mem_free(values);
    cn_mem_free(want);
}

TEST(reduce_over_all_axes_and_dtypes)
{
    static const cn_dtype dtypes[] = {CN_FLOAT32, CN_FLOAT64, CN_INT32, CN_INT64};
    const cn_shape shapes[] = {cn_shape(3, 4, 5),   cn_shape(1, 7, 1),    cn_shape(2, 3, 130),
                               cn_shape(70, 3, 2),  cn_shape(2, 1100, 3), cn_shape(5, 1, 70),
                               cn_shape(3, 2, 1030)};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (unsigned mask = 1; mask < 8; mask++)
            for (size_t which = 0; which < 5; which++)
                CN_SCOPE
                    compare(shapes[s], mask, dtypes[(s + mask + which) % 4], which);
}

/* What is made in pieces. */
TEST(reduce_of_many)
{
    const cn_shape shapes[] = {cn_shape(5000, 32), cn_shape(70000, 3), cn_shape(4, 40000),
                               cn_shape(300, 2, 300)};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (unsigned mask = 1; mask < (1u << shapes[s].rank); mask++)
            for (size_t which = 0; which < 5; which += 2)
                CN_SCOPE
                    compare(shapes[s], mask, which ? CN_FLOAT32 : CN_FLOAT64, which);
}

TEST(reduce_does_not_depend_on_threads)
{
    CN_SCOPE {
        cn_tensor *x = gradient_values(cn_shape(90001, 3), 1);
        float sum[2], mean[2];
        for (int i = 0; i < 2; i++)
            CN_SCOPE {
                cn_set_num_threads(i + 1);
                sum[i] = *cn_floats(cn_sum(x, {0}));
                mean[i] = *cn_floats(cn_mean(x));
            }
        cn_set_num_threads(0);
        CHECK(sum[0] == sum[1] && mean[0] == mean[1]);
    }
}

TEST(sums_of_floats_keep_their_digits)
{
    CN_SCOPE {
        cn_tensor *x = cn_full(cn_shape(3000000), 0.1, CN_FLOAT32);
        CHECK(fabs(cn_item(cn_sum(x)) / 300000 - 1) < 1e-6);
        x = cn_full(cn_shape(1000000, 3), 0.1, CN_FLOAT32);
        CHECK(fabs(cn_item(cn_max(cn_mean(x, {0}))) / 0.1 - 1) < 1e-6);
    }
}

TEST(reduce_of_nothing_and_of_nan)
{
    CN_SCOPE {
        cn_tensor *none = cn_zeros(cn_shape(2, 0), CN_FLOAT32);
        check_close(cn_floats(cn_sum(none, {1})), ((float[]){0, 0}), 2, 0, 0);
        check_close(cn_floats(cn_mean(none, {1})), ((float[]){NAN, NAN}), 2, 0, 0);
        CHECK(cn_item(cn_prod(none)) == 1 && cn_size(cn_sum(none, {0})) == 0);
        CHECK(cn_data(cn_sum(none, {0})));
        check_close(cn_floats(cn_max(none, {1})), ((float[]){-INFINITY, -INFINITY}), 2, 0, 0);
        check_close(cn_floats(cn_min(none, {1})), ((float[]){INFINITY, INFINITY}), 2, 0, 0);
        cn_tensor *x = cn_select(cn_equal(cn_arange(0, 300, 1, CN_FLOAT32), 77), NAN,
                                 cn_arange(0, 300, 1, CN_FLOAT32));
        CHECK(isnan(cn_item(cn_max(x))) && isnan(cn_item(cn_min(x))));
        cn_tensor *rows = cn_reshape(x, cn_shape(100, 3));
        const float *most = cn_floats(cn_max(rows, {0}));
        CHECK(most && most[0] == 297 && most[1] == 298 && isnan(most[2]));
    }
}

static cn_tensor *means(cn_tensor *const *x)
{
    return cn_add(cn_square(cn_mean(x[0], {0})), cn_sum(cn_square(x[0]), {0}));
}

static cn_tensor *extremes(cn_tensor *const *x)
{
    return cn_mul(cn_max(x[0], {1}), cn_prod(x[0], {1}));
}

TEST(reduce_gradients)
{
    CN_SCOPE {
        check_gradients(means, gradient_values(cn_shape(3, 2), 1));
        check_gradients(extremes, gradient_values(cn_shape(2, 3), 2));
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, 3), CN_FLOAT32, true);
        cn_tensor *g = cn_list_item(cn_gradients(cn_mean(x), cn_list_of(x)), 0);
        CHECK(cn_shape_equal(cn_shape_of(g), cn_shape_of(x)));
    }
}
