/* Operations of functional models against Keras's numbers: values and gradients of every case. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ops/ops.h"
#include "parity/golden.h"
#include "saving/operations/operations.h"

/* What has no implementation; everything else must have one. */
static const char *const unsupported[] = {"Bincount"};

static bool is_unsupported(const char *op)
{
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++)
        if (!strcmp(op, unsupported[i]))
            return true;
    return false;
}

/* The arrays of a case that stand for tensors, each made once, so that gradients are for one. */
typedef struct inputs {
    const golden_file *file;
    cn_list *tensors;
    const char *names[16];
} inputs;

static cn_tensor *resolve(void *context, const cn_json *value)
{
    inputs *in = context;
    const cn_json *name = cn_json_get(value, "tensor");
    const char *text = cn_json_as_string(name, "");
    size_t n = cn_list_length(in->tensors);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(text, in->names[i]))
            return cn_list_item(in->tensors, i);
    cn_tensor *x = n < 16 ? golden_array(in->file, name) : NULL;
    if (x)
        in->names[n] = text;
    return x && cn_list_add(in->tensors, x) ? x : NULL;
}

/* |got - want| <= rtol (|want| + largest |want|), as sums of different order need it; gradients
 * that are small because large ones cancel are measured against `largest`. */
static bool close_to(const char *id, const char *what, cn_tensor *got, cn_tensor *want, double rtol,
                     double largest)
{
    char text[400];
    const double *g = cn_data(cn_cast(got, CN_FLOAT64)), *w = cn_data(cn_cast(want, CN_FLOAT64));
    int64_t n = cn_size(want), worst = -1;
    if (!g || !w || !cn_shape_equal(cn_shape_of(got), cn_shape_of(want))) {
        snprintf(text, sizeof text, "%s, %s: expected shape %s, found %s %s", id, what,
                 cn_shape_text(cn_shape_of(want)),
                 got ? cn_shape_text(cn_shape_of(got)) : "nothing", cn_error());
        cn_clear_error();
        return cn_test_check(false, text, __FILE__, __LINE__);
    }
    for (int64_t i = 0; i < n; i++)
        largest = isfinite(w[i]) ? fmax(largest, fabs(w[i])) : largest;
    for (int64_t i = 0; i < n && worst < 0; i++) {
        bool same = g[i] == w[i] || (isnan(g[i]) && isnan(w[i]));
        if (!same && !(fabs(g[i] - w[i]) <= rtol * (fabs(w[i]) + largest)))
            worst = i;
    }
    if (worst >= 0) {
        snprintf(text, sizeof text, "%s, %s: element %lld is %.9g, Keras's %.9g", id, what,
                 (long long)worst, g[worst], w[worst]);
        return cn_test_check(false, text, __FILE__, __LINE__);
    }
    return true;
}

/* sum(output * cotangent) over the outputs that have one. */
static cn_tensor *weighted(const golden_file *file, const cn_list *results,
                           const cn_json *cotangents)
{
    cn_tensor *loss = NULL;
    for (size_t i = 0; i < cotangents->count && i < cn_list_length(results); i++) {
        if (!cn_json_is(cotangents->items[i], CN_JSON_STRING))
            continue;
        cn_tensor *weight = golden_array(file, cotangents->items[i]);
        cn_tensor *part = cn_sum(cn_mul((cn_tensor *)cn_list_item(results, i), weight));
        loss = loss ? cn_add(loss, part) : part;
    }
    return loss;
}

static void check_grads(const char *id, const inputs *in, const cn_list *results, const cn_json *c)
{
    const cn_json *wanted = cn_json_get(c, "grads");
    cn_tensor *loss = weighted(in->file, results, cn_json_get(c, "cotangents"));
    cn_list *grads = cn_gradients(loss, in->tensors);
    for (size_t i = 0; i < cn_list_length(in->tensors); i++) {
        const cn_json *name = cn_json_get(wanted, in->names[i]);
        cn_tensor *grad = grads ? cn_list_item(grads, i) : NULL, *x = cn_list_item(in->tensors, i);
        if (!cn_json_is(name, CN_JSON_STRING))
            continue;
        if (grad && cn_is_none(grad))
            grad = cn_zeros_like(x);
        close_to(id, in->names[i], grad, golden_array(in->file, name), 1e-5, 0.1);
    }
}

static void check_case(const golden_file *file, const cn_json *c)
{
    char text[400];
    const char *id = cn_json_as_string(cn_json_get(c, "id"), ""),
               *op = cn_json_as_string(cn_json_get(c, "op"), "");
    const cn_json *call = cn_json_get(c, "call"), *outputs = cn_json_get(c, "outputs");
    inputs in = {.file = file, .tensors = cn_list_new()};
    cn_list *results = cn_operation_results(op, cn_json_get(c, "config"), cn_json_get(call, "args"),
                                            cn_json_get(call, "kwargs"), resolve, &in);
    if (!results || cn_list_length(results) != outputs->count) {
        bool expected = !results && is_unsupported(op) && cn_error_code() == CN_EUNSUPPORTED;
        snprintf(text, sizeof text, "%s: %s", id, results ? "the number of results" : cn_error());
        cn_clear_error();
        cn_test_check(expected, text, __FILE__, __LINE__);
        return;
    }
    const double rtol = 1e-5; /* JAX computed in float32, float64 cases among them */
    for (size_t i = 0; i < outputs->count; i++)
        if (!close_to(id, "value", cn_list_item(results, i), golden_array(file, outputs->items[i]),
                      rtol, 0))
            return;
    if (cn_json_get(c, "grads"))
        check_grads(id, &in, results, c);
}

static void check_family(const char *family)
{
    golden_file file;
    if (!golden_open(&file, family))
        return;
    for (size_t i = 0; i < file.cases->count; i++)
        CN_SCOPE
            check_case(&file, file.cases->items[i]);
    golden_close(&file);
}

TEST(parity_ops_elementwise)
{
    check_family("ops_elementwise");
}

TEST(parity_ops_reduction)
{
    check_family("ops_reduction");
}

TEST(parity_ops_movement)
{
    check_family("ops_movement");
}

TEST(parity_ops_linear)
{
    check_family("ops_linear");
}
