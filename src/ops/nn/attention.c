/* softmax(query key^T scale + bias) value, for each head.  keras.ops.dot_product_attention */
#include <math.h>

#include "graph/form.h"
#include "ops/ops.h"

/* What masked logits become, as in Keras: a row that is masked as a whole looks everywhere. */
static const double least = -0.7 * 3.40282346638528859812e38;

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

static cn_tensor *logits_of(cn_tensor *q, cn_tensor *k, const cn_attention_call *o)
{
    double scale = o->scale != 0 ? o->scale : 1 / sqrt((double)q->shape.dim[3]);
    q = cn_mul(q, scale); /* fewer numbers than the logits */
    cn_tensor *logits = cn_matmul_t(heads_first(q), heads_first(k), false, true);
    double cap = o->attn_logits_soft_cap;
    logits = cap > 0 ? cn_mul(cn_tanh(cn_div(logits, cap)), cap) : logits;
    logits = o->bias ? cn_add(logits, o->bias) : logits;
    cn_tensor *mask = o->mask;
    if (o->is_causal && logits)
        mask = cn_both(mask, cn_cast(cn_tril(cn_ones_like(logits), 0), CN_BOOL));
    return mask ? cn_select(mask, logits, least) : logits;
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
    cn_tensor *weights = cn_softmax(logits_of(q, k, o), -1);
    return formed(heads_first(cn_matmul(weights, heads_first(v))), o);
}
