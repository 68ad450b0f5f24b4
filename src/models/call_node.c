#include "models/call_node.h"

#include <string.h>

#include "base/alloc.h"
#include "models/operation.h"
#include "models/structure.h"

enum { SLOTS = 8 };

/* A tensor of the node's JSON, whose number is known when all inputs stand in a row. */
typedef struct reference {
    cn_json *number;
    int slot;
    size_t place;
} reference;

typedef struct reader {
    cn_history_resolver resolve;
    void *context;
    bool *waits;
    bool histories;    /* bare histories are tensors: the older form */
    const char *names; /* of the slots, or NULL: all in one */
    cn_list *slots[SLOTS];
    int slot; /* that gets the tensors now met; -1: masks */
    reference *references;
    size_t count, capacity;
    cn_list *masks; /* given ones, cn_none() between */
} reader;

/* ---- tensors ---- */

static cn_json *numbered(const char *role, cn_json *number)
{
    cn_json *tensor = cn_json_object(), *config = cn_json_object();
    bool ok = cn_json_set(tensor, "class_name", cn_json_string("__keras_tensor__"));
    ok = cn_json_set(config, role, number) && ok;
    ok = cn_json_set(tensor, "config", config) && ok;
    if (ok)
        return tensor;
    cn_json_free(tensor);
    return NULL;
}

static bool take_tensor(reader *r, const cn_json *history, cn_json **out)
{
    cn_tensor *tensor = r->resolve(r->context, history, r->waits);
    cn_list *list = r->slot < 0 ? r->masks : r->slots[r->slot];
    if (!tensor || !cn_list_add(list, tensor))
        return false;
    cn_json *number = cn_json_int((int64_t)list->count - 1);
    if (number && r->slot >= 0) {
        if (!cn_mem_reserve(&r->references, &r->capacity, r->count + 1, sizeof *r->references)) {
            cn_json_free(number);
            return false;
        }
        r->references[r->count++] = (reference){number, r->slot, list->count - 1};
    }
    *out = numbered(r->slot < 0 ? "mask" : "input", number);
    return *out != NULL;
}

static bool visit(void *context, const cn_json *value, cn_json **out)
{
    reader *r = context;
    if (r->histories && cn_structure_is_history(value))
        return take_tensor(r, value, out);
    const char *kind = cn_json_as_string(cn_json_get(value, "class_name"), "");
    if (!strcmp(kind, "__keras_tensor__")) {
        const cn_json *history = cn_json_get(cn_json_get(value, "config"), "keras_history");
        if (!cn_structure_is_history(history))
            return cn_fail(CN_EFORMAT, "expected a 'keras_history' in an inbound node");
        return take_tensor(r, history, out);
    }
    if (!strncmp(kind, "__", 2)) /* slices, constants: what operations read themselves */
        *out = cn_json_copy(value);
    return *out || strncmp(kind, "__", 2) != 0;
}

/* ---- slots ---- */

/* The slot of a name, or -1. */
static int slot_named(const char *names, const char *name)
{
    size_t length = strlen(name);
    int slot = 0;
    for (const char *at = names; at && *at; slot++) {
        size_t word = strcspn(at, " ");
        if (!strncmp(at, name, length) &&
            (word == length || (word == length + 1 && at[length] == '*')))
            return slot;
        at += word + strspn(at + word, " ");
    }
    return -1;
}

static int slot_count(const char *names)
{
    int count = 0;
    for (const char *at = names; at && *at && count < SLOTS; count++) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    return count ? count : 1;
}

static int slot_at(const reader *r, size_t position)
{
    size_t count = (size_t)slot_count(r->names);
    return (int)(position < count ? position : count - 1);
}

/* All slots in a row; an empty one before a full one holds its place. */
static cn_list *line_up(reader *r)
{
    cn_list *inputs = cn_list_new();
    size_t base[SLOTS] = {0};
    int last = SLOTS - 1;
    while (last > 0 && !r->slots[last]->count)
        last--;
    for (int s = 0; inputs && s <= last; s++) {
        base[s] = inputs->count;
        const cn_list *slot = r->slots[s];
        if (!slot->count && last > 0 && !cn_list_add(inputs, cn_none()))
            return NULL;
        if (!cn_list_add_all(inputs, slot->items, slot->count))
            return NULL;
    }
    for (size_t i = 0; i < r->count; i++)
        r->references[i].number->integer =
            (int64_t)(base[r->references[i].slot] + r->references[i].place);
    return inputs;
}

/* ---- named arguments ---- */

static bool add_nones(cn_list *masks, size_t count)
{
    while (masks->count < count)
        if (!cn_list_add(masks, cn_none()))
            return false;
    return true;
}

/* "mask" is of the first inputs, "value_mask" of that one. -1: no mask. */
static long masked_input(const reader *r, const char *key)
{
    if (!strcmp(key, "mask"))
        return 0;
    size_t length = strlen(key);
    char name[64];
    if (!r->names || length < 6 || length - 5 >= sizeof name || strcmp(key + length - 5, "_mask") ||
        slot_named(r->names, key) >= 0)
        return -1;
    memcpy(name, key, length - 5);
    name[length - 5] = 0;
    return slot_named(r->names, name);
}

static bool read_mask(reader *r, const cn_json *value, long input, cn_json **out)
{
    r->slot = -1;
    if (cn_json_is(value, CN_JSON_LIST) && !(r->histories && cn_structure_is_history(value))) {
        cn_json *list = cn_json_list();
        *out = list;
        for (size_t i = 0; list && i < value->count; i++) {
            cn_json *one = NULL;
            if (!cn_json_is(value->items[i], CN_JSON_NULL) &&
                (!add_nones(r->masks, (size_t)input + i) ||
                 !read_mask(r, value->items[i], -1, &one)))
                return cn_json_free(one), false;
            if (!cn_json_add(list, one ? one : cn_json_null()))
                return false;
        }
        return list != NULL;
    }
    if (input > 0 && !cn_json_is(value, CN_JSON_NULL) && !add_nones(r->masks, (size_t)input))
        return false;
    *out = cn_structure_map(value, visit, r);
    return *out != NULL;
}

static int read_training(const cn_json *value)
{
    if (cn_json_is(value, CN_JSON_BOOL))
        return value->boolean;
    return cn_json_is(value, CN_JSON_INT) ? value->integer != 0 : CN_NONE;
}

static bool read_other(reader *r, cn_call_node *node, const cn_json *value, cn_json **out)
{
    int slot = slot_named(r->names, value->key);
    size_t before = r->count;
    r->slot = slot >= 0 ? slot : slot_at(r, SLOTS);
    *out = cn_structure_map(value, visit, r);
    if (!*out || r->count > before || slot >= 0)
        return *out != NULL;
    return cn_json_set(node->arguments, value->key, cn_json_copy(*out));
}

static bool read_named(reader *r, cn_call_node *node, const cn_json *kwargs, bool operation,
                       cn_json *copy)
{
    for (size_t i = 0; kwargs && i < kwargs->count; i++) {
        const cn_json *value = kwargs->items[i];
        long masked = operation ? -1 : masked_input(r, value->key);
        cn_json *out = NULL;
        bool ok;
        if (!operation && !strcmp(value->key, "training")) {
            node->training = read_training(value);
            ok = (out = cn_json_copy(value)) != NULL;
        } else if (masked >= 0) {
            ok = read_mask(r, value, masked, &out);
        } else {
            ok = read_other(r, node, value, &out);
        }
        if (!ok) {
            cn_json_free(out);
            return false;
        }
        if (!cn_json_set(copy, value->key, out))
            return false;
    }
    return true;
}

static bool read_positional(reader *r, const cn_json *args, bool operation, cn_json *copy)
{
    for (size_t i = 0; args && i < args->count; i++) {
        size_t before = r->count;
        r->slot = slot_at(r, i);
        cn_json *one = cn_structure_map(args->items[i], visit, r);
        if (!one || !cn_json_add(copy, one))
            return false;
        if (!operation && r->count == before && !cn_json_is(one, CN_JSON_NULL))
            return cn_fail(CN_EUNSUPPORTED, "not supported: a call with a constant");
    }
    return true;
}

/* ---- the older form ---- */

/* [["a", 0, 0, {}], ["b", 0, 0, {"training": true}]], or one of them alone. */
static bool read_histories(reader *r, cn_call_node *node, const cn_json *json, cn_json *kwargs)
{
    bool one = cn_structure_is_history(json);
    r->histories = true;
    for (size_t i = 0; i < (one ? 1 : json->count); i++) {
        const cn_json *entry = one ? json : json->items[i];
        cn_json *ignored = NULL;
        r->slot = slot_at(r, i);
        if (!cn_structure_is_history(entry))
            return cn_fail(CN_EUNSUPPORTED, "not supported: an inbound node of this form");
        bool ok = take_tensor(r, entry, &ignored);
        cn_json_free(ignored);
        if (!ok || !read_named(r, node, cn_json_at(entry, 3), false, kwargs))
            return false;
    }
    return true;
}

/* ---- both ---- */

static bool read_both(reader *r, cn_call_node *node, const cn_json *json, bool operation)
{
    cn_json *args = cn_json_list(), *kwargs = cn_json_object();
    node->call = cn_json_object();
    node->arguments = cn_json_object();
    bool ok = cn_json_set(node->call, "args", args);
    ok = cn_json_set(node->call, "kwargs", kwargs) && ok && node->arguments;
    if (!ok)
        return false;
    if (cn_json_is(json, CN_JSON_LIST)) {
        ok = read_histories(r, node, json, kwargs);
        cn_json_free(node->call);
        node->call = NULL;
        r->count = 0; /* nobody will see the numbers */
        return ok;
    }
    return read_positional(r, cn_json_get(json, "args"), operation, args) &&
           read_named(r, node, cn_json_get(json, "kwargs"), operation, kwargs);
}

bool cn_call_node_read(cn_call_node *node, cn_layer *layer, const cn_json *json,
                       cn_history_resolver resolve, void *context, bool *waits)
{
    bool operation = cn_is_operation(layer), ok = true;
    reader r = {.resolve = resolve,
                .context = context,
                .waits = waits,
                .names = cn_methods_of(layer)->inputs,
                .masks = cn_list_new()};
    *node = (cn_call_node){.training = CN_NONE};
    for (int s = 0; s < SLOTS; s++)
        ok = (r.slots[s] = cn_list_new()) && ok;
    if (!cn_json_is(json, CN_JSON_OBJECT) && !cn_json_is(json, CN_JSON_LIST))
        ok = cn_fail(CN_EFORMAT, "layer '%s': expected inbound nodes to be objects or lists",
                     layer->name);
    ok = ok && r.masks && read_both(&r, node, json, operation);
    node->inputs = ok ? line_up(&r) : NULL;
    cn_mem_free(r.references);
    node->details = (cn_call_details){.masks = r.masks && r.masks->count ? r.masks : NULL,
                                      .arguments = operation ? node->call : node->arguments,
                                      .call = node->call};
    return node->inputs != NULL;
}

void cn_call_node_free(cn_call_node *node)
{
    cn_json_free(node->arguments);
    cn_json_free(node->call);
    *node = (cn_call_node){0};
}
