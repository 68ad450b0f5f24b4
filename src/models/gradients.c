/* cn_gradients. Of values it is the reverse walk of src/autodiff. Of symbolic tensors, whose layers
 * are not graphs of ops yet, it is a call of a layer that takes the gradients whenever the model
 * around it is called. keras.backend.gradients */
#include "graph/gradients.h"
#include "graph/shape.h"
#include "graph/trace.h"
#include "graph/walk.h"
#include "models/model.h"
#include "ops/ops.h"

#define GRADIENTS(P) P(int, ys, 1, "how many of the inputs are the y's; the rest are x's")
CN_OPTIONS(gradients, GRADIENTS, CN_LAYER_PARAMS)
CN_LAYER_STRUCT(gradients, GRADIENTS, )

static cn_tensor *call(gradients *self, const cn_inputs *in)
{
    size_t n = (size_t)self->ys;
    cn_list *ys = cn_list_make((void *const *)in->x, n);
    cn_list *xs = cn_list_make((void *const *)in->x + n, in->count - n);
    cn_list *grads = cn_vector_jacobian(ys, NULL, xs);
    for (size_t i = 0; grads && i < grads->count; i++)
        if (cn_is_none(grads->items[i]) && /* the graph depends on x, but by no way that counts */
            !cn_list_put(grads, i, cn_zeros_like(xs->items[i])))
            return NULL;
    return cn_tuple(grads);
}

static bool write_config(const gradients *self, cn_json *config)
{
    (void)self, (void)config;
    return cn_fail(CN_EUNSUPPORTED, "not supported: a model with cn_gradients in a file");
}

static const gradients_methods gradients_methods_ = {
    .write_config = write_config, .call = call, .keeps_dtype = true, .ends_mask = true};
static const cn_class gradients_class = {.family = CN_LAYERS,
                                         .name = "Gradients",
                                         .params = gradients_params,
                                         .defaults = &gradients_defaults,
                                         .size = sizeof(gradients),
                                         .methods = &gradients_methods_};

/* ---- what depends on what ---- */

/* Does one of the y's, whose walk this is, need x? Weights are needed by layers, out of sight. */
static bool depends(const cn_walk *walk, const cn_tensor *x)
{
    return cn_is_variable(x) || cn_walk_find(walk, x) >= 0;
}

/* For each x 1 + its place among those that the y's depend on, or 0. */
static bool connected(const cn_list *ys, const cn_list *xs, cn_list *found, size_t *places)
{
    cn_walk walk = {0};
    bool ok = cn_walk_make(&walk, (cn_tensor *const *)ys->items, ys->count, NULL);
    for (size_t i = 0; ok && i < xs->count; i++)
        if (depends(&walk, xs->items[i])) {
            ok = cn_list_add(found, xs->items[i]);
            places[i] = found->count;
        }
    cn_walk_free(&walk);
    return ok;
}

/* ---- symbolic ---- */

static cn_tensor *call_layer(const cn_list *ys, const cn_list *xs)
{
    cn_results_room room;
    cn_results results = CN_RESULTS(&room);
    results.count = (int)xs->count;
    for (size_t i = 0; i < xs->count; i++) {
        room.shape[i] = ((cn_tensor *)xs->items[i])->shape;
        room.dtype[i] = ((cn_tensor *)xs->items[i])->dtype;
    }
    cn_gradients_options options = {GRADIENTS(CN_DEFAULT_) CN_LAYER_PARAMS(CN_DEFAULT_)};
    options.ys = (int)ys->count;
    cn_layer *layer = cn_layer_new(&gradients_class, &options);
    if (!layer)
        return NULL;
    layer->built = true;
    return cn_symbolic(layer, cn_list_concat(ys, xs), &results,
                       &(cn_call_options){.training = CN_NONE});
}

static cn_list *symbolic(const cn_list *ys, const cn_list *xs)
{
    size_t places[CN_MAX_OUTPUTS + 1] = {0};
    cn_list *found = cn_list_new(), *list = cn_list_new();
    if (xs->count > CN_MAX_OUTPUTS)
        return cn_fail_null(CN_EINVAL, "cn_gradients: expected at most %d symbolic x's, found %zu",
                            CN_MAX_OUTPUTS, xs->count);
    if (!found || !list || !connected(ys, xs, found, places))
        return NULL;
    cn_tensor *node = found->count ? call_layer(ys, found) : NULL;
    if (found->count && !node)
        return NULL;
    for (size_t i = 0; i < xs->count; i++)
        if (!cn_list_add(list, places[i] ? cn_nth_result(node, places[i] - 1) : cn_none()))
            return NULL;
    return list;
}

/* ---- the door ---- */

cn_list *cn_gradients_with(const cn_list *ys, const cn_list *xs)
{
    cn_list *now = ys && xs ? cn_list_new() : NULL;
    bool any_symbolic = false;
    for (size_t i = 0; now && i < ys->count; i++) {
        cn_tensor *y = ys->items[i];
        if (!cn_dtype_is_float(y->dtype))
            return cn_fail_null(CN_EINVAL, "cn_gradients: expected a float y, found %s of '%s'",
                                cn_dtype_name(y->dtype), y->op->name);
        any_symbolic |= y->symbolic;
        if (!cn_list_add(now, cn_trace_read(y)))
            return NULL;
    }
    if (!now)
        return NULL;
    return any_symbolic ? symbolic(now, xs) : cn_vector_jacobian(now, NULL, xs);
}
