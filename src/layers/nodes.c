/* The calls of layers on symbolic tensors, Keras's nodes; and what a call would give. */
#include "base/alloc.h"
#include "graph/shape.h"
#include "models/layer_config.h"
#include "models/model.h"

/* ---- nodes ---- */

static size_t count_calls(const cn_layer *layer)
{
    size_t count = 0;
    for (size_t i = 0; i < layer->state_->n_calls; i++)
        count += layer->state_->calls[i] != NULL;
    return count;
}

static cn_tensor *tensor_of(const cn_call_record *record, bool output)
{
    return output ? record->node : cn_list_item(record->inputs, 0);
}

static cn_tensor *at(cn_layer *layer, int node, bool output)
{
    if (!layer)
        return NULL;
    const struct cn_layer_state *state = layer->state_;
    if (node >= 0 && (size_t)node < state->n_calls && state->calls[node])
        return tensor_of(state->calls[node], output);
    return cn_fail_null(CN_EINVAL,
                        "Asked to get %s at node %d, but the layer '%s' has only %zu inbound nodes",
                        output ? "output" : "input", node, layer->name, count_calls(layer));
}

cn_tensor *cn_get_input_at(void *layer, int node)
{
    return at(layer, node, false);
}

cn_tensor *cn_get_output_at(void *layer, int node)
{
    return at(layer, node, true);
}

static cn_tensor *only(cn_layer *layer, bool output)
{
    const char *what = output ? "output" : "input";
    if (!layer)
        return NULL;
    cn_model *model = cn_is_model(layer) ? (cn_model *)layer : NULL;
    if (model && model->inputs)
        return output ? model->output : model->input;
    size_t count = count_calls(layer);
    if (!count)
        return cn_fail_null(CN_ESTATE,
                            "The layer '%s' has never been called and thus has no defined %s",
                            layer->name, what);
    if (count > 1)
        return cn_fail_null(
            CN_ESTATE,
            "The layer '%s' has %zu inbound nodes, hence the notion of \"layer %s\" "
            "is ill-defined: use cn_get_%s_at",
            layer->name, count, what, what);
    size_t i = 0;
    while (!layer->state_->calls[i])
        i++;
    return tensor_of(layer->state_->calls[i], output);
}

cn_tensor *cn_get_input(void *layer)
{
    return only(layer, false);
}

cn_tensor *cn_get_output(void *layer)
{
    return only(layer, true);
}

/* ---- what a call would give ---- */

static bool dry_run_on(cn_layer *layer, const cn_list *x, cn_results *results)
{
    static const cn_call_details none = {0};
    cn_call_options options = {.training = CN_NONE, .details_ = &none};
    return x && cn_build_for(layer, x) && cn_dry_run(layer, x, &options, results);
}

cn_shape cn_compute_output_shape(void *self, cn_shape input)
{
    cn_layer *layer = self;
    cn_results_room room;
    cn_results results = CN_RESULTS(&room);
    cn_shape shape = CN_SCALAR;
    if (!layer)
        return shape;
    CN_SCOPE {
        cn_tensor *x = cn_placeholder(input, CN_FLOAT32, false);
        if (x && dry_run_on(layer, cn_list_make((void *[]){x}, 1), &results))
            shape = results.shape[0];
    }
    return shape;
}

static cn_list *placeholders(const cn_json *shapes)
{
    bool several = cn_json_is(cn_json_at(shapes, 0), CN_JSON_LIST);
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < (several ? shapes->count : 1); i++) {
        cn_shape shape;
        if (!cn_shape_of_json(several ? shapes->items[i] : shapes, &shape) ||
            !cn_list_add(list, cn_placeholder(shape, CN_FLOAT32, false)))
            return NULL;
    }
    return list;
}

bool cn_dry_run_for(cn_layer *layer, const cn_json *shapes, cn_results *results)
{
    bool ok = false;
    CN_SCOPE
        ok = dry_run_on(layer, placeholders(shapes), results);
    return ok;
}
