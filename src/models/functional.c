/* Functional models: a graph of layer calls between symbolic tensors. Calling the model replays
 * those calls. keras.Model(inputs, outputs) */
#include "base/alloc.h"
#include "base/text.h"
#include "graph/replay.h"
#include "graph/shape.h"
#include "models/model.h"
#include "models/model_config.h"
#include "models/operation.h"
#include "ops/ops.h"
#include "plan/traced.h"

#define MODEL(P)
CN_OPTIONS(functional, MODEL, CN_LAYER_PARAMS)
typedef cn_model functional;
CN_MODEL_METHODS_(functional, cn_model)
CN_OWN_ROWS(functional, MODEL, CN_LAYER_PARAMS, name)

/* ---- replaying ---- */

static cn_tensor *replay_call(const cn_replay *r, const cn_tensor *node)
{
    const cn_call_record *record = node->keras_history;
    cn_call_details details = {.arguments = record->arguments, .call = record->call};
    cn_list *inputs = cn_replay_list(r, record->inputs);
    if (!inputs || (record->masks && !(details.masks = cn_replay_list(r, record->masks))))
        return NULL;
    return cn_call_with(
        record->layer,
        &(cn_call_options){.inputs = inputs, .training = record->training, .details_ = &details});
}

static cn_tensor *replay_node(const cn_replay *r, cn_tensor *node)
{
    return node->op == &cn_op_call ? replay_call(r, node) : cn_replay_node(r, node);
}

static bool check_input(const cn_model *model, size_t i, const cn_tensor *given)
{
    const cn_tensor *wanted = model->inputs->items[i];
    if (cn_shape_matches(wanted->shape, given->shape))
        return true;
    return cn_fail(CN_EINVAL, "input '%s': expected shape %s, found %s", cn_input_name(model, i),
                   cn_shape_text(wanted->shape), cn_shape_text(given->shape));
}

/* Inputs with a missing or surplus last axis of size 1 are reshaped, as Keras does. A mask that was
 * given is not the caller's tensor's. */
static cn_tensor *fit_input(const cn_model *model, size_t i, cn_tensor *given, cn_tensor *mask)
{
    const cn_tensor *wanted = model->inputs->items[i];
    int rank = given->shape.rank, want = wanted->shape.rank;
    cn_tensor *x = given;
    if (rank == want - 1 && wanted->shape.dim[want - 1] == 1)
        x = cn_expand_dims(given, -1);
    else if (rank == want + 1 && given->shape.dim[rank - 1] == 1)
        x = cn_squeeze(given, -1);
    x = cn_cast(x, wanted->dtype);
    x = cn_with_mask(x == given && mask != given->mask ? cn_copy(x) : x, mask);
    return x && check_input(model, i, x) ? x : NULL;
}

static bool run_replay(cn_model *model, cn_replay *r, const cn_inputs *in)
{
    for (size_t i = 0; i < in->count; i++) {
        cn_tensor *x = fit_input(model, i, in->x[i], in->masks[i]);
        if (!x)
            return false;
        cn_replay_put(r, model->inputs->items[i], x);
    }
    for (size_t i = 0; i < r->walk->count; i++)
        if (!r->now[i] && !(r->now[i] = replay_node(r, r->walk->nodes[i])))
            return false;
    return true;
}

static cn_tensor *call(cn_model *model, const cn_inputs *in)
{
    if (!model->inputs)
        return cn_fail_null(CN_ESTATE, "the model has no layers yet");
    if (in->count != model->inputs->count)
        return cn_fail_null(CN_EINVAL, "expected %zu inputs, found %zu", model->inputs->count,
                            in->count);
    cn_replay r;
    bool ok = cn_replay_begin(&r, &model->state_->walk) && run_replay(model, &r, in);
    cn_list *outputs = ok ? cn_replay_list(&r, model->outputs) : NULL;
    cn_replay_end(&r);
    return cn_tuple(outputs);
}

/* ---- making ---- */

static bool reachable(const cn_walk *walk, const cn_list *inputs)
{
    for (size_t i = 0; i < walk->count; i++) {
        const cn_tensor *node = walk->nodes[i];
        bool given = false;
        for (size_t k = 0; k < inputs->count && !given; k++)
            given = inputs->items[k] == node;
        if (node->op == &cn_op_call && !node->n_inputs && !given)
            return cn_fail(
                CN_EINVAL,
                "cn_functional: the outputs need the input '%s', which is not among the inputs",
                cn_record_of(node)->layer->name);
    }
    return true;
}

/* The inputs themselves are where the walk stops: a model may start in the middle of another. */
static _Thread_local const cn_list *stop_at;

static bool is_input(const cn_tensor *tensor)
{
    for (size_t i = 0; i < stop_at->count; i++)
        if (stop_at->items[i] == tensor)
            return true;
    return false;
}

static bool names_differ(const cn_list *layers)
{
    const char **names = cn_mem_calloc(layers->count, sizeof *names);
    for (size_t i = 0; names && i < layers->count; i++)
        names[i] = ((const cn_layer *)layers->items[i])->name;
    size_t times;
    const char *name = names ? cn_text_repeated(names, layers->count, &times) : NULL;
    bool ok = names && (!name || cn_fail(CN_EINVAL,
                                         "The name \"%s\" is used %zu times in the model. All "
                                         "operation names should be unique.",
                                         name, times));
    cn_mem_free(names);
    return ok;
}

static cn_list *layers_of(const cn_list *order)
{
    cn_list *layers = order ? cn_list_new() : NULL;
    for (size_t i = 0; layers && i < order->count; i++)
        if (cn_is_a(order->items[i], CN_LAYERS) && !cn_is_operation(order->items[i]) &&
            !cn_list_add(layers, order->items[i]))
            return NULL;
    return layers && names_differ(layers) ? layers : NULL;
}

/* Where that fails the model stays what it was. */
bool cn_model_connect(cn_model *model, cn_list *inputs, cn_list *outputs)
{
    struct cn_model_state *state = model->state_;
    cn_walk walk;
    stop_at = inputs;
    if (!inputs || !outputs ||
        !cn_walk_make(&walk, (cn_tensor *const *)outputs->items, outputs->count, is_input))
        return false;
    cn_list *order = reachable(&walk, inputs) ? cn_model_order(&walk, inputs, outputs) : NULL;
    cn_list *layers = layers_of(order);
    if (!layers) {
        cn_walk_free(&walk);
        return false;
    }
    cn_walk_free(&state->walk);
    state->walk = walk;
    cn_replace(&state->operations, order);
    cn_replace(&model->layer.layers, layers);
    cn_replace(&model->inputs, inputs);
    cn_replace(&model->outputs, outputs);
    model->input = inputs->count ? inputs->items[0] : NULL;
    model->output = outputs->count ? outputs->items[0] : NULL;
    model->layer.built = true;
    return true;
}

static const char *maker_name(const cn_tensor *tensor)
{
    const cn_call_record *record = cn_record_of(tensor);
    return record ? record->layer->name : tensor->op->name;
}

static bool check_symbolic(const cn_list *tensors, const char *what)
{
    for (size_t i = 0; i < tensors->count; i++)
        if (!cn_is(tensors->items[i], &cn_tensor_kind) ||
            !((cn_tensor *)tensors->items[i])->symbolic)
            return cn_fail(CN_EINVAL,
                           "cn_functional: expected symbolic tensors for %s, found something else",
                           what);
    return true;
}

/* ---- models that begin inside of others ---- */

static bool is_from_input_layer(const cn_tensor *tensor)
{
    const cn_call_record *record = tensor->op == &cn_op_call ? tensor->keras_history : NULL;
    return record && !record->inputs->count;
}

static bool all_from_input_layers(const cn_list *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (!is_from_input_layer(inputs->items[i]))
            return false;
    return true;
}

/* Inputs like these, which are themselves where they come from an InputLayer. */
static cn_list *fresh_inputs(const cn_list *inputs)
{
    cn_list *fresh = cn_list_new();
    for (size_t i = 0, made = 0; fresh && i < inputs->count; i++) {
        cn_tensor *old = inputs->items[i], *input = old;
        const char *number = made ? cn_fmt("_%zu", made) : "";
        if (!is_from_input_layer(old)) {
            input = cn_input(.shape = &old->shape, .dtype = old->dtype,
                             .name = cn_fmt("keras_tensor%sCLONE", number));
            made++;
        }
        if (!cn_list_add(fresh, input))
            return NULL;
    }
    return fresh;
}

/* Layers are shared with the model that the inputs stand in, but called again on inputs of the
 * new model's own, so that it can be saved. Keras: clone_graph_nodes */
static bool begin_inside(cn_list **inputs, cn_list **outputs)
{
    cn_walk walk = {0};
    cn_replay r = {0};
    cn_list *fresh = fresh_inputs(*inputs), *made = NULL;
    stop_at = *inputs;
    bool ok =
        fresh &&
        cn_walk_make(&walk, (cn_tensor *const *)(*outputs)->items, (*outputs)->count, is_input) &&
        reachable(&walk, *inputs) && cn_replay_begin(&r, &walk);
    for (size_t i = 0; ok && i < fresh->count; i++)
        cn_replay_put(&r, (*inputs)->items[i], fresh->items[i]);
    for (size_t i = 0; ok && i < walk.count; i++)
        ok = r.now[i] || (r.now[i] = replay_node(&r, walk.nodes[i]));
    if (ok)
        made = cn_replay_list(&r, *outputs);
    cn_replay_end(&r);
    cn_walk_free(&walk);
    *inputs = fresh;
    *outputs = made;
    return made != NULL;
}

/* Batches are put one after the other, and split among devices, along an output's first axis. */
static bool check_batch_axes(const cn_list *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (!((cn_tensor *)outputs->items[i])->shape.rank)
            return cn_fail(
                CN_EINVAL,
                "cn_functional: expected outputs with a batch axis, the one of '%s' is a "
                "scalar: give one value for each sample, as of shape (None, 1), or "
                "cn_add_loss a loss",
                maker_name(outputs->items[i]));
    return true;
}

cn_model *cn_functional_new(cn_list *inputs, cn_list *outputs, cn_str name)
{
    if (!inputs || !outputs || !check_symbolic(inputs, "inputs") ||
        !check_symbolic(outputs, "outputs") || !check_batch_axes(outputs))
        return NULL;
    if (!all_from_input_layers(inputs) && !begin_inside(&inputs, &outputs))
        return NULL;
    cn_functional_options options = {MODEL(CN_DEFAULT_) CN_LAYER_PARAMS(CN_DEFAULT_)};
    options.name = name;
    cn_model *model = (cn_model *)cn_layer_new(&cn_functional_class, &options);
    return model && cn_model_connect(model, inputs, outputs) ? model : NULL;
}

static const functional_methods functional_methods_ = {.write_config = cn_functional_write,
                                                       .from_config = cn_functional_from_config,
                                                       .call = call,
                                                       .is_model = true,
                                                       .keeps_dtype = true,
                                                       .ends_mask = true};
const cn_class cn_functional_class = {.family = CN_LAYERS,
                                      .name = "Functional",
                                      .aliases = "Model",
                                      .built_in = true,
                                      .package = "keras.src.models.functional",
                                      .params = functional_params,
                                      .defaults = &functional_defaults,
                                      .size = sizeof(cn_model),
                                      .methods = &functional_methods_};

/* ---- looking ---- */

const char *cn_input_name(const cn_model *model, size_t i)
{
    return maker_name(model->inputs->items[i]);
}

const char *cn_output_name(const cn_model *model, size_t i)
{
    return maker_name(model->outputs->items[i]);
}

cn_list *cn_list_self(cn_list *list)
{
    return list;
}
