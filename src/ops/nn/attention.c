/* softmax(query key^T scale + bias) value, for each head.  keras.ops.dot_product_attention */
#include <math.h>

#include "graph/form.h"
#include "ops/nn/attend.h"
#include "ops/ops.h"

static bool check(const cn_tensor *q, const cn_tensor *k, const cn_tensor *v)
{
    if (q->shape.rank == 4 && k->shape.rank == 4 && v->shape.rank == 4)
        return true;
    return cn_fail(CN_EINVAL,
                   "cn_dot_product_attention: expected query, key and value of 4 axes, found %s, "
                   "%s and %s",
                   cn_shape_text(q->shape), cn_shape_text(k->shape), cn_shape_text(v->shape));
}

/* (B, S, K, H) -> (B, S, N, H): each head `groups` times. */
static cn_tensor *for_groups(cn_tensor *x, int64_t heads)
{
    int64_t shared = x->shape.dim[2];
    return shared > 0 && heads > shared && heads % shared == 0 ? cn_repeat(x, heads / shared, 2)
                                                               : x;
}

static cn_tensor *heads_first(cn_tensor *x)
{
    return cn_transpose(x, {0, 2, 1, 3});
}

static double scale_of(const cn_tensor *q, const cn_attention_call *o)
{
    return o->scale != 0 ? o->scale : 1 / sqrt((double)q->shape.dim[3]);
}

static cn_tensor *logits_of(cn_tensor *q, cn_tensor *k, const cn_attention_call *o)
{
    q = cn_mul(q, scale_of(q, o)); /* fewer numbers than the logits */
    cn_tensor *logits = cn_matmul_t(heads_first(q), heads_first(k), false, true);
    double cap = o->attn_logits_soft_cap;
    logits = cap > 0 ? cn_mul(cn_tanh(cn_div(logits, cap)), cap) : logits;
    logits = o->bias ? cn_add(logits, o->bias) : logits;
    cn_tensor *mask = o->mask;
    if (o->is_causal && logits)
        mask = cn_both(mask, cn_cast(cn_tril(cn_ones_like(logits), 0), CN_BOOL));
    return mask ? cn_select(mask, logits, CN_ATTEND_LEAST) : logits;
}

/* By ops of their own: what the op does not know, and what its gradient's gradient is. */
static cn_tensor *composed(cn_tensor *q, cn_tensor *k, cn_tensor *v, const cn_attention_call *o)
{
    cn_tensor *weights = cn_softmax(logits_of(q, k, o), -1);
    return heads_first(cn_matmul(weights, heads_first(v)));
}

/* ---- the op ---- */

/* Axes that are the same, or (wide) one that serves all of the other. */
static bool meet(int64_t *a, int64_t b, bool wide)
{
    bool fits = *a == b || *a < 0 || b < 0 || (wide && (*a == 1 || b == 1));
    if (wide && (*a == 1 || (*a < 0 && b != 1)))
        *a = b;
    return fits;
}

static bool attend_infer(const cn_tensor *node, cn_results *results)
{
    cn_tensor *const *in = node->inputs;
    cn_shape y = in[0]->shape, k = in[1]->shape, v = in[2]->shape;
    bool fits = meet(&y.dim[3], k.dim[3], false) && meet(&k.dim[1], v.dim[1], false);
    for (int i = 1; i < node->n_inputs; i++)
        fits = fits && meet(&y.dim[0], in[i]->shape.dim[0], true) &&
               meet(&y.dim[2], in[i]->shape.dim[i < 3 ? 2 : 1], true);
    if (node->n_inputs > 3) {
        int64_t *mask = (int64_t[]){in[3]->shape.dim[2], in[3]->shape.dim[3]};
        fits = fits && (mask[0] == 1 || meet(mask, y.dim[1], false)) &&
               (mask[1] == 1 || meet(mask + 1, k.dim[1], false));
    }
    y.dim[3] = v.dim[3];
    results->count = 2;
    results->shape[0] = y;
    results->shape[1] = cn_shape(y.dim[0], y.dim[2], 2, y.dim[1]);
    results->dtype[0] = results->dtype[1] = in[0]->dtype;
    return fits || cn_fail(CN_EINVAL,
                           "cn_dot_product_attention: query %s, key %s, value %s and mask %s do "
                           "not fit",
                           cn_shape_text(in[0]->shape), cn_shape_text(k), cn_shape_text(v),
                           node->n_inputs > 3 ? cn_shape_text(in[3]->shape) : "none");
}

static bool grad_infer(const cn_tensor *node, cn_results *results)
{
    const int64_t *dy = node->inputs[3]->shape.dim;
    results->count = 3;
    for (int i = 0; i < 3; i++) {
        results->shape[i] = node->inputs[i]->shape;
        results->shape[i].dim[0] = dy[0];
        results->shape[i].dim[2] = dy[2];
        results->dtype[i] = node->inputs[i]->dtype;
    }
    return true;
}

/* The gradient of the gradient is that of the ops of which attention could be composed, on copies:
 * a query may depend on a key. It holds what flows through the results, inputs 4 and 5. */
static bool grad_vjp(const cn_tensor *node, cn_tensor *const *gs, cn_tensor **dx)
{
    const cn_attend_attrs *at = node->attrs;
    cn_list *in = cn_list_new(), *results = cn_results_of_node((cn_tensor *)node);
    cn_tensor *x[3] = {NULL};
    for (int i = 0; i < 4; i++)
        if (!results || !cn_list_add(in, cn_copy(node->inputs[i])))
            return false;
        else if (i < 3)
            x[i] = cn_broadcast_like(in->items[i], results->items[i]);
    cn_attention_call o = {.scale = at->scale, .is_causal = at->causal != 0};
    o.mask = node->n_inputs > 6 ? node->inputs[6] : NULL;
    cn_tensor *y = cn_mul(composed(x[0], x[1], x[2], &o), (cn_tensor *)in->items[3]);
    cn_list *first = y ? cn_gradients(y, cn_list_of(x[0], x[1], x[2])) : NULL;
    cn_list *parts = cn_list_new(), *second;
    for (size_t i = 0; first && i < 3; i++)
        if (gs[i] && !cn_list_add(parts, cn_mul(first->items[i], gs[i])))
            return false;
    second = first && parts ? cn_gradients_with(parts, in) : NULL;
    for (size_t i = 0; second && i < 4; i++)
        dx[i] = cn_is_none(second->items[i]) ? NULL : second->items[i];
    return second;
}

static const cn_op cn_op_attend_grad = {.name = "attention_grad",
                                        .attrs = sizeof(cn_attend_attrs),
                                        .infer = grad_infer,
                                        .vjp = grad_vjp,
                                        .run = cn_attend_run,
                                        .extras = &(const cn_op_extras){.flops = cn_attend_flops}};

static bool attend_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *const *in = node->inputs, *all[7] = {in[0], in[1], in[2], dy[0]};
    cn_list *results = cn_results_of_node((cn_tensor *)node), *found;
    for (int i = 0; results && i < 2; i++)
        all[4 + i] = results->items[i];
    all[6] = node->n_inputs > 3 ? in[3] : NULL;
    found = cn_results_of_node(cn_apply(&cn_op_attend_grad, all, node->n_inputs + 3, node->attrs));
    for (int i = 0; found && i < 3; i++)
        dx[i] = cn_sum_like(found->items[i], in[i]);
    return found && dx[0] && dx[1] && dx[2];
}

static const cn_op cn_op_attend = {.name = "attention",
                                   .attrs = sizeof(cn_attend_attrs),
                                   .infer = attend_infer,
                                   .vjp = attend_vjp,
                                   .run = cn_attend_run,
                                   .extras = &(const cn_op_extras){.flops = cn_attend_flops}};

static cn_tensor *attend(cn_tensor *q, cn_tensor *k, cn_tensor *v, const cn_attention_call *o)
{
    cn_attend_attrs at = {scale_of(q, o), o->is_causal};
    cn_tensor *mask = o->mask ? cn_cast(o->mask, CN_BOOL) : NULL;
    while (mask && mask->shape.rank < 4)
        mask = cn_expand_dims(mask, 0);
    if (o->mask && !mask)
        return NULL;
    cn_tensor *in[] = {q, k, v, mask};
    return cn_apply(&cn_op_attend, in, mask ? 4 : 3, &at);
}

/* As Keras's call has them. */
static cn_tensor *formed(cn_tensor *y, const cn_attention_call *o)
{
    cn_list *in = y && y->symbolic ? cn_list_of(o->query, o->key, o->value) : NULL;
    const char *bias = "null", *mask = "null";
    if (!in)
        return y;
    if (o->bias && cn_list_add(in, o->bias))
        bias = "\"$3\"";
    if (o->mask && cn_list_add(in, o->mask))
        mask = o->bias ? "\"$4\"" : "\"$3\"";
    const char *scale = o->scale != 0 ? cn_fmt("%.17g", o->scale) : "null";
    const char *cap =
        o->attn_logits_soft_cap > 0 ? cn_fmt("%.17g", o->attn_logits_soft_cap) : "null";
    return CN_FORMED_BY(
        y, "DotProductAttention", in,
        cn_fmt("[\"$0\", \"$1\", \"$2\", %s, %s, %s]", bias, mask, scale),
        "\"is_causal\": %s, \"flash_attention\": null, \"attn_logits_soft_cap\": %s",
        o->is_causal ? "true" : "false", cap);
}

cn_tensor *cn_dot_product_attention_with(const cn_attention_call *o)
{
    cn_mark_at(o->at, "cn_dot_product_attention");
    cn_tensor *q = o->query, *k = o->key, *v = o->value;
    if (!q || !k || !v || !check(q, k, v))
        return NULL;
    k = for_groups(k, q->shape.dim[2]);
    v = for_groups(v, q->shape.dim[2]);
    if (!k || !v)
        return NULL;
    bool plain = !o->bias && o->attn_logits_soft_cap <= 0 && q->dtype == CN_FLOAT32 &&
                 k->dtype == CN_FLOAT32 && v->dtype == CN_FLOAT32 &&
                 (uint64_t)q->shape.dim[3] <= CN_ATTEND_WIDEST &&
                 (uint64_t)v->shape.dim[3] <= CN_ATTEND_WIDEST;
    return formed(plain ? attend(q, k, v, o) : composed(q, k, v, o), o);
}
