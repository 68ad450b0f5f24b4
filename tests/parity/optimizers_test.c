/* Ten steps of every optimizer with Keras's gradients: weights after each step, the state at the
 * end. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "optimizers/optimizer.h"
#include "ops/ops.h"
#include "plan/traced.h"
#include "parity/cases.h"

enum { STEPS = 10, MOST = 8 };

typedef struct run {
    const golden_file *file;
    const cn_json *one;
    cn_optimizer *optimizer;
    cn_list *weights;
    cn_tensor *gradients[MOST], *values[MOST]; /* steps first */
    cn_traced *traced;                         /* the step as one plan; NULL: expressions */
} run;

static bool prepare(run *r)
{
    const cn_json *variables = cn_json_get(r->one, "variables");
    r->weights = cn_list_new();
    for (size_t i = 0; i < variables->count && i < MOST; i++) {
        const cn_json *v = variables->items[i];
        cn_tensor *w = cn_variable(golden_array(r->file, cn_json_get(v, "initial")));
        if (!w || !cn_list_add(r->weights, w))
            return false;
        cn_mem_free(w->variable->path);
        w->variable->path = cn_mem_strdup(cn_json_get(v, "path")->string);
        cn_mem_free(w->variable->name);
        w->variable->name = cn_mem_strdup(strrchr(w->variable->path, '/') + 1);
        r->gradients[i] = golden_array(r->file, cn_json_get(v, "gradients"));
        r->values[i] = golden_array(r->file, cn_json_get(v, "values"));
    }
    return r->optimizer != NULL;
}

static double difference(cn_tensor *got, cn_tensor *want)
{
    return cn_item(cn_div(cn_max(cn_abs(cn_sub(got, want))), cn_add(cn_max(cn_abs(want)), 1)));
}

static bool body(void *user, const cn_list *grads, int variant, cn_list *outputs)
{
    const run *r = user;
    (void)variant, (void)outputs;
    return cn_apply_gradients(r->optimizer, grads, r->weights);
}

/* The step by its plan. */
static bool execute(const run *r, const cn_list *grads)
{
    cn_view views[MOST];
    const void *inputs[MOST];
    for (size_t i = 0; i < grads->count; i++) {
        cn_tensor *g = grads->items[i];
        inputs[i] = cn_data(g);
        views[i] = cn_view_of(NULL, g->dtype, g->shape);
    }
    cn_plan *plan = cn_traced_plan(r->traced, views, grads->count, 0);
    cn_plan_run *one = plan ? cn_plan_begin(plan) : NULL;
    bool ok = one && cn_plan_execute(one, inputs, NULL);
    if (one)
        cn_plan_end(plan, one);
    return ok;
}

/* One step; false at the first weight that differs. */
static bool step(const run *r, int k)
{
    cn_list *grads = cn_list_new();
    for (size_t i = 0; i < r->weights->count; i++)
        cn_list_add(grads, cn_slice(r->gradients[i], cn_fmt("%d", k)));
    bool ok = r->traced ? execute(r, grads) : cn_apply_gradients(r->optimizer, grads, r->weights);
    for (size_t i = 0; ok && i < r->weights->count; i++) {
        double off = difference(r->weights->items[i], cn_slice(r->values[i], cn_fmt("%d", k)));
        ok = off < 1e-5;
        if (!ok)
            fprintf(stderr, "%s: step %d, weight %zu is off by %g\n", case_id(r->one), k, i, off);
    }
    return CHECK(ok);
}

static void check_state(const run *r)
{
    const cn_json *state = cn_json_get(r->one, "state");
    cn_list *variables = cn_optimizer_variables(r->optimizer);
    if (!CHECK(variables && variables->count == state->count))
        return;
    for (size_t i = 0; i < state->count; i++) {
        cn_tensor *variable = variables->items[i];
        const cn_json *want = state->items[i];
        check_text(cn_variable_path(variable), cn_json_get(want, "path")->string);
        golden_close_to(r->file, variable, cn_json_get(want, "array"), 1e-5,
                        variable->variable->path);
    }
}

static void check_final(const run *r)
{
    const cn_json *variables = cn_json_get(r->one, "variables");
    const cn_json *final = cn_json_get(r->one, "finalized");
    CHECK(cn_finalize_weights(r->optimizer, r->weights));
    for (size_t i = 0; i < variables->count; i++) {
        const char *path = cn_json_get(variables->items[i], "path")->string;
        if (cn_json_get(final, path))
            golden_close_to(r->file, r->weights->items[i], cn_json_get(final, path), 1e-5, path);
    }
}

static void check_steps(const golden_file *file, const cn_json *one, bool traced)
{
    run r = {.file = file, .one = one, .optimizer = case_instance(CN_OPTIMIZERS, one)};
    bool ok = r.optimizer && CHECK(prepare(&r));
    if (traced)
        r.traced = cn_traced_new(body, &r, false);
    for (int k = 0; ok && k < STEPS; k++)
        CN_SCOPE {
            ok = step(&r, k);
        }
    if (ok) {
        check_state(&r);
        check_final(&r);
    } else if (cn_error_code()) {
        fprintf(stderr, "%s: %s\n", case_id(one), cn_error());
        cn_clear_error();
    }
    cn_traced_free(r.traced);
}

static void check(const golden_file *file, const cn_json *one)
{
    check_steps(file, one, false);
}

static void check_traced(const golden_file *file, const cn_json *one)
{
    check_steps(file, one, true);
}

TEST(parity_optimizers)
{
    each_case("optimizers", check);
}

TEST(parity_optimizers_traced)
{
    each_case("optimizers", check_traced);
}
