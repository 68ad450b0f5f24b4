#include "layers/attention/heads.h"

#include <string.h>

#include "graph/shape.h"
#include "layers/activations/softmax.h"
#include "layers/arguments.h"
#include "layers/attention/masks.h"
#include "ops/ops.h"

enum { KEY = 2, MASK = 3, SEEN = 4 }; /* inputs */

/* ---- making ---- */

bool cn_check_heads(const char *name, int64_t value)
{
    return value > 0 || cn_fail(CN_EINVAL,
                                "Received an invalid value for argument `%s`, expected a positive "
                                "integer. Received: %s=%lld",
                                name, name, (long long)value);
}

bool cn_check_window(int64_t window)
{
    return CN_IS_NONE(window) || window > 0 ||
           cn_fail(CN_EINVAL,
                   "`sliding_window` must be `None` or a positive integer. Received: "
                   "sliding_window=%lld",
                   (long long)window);
}

/* All but the first and the last. */
static bool same_places(cn_shape a, cn_shape b)
{
    bool same = a.rank == b.rank;
    for (int i = 1; same && i < a.rank - 1; i++)
        same = a.dim[i] == b.dim[i];
    return same;
}

bool cn_heads_shapes(const cn_shapes *in, cn_shape *query, cn_shape *value, cn_shape *key)
{
    if (in->count < 2 || in->count > SEEN)
        return cn_fail(CN_EINVAL,
                       "expected a query, a value, perhaps a key and perhaps an attention mask. "
                       "Received %zu input(s)",
                       in->count);
    *query = in->shape[0];
    *value = in->shape[1];
    *key = in->count > KEY && in->shape[KEY].rank ? in->shape[KEY] : *value;
    if (!cn_expect_min_rank(*query, 3) || !cn_expect_min_rank(*value, 3))
        return false;
    return same_places(*value, *key) ||
           cn_fail(CN_EINVAL,
                   "All dimensions of `value` and `key`, except the last one, must be equal. "
                   "Received: value_shape=%s and key_shape=%s",
                   cn_shape_text(*value), cn_shape_text(*key));
}

cn_layer *cn_project(void *layer, const cn_einsum_dense_options *options, bool use_bias,
                     const cn_projection *p)
{
    cn_einsum_dense_options o = *options;
    cn_dtype dtype = cn_layer_dtype(layer);
    o.equation = p->equation;
    o.output_shape = p->out;
    o.bias_axes = use_bias ? p->bias_axes : NULL;
    o.activation = p->activation;
    o.name = p->name;
    cn_layer *made = cn_add_sublayer(layer, p->attribute, cn_einsum_dense_new(&o));
    return made && cn_layer_build(made, &(cn_shapes){1, &p->in, &dtype}) ? made : NULL;
}

static bool is_among(cn_axes axes, int n, int axis)
{
    for (int i = 0; i < n; i++)
        if (axes.d[i] == axis)
            return true;
    return false;
}

/* Query "abcd", key and value with letters of their own along the axes of attention, "aecd";
 * scores: the other axes (batch and heads), those of the query, those of the key. */
static void write_equations(cn_heads *h, int rank, cn_axes axes)
{
    char target[CN_MAX_RANK + 1] = "", source[CN_MAX_RANK + 1] = "", scores[2 * CN_MAX_RANK] = "";
    int n = 0;
    char fresh = (char)('a' + rank);
    for (int i = 0; i < rank; i++) {
        target[i] = (char)('a' + i);
        source[i] = is_among(axes, h->axes, i) ? fresh++ : target[i];
        if (source[i] == target[i] && i < rank - 1)
            scores[n++] = target[i];
    }
    for (int i = 0; i < h->axes; i++)
        scores[n++] = target[axes.d[i]];
    for (int i = 0; i < h->axes; i++)
        scores[n++] = source[axes.d[i]];
    strcat(strcat(strcat(strcat(strcpy(h->products, source), ","), target), "->"), scores);
    strcat(strcat(strcat(strcat(strcpy(h->sums, scores), ","), source), "->"), target);
}

bool cn_heads_build(void *layer, cn_heads *h, int rank, cn_axes axes, int64_t seed)
{
    cn_str dtype = ((cn_layer *)layer)->dtype;
    h->axes = cn_axes_count(axes);
    if (rank + h->axes > CN_MAX_RANK)
        return cn_fail(CN_EUNSUPPORTED, "not supported: attention scores of more than %d axes",
                       CN_MAX_RANK);
    write_equations(h, rank, axes);
    for (int i = 0; i < h->axes; i++)
        h->last.d[i] = i - h->axes;
    /* Keras has a layer for it, which counts among those with names */
    h->softmax =
        cn_add_sublayer(layer, "_softmax", cn_softmax_layer(.axis = h->last, .dtype = dtype));
    h->dropout = cn_add_sublayer(layer, "_dropout_layer",
                                 cn_dropout(h->rate, .seed = (int)seed, .dtype = dtype));
    return h->softmax && h->dropout;
}

/* ---- calling ---- */

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
    cn_tensor *kept = h->rate > 0 ? cn_call(h->dropout, weights) : weights;
    return cn_list_of(cn_einsum(h->sums, cn_list_of(kept, v)), weights);
}

cn_tensor *cn_heads_call(cn_heads *h, const cn_inputs *in, int64_t groups)
{
    bool shown = cn_arg_bool(in->arguments, "return_attention_scores");
    cn_tensor *mask = mask_of(h, in), *q = cn_call(h->query, in->x[0]);
    cn_tensor *k = cn_call(h->key, in->x[is_given(in, KEY) ? KEY : 1]);
    cn_tensor *v = cn_call(h->value, in->x[1]);
    if (groups > 1) {
        k = cn_repeat(k, groups, 2);
        v = cn_repeat(v, groups, 2);
    }
    cn_list *found = q && k && v && !cn_error_code() ? attend(h, q, k, v, mask, shown) : NULL;
    cn_tensor *y = found ? found->items[0] : NULL;
    if (h->gate && y)
        y = cn_mul(y, cn_call(h->gate, in->x[0]));
    y = y ? cn_with_mask(cn_call(h->output, y), in->masks[0]) : NULL;
    return shown && y ? cn_tuple(cn_list_of(y, found->items[1])) : y;
}
