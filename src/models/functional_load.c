/* Functional models from their configuration: layers are made, then called as their inbound nodes
 * say, each as soon as the tensors that it takes exist. Keras: functional_from_config */
#include <string.h>

#include "base/alloc.h"
#include "models/call_node.h"
#include "models/layer_config.h"
#include "models/model_config.h"
#include "models/operation.h"
#include "models/structure.h"

typedef struct entry {
    const char *name;
    cn_layer *layer;
    const cn_json *nodes;
    size_t done;      /* of the nodes */
    cn_list *results; /* of each call a list */
} entry;

typedef struct loader {
    entry *entries;
    size_t count;
    cn_list *found; /* by map_tensors */
    bool outputs;   /* whether map_tensors is at the outputs */
} loader;

static entry *find(const loader *l, const char *name)
{
    for (size_t i = 0; i < l->count; i++)
        if (!strcmp(l->entries[i].name, name))
            return &l->entries[i];
    return cn_fail_null(CN_EFORMAT, "the model's configuration has no layer '%s'", name);
}

/* Of histories in the form of Keras 2, and of the model's outputs, a model's own call counts as
 * node 0. */
static bool counts_own_node(const loader *l, const cn_layer *layer, const cn_json *history)
{
    const cn_class *cls = ((const cn_instance *)layer)->cls;
    if (cls == &cn_functional_class)
        return l->outputs || history->count == 4;
    return cls == &cn_sequential_class && (history->count == 4) &&
           ((const cn_model *)layer)->inputs;
}

static cn_tensor *resolve(void *context, const cn_json *history, bool *waits)
{
    const loader *l = context;
    entry *e = find(l, history->items[0]->string);
    if (!e)
        return NULL;
    int64_t node = cn_json_as_int(history->items[1], -1), i = cn_json_as_int(history->items[2], -1);
    if (node > 0 && counts_own_node(l, e->layer, history))
        node--;
    if (node < 0 || (uint64_t)node >= e->results->count) {
        *waits = true;
        return NULL;
    }
    const cn_list *results = e->results->items[node];
    if (i < 0 || (uint64_t)i >= results->count)
        return cn_fail_null(CN_EFORMAT, "layer '%s' has %zu results; there is no number %lld",
                            e->name, results->count, (long long)i);
    return results->items[i];
}

/* ---- making the layers ---- */

static const char *name_of(const cn_json *object)
{
    const cn_json *name = cn_json_get(object, "name");
    if (!name)
        name = cn_json_get(cn_json_get(object, "config"), "name");
    return cn_json_as_string(name, NULL);
}

static bool make_layer(loader *l, const cn_json *object)
{
    const char *name = name_of(object);
    if (!name)
        return cn_fail(CN_EFORMAT, "a layer of the model's configuration has no name");
    for (size_t i = 0; i < l->count; i++)
        if (!strcmp(l->entries[i].name, name))
            return cn_fail(CN_EFORMAT, "the name '%s' is used for two layers of the model", name);
    entry *e = &l->entries[l->count];
    *e = (entry){.name = name,
                 .layer = cn_layer_of_json(object),
                 .nodes = cn_json_get(object, "inbound_nodes"),
                 .results = cn_list_new()};
    if (!e->layer || !e->results)
        return false;
    l->count++;
    if (((cn_instance *)e->layer)->cls != &cn_input_layer_class)
        return true;
    cn_list *one = cn_list_single(cn_input_tensor(e->layer));
    return cn_list_add(e->results, one);
}

static bool make_layers(loader *l, const cn_json *layers)
{
    if (!cn_json_is(layers, CN_JSON_LIST))
        return cn_fail(CN_EFORMAT, "expected 'layers' to be a list in a model's configuration");
    l->entries = cn_mem_calloc(layers->count ? layers->count : 1, sizeof *l->entries);
    for (size_t i = 0; l->entries && i < layers->count; i++)
        if (!make_layer(l, layers->items[i]))
            return false;
    return l->entries != NULL;
}

/* ---- calling them ---- */

/* False: an error, or the call has to wait. */
static bool call_once(loader *l, entry *e, const cn_json *json, bool *waits)
{
    cn_call_node node;
    bool ok = cn_call_node_read(&node, e->layer, json, resolve, l, waits);
    cn_tensor *y = ok ? cn_call_with(e->layer, &(cn_call_options){.inputs = node.inputs,
                                                                  .training = node.training,
                                                                  .details_ = &node.details})
                      : NULL;
    cn_call_node_free(&node);
    return y && cn_list_add(e->results, cn_results_of(y));
}

static bool is_done(const entry *e)
{
    return !cn_json_is(e->nodes, CN_JSON_LIST) || e->done == e->nodes->count;
}

/* One round over all layers. */
static bool call_ready(loader *l, bool *progress, bool *left)
{
    for (size_t i = 0; i < l->count; i++) {
        entry *e = &l->entries[i];
        bool waits = false;
        for (; !is_done(e) && !waits; e->done += !waits) {
            if (!call_once(l, e, e->nodes->items[e->done], &waits) && !waits)
                return false;
            *progress |= !waits;
        }
        *left |= !is_done(e);
    }
    return true;
}

static bool call_all(loader *l)
{
    bool progress = true, left = true;
    while (left) {
        progress = left = false;
        if (!call_ready(l, &progress, &left))
            return false;
        if (left && !progress)
            return cn_fail(CN_EFORMAT, "the model's configuration has calls that wait for each "
                                       "other, or for a call that is missing");
    }
    return true;
}

/* ---- inputs and outputs ---- */

static bool visit(void *context, const cn_json *value, cn_json **out)
{
    loader *l = context;
    bool waits = false;
    if (!cn_structure_is_history(value))
        return true;
    cn_tensor *tensor = resolve(l, value, &waits);
    if (waits)
        return cn_fail(CN_EFORMAT, "layer '%s' has no call number %lld", value->items[0]->string,
                       (long long)cn_json_as_int(value->items[1], -1));
    if (!cn_list_add(l->found, tensor))
        return false;
    *out = cn_json_int((int64_t)l->found->count - 1);
    return *out != NULL;
}

/* The tensors in flat order, and their structure. */
static cn_list *map_tensors(loader *l, const cn_json *value, bool outputs, cn_json **structure)
{
    l->found = cn_list_new();
    l->outputs = outputs;
    *structure = l->found ? cn_structure_map(value, visit, l) : NULL;
    l->outputs = false;
    if (*structure && !l->found->count)
        return cn_fail_null(CN_EFORMAT, "the model's configuration names no %s",
                            outputs ? "outputs" : "inputs");
    return *structure ? l->found : NULL;
}

static cn_model *assemble(loader *l, const cn_json *config)
{
    cn_json *in = NULL, *out = NULL;
    cn_list *inputs = map_tensors(l, cn_json_get(config, "input_layers"), false, &in);
    cn_list *outputs =
        inputs ? map_tensors(l, cn_json_get(config, "output_layers"), true, &out) : NULL;
    cn_model *model = outputs ? cn_functional_new(inputs, outputs, name_of(config)) : NULL;
    if (model) {
        model->state_->input_structure = in;
        model->state_->output_structure = out;
        if (!cn_json_as_bool(cn_json_get(config, "trainable"), true))
            cn_set_trainable(model, false);
        return model;
    }
    cn_json_free(in);
    cn_json_free(out);
    return NULL;
}

void *cn_functional_from_config(const cn_json *config)
{
    loader l = {0};
    cn_sharing_begin();
    bool ok = make_layers(&l, cn_json_get(config, "layers")) && call_all(&l);
    cn_model *model = ok ? assemble(&l, config) : NULL;
    cn_sharing_end();
    cn_mem_free(l.entries);
    return model;
}
