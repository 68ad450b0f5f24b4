/* The crossentropy of class numbers: only the probability of each sample's class is looked at.
 * https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class */
#include "base/error.h"
#include "cornu/layer.h"
#include "losses/crossentropy.h"
#include "losses/labels.h"

static const char who[] = "sparse_categorical_crossentropy";

/* x (…, C, …) at each sample's class: (…, 1, …), like the labels. */
static cn_tensor *at_label(cn_tensor *x, cn_tensor *labels, int axis)
{
    return cn_take_along_axis(x, labels, axis);
}

/* -log of the probability of `labels` (…, 1, …), kept in that shape. */
static cn_tensor *minus_log(cn_tensor *x, cn_tensor *labels, int axis, bool from_logits)
{
    if (!from_logits) {
        cn_tensor *p =
            cn_div(at_label(x, labels, axis), cn_sum(x, .axis = {axis}, .keepdims = true));
        return cn_neg(cn_log(cn_clip_probability(p)));
    }
    cn_tensor *top = cn_stop_gradient(cn_max(x, .axis = {axis}, .keepdims = true));
    cn_tensor *all = cn_log(cn_sum(cn_exp(cn_sub(x, top)), .axis = {axis}, .keepdims = true));
    return cn_sub(all, cn_sub(at_label(x, labels, axis), top));
}

/* The labels without an axis of size 1 for the classes. */
static cn_tensor *bare_labels(cn_tensor *y_true, const cn_tensor *y_pred, int axis)
{
    if (y_true->shape.rank == y_pred->shape.rank && y_true->shape.dim[axis] == 1)
        y_true = cn_squeeze(y_true, axis);
    cn_shape shape = cn_shape_remove(y_pred->shape, axis);
    if (y_true && cn_shape_matches(y_true->shape, shape))
        return y_true;
    if (y_true)
        cn_fail(CN_EINVAL,
                "%s: expected y_true to have y_pred's shape without the classes. Received: "
                "y_true.shape=%s, y_pred.shape=%s",
                who, cn_shape_text(y_true->shape), cn_shape_text(y_pred->shape));
    return NULL;
}

cn_tensor *cn_sparse_categorical_crossentropy_of(cn_tensor *y_true, cn_tensor *y_pred,
                                                 cn_crossentropy o, int ignore_class)
{
    int axis;
    if (!y_true || !y_pred || !cn_axis(o.axis, y_pred->shape.rank, &axis, who))
        return NULL;
    cn_tensor *labels = bare_labels(y_true, y_pred, axis), *valid = NULL;
    if (!CN_IS_NONE(ignore_class)) {
        valid = cn_not_equal(labels, ignore_class);
        labels = cn_select(valid, labels, 0);
        y_pred = cn_select(cn_expand_dims(valid, axis), y_pred, 0.0);
    }
    labels = cn_class_labels(labels, cn_dim(y_pred, axis), who);
    labels = cn_expand_dims(labels, axis);
    cn_tensor *loss = cn_squeeze(minus_log(y_pred, labels, axis, o.from_logits), axis);
    return valid ? cn_with_mask(cn_select(valid, loss, 0.0), valid) : loss;
}

#define SPARSE(P)                                                       \
    P(bool, from_logits, false, "y_pred is logits, not probabilities")  \
    P(int, ignore_class, CN_NONE, "a class whose samples do not count") \
    P(int, axis, -1, "the axis of the classes")
CN_LOSS_STRUCT(sparse_categorical_crossentropy_loss, SPARSE, )

static cn_tensor *call(sparse_categorical_crossentropy_loss *self, cn_tensor *y_true,
                       cn_tensor *y_pred)
{
    cn_crossentropy o = {self->from_logits, 0, self->axis};
    return cn_sparse_categorical_crossentropy_of(y_true, y_pred, o, self->ignore_class);
}

/* Keras forgets the axis; ours is written where it says something. */
static bool write_axis(const sparse_categorical_crossentropy_loss *self, cn_json *config)
{
    if (self->axis == -1)
        cn_json_free(cn_json_remove(config, "axis"));
    return true;
}
CN_LOSS(sparse_categorical_crossentropy_loss, "SparseCategoricalCrossentropy", NULL, .call = call,
        .write_config = write_axis)
