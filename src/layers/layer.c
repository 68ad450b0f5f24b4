/* What all layers share: making, building, weights, and the layers inside. keras.layers.Layer */
#include "layers/layer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "config/params.h"
#include "config/registry.h"
#include "cornu/config.h"
#include "graph/shape.h"
#include "graph/trace.h"
#include "initializers/initializer.h"
#include "models/layer_config.h"
#include "models/model.h"
#include "ops/ops.h"

_Static_assert(sizeof(cn_instance) <= sizeof((cn_layer *)0)->head_,
               "a layer begins with an instance");

static _Thread_local bool skip_initializers;

bool cn_skip_initializers(bool skip)
{
    bool before = skip_initializers;
    skip_initializers = skip;
    return before;
}

static void destroy(void *self)
{
    cn_layer *layer = self;
    struct cn_layer_state *state = layer->state_;
    if (cn_is_model(layer))
        cn_model_end(self);
    cn_release(layer->weights);
    cn_release(layer->layers);
    if (!state)
        return;
    for (size_t i = 0; i < state->n_attributes; i++)
        cn_mem_free(state->attributes[i]);
    cn_mem_free(state->attributes);
    cn_mem_free(state->added);
    cn_release(state->last_losses);
    cn_mem_free(state->calls);
    cn_json_free(state->build_shapes);
    cn_release(state->seed);
    cn_release(state->hidden);
    cn_mem_free(state);
}

cn_layer *cn_layer_new(const cn_class *cls, const void *options)
{
    cn_layer *layer = cn_instance_new(cls, options);
    if (layer)
        layer->state_->made = true;
    return layer;
}

const cn_layer_methods *cn_methods_of(const void *layer)
{
    return ((const cn_instance *)layer)->cls->methods;
}

cn_str cn_class_name(const void *object)
{
    return object ? ((const cn_instance *)object)->cls->name : NULL;
}

cn_dtype cn_layer_dtype(const void *layer)
{
    const char *name = ((const cn_layer *)layer)->dtype;
    return name ? cn_dtype_of_name(name + (cn_is_mixed(layer) ? 6 : 0)) : CN_FLOAT32;
}

cn_dtype cn_variable_dtype(const cn_layer *layer)
{
    return cn_is_mixed(layer) ? CN_FLOAT32 : cn_layer_dtype(layer);
}

bool cn_normalize_policy(cn_layer *layer)
{
    if (!layer->dtype)
        return (layer->dtype = cn_mem_strdup(cn_dtype_policy())) != NULL;
    if (*layer->dtype == '{') {
        cn_json *policy = cn_json_parse(layer->dtype, strlen(layer->dtype));
        const char *cls = cn_json_as_string(cn_json_get(policy, "class_name"), "");
        const char *name =
            cn_json_as_string(cn_json_get(cn_json_get(policy, "config"), "name"), "");
        char *copy = cn_mem_strdup(name);
        bool plain = !strcmp(cls, "DTypePolicy") || !strcmp(cls, "FloatDTypePolicy");
        if (policy && !plain)
            cn_fail(CN_EUNSUPPORTED, "not supported: the dtype policy '%s'", *name ? name : cls);
        cn_json_free(policy);
        cn_mem_free((char *)layer->dtype);
        layer->dtype = copy;
        if (!plain || !copy)
            return false;
    }
    if (cn_is_mixed(layer) && strcmp(layer->dtype, "mixed_bfloat16"))
        return cn_fail(CN_EUNSUPPORTED,
                       "not supported: the dtype policy '%s'; mixed_bfloat16 is, and plain dtypes",
                       layer->dtype);
    if (!strcmp(layer->dtype, "string"))
        return cn_fail(CN_EUNSUPPORTED, "not supported: the dtype 'string'");
    return cn_layer_dtype(layer) != CN_NO_DTYPE;
}

cn_layer *cn_held_for(const cn_layer *layer, const cn_param *p)
{
    for (size_t i = 0; p->type == CN_TYPE_cn_activation && i < layer->state_->n_attributes; i++)
        if (!strcmp(layer->state_->attributes[i], p->name))
            return layer->layers->items[i];
    return NULL;
}

/* Activations that are layers with the shapes that they were built for, which Keras needs. */
static bool write_held(const cn_layer *layer, cn_json *config)
{
    const cn_class *cls = ((const cn_instance *)layer)->cls;
    for (const cn_param *p = NULL; (p = cn_param_next(cls, p)) != NULL;) {
        cn_layer *held = layer->state_ ? cn_held_for(layer, p) : NULL;
        if (held && !cn_json_set(config, p->name, cn_layer_to_json(held)))
            return false;
    }
    return true;
}

/* Files name a policy, not a dtype; and what comes in, a Sequential's configuration says. */
static bool write_config(const void *self, cn_json *config)
{
    cn_json *policy = cn_json_object(), *inner = cn_json_object();
    cn_json_free(cn_json_remove(config, "input_shape"));
    bool ok = cn_json_set(policy, "module", cn_json_string("keras"));
    ok = cn_json_set(policy, "class_name", cn_json_string("DTypePolicy")) && ok;
    ok = cn_json_set(inner, "name", cn_json_string(((const cn_layer *)self)->dtype)) && ok;
    ok = cn_json_set(policy, "config", inner) && ok;
    ok = cn_json_set(policy, "registered_name", cn_json_null()) && ok;
    return cn_json_set(config, "dtype", policy) && write_held(self, config) && ok;
}

/* input_dim=8 says input_shape=[8], but in layers that have one of their own. */
static bool read_config(const cn_class *cls, cn_json *config)
{
    if (!cn_json_is(cn_json_get(config, "input_dim"), CN_JSON_INT) ||
        cn_json_get(config, "input_shape") || cn_param_find(cls, "input_dim"))
        return true;
    cn_json *shape = cn_json_list();
    bool ok = cn_json_add(shape, cn_json_remove(config, "input_dim"));
    return cn_json_set(config, "input_shape", shape) && ok;
}

/* "PReLU(shared_axes=[1, 2])" becomes what files say of that layer. */
static bool spell_out(cn_layer *layer, const cn_param *p, const cn_layer *held)
{
    cn_json *json = cn_instance_serialize(held);
    char *text = json ? cn_json_text(json, 0) : NULL,
         **slot = (char **)(void *)((char *)layer + p->offset);
    cn_json_free(json);
    if (!text)
        return false;
    cn_mem_free(*slot);
    *slot = text;
    return true;
}

static bool names_layer(const char *spec)
{
    cn_json *object = cn_spec_parse(spec);
    const char *kind = cn_json_as_string(cn_json_get(object, "class_name"), "");
    bool names = !cn_class_lookup(CN_ACTIVATIONS, kind) && cn_class_lookup(CN_LAYERS, kind);
    cn_json_free(object);
    return names;
}

/* An activation that is a layer belongs to this one: its weights train and are saved with it. */
static bool hold_activation(cn_layer *layer, const cn_param *p, const char *spec)
{
    cn_layer *held = cn_instance_of_spec(CN_LAYERS, spec);
    return held && cn_add_sublayer(layer, p->name, held) &&
           (*spec == '{' || spell_out(layer, p, held));
}

/* Activations, initializers, regularizers and constraints must be known when the layer is made. */
static bool check_specs(cn_layer *layer)
{
    const cn_class *cls = ((const cn_instance *)layer)->cls;
    bool clean = !cn_error_code();
    for (const cn_param *p = NULL; (p = cn_param_next(cls, p)) != NULL;) {
        cn_family family = cn_param_family(p);
        const char *at = (const char *)layer + p->offset;
        const char *spec = family < CN_FAMILY_COUNT ? *(const char *const *)at : NULL;
        if (!spec || cn_class_lookup(family, spec))
            continue;
        if (family == CN_ACTIVATIONS && names_layer(spec) ? !hold_activation(layer, p, spec)
                                                          : !cn_instance_of_spec(family, spec))
            return clean && cn_error_prefix("%s: %s", cls->name, p->name);
    }
    return true;
}

static bool check_multiplier(const cn_layer *layer)
{
    double value = layer->learning_rate_multiplier;
    return (value >= 0 && isfinite(value)) ||
           cn_fail(CN_EINVAL,
                   "%s: expected learning_rate_multiplier >= 0. Received: "
                   "learning_rate_multiplier=%g",
                   cn_class_name(layer), value);
}

/* From here on the batch stands in front. */
static bool take_input_shape(cn_layer *layer)
{
    cn_shape *shape = (cn_shape *)layer->input_shape;
    bool ok = !shape || shape->rank < CN_MAX_RANK;
    for (int i = 0; shape && i < shape->rank; i++)
        ok = ok && shape->dim[i] >= CN_ANY;
    if (!ok)
        return cn_fail(CN_EINVAL,
                       "%s: expected at most %d sizes of 0 or more (or CN_ANY), without the batch. "
                       "Received: input_shape=%s",
                       cn_class_name(layer), CN_MAX_RANK - 1, cn_shape_text(*shape));
    if (shape)
        *shape = cn_shape_insert(*shape, 0, CN_ANY);
    return true;
}

static bool init(void *self)
{
    cn_layer *layer = self;
    if (!layer->name) {
        char snake[128];
        cn_snake_case(cn_class_name(self), snake, sizeof snake);
        layer->name = cn_mem_strdup(cn_unique_name(snake));
    }
    layer->state_ = cn_mem_calloc(1, sizeof *layer->state_);
    layer->weights = cn_retain(cn_list_new());
    layer->layers = cn_retain(cn_list_new());
    if (!layer->name || !layer->state_ || !layer->weights || !layer->layers)
        return false;
    cn_remat_layer(layer);
    return check_multiplier(layer) && take_input_shape(layer) && cn_normalize_policy(layer) &&
           check_specs(layer) && (!cn_is_model(layer) || cn_model_begin(self));
}

static cn_json *part_to_json(void *self)
{
    return cn_layer_to_json(self);
}

static void *part_of_json(const cn_json *value)
{
    return cn_layer_of_json(value);
}

CN_COMMON_ROWS(cn_layer, CN_LAYER_PARAMS)

__attribute__((constructor)) static void before_main(void)
{
    cn_family_set_hooks(CN_LAYERS, (cn_family_hooks){init, destroy, write_config, common_rows,
                                                     &common_defaults, read_config});
    cn_family_set_files(CN_LAYERS, (cn_family_files){part_to_json, part_of_json});
}

cn_tensor *cn_autocast(const cn_layer *layer, cn_tensor *x)
{
    if (!x || cn_methods_of(layer)->keeps_dtype || !cn_dtype_is_float(x->dtype))
        return x;
    bool loose = cn_cast_loosely(cn_is_mixed(layer));
    cn_tensor *y = cn_cast(x, cn_layer_dtype(layer));
    cn_cast_loosely(loose);
    return y == x ? x : cn_with_mask(y, cn_mask_of(x));
}

/* ---- building ---- */

static bool remember_shapes(cn_layer *layer, const cn_shapes *in)
{
    bool one = in->count == 1, ok = true;
    cn_json *shapes = one ? cn_shape_to_json(in->shape[0]) : cn_json_list();
    for (size_t i = 0; i < in->count && !one; i++)
        ok = cn_json_add(shapes, cn_shape_to_json(in->shape[i])) && ok;
    cn_json_free(layer->state_->build_shapes); /* of a try that failed */
    layer->state_->build_shapes = shapes;
    return shapes && ok;
}

/* What building adds to. */
typedef struct parts {
    size_t weights, layers, attributes, hidden;
} parts;

static parts parts_of(const cn_layer *layer)
{
    const struct cn_layer_state *state = layer->state_;
    return (parts){layer->weights->count, layer->layers->count, state->n_attributes,
                   cn_list_length(state->hidden)};
}

/* Takes what was added since away again: the next try begins as this one did. */
static void unbuild(cn_layer *layer, const parts *before)
{
    struct cn_layer_state *state = layer->state_;
    cn_list_cut(layer->weights, before->weights);
    cn_list_cut(layer->layers, before->layers);
    cn_list_cut(state->hidden, before->hidden);
    while (state->n_attributes > before->attributes)
        cn_mem_free(state->attributes[--state->n_attributes]);
}

/* Variables have in their paths what is being built and called, and for that built layers stand
 * among the called ones. */
static bool build_in_scope(cn_layer *layer, const cn_shapes *in)
{
    const cn_layer_methods *methods = cn_methods_of(layer);
    parts given = parts_of(layer);
    cn_call_scope scope;
    cn_call_scope_begin(&scope, CN_NONE, NULL, layer);
    scope.building = layer->state_->building = true;
    bool ok = remember_shapes(layer, in) && (!methods->build || methods->build(layer, in));
    layer->state_->building = false;
    cn_call_scope_end(&scope);
    if (!ok)
        unbuild(layer, &given);
    return ok;
}

bool cn_layer_build(void *self, const cn_shapes *in)
{
    cn_layer *layer = self;
    if (!layer || layer->built)
        return layer != NULL;
    if (!build_in_scope(layer, in)) {
        if (!cn_error_code())
            cn_fail(CN_EINVAL, "build failed");
        return cn_error_prefix("%s '%s'", cn_class_name(layer), layer->name);
    }
    return layer->built = true;
}

static bool keep_text(char **slot, const char *text)
{
    *slot = cn_mem_strdup(text);
    return *slot || !text;
}

static bool initialize(cn_tensor *variable, const char *initializer)
{
    if (skip_initializers)
        return true;
    bool ok = false;
    CN_SCOPE {
        cn_tensor *value = cn_initialize(initializer, variable->shape, variable->dtype);
        ok = cn_data(value = cn_cast(value, variable->dtype));
        if (ok)
            cn_variable_fill(variable->variable, value->value);
    }
    return ok;
}

cn_tensor *cn_add_weight_with(void *self, cn_str name, cn_shape shape, const cn_weight_options *o)
{
    cn_layer *layer = self;
    cn_dtype dtype = o->dtype ? o->dtype : cn_variable_dtype(layer);
    cn_tensor *variable = cn_variable_make(name, shape, dtype, o->trainable && layer->trainable);
    if (!variable)
        return NULL;
    const char *initializer = o->initializer;
    if (!initializer)
        initializer = cn_dtype_is_float(dtype) ? "glorot_uniform" : "zeros";
    char scope[512];
    cn_call_scope_path(scope, sizeof scope);
    cn_variable_state *state = variable->variable;
    state->layer = layer;
    state->born_trainable = o->trainable;
    state->learning_rate_multiplier = layer->learning_rate_multiplier;
    cn_mem_free(state->path);
    state->path = cn_mem_printf("%s/%s", *scope ? scope : layer->name, name);
    bool ok = state->path && keep_text(&state->regularizer, o->regularizer) &&
              keep_text(&state->constraint, o->constraint) && initialize(variable, initializer) &&
              cn_list_add(layer->weights, variable);
    return ok ? variable : NULL;
}

/* The layer's parameter of that name, a text. */
static cn_str argument_of(const void *layer, cn_str stem, cn_str what)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s", stem, what);
    char **at = cn_instance_text(layer, name);
    return at ? *at : NULL;
}

cn_tensor *cn_add_weight_of_(void *layer, cn_str name, cn_str stem, const cn_shape *shape)
{
    return cn_add_weight(layer, name, *shape,
                         .initializer = argument_of(layer, stem, "initializer"),
                         .regularizer = argument_of(layer, stem, "regularizer"),
                         .constraint = argument_of(layer, stem, "constraint"));
}

void *cn_add_sublayer(void *self, cn_str attribute, void *child)
{
    cn_layer *layer = self;
    struct cn_layer_state *state = layer ? layer->state_ : NULL;
    if (!state || !child ||
        !cn_mem_reserve(&state->attributes, &state->attributes_capacity, state->n_attributes + 1,
                        sizeof *state->attributes))
        return NULL;
    char *copy = cn_mem_strdup(attribute);
    if (!copy || !cn_list_add(layer->layers, child)) {
        cn_mem_free(copy);
        return NULL;
    }
    state->given_more |= state->made && !state->building && !cn_call_scope_has(layer);
    state->attributes[state->n_attributes++] = copy;
    /* what a layer holds follows it, unless it says otherwise */
    double multiplier = layer->learning_rate_multiplier;
    bool follows = multiplier != 1 && ((cn_layer *)child)->learning_rate_multiplier == 1;
    return !follows || cn_set_lr_multiplier(child, multiplier) ? child : NULL;
}

cn_tensor *cn_add_hidden(void *self, cn_str name, cn_shape shape, cn_dtype dtype)
{
    struct cn_layer_state *state = ((cn_layer *)self)->state_;
    cn_tensor *variable = cn_variable_make(name, shape, dtype, false);
    if (!state->hidden)
        state->hidden = cn_retain(cn_list_new());
    return state->hidden && cn_list_add(state->hidden, variable) ? variable : NULL;
}

/* ---- seeds ---- */

/* The state is (seed, count): each call reads it and moves on. keras.random.SeedGenerator */
bool cn_add_seed(void *self)
{
    cn_layer *layer = self;
    struct cn_layer_state *state = layer->state_;
    if (state->seed)
        return true;
    const cn_param *p = cn_param_find(((cn_instance *)self)->cls, "seed");
    int seed = p && p->type == CN_TYPE_int ? *(int *)((char *)self + p->offset) : CN_NONE;
    uint32_t first[2] = {CN_IS_NONE(seed) ? (uint32_t)cn_next_seed_number() : (uint32_t)seed, 0};
    cn_tensor *variable = cn_variable_make("seed_generator_state", cn_shape(2), CN_UINT32, false);
    if (!variable || !cn_set_data(variable, first))
        return false;
    state->seed = cn_retain(variable);
    return true;
}

cn_tensor *cn_layer_seed(void *self)
{
    cn_layer *layer = self;
    struct cn_layer_state *state = layer->state_;
    if (!cn_add_seed(self))
        return NULL;
    cn_tensor *now = cn_value_now(state->seed); /* whatever is assigned before it is used */
    cn_tensor *step = cn_array((uint32_t[]){0, 1}, CN_UINT32, cn_shape(2));
    return cn_assign(state->seed, cn_add(now, step)) ? now : NULL;
}
