/* Calling layers: on values they are expressions; on symbolic tensors they become nodes of a
 * functional model. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "config/registry.h"
#include "graph/shape.h"
#include "graph/trace.h"
#include "layers/layer.h"
#include "models/model.h"
#include "ops/ops.h"
#include "regularizers/regularizer.h"

/* ---- the scope of a call ---- */

static _Thread_local cn_call_scope *current;

void cn_call_scope_begin(cn_call_scope *scope, int training, cn_list *losses, cn_layer *layer)
{
    *scope = (cn_call_scope){.outer = current,
                             .training = training,
                             .losses = losses,
                             .layer = layer,
                             .caller = cn_caller_now()};
    if (CN_IS_NONE(training) && current)
        scope->training = current->training;
    if (!losses && current)
        scope->losses = current->losses;
    current = scope;
    scope->marks = cn_marks;
    if (layer && layer->state_->remat == CN_REMAT_ALL)
        cn_marks |= CN_MADE_AGAIN;
    scope->named = cn_layer_being_called(layer ? cn_intern(layer->name) : NULL);
    cn_mixed_begin(&scope->mixed, layer);
}

void cn_call_scope_end(cn_call_scope *scope)
{
    cn_mixed_end(&scope->mixed, scope->layer);
    current = scope->outer;
    cn_caller_again(&scope->caller);
    cn_layer_being_called(scope->named);
    cn_marks = scope->marks;
}

void *cn_held_activation(const char *spec)
{
    const cn_layer *layer = current ? current->layer : NULL;
    const cn_class *cls = layer ? ((const cn_instance *)layer)->cls : NULL;
    for (const cn_param *p = NULL; cls && (p = cn_param_next(cls, p)) != NULL;) {
        const char *at = (const char *)layer + p->offset;
        bool same = p->type == CN_TYPE_cn_activation && *(const char *const *)at == spec;
        void *held = same ? cn_held_for(layer, p) : NULL;
        if (held)
            return held;
    }
    return NULL;
}

bool cn_is_training(void)
{
    return current && current->training == 1;
}

const cn_list *cn_call_scope_losses(void)
{
    return current ? current->losses : NULL;
}

bool cn_call_scope_has(const cn_layer *layer)
{
    const cn_call_scope *scope = current;
    while (scope && (scope->layer != layer || scope->building))
        scope = scope->outer;
    return scope;
}

/* A dry run opens two scopes for one layer. Functional models keep their layers' paths short. */
static size_t add_path(const cn_call_scope *scope, char *text, size_t size)
{
    const cn_layer *layer = scope->layer;
    bool begins = layer && layer->state_->built_first;
    size_t n = scope->outer && !begins ? add_path(scope->outer, text, size) : 0;
    bool again = scope->outer && scope->outer->layer == layer;
    if (!layer || (again && !begins) || n >= size ||
        ((const cn_instance *)layer)->cls == &cn_functional_class)
        return n;
    int length = snprintf(text + n, size - n, "%s%s", n ? "/" : "", layer->name);
    return n + (length > 0 ? (size_t)length : 0);
}

char *cn_call_scope_path(char *text, size_t size)
{
    *text = 0;
    if (current)
        add_path(current, text, size);
    return text;
}

cn_call_scope *cn_call_scope_now(void)
{
    cn_call_scope *scope = current;
    while (scope && scope->building)
        scope = scope->outer;
    return scope;
}

/* ---- masks ---- */

cn_tensor *cn_mask_of(const cn_tensor *tensor)
{
    return tensor ? tensor->mask : NULL;
}

cn_tensor *cn_with_mask(cn_tensor *tensor, cn_tensor *mask)
{
    if (tensor && mask && tensor->mask != mask)
        cn_replace(&tensor->mask, mask);
    return tensor;
}

/* ---- symbolic calls ---- */

static void destroy_record(void *self)
{
    cn_call_record *record = self;
    if (record->layer && record->layer->output == record->node)
        record->layer->input = record->layer->output = NULL;
    if (record->layer && record->node)
        record->layer->state_->calls[record->index] = NULL;
    cn_release(record->layer);
    cn_release(record->inputs);
    cn_release(record->masks);
    cn_json_free(record->arguments);
    cn_json_free(record->call);
}

static const cn_kind record_kind = {"call", destroy_record};

static bool call_infer(const cn_tensor *node, cn_results *results)
{
    cn_results_copy(results, *CN_ATTRS(cn_results *, node));
    return true;
}

/* The attribute points to the results, while the node is made. */
const cn_op cn_op_call = {.name = "layer call",
                          .traits = CN_IMPURE,
                          .attrs = sizeof(const cn_results *),
                          .infer = call_infer};

cn_call_record *cn_record_of(const cn_tensor *tensor)
{
    if (tensor && tensor->op == &cn_op_nth)
        tensor = tensor->inputs[0];
    return tensor ? tensor->keras_history : NULL;
}

/* What the node reads: the inputs, and masks that depend on inputs of the model. */
static cn_list *all_read(const cn_list *inputs, const cn_list *masks)
{
    cn_list *all = cn_list_make(inputs->items, inputs->count);
    for (size_t i = 0; all && masks && i < masks->count; i++)
        if (((cn_tensor *)masks->items[i])->symbolic && !cn_list_add(all, masks->items[i]))
            return NULL;
    return all;
}

static cn_json *copy_or_null(const cn_json *json, bool *ok)
{
    cn_json *copy = json ? cn_json_copy(json) : NULL;
    *ok = *ok && (copy || !json);
    return copy;
}

cn_tensor *cn_symbolic(cn_layer *layer, cn_list *inputs, const cn_results *results,
                       const cn_call_options *o)
{
    static const cn_call_details none = {0};
    const cn_call_details *details = o->details_ ? o->details_ : &none;
    cn_call_record *record = cn_object_new(&record_kind, sizeof *record);
    cn_list *read = inputs ? all_read(inputs, details->masks) : NULL;
    cn_tensor *node =
        read ? cn_apply(&cn_op_call, (cn_tensor *const *)read->items, (int)read->count, &results)
             : NULL;
    bool ok = record && node;
    if (!ok)
        return NULL;
    struct cn_layer_state *state = layer->state_;
    ok = cn_mem_reserve(&state->calls, &state->calls_capacity, state->n_calls + 1,
                        sizeof *state->calls);
    record->layer = cn_retain(layer);
    record->node = ok ? node : NULL;
    record->inputs = cn_retain(inputs);
    record->masks = cn_retain((void *)(uintptr_t)details->masks);
    record->arguments = copy_or_null(details->arguments, &ok);
    record->call = copy_or_null(details->call, &ok);
    record->training = o->training;
    record->index = state->n_calls;
    if (ok)
        state->calls[state->n_calls++] = record;
    node->keras_history = cn_retain(record);
    node->symbolic = true;
    return ok ? node : NULL;
}

/* ---- one call on values ---- */

/* Masks that come with the tensors, but for those that are given. */
static void gather_masks(const cn_list *x, const cn_list *given, cn_tensor **masks)
{
    for (size_t i = 0; i < x->count; i++) {
        bool is_given = given && i < given->count && !cn_is_none(given->items[i]);
        masks[i] = is_given ? given->items[i] : cn_mask_of(x->items[i]);
    }
}

static bool says_something(const cn_json *value)
{
    return !cn_json_is(value, CN_JSON_NULL) &&
           !(cn_json_is(value, CN_JSON_BOOL) && !value->boolean);
}

/* "use_causal_mask=true" as an object; owned. */
static cn_json *read_arguments(cn_str arguments)
{
    char *text = cn_mem_printf("call(%s)", arguments);
    cn_json *spec = text ? cn_spec_parse(text) : NULL, *values = cn_json_remove(spec, "config");
    cn_json_free(spec);
    cn_mem_free(text);
    return values;
}

/* The defaults, changed by what is given; owned. "*" takes everything. */
static cn_json *complete_arguments(const cn_layer *layer, const cn_json *given)
{
    const char *known = cn_methods_of(layer)->arguments;
    if (known && !strcmp(known, "*"))
        return given ? cn_json_copy(given) : cn_json_object();
    cn_json *values = known && *known ? read_arguments(known) : cn_json_object();
    for (size_t i = 0; values && given && i < given->count; i++) {
        const cn_json *one = given->items[i];
        bool ok =
            cn_json_get(values, one->key)
                ? cn_json_set(values, one->key, cn_json_copy(one))
                : !says_something(one) ||
                      cn_fail(CN_EUNSUPPORTED, "not supported: the call argument '%s'", one->key);
        if (!ok) {
            cn_json_free(values);
            values = NULL;
        }
    }
    return values;
}

static bool add_activity_loss(cn_layer *layer, cn_tensor *y)
{
    char **at = cn_instance_text(layer, "activity_regularizer");
    const char *spec = at ? *at : NULL;
    if (!spec || !y || cn_methods_of(layer)->activity_of_parts)
        return y != NULL;
    cn_tensor *penalty = cn_regularize(spec, y);
    if (y->shape.rank) /* the mean over the batch */
        penalty = cn_div(penalty, (double)(y->shape.dim[0] > 0 ? y->shape.dim[0] : 1));
    return penalty && cn_add_loss(layer, penalty);
}

static cn_tensor *mask_of_output(cn_layer *layer, const cn_inputs *in)
{
    const cn_layer_methods *methods = cn_methods_of(layer);
    if (methods->compute_mask)
        return methods->compute_mask(layer, in);
    return methods->ends_mask ? NULL : in->mask;
}

/* The shape is the one that compute_output_shape says. */
static bool is_as_declared(cn_layer *layer, const cn_inputs *in, const cn_tensor *y)
{
    cn_shape want;
    if (y->op == &cn_op_tuple || !cn_methods_of(layer)->compute_output_shape)
        return true;
    if (!cn_declared_shape(layer, in->x, in->count, &want))
        return cn_error_code() ? false : cn_fail(CN_EINVAL, "compute_output_shape failed");
    if (cn_shape_matches(want, y->shape))
        return true;
    return cn_fail(CN_EINVAL, "compute_output_shape says %s, but call returned the shape %s",
                   cn_shape_text(want), cn_shape_text(y->shape));
}

static cn_tensor *run(cn_layer *layer, const cn_list *x, cn_tensor *const *masks,
                      const cn_args *arguments)
{
    cn_inputs in = {.count = x->count,
                    .x = (cn_tensor *const *)x->items,
                    .masks = masks,
                    .mask = x->count ? masks[0] : NULL,
                    .training = cn_is_training(),
                    .arguments = arguments};
    cn_tensor *y = cn_methods_of(layer)->call(layer, &in);
    cn_caller_again(&current->caller);
    if (y && !y->mask)
        y = cn_with_mask(y, mask_of_output(layer, &in));
    return y && is_as_declared(layer, &in, y) && add_activity_loss(layer, y) ? y : NULL;
}

/* What cn_add_update left: the values of a training's step. */
static bool apply_updates(const cn_call_scope *scope)
{
    const cn_list *updates = scope->updates;
    for (size_t i = 0; updates && cn_is_training() && i + 1 < updates->count; i += 2)
        if (!cn_assign_(updates->items[i], updates->items[i + 1]))
            return false;
    return true;
}

/* In eager code the outermost layer keeps what was added to the loss, for cn_losses. */
static void keep_losses(cn_layer *layer, cn_list *losses)
{
    cn_replace(&layer->state_->last_losses, losses && losses->count ? losses : NULL);
}

cn_tensor *cn_call_bare(cn_layer *layer, cn_layer_function call, const cn_list *x, cn_tensor *mask,
                        int training, cn_list *losses)
{
    cn_tensor **masks = cn_mem_calloc(x->count, sizeof *masks), *y = NULL;
    cn_args arguments = {.values = complete_arguments(layer, NULL)};
    if (masks && arguments.values) {
        cn_call_scope scope;
        masks[0] = mask;
        cn_call_scope_begin(&scope, training, losses, layer);
        cn_inputs in = {.count = x->count,
                        .x = (cn_tensor *const *)x->items,
                        .masks = masks,
                        .mask = mask,
                        .training = cn_is_training(),
                        .arguments = &arguments};
        y = call(layer, &in);
        y = apply_updates(&scope) ? y : NULL;
        cn_call_scope_end(&scope);
    }
    cn_mem_free(masks);
    cn_json_free(arguments.values);
    return y;
}

static cn_tensor *call_on_values(cn_layer *layer, const cn_list *x, const cn_call_options *o)
{
    cn_tensor **masks = cn_mem_calloc(x->count ? x->count : 1, sizeof *masks), *y = NULL;
    cn_code before = cn_error_code();
    cn_args arguments = {.values = complete_arguments(layer, o->details_->arguments)};
    if (masks && arguments.values) {
        cn_call_scope scope;
        cn_list *losses = current || cn_tracing() ? NULL : cn_list_new();
        gather_masks(x, o->details_->masks, masks);
        cn_call_scope_begin(&scope, o->training, losses, layer);
        uint64_t first = cn_next_tensor();
        y = run(layer, x, masks, &arguments);
        if (y && (!cn_remat_result(layer, y, first) || !apply_updates(&scope) ||
                  (!before && cn_error_code())))
            y = NULL; /* an error that call passed over is one */
        cn_call_scope_end(&scope);
        if (losses)
            keep_losses(layer, losses);
    }
    cn_mem_free(masks);
    cn_json_free(arguments.values);
    if (!y) {
        if (!cn_error_code())
            cn_fail(CN_EINVAL, "call returned NULL without an error");
        cn_error_prefix("%s '%s'", cn_class_name(layer), layer->name);
    }
    return y;
}

cn_tensor *cn_call_on_values(cn_layer *layer, const cn_list *x, const cn_call_options *o)
{
    if (current)
        return call_on_values(layer, x, o);
    cn_trace_point before;
    if (!cn_trace_mark(&before))
        return NULL;
    cn_tensor *y = call_on_values(layer, x, o);
    return cn_trace_settle(&before, y) ? y : NULL;
}

/* ---- one call on symbolic tensors ---- */

static cn_tensor *call_symbolic(cn_layer *layer, cn_list *x, const cn_call_options *o)
{
    cn_results_room room;
    cn_results results = CN_RESULTS(&room);
    if (!cn_dry_run(layer, x, o, &results))
        return NULL;
    cn_tensor *y = cn_symbolic(layer, x, &results, o);
    if (y && !layer->output) {
        layer->input = x->count ? x->items[0] : NULL;
        layer->output = y;
    }
    return y;
}

/* ---- the public door ---- */

static cn_list *inputs_of(const cn_call_options *o)
{
    if (o->inputs)
        return cn_list_make(o->inputs->items, o->inputs->count);
    cn_tensor *const all[] = {o->x0, o->x1, o->x2,  o->x3,  o->x4,  o->x5,  o->x6,  o->x7,
                              o->x8, o->x9, o->x10, o->x11, o->x12, o->x13, o->x14, o->x15};
    size_t n = sizeof all / sizeof *all;
    bool marked = all[n - 1] == CN_ABSENT; /* by cn_call; a struct filled in by hand ends in NULL */
    while (n && (all[n - 1] == CN_ABSENT || (!all[n - 1] && !(marked && cn_error_code()))))
        n--;
    cn_list *inputs = n ? cn_list_new() : NULL;
    for (size_t i = 0; inputs && i < n; i++) { /* one that is left out is None, unless it failed */
        bool given = all[i] && all[i] != CN_ABSENT;
        if ((!all[i] && cn_error_code()) || !cn_list_add(inputs, given ? all[i] : cn_none()))
            return NULL;
    }
    return inputs;
}

bool cn_build_for(cn_layer *layer, const cn_list *x)
{
    if (layer->built)
        return true;
    cn_shape *shapes = cn_mem_calloc(x->count ? x->count : 1, sizeof *shapes);
    cn_dtype *dtypes = cn_mem_calloc(x->count ? x->count : 1, sizeof *dtypes);
    for (size_t i = 0; shapes && dtypes && i < x->count; i++) {
        shapes[i] = ((cn_tensor *)x->items[i])->shape;
        dtypes[i] = ((cn_tensor *)x->items[i])->dtype;
    }
    bool ok = shapes && dtypes && cn_layer_build(layer, &(cn_shapes){x->count, shapes, dtypes});
    cn_mem_free(shapes);
    cn_mem_free(dtypes);
    return ok;
}

static cn_tensor *call_with_details(cn_layer *layer, const cn_list *given, const cn_call_options *o)
{
    cn_list *x = cn_list_new();
    bool symbolic = false;
    for (size_t i = 0; o->details_->masks && i < o->details_->masks->count; i++)
        symbolic |= ((cn_tensor *)o->details_->masks->items[i])->symbolic;
    for (size_t i = 0; x && i < given->count; i++) {
        cn_tensor *one = given->items[i];
        symbolic |= one->symbolic;
        if (!cn_list_add(x, one->symbolic ? one : cn_autocast(layer, one)))
            return NULL;
    }
    if (!x)
        return NULL;
    /* a body's graph has ops alone: what is symbolic around it comes in like anything else */
    return symbolic && !cn_tracing_body() ? call_symbolic(layer, x, o)
                                          : cn_call_on_values(layer, x, o);
}

static bool check_count(const cn_layer *layer, const cn_list *given)
{
    if (given->count == 1 || (given->count && !cn_methods_of(layer)->one_input))
        return true;
    cn_fail(CN_EINVAL, "expects %s input(s), but it received %zu input tensors",
            cn_methods_of(layer)->one_input ? "1" : "1 or more", given->count);
    return cn_error_prefix("%s '%s'", cn_class_name(layer), layer->name);
}

cn_tensor *cn_call_with(void *self, const cn_call_options *o)
{
    cn_mark_at(o->at, "cn_call");
    cn_layer *layer = self;
    cn_list *given = layer ? inputs_of(o) : NULL;
    if (!given || !check_count(layer, given) || !cn_build_for(layer, given))
        return NULL;
    cn_call_options options = *o;
    cn_call_details details = o->details_ ? *o->details_ : (cn_call_details){0};
    cn_json *arguments = o->arguments ? read_arguments(o->arguments) : NULL;
    options.details_ = &details;
    if (arguments)
        details.arguments = arguments;
    bool ok =
        (arguments || !o->arguments) && (!o->mask || (details.masks = cn_list_of(o->mask)) != NULL);
    cn_tensor *y = ok ? call_with_details(layer, given, &options) : NULL;
    cn_json_free(arguments);
    return y;
}

cn_tensor *cn_call_one(void *layer, cn_tensor *x)
{
    return cn_call(layer, x);
}
