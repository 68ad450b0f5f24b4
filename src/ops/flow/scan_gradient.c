/* The gradient of a scan is a scan the other way. The forward one, with more results, saves what
 * the backward steps read; where both are in a plan, the wider serves for both (`covers`). */
#include <string.h>

#include "base/alloc.h"
#include "ops/flow/scan.h"
#include "ops/products.h"

/* A gradient that is a sum over the steps of aᵀ b: one product of all steps' a and b, behind the
 * loop. */
typedef struct product {
    size_t input; /* of the node, that it is for */
    cn_tensor *a, *b;
} product;

typedef struct backward {
    const cn_tensor *node;
    const cn_scan_attrs *a;
    cn_body *body; /* of a step forward */
    cn_flow_gradient g;
    cn_body_maker maker;
    cn_list *carry_seeds; /* what flows into carried values: carried backwards */
    cn_list *sums;        /* gradients of what was captured, so far: carried too */
    cn_list *y_seeds;     /* what flows into the ys: slices */
    product *products;
    size_t n_products;
    cn_list *results[2]; /* what is carried on; gradients of slices, then what products read */
} backward;

static size_t captured_from(const backward *b)
{
    return (size_t)(b->a->carried + b->a->xs);
}

static bool add_float(cn_list *list, cn_tensor *tensor)
{
    return cn_is_none(tensor) || cn_list_add(list, tensor);
}

/* Is the gradient a product aᵀ b of two matrices of the step? */
static bool is_product(const cn_tensor *grad)
{
    if (grad->op != &cn_op_matmul || grad->n_inputs != 2)
        return false;
    const cn_matmul_attrs *a = CN_ATTRS(cn_matmul_attrs, grad);
    return a->transpose_a && !a->transpose_b && !a->epilogue && grad->inputs[0]->shape.rank == 2 &&
           grad->inputs[1]->shape.rank == 2;
}

static bool find_products(backward *b)
{
    b->products = cn_mem_calloc(b->g.grads->count, sizeof *b->products);
    if (!b->products)
        return false;
    for (size_t i = captured_from(b); i < b->g.grads->count; i++) {
        const cn_tensor *grad = b->g.grads->items[i];
        if (is_product(grad))
            b->products[b->n_products++] = (product){i, grad->inputs[0], grad->inputs[1]};
    }
    return true;
}

static const product *product_for(const backward *b, size_t input)
{
    for (size_t i = 0; i < b->n_products; i++)
        if (b->products[i].input == input)
            return &b->products[i];
    return NULL;
}

/* Is the gradient of this captured tensor summed up from step to step? */
static bool is_summed(const backward *b, size_t input)
{
    return !cn_is_none(b->g.grads->items[input]) && !product_for(b, input);
}

/* Sorts seeds, and makes places for the sums of gradients of captured tensors. */
static bool make_params(backward *b)
{
    b->carry_seeds = cn_list_new();
    b->y_seeds = cn_list_new();
    b->sums = cn_list_new();
    bool ok = b->carry_seeds && b->y_seeds && b->sums;
    for (size_t i = 0; ok && i < b->g.seeds->count; i++)
        ok = add_float(i < (size_t)b->a->carried ? b->carry_seeds : b->y_seeds,
                       b->g.seeds->items[i]);
    for (size_t i = captured_from(b); ok && i < b->g.grads->count; i++) {
        const cn_tensor *grad = b->g.grads->items[i];
        if (is_summed(b, i))
            ok = cn_list_add(b->sums, cn_placeholder(grad->shape, grad->dtype, false));
    }
    return ok;
}

static long find(const cn_list *list, const void *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == item)
            return (long)i;
    return -1;
}

/* Makes a tensor of the step one that the scan keeps, unless it is one or came in by slices. */
static bool keep(backward *b, cn_tensor *tensor)
{
    return find(b->y_seeds, tensor) >= 0 || find(b->g.saved, tensor) >= 0 ||
           find(b->results[1], tensor) >= 0 || cn_list_add(b->results[1], tensor);
}

/* What a step backwards gives: new seeds, new sums; gradients of the slices. */
static bool make_results(backward *b)
{
    size_t seed = 0, sum = 0;
    b->results[0] = cn_list_new();
    b->results[1] = cn_list_new();
    bool ok = b->results[0] && b->results[1];
    for (size_t i = 0; ok && i < (size_t)b->a->carried; i++) {
        cn_tensor *grad = b->g.grads->items[i];
        if (cn_is_none(b->g.seeds->items[i]))
            continue;
        cn_tensor *before = b->carry_seeds->items[seed++];
        ok = cn_list_add(b->results[0], cn_is_none(grad) ? cn_zeros_like(before) : grad);
    }
    for (size_t i = captured_from(b); ok && i < b->g.grads->count; i++)
        if (is_summed(b, i))
            ok = cn_list_add(b->results[0], cn_add((cn_tensor *)b->sums->items[sum++],
                                                   (cn_tensor *)b->g.grads->items[i]));
    for (size_t i = (size_t)b->a->carried; ok && i < captured_from(b); i++)
        ok = add_float(b->results[1], b->g.grads->items[i]);
    for (size_t i = 0; ok && i < b->n_products; i++)
        ok = keep(b, b->products[i].a) && keep(b, b->products[i].b);
    return ok;
}

static bool trace(backward *b, cn_tensor *const *dy)
{
    bool *flows = cn_mem_calloc(b->body->results->count, sizeof *flows);
    for (size_t i = 0; flows && i < b->body->results->count; i++)
        flows[i] = i < (size_t)b->a->carried || dy[i];
    b->g.turned = cn_flow_turned(b->node, captured_from(b));
    if (!flows || !b->g.turned || !cn_body_begin(&b->maker)) {
        cn_mem_free(flows);
        return false;
    }
    b->g.seeds = cn_flow_seeds(b->body, flows);
    cn_mem_free(flows);
    bool ok = cn_flow_differentiate(&b->g, b->body, captured_from(b),
                                    b->node->inputs + captured_from(b), true) &&
              find_products(b) && make_params(b) && make_results(b);
    return cn_body_end(&b->maker) && ok;
}

/* ---- what the steps read ---- */

/* The step's own slice of x, or NULL. */
static cn_tensor *slice_itself(const backward *b, const cn_tensor *residual)
{
    for (size_t i = (size_t)b->a->carried; i < captured_from(b); i++)
        if (b->body->params->items[i] == residual)
            return b->node->inputs[i];
    return NULL;
}

/* The forward node with the residuals as further results; the residuals stacked. */
static cn_list *save_residuals(const backward *b)
{
    cn_list *more = cn_list_new(), *stacks = cn_list_new();
    for (size_t i = 0; more && i < b->g.residuals->count; i++)
        if (!slice_itself(b, b->g.residuals->items[i]) &&
            !cn_list_add(more, b->g.residuals->items[i]))
            return NULL;
    cn_scan_attrs attrs = *b->a;
    cn_tensor *wide = (cn_tensor *)b->node;
    if (more && more->count) {
        attrs.body = cn_flow_body(b->body->params, cn_flow_join(2, b->body->results, more));
        if (!attrs.body)
            return NULL;
        cn_replace(&attrs.body->base, b->a->body);
        wide = cn_apply(&cn_op_scan, b->node->inputs, b->node->n_inputs, &attrs);
    }
    size_t at = b->body->results->count;
    for (size_t i = 0; wide && stacks && i < b->g.residuals->count; i++) {
        cn_tensor *slice = slice_itself(b, b->g.residuals->items[i]);
        if (!cn_list_add(stacks, slice ? slice : cn_nth_result(wide, at++)))
            return NULL;
    }
    return wide ? stacks : NULL;
}

/* What is carried at the beginning: what flows into the last carried values, and zeros. */
static cn_list *initial(const backward *b, cn_tensor *const *dy)
{
    cn_list *init = cn_list_new();
    size_t from = captured_from(b);
    bool ok = init;
    for (size_t i = 0; ok && i < (size_t)b->a->carried; i++)
        if (!cn_is_none(b->g.seeds->items[i]))
            ok = cn_list_add(init, dy[i] ? dy[i] : cn_zeros_like(b->node->inputs[i]));
    for (size_t i = from; ok && i < b->g.grads->count; i++)
        if (is_summed(b, i))
            ok = cn_list_add(init, cn_zeros_like(b->node->inputs[i]));
    return ok ? init : NULL;
}

static cn_list *flowing(const backward *b, cn_tensor *const *dy)
{
    cn_list *list = cn_list_new();
    for (size_t i = (size_t)b->a->carried; list && i < b->g.seeds->count; i++)
        if (!cn_is_none(b->g.seeds->items[i]) && !cn_list_add(list, dy[i]))
            return NULL;
    return list;
}

/* All steps of what a product reads, as the rows of one matrix. */
static cn_tensor *rows_of(const backward *b, const cn_tensor *tensor, const cn_list *all,
                          const cn_list *flows, const cn_list *stacks, const cn_list *kept)
{
    long at;
    cn_tensor *stack;
    if ((at = find(b->y_seeds, tensor)) >= 0)
        stack = flows->items[at];
    else if ((at = find(b->g.saved, tensor)) >= 0)
        stack = stacks->items[at];
    else
        stack = all->items[b->results[0]->count + (size_t)find(kept, tensor)];
    return cn_merge_axes(stack, 0, 2);
}

static bool hand_out(const backward *b, const cn_list *all, cn_tensor **dx)
{
    size_t at = 0;
    for (size_t i = 0; i < (size_t)b->a->carried; i++)
        if (!cn_is_none(b->g.seeds->items[i]))
            dx[i] = all->items[at++];
    for (size_t i = captured_from(b); i < b->g.grads->count; i++)
        if (is_summed(b, i))
            dx[i] = all->items[at++];
    for (size_t i = (size_t)b->a->carried; i < captured_from(b); i++)
        if (!cn_is_none(b->g.grads->items[i]))
            dx[i] = all->items[at++];
    return true;
}

static bool run_back(backward *b, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_list *carried = cn_flow_join(2, b->carry_seeds, b->sums);
    cn_list *own = cn_flow_join(3, carried, b->y_seeds, b->g.saved);
    cn_list *stacks = save_residuals(b), *init = initial(b, dy), *flows = flowing(b, dy);
    cn_list *kept = b->results[1]; /* as it was before it is cut off */
    if (!own || !stacks || !init || !flows || !cn_body_capture(&b->maker, own, true, b->results, 2))
        return false;
    cn_scan_attrs attrs = *b->a;
    attrs.carried = (int32_t)init->count;
    attrs.xs = (int32_t)(flows->count + stacks->count);
    attrs.reverse = !b->a->reverse;
    attrs.length = b->a->xs ? b->node->inputs[b->a->carried]->shape.dim[0] : b->a->length;
    attrs.body = cn_flow_body(cn_flow_join(2, own, b->maker.parameters),
                              cn_flow_join(2, b->results[0], b->results[1]));
    cn_list *all = cn_results_of_node(
        cn_scan_node(init, cn_list_concat(flows, stacks), b->maker.captured, &attrs));
    bool ok = all && hand_out(b, all, dx);
    for (size_t i = 0; ok && i < b->n_products; i++) {
        const product *p = &b->products[i];
        dx[p->input] = cn_matmul_t(rows_of(b, p->a, all, flows, stacks, kept),
                                   rows_of(b, p->b, all, flows, stacks, kept), true, false);
        ok = dx[p->input];
    }
    return ok;
}

bool cn_scan_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    backward b = {.node = node, .a = CN_ATTRS(cn_scan_attrs, node), .body = cn_scan_body(node)};
    bool ok = b.body && trace(&b, dy) && run_back(&b, dy, dx);
    cn_body_maker_free(&b.maker);
    cn_mem_free(b.products);
    return ok;
}
