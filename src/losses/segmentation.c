/* How much two regions overlap. https://keras.io/api/losses/ Dice, Tversky */
#include "losses/loss.h"

/* Keras writes one axis as a number. */
static bool bare_axis(cn_json *config)
{
    const cn_json *axis = cn_json_get(config, "axis");
    if (!cn_json_is(axis, CN_JSON_LIST) || axis->count != 1)
        return true;
    return cn_json_set(config, "axis", cn_json_int(cn_json_as_int(axis->items[0], 0)));
}

#define DICE(P) P(cn_axes, axis, CN_ALL_AXES, "the axes of a region; none: all")
CN_LOSS_STRUCT(dice_loss, DICE, )

/* 1 - 2 |A and B| / (|A| + |B|) */
static cn_tensor *dice_call(dice_loss *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    cn_tensor *both = cn_sum(cn_mul(y_true, y_pred), .axis = self->axis);
    cn_tensor *sizes =
        cn_add(cn_sum(y_true, .axis = self->axis), cn_sum(y_pred, .axis = self->axis));
    return cn_sub(1.0, cn_div(cn_mul(2.0, both), cn_add(sizes, cn_epsilon())));
}

static bool dice_config(const dice_loss *self, cn_json *config)
{
    (void)self;
    return bare_axis(config);
}
CN_LOSS(dice_loss, "Dice", NULL, .call = dice_call, .write_config = dice_config)

#define TVERSKY(P)                                        \
    P(float, alpha, 0.5, "the weight of what is missing") \
    P(float, beta, 0.5, "the weight of what is too much") \
    DICE(P)
CN_LOSS_STRUCT(tversky_loss, TVERSKY, )

/* 1 - |A and B| / (|A and B| + alpha |A without B| + beta |B without A|) */
static cn_tensor *tversky_call(tversky_loss *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    cn_tensor *both = cn_sum(cn_mul(y_true, y_pred), .axis = self->axis);
    cn_tensor *missing = cn_sum(cn_mul(cn_sub(1.0, y_pred), y_true), .axis = self->axis);
    cn_tensor *more = cn_sum(cn_mul(y_pred, cn_sub(1.0, y_true)), .axis = self->axis);
    cn_tensor *wrong = cn_add(cn_mul(missing, self->alpha), cn_mul(more, self->beta));
    return cn_sub(1.0, cn_div(both, cn_add(cn_add(both, wrong), cn_epsilon())));
}

static bool tversky_config(const tversky_loss *self, cn_json *config)
{
    (void)self;
    return bare_axis(config);
}
CN_LOSS(tversky_loss, "Tversky", NULL, .call = tversky_call, .write_config = tversky_config)
