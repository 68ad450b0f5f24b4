/* Traced functions of the user's, and of pieces of models. tf.function, keras.backend.function */
#include "cornu/function.h"

#include <string.h>

#include "base/alloc.h"
#include "cornu/models.h"
#include "graph/replay.h"
#include "graph/shape.h"
#include "graph/trace.h"
#include "models/model.h"
#include "ops/ops.h"
#include "plan/traced.h"

struct cn_function {
    cn_object object;
    cn_traced *traced;
    cn_function_body body; /* of the user's; or NULL, and then: */
    void *user;
    cn_model *model; /* what depends on the inputs, from them; held; NULL: nothing does */
    cn_list *inputs, *outputs, *variables, *values; /* held */
};

static void destroy(void *self)
{
    cn_function *f = self;
    cn_traced_free(f->traced);
    cn_release(f->model);
    cn_release(f->inputs);
    cn_release(f->outputs);
    cn_release(f->variables);
    cn_release(f->values);
}

static const cn_kind function_kind = {"function", destroy};

/* ---- bodies ---- */

static bool run_user(void *self, const cn_list *inputs, int variant, cn_list *outputs)
{
    const cn_function *f = self;
    cn_caller before = cn_caller_now();
    cn_list *results = f->body((cn_tensor *const *)inputs->items, f->user);
    cn_caller_again(&before);
    (void)variant;
    if (!results)
        return cn_error_code() ? false
                               : cn_fail(CN_EINVAL, "cn_run: the function's body returned NULL");
    return cn_list_add_all(outputs, results->items, results->count);
}

/* Outputs and values where all that depends on inputs has been made of them; of variables, what
 * they are before the updates. */
static cn_list *on_inputs(const cn_function *f, const cn_list *inputs)
{
    cn_list *all = cn_list_concat(f->outputs, f->values), *made = NULL, *now = cn_list_new();
    if (f->model) {
        made = cn_results_of(cn_call_with(
            f->model, &(cn_call_options){.inputs = (cn_list *)inputs, .training = false}));
        if (!made)
            return NULL;
    }
    for (size_t i = 0, k = 0; all && i < all->count; i++) {
        cn_tensor *tensor = all->items[i];
        if (!cn_list_add(now, tensor->symbolic ? made->items[k++] : cn_unchanged(tensor)))
            return NULL;
    }
    return all ? now : NULL;
}

/* What was read of variables when the graph was made is read anew. */
static cn_list *read_variables(const cn_list *tensors)
{
    cn_walk walk;
    cn_replay replay = {0};
    cn_list *now = NULL;
    if (!cn_walk_make(&walk, (cn_tensor *const *)tensors->items, tensors->count, NULL))
        return NULL;
    bool ok = cn_replay_begin(&replay, &walk);
    for (size_t i = 0; ok && i < walk.count; i++)
        if (walk.nodes[i]->origin)
            cn_replay_put(&replay, walk.nodes[i], cn_trace_read(walk.nodes[i]->origin));
    if (ok && cn_replay_run(&replay))
        now = cn_replay_list(&replay, tensors);
    cn_replay_end(&replay);
    cn_walk_free(&walk);
    return now;
}

static bool run_piece(void *self, const cn_list *inputs, int variant, cn_list *outputs)
{
    const cn_function *f = self;
    cn_list *now = on_inputs(f, inputs);
    (void)variant;
    now = now ? read_variables(now) : NULL;
    if (!now || !cn_list_add_all(outputs, now->items, f->outputs->count))
        return false;
    for (size_t i = 0; i < f->variables->count; i++)
        if (!cn_assign(f->variables->items[i], (cn_tensor *)now->items[f->outputs->count + i]))
            return false;
    return true;
}

/* ---- making ---- */

cn_function *cn_traced_function(cn_function_body body, void *user)
{
    if (!body)
        return cn_fail_null(CN_EINVAL, "cn_traced_function: expected a body, found NULL");
    cn_function *f = cn_object_new(&function_kind, sizeof *f);
    if (!f)
        return NULL;
    f->body = body;
    f->user = user;
    f->traced = cn_traced_new(run_user, f, false);
    return f->traced ? f : NULL;
}

static cn_list *listed(const cn_function_tensors *tensors)
{
    size_t n = 0;
    while (n < CN_MAX_FUNCTION && tensors->t[n])
        n++;
    return cn_list_make((void *const *)tensors->t, n);
}

static bool list_updates(cn_function *f, const cn_function_options *o)
{
    f->variables = cn_retain(cn_list_new());
    f->values = cn_retain(cn_list_new());
    for (size_t i = 0; i < CN_MAX_FUNCTION && o->updates[i].variable; i++) {
        const cn_update *u = &o->updates[i];
        if (!cn_expect_variable(u->variable, "cn_function_of") ||
            !cn_list_add(f->variables, u->variable) || !cn_list_add(f->values, u->value))
            return false;
    }
    return f->variables && f->values;
}

/* The model of what depends on the inputs. */
static bool make_model(cn_function *f)
{
    cn_list *all = cn_list_concat(f->outputs, f->values), *symbolic = cn_list_new();
    for (size_t i = 0; all && i < all->count; i++)
        if (((cn_tensor *)all->items[i])->symbolic && !cn_list_add(symbolic, all->items[i]))
            return false;
    if (!all || !symbolic || !symbolic->count)
        return all && symbolic;
    f->model = cn_retain(cn_functional_new(f->inputs, symbolic, "function"));
    return f->model;
}

cn_function *cn_function_of_with(const cn_function_options *o)
{
    cn_mark_at(o->at, "cn_function_of");
    cn_function *f = cn_object_new(&function_kind, sizeof *f);
    if (!f)
        return NULL;
    f->inputs = cn_retain(listed(&o->inputs));
    f->outputs = cn_retain(listed(&o->outputs));
    f->traced = cn_traced_new(run_piece, f, false);
    return f->inputs && f->outputs && f->traced && list_updates(f, o) && make_model(f) ? f : NULL;
}

/* ---- calling ---- */

typedef struct call {
    cn_view views[CN_MAX_FUNCTION];
    const void *data[CN_MAX_FUNCTION];
    cn_plan *plan; /* held */
    cn_plan_run *run;
} call;

static bool look_at(const cn_function *f, cn_tensor *const *inputs, size_t n, call *c)
{
    if (n > CN_MAX_FUNCTION)
        return cn_fail(CN_EINVAL, "cn_run: expected at most %d inputs, found %zu", CN_MAX_FUNCTION,
                       n);
    if (!f->body && n != f->inputs->count)
        return cn_fail(CN_EINVAL, "cn_run: expected %zu inputs, found %zu", f->inputs->count, n);
    for (size_t i = 0; i < n; i++) {
        cn_tensor *input = inputs[i];
        c->data[i] = input ? cn_data(input) : NULL;
        if (!c->data[i])
            return false;
        c->views[i] = cn_view_of((void *)c->data[i], input->dtype, input->shape);
    }
    return true;
}

static bool begin(cn_function *f, cn_tensor *const *inputs, size_t n, call *c)
{
    if (!f || !look_at(f, inputs, n, c))
        return false;
    c->plan = cn_retain(cn_traced_plan(f->traced, c->views, n, 0));
    c->run = cn_plan_begin(c->plan);
    return c->run && cn_plan_execute(c->run, c->data, NULL);
}

static void end(call *c)
{
    if (c->plan)
        cn_plan_end(c->plan, c->run);
    cn_release(c->plan);
}

static cn_tensor *result(const cn_view *view)
{
    cn_shape shape = {.rank = view->rank};
    memcpy(shape.dim, view->dim, sizeof shape.dim);
    cn_buffer *buffer = cn_buffer_new((size_t)view->size * cn_dtype_size(view->dtype));
    if (buffer && buffer->size)
        memcpy(buffer->data, view->data, buffer->size);
    return cn_constant(buffer, shape, view->dtype);
}

cn_list *cn_run_items(void *const *items, size_t count)
{
    call c = {.plan = NULL};
    if (!count || !items[0])
        return NULL;
    if (!cn_is(items[0], &function_kind))
        return cn_fail_null(CN_EINVAL, "cn_run: expected a function before the inputs");
    bool ok = begin(items[0], (cn_tensor *const *)items + 1, count - 1, &c);
    cn_list *results = ok ? cn_list_new() : NULL;
    for (size_t i = 0; results && i < cn_plan_output_count(c.plan); i++)
        if (!cn_list_add(results, result(cn_plan_output(c.run, i))))
            results = NULL;
    end(&c);
    return results;
}

bool cn_run_into(cn_function *f, cn_tensor *const *inputs, size_t count, void *const *results)
{
    call c = {.plan = NULL};
    bool ok = begin(f, inputs, count, &c);
    for (size_t i = 0; ok && results && i < cn_plan_output_count(c.plan); i++) {
        const cn_view *view = cn_plan_output(c.run, i);
        memcpy(results[i], view->data, (size_t)view->size * cn_dtype_size(view->dtype));
    }
    end(&c);
    return ok;
}
