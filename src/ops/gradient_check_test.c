#include "ops/gradient_check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/test.h"

/* In (-1, 1), by a multiplicative congruence; i counts from 0. */
static double noise(unsigned seed, size_t i)
{
    uint64_t z = (i + 1) * 0x9e3779b97f4a7c15u + seed * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 31) * 0x94d049bb133111ebu;
    return (double)(int64_t)(z ^ z >> 29) / 9.3e18;
}

cn_tensor *gradient_values(cn_shape shape, unsigned seed)
{
    int64_t n = cn_shape_size(shape);
    float *values = cn_mem_calloc((size_t)n, sizeof *values);
    for (int64_t i = 0; values && i < n; i++) {
        double v = noise(seed, (size_t)i);
        values[i] = (float)(v < 0 ? v * 0.9 - 0.09 : v * 0.9 + 0.09);
    }
    cn_tensor *tensor = values ? cn_array(values, CN_FLOAT32, shape) : NULL;
    cn_mem_free(values);
    return tensor;
}

cn_tensor *counting_values(cn_shape shape, cn_dtype dtype)
{
    return cn_reshape(cn_arange(0, (double)cn_shape_size(shape), 1, dtype), shape);
}

bool tensor_check(cn_tensor *y, cn_shape shape, const double *want, const char *file, int line)
{
    const double *got = cn_data(cn_cast(y, CN_FLOAT64));
    return cn_test_check(got != NULL, cn_error(), file, line) &&
           cn_test_text(cn_shape_text(y->shape), cn_shape_text(shape), file, line) &&
           cn_test_close_double(got, want, (size_t)cn_shape_size(shape), 0, 0, file, line);
}

enum { MOST_INPUTS = 16 };

typedef struct check {
    gradient_formula formula;
    size_t n;
    double *values[MOST_INPUTS];
    cn_shape shape[MOST_INPUTS];
} check;

static cn_tensor *weigh(cn_tensor *y, unsigned seed)
{
    cn_tensor *weights = y ? gradient_values(y->shape, seed) : NULL;
    return cn_sum(cn_mul(cn_cast(y, CN_FLOAT64), cn_cast(weights, CN_FLOAT64)));
}

/* The scalar whose gradients are checked: the weighted sum of the formula (order 1), or the
 * weighted sum of all its gradients (order 2). */
static cn_tensor *scalar(const check *c, int order, cn_list *xs)
{
    for (size_t i = 0; i < c->n; i++)
        cn_list_add(xs, cn_array(c->values[i], CN_FLOAT64, c->shape[i]));
    if (cn_list_length(xs) != c->n)
        return NULL;
    cn_tensor *sum = weigh(c->formula((cn_tensor *const *)xs->items), 1);
    if (order == 1 || !sum)
        return sum;
    cn_list *grads = cn_gradients(sum, xs);
    cn_tensor *second = NULL;
    for (size_t i = 0; grads && i < c->n; i++) {
        cn_tensor *grad = cn_list_item(grads, i);
        if (!cn_is_none(grad)) {
            cn_tensor *part = weigh(grad, (unsigned)i + 2);
            second = second ? cn_add(second, part) : part;
        }
    }
    return second;
}

static double evaluate(const check *c, int order)
{
    double value = NAN;
    CN_SCOPE
        value = cn_item(scalar(c, order, cn_list_new()));
    return value;
}

/* The difference quotient, by Richardson's extrapolation of two central differences. */
static double slope(const check *c, int order, double *at)
{
    const double x = *at, h = 1e-3;
    double f[4];
    for (int i = 0; i < 4; i++) {
        *at = x + h * (double[]){-2, -1, 1, 2}[i];
        f[i] = evaluate(c, order);
    }
    *at = x;
    return (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * h);
}

static bool compare(check *c, int order, size_t input, const double *grad, const char *file,
                    int line)
{
    int64_t n = cn_shape_size(c->shape[input]);
    for (int64_t i = 0; i < n; i++) {
        double want = slope(c, order, &c->values[input][i]), got = grad ? grad[i] : 0;
        if (fabs(got - want) <= 1e-6 + 1e-6 * fabs(want))
            continue;
        char what[300];
        snprintf(what, sizeof what,
                 "derivative %d of input %zu %s at %lld is %.9g, the difference quotient %.9g %s",
                 order, input, cn_shape_text(c->shape[input]), (long long)i, got, want, cn_error());
        return cn_test_check(false, what, file, line);
    }
    return true;
}

static bool check_order(check *c, int order, const char *file, int line)
{
    bool ok = true;
    CN_SCOPE {
        cn_list *xs = cn_list_new();
        cn_tensor *y = scalar(c, order, xs);
        cn_list *grads = y ? cn_gradients(y, xs) : NULL;
        /* a formula that is linear in all inputs may have no second derivative at all */
        ok = grads || (order == 2 && !y && !cn_error_code()) ||
             cn_test_check(false, cn_error(), file, line);
        for (size_t i = 0; ok && grads && i < c->n; i++) {
            cn_tensor *grad = cn_list_item(grads, i);
            const double *values = cn_is_none(grad) ? NULL : cn_data(cn_cast(grad, CN_FLOAT64));
            ok = compare(c, order, i, values, file, line);
        }
    }
    return ok;
}

bool gradient_check(gradient_formula formula, const cn_list *inputs, int order, const char *file,
                    int line)
{
    check c = {.formula = formula, .n = inputs ? cn_list_length(inputs) : 0};
    bool ok = cn_test_check(c.n && c.n <= MOST_INPUTS, "inputs", file, line);
    for (size_t i = 0; ok && i < c.n; i++) {
        cn_tensor *x = cn_list_item(inputs, i);
        const double *data = cn_data(cn_cast(x, CN_FLOAT64));
        size_t bytes = (size_t)cn_size(x) * sizeof *data;
        c.shape[i] = x->shape;
        c.values[i] = cn_mem_alloc(bytes);
        ok = cn_test_check(data && c.values[i], cn_error(), file, line);
        if (ok)
            memcpy(c.values[i], data, bytes);
    }
    for (int k = 1; ok && k <= order; k++)
        ok = check_order(&c, k, file, line);
    for (size_t i = 0; i < c.n && i < MOST_INPUTS; i++)
        cn_mem_free(c.values[i]);
    return ok;
}

static cn_tensor *formula(cn_tensor *const *x)
{
    return cn_mul(cn_exp(cn_mul(x[0], x[1])), cn_sin(x[0]));
}

TEST(gradient_check_of_a_formula)
{
    CN_SCOPE {
        check_gradients(formula, gradient_values(cn_shape(2, 3), 1),
                        gradient_values(cn_shape(3), 2));
    }
}

static cn_tensor *linear(cn_tensor *const *x)
{
    return cn_sum(x[0], {1});
}

TEST(gradient_check_of_a_linear_formula)
{
    CN_SCOPE {
        check_gradients(linear, gradient_values(cn_shape(2, 3), 1));
    }
}
