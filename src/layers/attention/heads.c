/* Calls of layers of several heads. */
#include "layers/activations/softmax.h"
#include "layers/attention/heads.h"
#include "layers/attention/masks.h"
#include "ops/ops.h"

enum { KEY = 2, MASK = 3 }; /* inputs */

static bool is_given(const cn_inputs *in, size_t i)
{
    return in->count > i && !cn_is_none(in->x[i]);
}

static cn_tensor *flat_mask(cn_tensor *mask, int axis)
{
    return mask ? cn_expand_dims(cn_cast(mask, CN_BOOL), axis) : NULL;
}

/* (batch or 1, T, S), or as it was given; NULL: all may look at all. */
static cn_tensor *mask_of(const cn_heads *h, const cn_inputs *in)
{
    cn_tensor *mask = cn_both(flat_mask(in->masks[0], -1), flat_mask(in->masks[1], -2));
    if (is_given(in, KEY))
        mask = cn_both(mask, flat_mask(in->masks[KEY], -2));
    if (cn_arg_bool(in->arguments, "use_causal_mask"))
        mask = cn_both(mask, cn_causal_mask(in->x[0], in->x[1]));
    if (!CN_IS_NONE(h->window))
        mask = cn_both(mask, cn_window_mask(in->x[0], in->x[1], h->window));
    return is_given(in, MASK) ? cn_both(cn_cast(in->x[MASK], CN_BOOL), mask) : mask;
}

/* An axis for what the mask does not have: heads, and others before the axes of attention. */
static cn_tensor *widen(cn_tensor *mask, int axes, int rank)
{
    while (mask && mask->shape.rank < rank)
        mask = cn_expand_dims(mask, -2 * axes - 1);
    return mask;
}

/* The result, and the weights where the program is to see them. */
static cn_list *attend(cn_heads *h, cn_tensor *q, cn_tensor *k, cn_tensor *v, cn_tensor *mask,
                       bool shown)
{
    int rank = q->shape.rank;
    if (h->rate == 0 && !shown && rank == 4)
        return cn_list_of(cn_dot_product_attention(q, k, v, .scale = h->scale,
                                                   .mask = widen(mask, h->axes, rank)));
    cn_tensor *scores = cn_einsum(h->products, cn_list_of(k, cn_mul(q, h->scale)));
    if (!scores)
        return NULL;
    mask = widen(mask, h->axes, scores->shape.rank);
    cn_tensor *weights = cn_masked_softmax(scores, mask, h->last);
    cn_tensor *kept = h->rate > 0 ? cn_call_one(h->dropout, weights) : weights;
    return cn_list_of(cn_einsum(h->sums, cn_list_of(kept, v)), weights);
}

cn_tensor *cn_heads_call(cn_heads *h, const cn_inputs *in, int64_t groups)
{
    bool shown = cn_arg_bool(in->arguments, "return_attention_scores");
    cn_tensor *mask = mask_of(h, in), *q = cn_call_one(h->query, in->x[0]);
    cn_tensor *k = cn_call_one(h->key, in->x[is_given(in, KEY) ? KEY : 1]);
    cn_tensor *v = cn_call_one(h->value, in->x[1]);
    if (groups > 1) {
        k = cn_repeat(k, groups, 2);
        v = cn_repeat(v, groups, 2);
    }
    cn_list *found = q && k && v && !cn_error_code() ? attend(h, q, k, v, mask, shown) : NULL;
    cn_tensor *y = found ? found->items[0] : NULL;
    if (h->gate && y)
        y = cn_mul(y, cn_call_one(h->gate, in->x[0]));
    y = y ? cn_with_mask(cn_call_one(h->output, y), in->masks[0]) : NULL;
    return shown && y ? cn_tuple(cn_list_of(y, found->items[1])) : y;
}
