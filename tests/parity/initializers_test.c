/* Every initializer: fixed values as Keras has them; of random ones the moments and limits. */
#include "initializers/initializer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/registry.h"
#include "ops/ops.h"
#include "parity/cases.h"

static cn_shape shape_of(const cn_json *list)
{
    cn_shape shape = {.rank = (int)list->count};
    for (size_t i = 0; i < list->count; i++)
        shape.dim[i] = list->items[i]->integer;
    return shape;
}

static double number(const cn_json *one, const char *name)
{
    return cn_json_as_double(cn_json_get(one, name), NAN);
}

/* Mean and deviation within four standard errors (of a deviation: at most those of the normal). */
static void check_moments(const cn_json *one, cn_tensor *x)
{
    double n = (double)cn_size(x), std = number(one, "std");
    double mean = cn_item(cn_mean(x)), deviation = cn_item(cn_std(x));
    bool ok = fabs(mean - number(one, "mean")) < 4 * std / sqrt(n) &&
              fabs(deviation - std) < 4 * std / sqrt(2 * n);
    double low = number(one, "low"), high = number(one, "high");
    ok = ok && !(cn_item(cn_min(x)) < low - 1e-7) && !(cn_item(cn_max(x)) > high + 1e-7);
    if (!ok)
        fprintf(stderr, "%s: mean %g, deviation %g\n", case_id(one), mean, deviation);
    CHECK(ok);
}

/* The products of the shorter side's vectors are gain^2 I. */
static void check_orthogonal(double gain, cn_tensor *x)
{
    int64_t columns = x->shape.dim[x->shape.rank - 1];
    cn_tensor *m = cn_reshape(x, cn_shape(CN_ANY, columns));
    bool wide = m->shape.dim[0] < columns;
    int64_t n = wide ? m->shape.dim[0] : columns;
    cn_tensor *products = cn_matmul_t(m, m, !wide, wide);
    cn_tensor *off = cn_sub(products, cn_mul(cn_eye(n, n, CN_FLOAT32), gain * gain));
    CHECK(cn_item(cn_max(cn_abs(off))) < 1e-6 * gain * gain);
}

static void check(const golden_file *file, const cn_json *one)
{
    const cn_json *config = cn_json_get(one, "config");
    if (!strcmp(case_id(one), "Identity.gain")) /* Keras's configuration lacks the gain */
        return;
    cn_instance *made = case_instance(CN_INITIALIZERS, one);
    cn_dtype dtype = cn_dtype_of_name(cn_json_get(one, "dtype")->string);
    if (!made || !CHECK(config))
        return;
    cn_tensor *x = ((const cn_initializer_methods *)made->cls->methods)
                       ->call(made, shape_of(cn_json_get(one, "shape")), dtype);
    if (!CHECK(x && x->dtype == dtype))
        return;
    if (!cn_json_is(cn_json_get(one, "value"), CN_JSON_NULL))
        case_close(file, one, x, "value", 1e-6);
    else if (cn_json_is_number(cn_json_get(one, "orthogonal")))
        check_orthogonal(number(one, "orthogonal"), x);
    else
        check_moments(one, x);
}

TEST(parity_initializers)
{
    each_case("initializers", check);
}
