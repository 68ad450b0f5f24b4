/* scores(query, key) -> softmax -> a mean of the value's places.
 * keras.layers.Attention, AdditiveAttention */
#include "layers/arguments.h"
#include "layers/attention/masks.h"
#include "layers/regularization/noise.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(attention, CN_ATTENTION, cn_tensor *scale, *concat_score_weight;)
CN_LAYER_STRUCT(additive_attention, CN_ADDITIVE_ATTENTION, cn_tensor *scale;)

/* ---- what both share ---- */

static bool check_inputs(const void *self, size_t count)
{
    return count == 2 || count == 3 ||
           cn_fail(CN_EINVAL,
                   "%s layer accepts inputs list of length 2 or 3, namely [query, value] or "
                   "[query, value, key]. Received length: %zu.",
                   cn_class_name(self), count);
}

static cn_tensor *key_of(const cn_inputs *in)
{
    return in->x[in->count > 2 ? 2 : 1];
}

/* tanh(query + key), each place of the one with each of the other: (batch, T, S, d). */
static cn_tensor *meeting(const cn_inputs *in, cn_tensor *scale)
{
    cn_tensor *sum = cn_add(cn_expand_dims(in->x[0], -2), cn_expand_dims(key_of(in), -3));
    return cn_tanh(scale ? cn_mul(scale, sum) : sum);
}

static cn_tensor *scores_mask(const cn_inputs *in)
{
    cn_tensor *mask = in->masks[1] ? cn_expand_dims(in->masks[1], -2) : NULL;
    if (cn_arg_bool(in->arguments, "use_causal_mask"))
        mask = cn_both(mask, cn_causal_mask(in->x[0], key_of(in)));
    return mask;
}

static cn_tensor *attend(void *self, const cn_inputs *in, cn_tensor *scores, double dropout)
{
    cn_tensor *mask = scores_mask(in), *y;
    if (mask && scores)
        scores = cn_select(mask, scores, cn_sub(scores, scores->dtype == CN_FLOAT16 ? 65504 : 1e9));
    cn_tensor *weights = cn_softmax(scores, -1);
    if (in->training && dropout > 0 && weights)
        weights = cn_drop(self, weights, dropout, weights->shape);
    y = cn_matmul(weights, in->x[1]);
    if (in->masks[0])
        y = cn_select(cn_expand_dims(in->masks[0], -1), y, 0);
    if (!y || !cn_arg_bool(in->arguments, "return_attention_scores"))
        return y;
    return cn_tuple(cn_list_of(cn_with_mask(y, in->masks[0]), weights));
}

static bool start(void *self, double dropout)
{
    return cn_check_share(self, "dropout", dropout) && (dropout == 0 || cn_add_seed(self));
}

/* ---- products, or one number for all features ---- */

static bool init(attention *self)
{
    static const char *const modes[] = {"dot", "concat", NULL};
    return cn_check_word(self, "score_mode", &self->score_mode, modes) &&
           start(self, self->dropout);
}

static bool build(attention *self, const cn_shapes *in)
{
    if (!check_inputs(self, in->count))
        return false;
    if (self->use_scale)
        self->scale = cn_add_weight(self, "scale", CN_SCALAR, .initializer = "ones");
    if (*self->score_mode == 'c')
        self->concat_score_weight =
            cn_add_weight(self, "concat_score_weight", CN_SCALAR, .initializer = "ones");
    return !cn_error_code();
}

static cn_tensor *call(attention *self, const cn_inputs *in)
{
    cn_tensor *scores;
    if (!check_inputs(self, in->count))
        return NULL;
    if (self->concat_score_weight) {
        scores = cn_mul(self->concat_score_weight, cn_sum(meeting(in, self->scale), {-1}));
    } else {
        scores = cn_matmul_t(in->x[0], key_of(in), false, true);
        scores = self->scale ? cn_mul(scores, self->scale) : scores;
    }
    return attend(self, in, scores, self->dropout);
}

CN_BUILTIN_LAYER(attention, "Attention", NULL, .init = init, .build = build, .call = call,
                 .arguments = "return_attention_scores=false, use_causal_mask=false")

/* ---- sums ---- */

static bool init_additive(additive_attention *self)
{
    return start(self, self->dropout);
}

static bool build_additive(additive_attention *self, const cn_shapes *in)
{
    int64_t width;
    if (!check_inputs(self, in->count))
        return false;
    if (!self->use_scale)
        return true;
    if ((width = cn_known_dim(in->shape[0], in->shape[0].rank - 1)) < 0)
        return false;
    self->scale = cn_add_weight(self, "scale", cn_shape(width), .initializer = "glorot_uniform");
    return self->scale != NULL;
}

static cn_tensor *call_additive(additive_attention *self, const cn_inputs *in)
{
    if (!check_inputs(self, in->count))
        return NULL;
    cn_tensor *met = meeting(in, NULL);
    cn_tensor *scores = cn_sum(self->scale ? cn_mul(self->scale, met) : met, {-1});
    return attend(self, in, scores, self->dropout);
}

CN_BUILTIN_LAYER(additive_attention, "AdditiveAttention", NULL, .init = init_additive,
                 .build = build_additive, .call = call_additive,
                 .arguments = "return_attention_scores=false, use_causal_mask=false")
