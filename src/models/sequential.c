/* Sequential models: layers one after the other. keras.Sequential */
#include <string.h>

#include "graph/shape.h"
#include "models/model.h"
#include "models/model_config.h"

#define MODEL(P)
CN_OPTIONS(sequential, MODEL, CN_LAYER_PARAMS)
typedef cn_model sequential;
CN_MODEL_METHODS_(sequential, cn_model)
CN_OWN_ROWS(sequential, MODEL, CN_LAYER_PARAMS, name)

/* All but making is as in functional models, which a Sequential is once its input is known. */
static bool init(cn_model *model)
{
    return model->state_->sequential = true;
}

/* The chain from `x` through the layers from `first` on. */
static bool connect(cn_model *model, cn_tensor *input, size_t first, cn_tensor *x)
{
    const cn_list *layers = model->layer.layers;
    cn_call_scope scope; /* they are built within the model */
    cn_call_scope_begin(&scope, CN_NONE, NULL, &model->layer);
    scope.building = true;
    for (size_t i = first; x && i < layers->count; i++)
        if (((cn_instance *)layers->items[i])->cls != &cn_input_layer_class)
            x = cn_call_one(layers->items[i], x);
    cn_call_scope_end(&scope);
    if (!x)
        return false;
    cn_list *kept = cn_retain(model->layer.layers); /* its order is the user's */
    bool ok = cn_model_connect(model, cn_list_single(input), cn_list_single(x));
    if (ok)
        cn_replace(&model->layer.layers, kept);
    cn_release(kept);
    return ok;
}

bool cn_sequential_build(cn_model *model, cn_shape shape, cn_dtype dtype)
{
    if (model->inputs)
        return true;
    shape.dim[0] = CN_ANY;
    cn_tensor *input = cn_input(.shape = &shape, .dtype = dtype);
    return input && connect(model, input, 0, input);
}

static bool build(cn_model *model, const cn_shapes *in)
{
    return in->count == 1 ? cn_sequential_build(model, in->shape[0], in->dtype[0])
                          : cn_fail(CN_EINVAL, "expected one input, found %zu", in->count);
}

static cn_tensor *call(cn_model *model, const cn_inputs *in)
{
    if (!model->inputs && in->count == 1 &&
        !cn_sequential_build(model, in->x[0]->shape, in->x[0]->dtype))
        return NULL;
    return ((const sequential_methods *)cn_functional_class.methods)->call(model, in);
}

/* A first layer may say itself what comes in. */
static bool add_input(cn_model *model, const cn_layer *first)
{
    if (!first->input_shape)
        return true;
    cn_tensor *input = cn_input(.shape = first->input_shape);
    return input && cn_list_add(model->layer.layers, cn_record_of(input)->layer);
}

static bool add(cn_model *model, void *item)
{
    cn_layer *layer = item;
    if (cn_is(item, &cn_tensor_kind)) {
        const cn_call_record *record = cn_record_of(item);
        layer = record && !record->inputs->count ? record->layer : NULL;
    }
    if (!layer || !cn_is_a(layer, CN_LAYERS))
        return cn_fail(CN_EINVAL,
                       "cn_sequential: expected layers, and perhaps a cn_input as the first, found "
                       "something else");
    for (size_t i = 0; i < model->layer.layers->count; i++) {
        const cn_layer *other = model->layer.layers->items[i];
        if (other != layer && !strcmp(other->name, layer->name))
            return cn_fail(CN_EINVAL,
                           "All layers added to a Sequential model should have unique names. Name "
                           "'%s' is already the name of a layer in this model. Update the `name` "
                           "argument to pass a unique name.",
                           layer->name);
    }
    return (model->layer.layers->count || add_input(model, layer)) &&
           cn_list_add(model->layer.layers, layer);
}

/* Connects as soon as the first layer says what comes in, as models do that know it. */
static bool try_connect(cn_model *model)
{
    const cn_list *layers = model->layer.layers;
    cn_layer *first = layers->count ? layers->items[0] : NULL;
    if (!first || layers->count < 2)
        return true;
    const cn_model *inner = cn_is_model(first) ? (const cn_model *)first : NULL;
    if (inner && inner->inputs && inner->inputs->count == 1)
        return cn_sequential_build(model, inner->input->shape, inner->input->dtype);
    if (((cn_instance *)first)->cls != &cn_input_layer_class)
        return true;
    cn_tensor *input = cn_input_tensor(first);
    return connect(model, input, 1, input);
}

bool cn_model_add(cn_model *model, cn_layer *layer)
{
    if (!model || !layer)
        return false;
    if (!model->state_->sequential)
        return cn_fail(CN_EINVAL, "cn_model_add: expected a Sequential model");
    cn_list *layers = model->layer.layers;
    size_t before = layers->count;
    if (!add(model, layer))
        return false;
    if (model->inputs ? connect(model, model->input, layers->count - 1, model->output)
                      : try_connect(model))
        return true;
    while (layers->count > before) /* the model is what it was */
        cn_release(layers->items[--layers->count]);
    return false;
}

cn_model *cn_sequential_new(void *const *items, size_t count, cn_str name)
{
    cn_sequential_options options = {MODEL(CN_DEFAULT_) CN_LAYER_PARAMS(CN_DEFAULT_)};
    options.name = name;
    for (size_t i = 0; i < count; i++)
        if (!items[i])
            return NULL;
    cn_model *model = (cn_model *)cn_layer_new(&cn_sequential_class, &options);
    for (size_t i = 0; model && i < count; i++)
        if (!add(model, items[i]))
            return NULL;
    return model && try_connect(model) ? model : NULL;
}

static const sequential_methods sequential_methods_ = {.init = init,
                                                       .write_config = cn_sequential_write,
                                                       .from_config = cn_sequential_from_config,
                                                       .build = build,
                                                       .call = call,
                                                       .is_model = true,
                                                       .keeps_dtype = true,
                                                       .ends_mask = true};
const cn_class cn_sequential_class = {.family = CN_LAYERS,
                                      .name = "Sequential",
                                      .built_in = true,
                                      .package = "keras",
                                      .params = sequential_params,
                                      .defaults = &sequential_defaults,
                                      .size = sizeof(cn_model),
                                      .methods = &sequential_methods_};
