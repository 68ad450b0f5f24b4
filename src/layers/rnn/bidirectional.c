/* A recurrent layer from the first step on and another from the last, their outputs merged.
 * x (batch, steps, …).  keras.layers.Bidirectional */
#include <string.h>

#include "base/alloc.h"
#include "layers/arguments.h"
#include "ops/ops.h"

typedef struct bidirectional {
    cn_layer base;
    CN_BIDIRECTIONAL(CN_FIELD_)
    cn_layer *forward, *backward; /* parts of it */
} bidirectional;
CN_LAYER_METHODS_(bidirectional, bidirectional)
CN_OWN_ROWS(bidirectional, CN_BIDIRECTIONAL, CN_LAYER_PARAMS, name)

/* ---- making ---- */

/* "forward_lstm" of "lstm". */
static cn_json *prefixed(const char *prefix, const char *name)
{
    size_t length = strlen(prefix);
    bool has = !strncmp(name, prefix, length);
    char *text = cn_mem_printf("%s%s", prefix, has ? name + length : name);
    cn_json *json = text ? cn_json_string(text) : NULL;
    cn_mem_free(text);
    return json;
}

/* A layer like this one, with weights of its own. */
static cn_layer *again(cn_layer *layer, const char *prefix, bool backwards)
{
    cn_json *object = cn_instance_serialize(layer), *config = cn_json_get(object, "config");
    bool ok = config && cn_json_set(config, "name", prefixed(prefix, layer->name)) &&
              (!backwards || cn_json_set(config, "go_backwards", cn_json_bool(true)));
    cn_layer *made = ok ? cn_instance_deserialize(CN_LAYERS, object) : NULL;
    cn_json_free(object);
    if (made)
        made->state_->built_first = layer->state_->built_first;
    return made;
}

static bool check_merge_mode(const bidirectional *self)
{
    static const char *const modes[] = {"sum", "mul", "ave", "concat"};
    for (size_t i = 0; self->merge_mode && i < 4; i++)
        if (!strcmp(self->merge_mode, modes[i]))
            return true;
    return !self->merge_mode ||
           cn_fail(CN_EINVAL,
                   "Invalid merge mode. Received: %s. Merge mode should be one of {\"sum\", "
                   "\"mul\", \"ave\", \"concat\", None}",
                   self->merge_mode);
}

static const char *python_bool(const cn_layer *layer, const char *name)
{
    return cn_flag(layer, name) ? "True" : "False";
}

static bool check_pair(const bidirectional *self)
{
    static const char *const common[] = {"stateful", "return_sequences", "return_state"};
    const cn_layer *a = self->forward, *b = self->backward;
    if (cn_flag(a, "go_backwards") == cn_flag(b, "go_backwards"))
        return cn_fail(CN_EINVAL,
                       "Forward layer and backward layer should have different `go_backwards` "
                       "value. Received: forward_layer.go_backwards=%s, "
                       "backward_layer.go_backwards=%s",
                       python_bool(a, "go_backwards"), python_bool(b, "go_backwards"));
    for (size_t i = 0; i < 3; i++)
        if (cn_flag(a, common[i]) != cn_flag(b, common[i]))
            return cn_fail(CN_EINVAL,
                           "Forward layer and backward layer are expected to have the same value "
                           "for attribute \"%s\", got \"%s\" for forward layer and \"%s\" for "
                           "backward layer",
                           common[i], python_bool(a, common[i]), python_bool(b, common[i]));
    return true;
}

static bool expect_layer(const void *given, const char *name)
{
    return cn_is_a(given, CN_LAYERS) ||
           cn_fail(CN_EINVAL, "Bidirectional: expected a layer for '%s'", name);
}

static bool init(bidirectional *self)
{
    if (!check_merge_mode(self) || !expect_layer(self->layer, "layer") ||
        (self->backward_layer && !expect_layer(self->backward_layer, "backward_layer")))
        return false;
    cn_layer *forward = again(self->layer, "forward_", false);
    cn_layer *backward =
        self->backward_layer ? self->backward_layer : again(self->layer, "backward_", true);
    self->forward = cn_add_sublayer(self, "forward_layer", forward);
    self->backward = cn_add_sublayer(self, "backward_layer", backward);
    if (!self->forward || !self->backward || !check_pair(self))
        return false;
    bool sequences = cn_flag(forward, "return_sequences");
    cn_set_flag(forward, "zero_output_for_mask", sequences);
    cn_set_flag(backward, "zero_output_for_mask", sequences);
    cn_replace(&self->layer, forward); /* what files say */
    cn_replace(&self->backward_layer, backward);
    return true;
}

static bool build(bidirectional *self, const cn_shapes *in)
{
    const cn_shapes x = {1, in->shape, in->dtype};
    return cn_layer_build(self->forward, &x) && cn_layer_build(self->backward, &x);
}

/* ---- calling ---- */

static cn_list *call_one(cn_layer *layer, const cn_inputs *in, size_t first, size_t count)
{
    cn_list *list = cn_list_of(in->x[0]);
    cn_call_options options = {.inputs = list, .mask = in->mask, .training = in->training};
    return cn_list_add_all(list, (void *const *)(in->x + first), count)
               ? cn_results_of(cn_call_with(layer, &options))
               : NULL;
}

static cn_tensor *merged(const bidirectional *self, cn_tensor *y, cn_tensor *other)
{
    switch (*self->merge_mode) {
    case 's':
        return cn_add(y, other);
    case 'm':
        return cn_mul(y, other);
    case 'a':
        return cn_div(cn_add(y, other), 2);
    default:
        return cn_concat(cn_list_of(y, other), -1);
    }
}

static bool add_states(cn_list *list, const cn_list *y)
{
    return cn_list_add_all(list, y->items + 1, y->count - 1);
}

static cn_tensor *call(bidirectional *self, const cn_inputs *in)
{
    size_t half = (in->count - 1) / 2;
    bool sequences = cn_flag(self->forward, "return_sequences");
    cn_list *y = call_one(self->forward, in, 1, half);
    cn_list *back = call_one(self->backward, in, 1 + half, in->count - 1 - half);
    if (!y || !back)
        return NULL;
    cn_tensor *output = y->items[0], *other = back->items[0];
    if (sequences)
        other = cn_flip(other, (cn_axes){{1}});
    if (self->merge_mode)
        output = merged(self, output, other);
    if (sequences) {
        cn_with_mask(output, in->mask);
        cn_with_mask(other, in->mask);
    }
    cn_list *all = self->merge_mode ? cn_list_of(output) : cn_list_of(output, other);
    if (!all ||
        (cn_flag(self->forward, "return_state") && (!add_states(all, y) || !add_states(all, back))))
        return NULL;
    return cn_tuple(all);
}

CN_BUILTIN_LAYER(bidirectional, "Bidirectional", NULL, .init = init, .build = build, .call = call,
                 .inputs = "sequences initial_state*", .ends_mask = true)
