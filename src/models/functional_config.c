/* The configuration of a functional model: its layers and operations in Keras's order, each with
 * the calls that belong to the model. Keras: Functional.get_config, serialize_node */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "config/registry.h"
#include "models/call_node.h"
#include "models/graph_op.h"
#include "models/layer_config.h"
#include "models/model_config.h"
#include "models/operation.h"
#include "models/structure.h"

typedef struct writer {
    const cn_model *model;
    const cn_walk *walk;
    const cn_call_record *record; /* of the call that is being written */
} writer;

/* ---- names and numbers ---- */

/* "add_1" for the second op of a class that has no layer's name. In a buffer of this thread. */
static const char *op_name(const writer *w, const cn_tensor *node)
{
    static _Thread_local char text[160];
    const cn_list *operations = w->model->state_->operations;
    const char *kind = cn_graph_op_class(node);
    char name[128];
    unsigned before = 0;
    for (size_t i = 0; i < operations->count && operations->items[i] != node; i++) {
        const cn_tensor *other = operations->items[i];
        before += cn_is(other, &cn_tensor_kind) && !strcmp(cn_graph_op_class(other), kind);
    }
    cn_snake_case(kind, name, sizeof name);
    snprintf(text, sizeof text, "%s_op_%u", name, before);
    return text;
}

/* The number of a call among those of its layer that belong to the model. */
static int64_t call_number(const writer *w, const cn_tensor *node)
{
    const cn_call_record *record = node->keras_history;
    int64_t number = 0;
    for (size_t i = 0; i < w->walk->count && w->walk->nodes[i] != node; i++) {
        const cn_tensor *other = w->walk->nodes[i];
        const cn_call_record *another = other->op == &cn_op_call ? other->keras_history : NULL;
        number += another && another->layer == record->layer;
    }
    return number;
}

/* ["dense", 0, 0]; owned. `outside`: as inputs and outputs are named, where a model's own call
 * counts. */
static cn_json *history(const writer *w, cn_tensor *tensor, bool outside)
{
    int64_t result = 0, number = 0;
    cn_tensor *node = tensor;
    if (node->op == &cn_op_nth) {
        result = *(const int64_t *)node->attrs;
        node = node->inputs[0];
    }
    const cn_call_record *record = node->op == &cn_op_call ? node->keras_history : NULL;
    const char *name = record ? record->layer->name : op_name(w, node);
    if (record) {
        number = call_number(w, node);
        number += outside && ((cn_instance *)record->layer)->cls == &cn_functional_class;
    }
    cn_json *list = cn_json_list();
    bool ok = cn_json_add(list, cn_json_string(name));
    ok = cn_json_add(list, cn_json_int(number)) && ok;
    if (cn_json_add(list, cn_json_int(result)) && ok)
        return list;
    cn_json_free(list);
    return NULL;
}

/* {"class_name": "__keras_tensor__", …}; owned. */
static cn_json *mention(void *context, cn_tensor *tensor)
{
    cn_json *json = cn_json_object(), *config = cn_json_object();
    bool ok = cn_json_set(json, "class_name", cn_json_string("__keras_tensor__"));
    ok = cn_json_set(config, "shape", cn_shape_to_json(tensor->shape)) && ok;
    ok = cn_json_set(config, "dtype", cn_json_string(cn_dtype_name(tensor->dtype))) && ok;
    ok = cn_json_set(config, "keras_history", history(context, tensor, false)) && ok;
    if (cn_json_set(json, "config", config) && ok)
        return json;
    cn_json_free(json);
    return NULL;
}

/* ---- calls ---- */

/* A tensor that a file's call names by its place. */
static bool visit_place(void *context, const cn_json *value, cn_json **out)
{
    const writer *w = context;
    const cn_json *config = cn_json_get(value, "config");
    const cn_json *input = cn_json_get(config, "input"), *mask = cn_json_get(config, "mask");
    const char *kind = cn_json_as_string(cn_json_get(value, "class_name"), "");
    if (strcmp(kind, "__keras_tensor__"))
        return true;
    const cn_list *list = input ? w->record->inputs : w->record->masks;
    int64_t i = cn_json_as_int(input ? input : mask, -1);
    if (!list || i < 0 || (uint64_t)i >= list->count)
        return cn_fail(CN_EINTERNAL, "a call names an input that it does not have");
    *out = mention(context, list->items[i]);
    return *out != NULL;
}

static cn_json *list_of_inputs(writer *w, size_t from, size_t to)
{
    cn_json *list = cn_json_list();
    for (size_t i = from; list && i < to; i++)
        if (!cn_json_add(list, mention(w, w->record->inputs->items[i]))) {
            cn_json_free(list);
            return NULL;
        }
    return list;
}

/* The name of the i-th input in `names`; "" behind the last. `*star`: it takes all that are left.
 */
static void input_name(const char *names, size_t i, char *name, size_t size, bool *star)
{
    const char *at = names;
    for (size_t k = 0; k < i && *at; k++) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    size_t n = strcspn(at, " ");
    n = n < size ? n : size - 1;
    *star = n && at[n - 1] == '*';
    memcpy(name, at, n);
    name[*star ? n - 1 : n] = 0;
}

/* Where a layer takes its tensors one by one, those behind the first two go by name. */
static bool add_by_name(writer *w, const char *names, cn_json *args, cn_json *kwargs)
{
    const cn_list *inputs = w->record->inputs;
    for (size_t i = 0; i < inputs->count; i++) {
        char name[64];
        bool star;
        input_name(names, i, name, sizeof name, &star);
        cn_tensor *one = inputs->items[i];
        if (star)
            return cn_json_set(kwargs, name, list_of_inputs(w, i, inputs->count));
        if (cn_is_none(one))
            continue;
        if (i < 2 ? !cn_json_add(args, mention(w, one))
                  : !cn_json_set(kwargs, name, mention(w, one)))
            return false;
    }
    return true;
}

static bool add_arguments(const writer *w, cn_json *kwargs)
{
    const cn_json *arguments = w->record->arguments;
    bool ok = true;
    for (size_t i = 0; ok && arguments && i < arguments->count; i++)
        ok = cn_json_set(kwargs, arguments->items[i]->key, cn_json_copy(arguments->items[i]));
    if (ok && !CN_IS_NONE(w->record->training))
        ok = cn_json_set(kwargs, "training", cn_json_bool(w->record->training == 1));
    cn_tensor *mask = w->record->masks ? cn_list_item(w->record->masks, 0) : NULL;
    if (ok && mask && mask->symbolic)
        ok = cn_json_set(kwargs, "mask", mention((void *)(uintptr_t)w, mask));
    return ok;
}

/* A call that the program made. */
static bool write_own_call(writer *w, cn_json *args, cn_json *kwargs)
{
    const cn_list *inputs = w->record->inputs;
    const char *names = cn_methods_of(w->record->layer)->inputs;
    bool ok;
    if (names)
        ok = add_by_name(w, names, args, kwargs);
    else if (inputs->count == 1)
        ok = cn_json_add(args, mention(w, inputs->items[0]));
    else
        ok = cn_json_add(args, list_of_inputs(w, 0, inputs->count));
    return ok && add_arguments(w, kwargs);
}

static cn_json *call_json(writer *w, const cn_call_record *record)
{
    w->record = record;
    if (record->call)
        return cn_structure_map(record->call, visit_place, w);
    cn_json *json = cn_json_object(), *args = cn_json_list(), *kwargs = cn_json_object();
    bool ok = cn_json_set(json, "args", args);
    ok = cn_json_set(json, "kwargs", kwargs) && ok;
    if (ok && write_own_call(w, args, kwargs))
        return json;
    cn_json_free(json);
    return NULL;
}

/* ---- layers and operations ---- */

static cn_json *calls_of(writer *w, const cn_layer *layer)
{
    cn_json *list = cn_json_list();
    for (size_t i = 0; list && i < w->walk->count; i++) {
        const cn_tensor *node = w->walk->nodes[i];
        const cn_call_record *record = node->op == &cn_op_call ? node->keras_history : NULL;
        if (!record || record->layer != layer || !record->inputs->count)
            continue;
        if (!cn_json_add(list, call_json(w, record))) {
            cn_json_free(list);
            return NULL;
        }
    }
    return list;
}

static cn_json *layer_json(writer *w, cn_layer *layer)
{
    cn_json *json = cn_layer_to_json(layer);
    bool ok = json != NULL;
    if (ok && cn_is_model(layer))
        ok = cn_json_set(json, "compile_config", cn_json_object());
    ok = ok && cn_json_set(json, "name", cn_json_string(layer->name));
    ok = ok && cn_json_set(json, "inbound_nodes", calls_of(w, layer));
    if (ok)
        return json;
    cn_json_free(json);
    return NULL;
}

static bool op_members(cn_json *json, cn_graph_op *op, const char *name)
{
    cn_json *nodes = cn_json_list(), *node = cn_json_object();
    bool ok = cn_json_set(node, "args", op->args);
    op->args = NULL;
    ok = cn_json_set(node, "kwargs", cn_json_object()) && ok;
    ok = cn_json_add(nodes, node) && ok;
    ok = cn_json_set(op->config, "name", cn_json_string(name)) && ok;
    ok = cn_json_set(json, "module", cn_json_string(op->module)) && ok;
    ok = cn_json_set(json, "class_name", cn_json_string(op->class_name)) && ok;
    ok = cn_json_set(json, "config", op->config) && ok;
    op->config = NULL;
    ok = cn_json_set(json, "registered_name", cn_json_string(op->class_name)) && ok;
    ok = cn_json_set(json, "name", cn_json_string(name)) && ok;
    return cn_json_set(json, "inbound_nodes", nodes) && ok;
}

static cn_json *op_json(writer *w, const cn_tensor *node)
{
    cn_graph_op op;
    cn_json *json = cn_json_object();
    bool ok =
        cn_graph_op_describe(&op, node, mention, w) && op_members(json, &op, op_name(w, node));
    cn_graph_op_free(&op);
    if (ok)
        return json;
    cn_json_free(json);
    return NULL;
}

static cn_json *layers_json(writer *w)
{
    const cn_list *operations = w->model->state_->operations;
    cn_json *list = cn_json_list();
    for (size_t i = 0; list && i < operations->count; i++) {
        void *one = operations->items[i];
        cn_json *json = cn_is(one, &cn_tensor_kind) ? op_json(w, one) : layer_json(w, one);
        if (!cn_json_add(list, json)) {
            cn_json_free(list);
            return NULL;
        }
    }
    return list;
}

/* ---- inputs and outputs ---- */

typedef struct ends {
    writer *w;
    const cn_list *tensors;
} ends;

static bool visit_end(void *context, const cn_json *value, cn_json **out)
{
    const ends *e = context;
    if (!cn_json_is(value, CN_JSON_INT))
        return true;
    if (value->integer < 0 || (uint64_t)value->integer >= e->tensors->count)
        return cn_fail(CN_EINTERNAL, "a model's structure names a tensor that it does not have");
    *out = history(e->w, e->tensors->items[value->integer], true);
    return *out != NULL;
}

static cn_json *ends_json(writer *w, const cn_list *tensors, const cn_json *structure)
{
    ends e = {w, tensors};
    if (structure)
        return cn_structure_map(structure, visit_end, &e);
    if (tensors->count == 1)
        return history(w, tensors->items[0], true);
    cn_json *list = cn_json_list();
    for (size_t i = 0; list && i < tensors->count; i++)
        if (!cn_json_add(list, history(w, tensors->items[i], true))) {
            cn_json_free(list);
            return NULL;
        }
    return list;
}

bool cn_functional_write(const cn_model *model, cn_json *config)
{
    const struct cn_model_state *state = model->state_;
    writer w = {.model = model, .walk = &state->walk};
    cn_json_free(cn_json_remove(config, "dtype"));
    return cn_json_set(config, "layers", layers_json(&w)) &&
           cn_json_set(config, "input_layers",
                       ends_json(&w, model->inputs, state->input_structure)) &&
           cn_json_set(config, "output_layers",
                       ends_json(&w, model->outputs, state->output_structure));
}
