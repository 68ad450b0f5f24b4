/* The gradient of a graph is a graph: one reverse walk over the tensors between y and the xs,
 * asking each op for its vector-Jacobian product. Since those are built from ops, gradients can be
 * differentiated again. */
#include "graph/gradients.h"

#include "autodiff/chosen.h"
#include "autodiff/kept_gradients.h"
#include "base/alloc.h"
#include "graph/trace.h"
#include "graph/walk.h"
#include "ops/ops.h"

typedef struct reverse {
    cn_walk walk;
    bool *wanted; /* does the tensor depend on an x? */
    cn_map xs;
    cn_tensor **grads; /* for each result of each tensor: what has flowed back so far */
    size_t *first;     /* where those of a tensor begin */
    cn_chosen *chosen; /* where each tensor is read */
} reverse;

static int result_count(const cn_tensor *tensor)
{
    return tensor->results ? tensor->results->count : 1;
}

static bool make_room(reverse *r)
{
    size_t n = 0;
    r->wanted = cn_mem_calloc(r->walk.count, sizeof *r->wanted);
    r->first = cn_mem_calloc(r->walk.count, sizeof *r->first);
    r->chosen = cn_mem_calloc(r->walk.count, sizeof *r->chosen);
    for (size_t i = 0; r->first && i < r->walk.count; i++) {
        r->first[i] = n;
        n += (size_t)result_count(r->walk.nodes[i]);
    }
    r->grads = cn_mem_calloc(n, sizeof *r->grads);
    return r->wanted && r->first && r->grads && r->chosen;
}

static void forget(reverse *r)
{
    cn_walk_free(&r->walk);
    cn_map_free(&r->xs);
    cn_mem_free(r->wanted);
    cn_mem_free(r->grads);
    cn_mem_free(r->first);
    cn_mem_free(r->chosen);
}

/* The variable that a snapshot was taken of, or the tensor itself. */
static const cn_tensor *source(const cn_tensor *tensor)
{
    return tensor->origin ? tensor->origin : tensor;
}

static bool mark_wanted(reverse *r, const cn_list *xs)
{
    for (size_t i = 0; i < xs->count; i++)
        if (!cn_map_put(&r->xs, xs->items[i], (void *)1))
            return false;
    for (size_t i = 0; i < r->walk.count; i++) {
        const cn_tensor *node = r->walk.nodes[i];
        r->wanted[i] = cn_map_has(&r->xs, node) || cn_map_has(&r->xs, source(node));
        for (int k = 0; k < node->n_inputs && !r->wanted[i]; k++)
            r->wanted[i] = r->wanted[cn_walk_find(&r->walk, node->inputs[k])];
    }
    return true;
}

/* Adds `grad` to what has reached result `k` of the tensor at `place`. */
static bool flow(reverse *r, long place, int64_t k, cn_tensor *grad)
{
    cn_tensor **slot = &r->grads[r->first[place] + (size_t)k];
    *slot = *slot ? cn_add(*slot, grad) : grad;
    return *slot != NULL;
}

static bool no_gradient(const cn_tensor *node)
{
    return cn_fail(
        CN_EINVAL,
        "cn_gradients: the op '%s'%s%s%s has no gradient. Common ops without gradient: argmax, "
        "round, sort",
        node->op->name, node->layer ? " in layer '" : "", node->layer ? node->layer : "",
        node->layer ? "'" : "");
}

static bool step_back(reverse *r, size_t i)
{
    const cn_tensor *node = r->walk.nodes[i];
    cn_tensor **dy = &r->grads[r->first[i]], *dx[64] = {0}, **many = NULL;
    bool reached = false, ok = true;
    for (int k = 0; k < result_count(node); k++)
        reached |= dy[k] != NULL;
    if (!reached || !node->n_inputs || node->op->traits & CN_NO_GRADIENT)
        return true;
    if (node->op == &cn_op_nth) {
        long place = cn_walk_find(&r->walk, node->inputs[0]);
        r->chosen[place].everywhere = true;
        return flow(r, place, *(const int64_t *)node->attrs, dy[0]);
    }
    if (!node->op->vjp)
        return no_gradient(node);
    if (node->n_inputs > 64 && !(many = cn_mem_calloc((size_t)node->n_inputs, sizeof *many)))
        return false;
    cn_tensor **grads = many ? many : dx;
    ok = cn_chosen_vjp(node, r->chosen[i].everywhere ? NULL : r->chosen[i].where, dy, grads) ||
         (cn_error_code() ? false
                          : cn_fail(CN_EINTERNAL, "cn_gradients: '%s' failed", node->op->name));
    for (int k = 0; ok && k < node->n_inputs; k++) {
        long place = cn_walk_find(&r->walk, node->inputs[k]);
        if (grads[k] && r->wanted[place])
            ok = flow(r, place, 0, grads[k]) &&
                 cn_chosen_flow(&r->chosen[place], node, k, &r->chosen[i]);
    }
    cn_mem_free(many);
    return ok;
}

/* What is given for the y's flows into them; a `nth` tensor hands it on to its node. */
static bool seed(reverse *r, const cn_list *ys, const cn_list *grad_ys)
{
    for (size_t i = 0; i < ys->count; i++) {
        cn_tensor *y = ys->items[i], *grad = grad_ys ? grad_ys->items[i] : cn_ones_like(y);
        long place = cn_walk_find(&r->walk, y);
        r->chosen[place].everywhere = true;
        if (!cn_is_none(grad) && !flow(r, place, 0, grad))
            return false;
    }
    return true;
}

static bool run(reverse *r, const cn_list *ys, const cn_list *grad_ys, const cn_list *xs)
{
    if (!cn_walk_make(&r->walk, (cn_tensor *const *)ys->items, ys->count, NULL) || !make_room(r) ||
        !mark_wanted(r, xs) || !seed(r, ys, grad_ys))
        return false;
    for (size_t i = r->walk.count; i--;)
        if (r->wanted[i] && !step_back(r, i))
            return false;
    return true;
}

/* What reached x, or all snapshots of it. */
static cn_tensor *gradient_of(const reverse *r, const cn_tensor *x)
{
    cn_tensor *sum = NULL;
    for (size_t i = 0; i < r->walk.count; i++) {
        cn_tensor *grad = r->grads[r->first[i]];
        if (grad && (r->walk.nodes[i] == x || (x->variable && source(r->walk.nodes[i]) == x)))
            sum = sum ? cn_add(sum, grad) : grad;
    }
    return sum;
}

static cn_list *collect(const reverse *r, const cn_list *xs)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < xs->count; i++) {
        cn_tensor *grad = gradient_of(r, xs->items[i]);
        if (!cn_list_add(list, grad ? grad : cn_none()))
            return NULL;
    }
    return list;
}

static cn_list *walk_back(const cn_list *ys, const cn_list *grad_ys, const cn_list *xs)
{
    reverse r = {0};
    unsigned before = cn_marks;
    cn_marks |= CN_MADE_BACK;
    cn_list *list = run(&r, ys, grad_ys, xs) ? collect(&r, xs) : NULL;
    cn_marks = before;
    forget(&r);
    return list;
}

static cn_list *from_ones(const cn_list *ys, const cn_list *xs)
{
    return walk_back(ys, NULL, xs);
}

cn_list *cn_vector_jacobian(const cn_list *ys, const cn_list *grad_ys, const cn_list *xs)
{
    if (!ys || !xs)
        return NULL;
    return grad_ys ? walk_back(ys, grad_ys, xs) : cn_keep_gradients(ys, xs, from_ones);
}

/* The first one that stops, from y on. */
static const cn_tensor *find_end(const reverse *r, bool *reached)
{
    reached[r->walk.count - 1] = true;
    for (size_t i = r->walk.count; i--;) {
        const cn_tensor *node = r->walk.nodes[i];
        if (!reached[i] || !r->wanted[i] || !node->n_inputs)
            continue;
        if (node->op->traits & CN_NO_GRADIENT)
            return node;
        for (int k = 0; k < node->n_inputs; k++)
            reached[cn_walk_find(&r->walk, node->inputs[k])] = true;
    }
    return NULL;
}

const cn_tensor *cn_gradient_end(cn_tensor *y, cn_tensor *x)
{
    reverse r = {0};
    y = cn_trace_read(y);
    const cn_tensor *end = NULL;
    cn_list *xs = cn_list_of(x);
    if (y && xs && cn_walk_make(&r.walk, &y, 1, NULL) && make_room(&r) && mark_wanted(&r, xs)) {
        bool *reached = cn_mem_calloc(r.walk.count, sizeof *reached);
        end = reached ? find_end(&r, reached) : NULL;
        cn_mem_free(reached);
    }
    forget(&r);
    return end;
}
