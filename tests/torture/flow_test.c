/* Loops, branches and sizes that depend on data, forwards and backwards. */
#include "cornu/flow.h"
#include "plan/traced.h"
#include "torture/torture.h"

static cn_list *step(cn_tensor *const *carry, cn_tensor *const *x, void *w)
{
    cn_tensor *h = cn_tanh(cn_add(cn_matmul(carry[0], (cn_tensor *)w), x[0]));
    return cn_list_of(h, cn_square(h));
}

static cn_tensor *below_two(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_less(v[0], 2);
}

static cn_list *write(cn_tensor *const *v, void *x)
{
    return cn_list_of(cn_add(v[0], 1), cn_array_write(v[1], v[0], cn_sum((cn_tensor *)x)));
}

static cn_list *scale(cn_tensor *const *v, void *x)
{
    return cn_list_of(cn_add(v[0], 1), cn_mul(v[1], cn_mean((cn_tensor *)x)));
}

static cn_tensor *doubled(void *x)
{
    return cn_mul((cn_tensor *)x, 2);
}

static cn_tensor *squared(void *x)
{
    return cn_square((cn_tensor *)x);
}

/* A number of all of them, of x (3, 1, 2) and w (2, 2). */
static cn_tensor *all_of(cn_tensor *x, cn_tensor *w)
{
    cn_tensor *zero = cn_zeros(CN_SCALAR, CN_INT32);
    cn_tensor *array = cn_tensor_array(.dynamic_size = true);
    cn_list *kept = cn_scan(step, {cn_zeros(cn_shape(1, 2), CN_FLOAT32)}, {x}, .user = w);
    cn_list *grown = cn_while_loop(below_two, write, {zero, array}, .user = x);
    cn_list *scaled = cn_while_loop(below_two, scale, {zero, x}, .user = w);
    cn_tensor *chosen = cn_cond(cn_greater(cn_sum(w), 0), doubled, squared, .user = x);
    cn_tensor *some = cn_boolean_mask(x, cn_greater(x, 0.5));
    if (!kept || !grown || !scaled)
        return NULL;
    return cn_add(cn_add(cn_sum(cn_nth(kept, 1)), cn_sum(cn_array_stack(cn_nth(grown, 1)))),
                  cn_add(cn_sum(cn_nth(scaled, 1)), cn_add(cn_sum(chosen), cn_sum(some))));
}

static bool body(void *user, const cn_list *inputs, int variant, cn_list *outputs)
{
    (void)user;
    (void)variant;
    cn_tensor *x = inputs->items[0], *w = inputs->items[1], *y = all_of(x, w);
    cn_list *grads = y ? cn_gradients(y, cn_list_of(x, w)) : NULL;
    return cn_list_add(outputs, y) && grads && cn_list_add(outputs, cn_nth(grads, 0)) &&
           cn_list_add(outputs, cn_nth(grads, 1));
}

static bool traced(void)
{
    static float x[] = {1, 0, 2, 0.25, 1, 1}, w[] = {1, 0.5, 0.5, 1};
    cn_view views[] = {cn_view_of(x, CN_FLOAT32, cn_shape(3, 1, 2)),
                       cn_view_of(w, CN_FLOAT32, cn_shape(2, 2))};
    cn_traced *function = cn_traced_new(body, NULL, false);
    cn_plan *plan = function ? cn_traced_plan(function, views, 2, 0) : NULL;
    cn_plan_run *run = cn_plan_begin(plan);
    bool ok = run && cn_plan_execute(run, (const void *[]){x, w}, NULL);
    if (plan)
        cn_plan_end(plan, run);
    cn_traced_free(function);
    return ok;
}

static bool eager(void)
{
    cn_tensor *x = cn_values(cn_shape(3, 1, 2), 1, 0, 2, 0.25, 1, 1),
              *w = cn_values(cn_shape(2, 2), 1, 0.5, 0.5, 1);
    cn_tensor *y = all_of(x, w);
    cn_list *grads = y ? cn_gradients(y, cn_list_of(x, w)) : NULL;
    return grads && cn_floats(cn_nth(grads, 0)) && cn_floats(cn_nth(grads, 1));
}

static bool work(void)
{
    return traced() && eager();
}

TEST(each_allocation_of_loops_and_branches_fails)
{
    CHECK(torture(work) > 1000);
}
