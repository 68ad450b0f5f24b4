/* A call without values, for the shapes of its results: placeholders stand in for symbolic tensors.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/trace.h"
#include "graph/walk.h"
#include "layers/layer.h"
#include "ops/ops.h"

static cn_list *stand_ins(const cn_list *x)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < x->count; i++) {
        const cn_tensor *one = x->items[i];
        cn_tensor *placeholder =
            one->symbolic ? cn_placeholder(one->shape, one->dtype, false) : (cn_tensor *)one;
        if (one->symbolic && one->mask)
            cn_with_mask(placeholder, cn_placeholder(one->mask->shape, CN_BOOL, false));
        if (!cn_list_add(list, placeholder))
            return NULL;
    }
    return list;
}

static cn_list *mask_stand_ins(const cn_list *masks)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < masks->count; i++) {
        cn_tensor *mask = masks->items[i];
        if (!cn_list_add(list,
                         mask->symbolic ? cn_placeholder(mask->shape, mask->dtype, false) : mask))
            return NULL;
    }
    return list;
}

/* ---- what comes in by the back door ---- */

static bool is_symbolic_leaf(const cn_tensor *tensor)
{
    return tensor->op == &cn_op_call || !tensor->n_inputs;
}

/* "the result of Dense 'z_mean'" */
static size_t name_tensor(const cn_tensor *tensor, char *text, size_t size)
{
    const cn_call_record *record = cn_record_of(tensor);
    int n = record ? snprintf(text, size, "the result of %s '%s'", cn_class_name(record->layer),
                              record->layer->name)
                   : snprintf(text, size, "the result of '%s'", tensor->op->name);
    return n > 0 ? (size_t)n : 0;
}

/* Tensors of the model around the layer that its call reads without getting them as inputs: the
 * nodes nearest to what it made, since the walk ends there. */
static bool fail_for(const cn_walk *walk)
{
    char text[600];
    size_t n = 0;
    for (size_t i = 0; i < walk->count && n + 100 < sizeof text; i++)
        if (walk->nodes[i]->symbolic && is_symbolic_leaf(walk->nodes[i])) {
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", n ? ", " : "");
            n += name_tensor(walk->nodes[i], text + n, sizeof text - n);
        }
    return cn_fail(CN_EINVAL,
                   "call uses tensors of the model that are not among its inputs: %s; give them "
                   "to the layer, cn_call(layer, x, …), and read them as in->x[1], …",
                   text);
}

static bool reads_inputs_alone(const cn_tensor *y, const cn_list *losses, const cn_list *assigned)
{
    cn_list *made = cn_list_concat(losses, assigned);
    cn_walk walk;
    bool ok = made && cn_list_add(made, (void *)(uintptr_t)y), symbolic = false;
    for (size_t i = 0; ok && i < made->count; i++)
        symbolic |= ((cn_tensor *)made->items[i])->symbolic;
    if (!ok || !symbolic)
        return ok;
    ok = cn_walk_make(&walk, (cn_tensor *const *)made->items, made->count, is_symbolic_leaf) &&
         fail_for(&walk);
    cn_walk_free(&walk);
    return ok;
}

/* ---- shapes ---- */

bool cn_declared_shape(cn_layer *layer, cn_tensor *const *x, size_t count, cn_shape *shape)
{
    const cn_layer_methods *methods = cn_methods_of(layer);
    if (!methods->compute_output_shape)
        return false;
    cn_shape *shapes = cn_mem_calloc(count ? count : 1, sizeof *shapes);
    cn_dtype *dtypes = cn_mem_calloc(count ? count : 1, sizeof *dtypes);
    bool ok = shapes && dtypes;
    for (size_t i = 0; ok && i < count; i++) {
        shapes[i] = x[i]->shape;
        dtypes[i] = x[i]->dtype;
    }
    ok = ok && methods->compute_output_shape(layer, &(cn_shapes){count, shapes, dtypes}, shape);
    cn_mem_free(shapes);
    cn_mem_free(dtypes);
    return ok;
}

/* Other nodes with several results, as of a pool, stand for their first. What is open may have been
 * declared. */
static void note_results(cn_layer *layer, const cn_list *x, const cn_tensor *y, cn_results *results)
{
    cn_shape want, shape = y->shape;
    bool several = y->op == &cn_op_tuple;
    if (!several && cn_declared_shape(layer, (cn_tensor *const *)x->items, x->count, &want))
        for (int i = 0; i < shape.rank; i++)
            shape.dim[i] = shape.dim[i] < 0 ? want.dim[i] : shape.dim[i];
    cn_dtype dtype = y->dtype;
    cn_results_copy(results, several ? y->results : &(cn_results){1, &shape, &dtype});
}

bool cn_dry_run(cn_layer *layer, const cn_list *x, const cn_call_options *o, cn_results *results)
{
    cn_trace trace;
    bool ok = false;
    CN_INNER_SCOPE
    {
        cn_list *inputs = stand_ins(x), *losses = cn_list_new();
        cn_call_options options = *o;
        cn_call_details details = *o->details_;
        options.details_ = &details;
        bool ready =
            inputs && losses && (!details.masks || (details.masks = mask_stand_ins(details.masks)));
        if (ready && cn_trace_begin(&trace)) {
            cn_call_scope scope;
            cn_call_scope_begin(&scope, options.training, losses, layer);
            cn_tensor *y = cn_call_on_values(layer, inputs, &options);
            cn_call_scope_end(&scope);
            cn_trace_end(&trace);
            ok = y && (reads_inputs_alone(y, losses, trace.values) ||
                       cn_error_prefix("%s '%s'", cn_class_name(layer), layer->name));
            cn_trace_free(&trace);
            if (ok)
                note_results(layer, inputs, y, results);
        }
    }
    return ok;
}
