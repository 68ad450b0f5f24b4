/* Functions of the program's own as nodes of the graph, and as their gradients. tf.py_function */
#include <string.h>

#include "cornu/host.h"
#include "ops/flow/flow.h"

typedef struct host_attrs {
    cn_host_function function, gradient;
    void *user;
    const char *name;
    int32_t inputs, results;
    cn_shape shape[CN_MAX_HOST_RESULTS];
    int32_t dtype[CN_MAX_HOST_RESULTS];
} host_attrs;

/* ---- both kernels ---- */

static size_t align(size_t n)
{
    return (n + 63) & ~(size_t)63;
}

static int result_count(const cn_tensor *node)
{
    return node->results ? node->results->count : 1;
}

/* Arrays as the function sees them, then room for further results, which nobody may have asked
 * for. */
static size_t host_scratch(const cn_tensor *node)
{
    int n = result_count(node);
    size_t bytes = align((size_t)(node->n_inputs + n) * sizeof(cn_host_array));
    for (int i = 1; i < n; i++)
        bytes += align((size_t)cn_shape_size(node->results->shape[i]) *
                       cn_dtype_size(node->results->dtype[i]));
    return bytes;
}

static void show(cn_host_array *array, const cn_view *view)
{
    memset(array, 0, sizeof *array);
    *array = (cn_host_array){.data = view->data, .dtype = view->dtype, .size = view->size};
    array->shape.rank = view->rank;
    memcpy(array->shape.dim, view->dim, (size_t)view->rank * sizeof view->dim[0]);
}

static bool call(const cn_kernel_args *args, cn_host_function function)
{
    const host_attrs *attrs = args->attrs;
    cn_host_array *in = args->scratch, *out = in + args->n_in;
    bool forward = function == attrs->function;
    char *room =
        (char *)args->scratch + align((size_t)(args->n_in + args->n_out) * sizeof(cn_host_array));
    for (int i = 0; i < args->n_in; i++)
        show(&in[i], &args->in[i]);
    for (int i = 0; i < args->n_out; i++) {
        show(&out[i], &args->out[i]);
        if (i && forward && !out[i].data)
            out[i].data = room;
        if (i)
            room += align((size_t)out[i].size * cn_dtype_size(out[i].dtype));
        if (!forward && !cn_dtype_is_float(in[i].dtype))
            out[i].data = NULL;
    }
    const cn_host_args seen = {in, out, args->n_in, args->n_out, attrs->user};
    return function(&seen) || cn_fail(CN_ESTATE, "cn_host_call: %s '%s' has failed",
                                      forward ? "the function" : "the gradient of", attrs->name);
}

/* ---- the gradient: (inputs, results, what flows back to each) -> what flows back to inputs ----
 */

static bool gradient_infer(const cn_tensor *node, cn_results *results)
{
    results->count = CN_ATTRS(host_attrs, node)->inputs;
    for (int i = 0; i < results->count; i++) {
        const cn_tensor *x = node->inputs[i];
        results->shape[i] = x->shape;
        results->dtype[i] = cn_dtype_is_float(x->dtype) ? x->dtype : CN_FLOAT32;
    }
    return true;
}

static bool gradient_run(const cn_kernel_args *args)
{
    return call(args, ((const host_attrs *)args->attrs)->gradient);
}

const cn_op cn_op_host_gradient = {.name = "host_gradient",
                                   .traits = CN_IMPURE | CN_FALLIBLE,
                                   .attrs = sizeof(host_attrs),
                                   .infer = gradient_infer,
                                   .run = gradient_run,
                                   .extras = &(const cn_op_extras){.scratch = host_scratch}};

static bool call_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    const host_attrs *attrs = CN_ATTRS(host_attrs, node);
    if (!attrs->gradient)
        return true;
    cn_list *inputs = cn_list_make((void *const *)node->inputs, (size_t)node->n_inputs);
    inputs = cn_list_concat(inputs, cn_results_of_node((cn_tensor *)node));
    for (int i = 0; inputs && i < attrs->results; i++)
        if (!cn_list_add(inputs, dy[i] ? dy[i] : cn_zeros_like(inputs->items[attrs->inputs + i])))
            return false;
    cn_tensor *back = inputs ? cn_apply(&cn_op_host_gradient, (cn_tensor *const *)inputs->items,
                                        (int)inputs->count, attrs)
                             : NULL;
    for (int i = 0; back && i < node->n_inputs; i++)
        if (cn_dtype_is_float(node->inputs[i]->dtype) && !(dx[i] = cn_nth_result(back, (size_t)i)))
            return false;
    return back;
}

/* ---- the call ---- */

static bool call_infer(const cn_tensor *node, cn_results *results)
{
    const host_attrs *attrs = CN_ATTRS(host_attrs, node);
    const cn_tensor *x = node->inputs[0];
    results->count = attrs->results;
    for (int i = 0; i < attrs->results; i++) {
        cn_shape shape = attrs->shape[i].rank < 0 ? x->shape : attrs->shape[i];
        for (int k = 0; k < shape.rank; k++) {
            if (shape.dim[k] == CN_ANY && k >= x->shape.rank)
                return cn_fail(CN_EINVAL,
                               "cn_host_call: shape %s is open at axis %d, which the first input "
                               "%s has not",
                               cn_shape_text(shape), k, cn_shape_text(x->shape));
            if (shape.dim[k] == CN_ANY)
                shape.dim[k] = x->shape.dim[k];
        }
        results->shape[i] = shape;
        results->dtype[i] = attrs->dtype[i] ? (cn_dtype)attrs->dtype[i] : x->dtype;
    }
    return true;
}

static bool call_run(const cn_kernel_args *args)
{
    return call(args, ((const host_attrs *)args->attrs)->function);
}

#define HOST_CALL(id, more)                                 \
    const cn_op cn_op_##id = {.name = "host_call",          \
                              .traits = more | CN_FALLIBLE, \
                              .attrs = sizeof(host_attrs),  \
                              .infer = call_infer,          \
                              .vjp = call_vjp,              \
                              .run = call_run,              \
                              .extras = &(const cn_op_extras){.scratch = host_scratch}};
HOST_CALL(host_call, CN_IMPURE)
HOST_CALL(pure_host_call, 0)

cn_tensor *cn_host_call_with(cn_host_function function, const cn_host_call_options *o)
{
    cn_list *inputs = cn_flow_list(&o->inputs, o->input_list);
    if (!inputs)
        return NULL;
    if (!function || !inputs->count)
        return cn_fail_null(CN_EINVAL, "cn_host_call: expected a function and an input, found %s",
                            function ? "no input" : "no function");
    int n = o->results ? o->results : 1;
    if (n < 1 || n > CN_MAX_HOST_RESULTS || (o->results && !o->shapes))
        return cn_fail_null(CN_EINVAL,
                            "cn_host_call: expected 1 to %d results and their shapes, found "
                            "results=%d",
                            CN_MAX_HOST_RESULTS, n);
    host_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.function = function;
    attrs.gradient = o->gradient;
    attrs.user = o->user;
    attrs.name = o->name;
    attrs.inputs = (int32_t)inputs->count;
    attrs.results = n;
    for (int i = 0; i < n; i++) {
        cn_shape shape = o->results ? o->shapes[i] : o->shape;
        attrs.shape[i].rank = shape.rank;
        for (int k = 0; k < shape.rank; k++)
            attrs.shape[i].dim[k] = shape.dim[k];
        attrs.dtype[i] = o->results && o->dtypes ? (int32_t)o->dtypes[i] : (int32_t)o->dtype;
    }
    return cn_apply(o->pure ? &cn_op_pure_host_call : &cn_op_host_call,
                    (cn_tensor *const *)inputs->items, (int)inputs->count, &attrs);
}
