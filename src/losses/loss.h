/* The contract of losses. A built-in loss is a struct, a table and a record:
 *
 *     #define HUBER(P) P(float, delta, 1.0, "where the square becomes a line")
 *     CN_LOSS_STRUCT(huber_loss, HUBER)
 *     static cn_tensor *call(huber_loss *self, cn_tensor *y_true, cn_tensor *y_pred) { … }
 *     CN_LOSS(huber_loss, "Huber", NULL, .call = call)
 *
 * and a row CN_BUILTIN(huber_loss) in src/losses/builtin.def. */
#ifndef CN_LOSSES_LOSS_H
#define CN_LOSSES_LOSS_H

#include "config/define.h"
#include "cornu/losses.h"
#include "ops/ops.h"

/* What every loss begins with. */
struct cn_loss {
    cn_text_instance head; /* its args are those of a loss registered by text */
    cn_str reduction, name, dtype;
};

/* call gives the values before they are reduced; y_true and y_pred have the loss's dtype and, where
 * a last axis of size 1 can make it so, the same rank. */
#define CN_LOSS_METHODS_(id, self_type)                                                           \
    typedef struct id##_methods {                                                                 \
        CN_COMMON_METHODS(self_type)                                                              \
        cn_tensor *(*call)(self_type * self, cn_tensor *y_true, cn_tensor *y_pred);               \
        cn_str default_name; /* NULL: the class's name in snake case */                           \
        bool keeps_rank;     /* call gets y_true and y_pred with the ranks that they came with */ \
    } id##_methods;
CN_LOSS_METHODS_(cn_loss, void)

#define CN_LOSS_STRUCT(id, table, ...)    \
    CN_OPTIONS(id, table, CN_LOSS_PARAMS) \
    typedef struct id {                   \
        cn_loss loss;                     \
        table(CN_FIELD_) __VA_ARGS__      \
    } id;                                 \
    CN_LOSS_METHODS_(id, id)              \
    CN_OWN_ROWS(id, table, CN_LOSS_PARAMS, reduction)
#define CN_LOSS(id, name, aliases, ...) \
    CN_BUILTIN_CLASS(id, CN_LOSSES, name, aliases, "keras.losses", __VA_ARGS__)

/* A loss without parameters is its function, cn_<id>_of. */
#define CN_PLAIN_LOSS(id, name, aliases)                                               \
    CN_LOSS_STRUCT(id##_loss, CN_NO_PARAMS, )                                          \
    static cn_tensor *id##_call(id##_loss *self, cn_tensor *y_true, cn_tensor *y_pred) \
    {                                                                                  \
        (void)self;                                                                    \
        return cn_##id##_of(y_true, y_pred);                                           \
    }                                                                                  \
    CN_LOSS(id##_loss, name, aliases, .call = id##_call)

/* The dtype that a name or a serialized dtype policy computes in; NULL: float32. */
cn_dtype cn_policy_dtype(cn_str policy);
/* Class names or own ones, as Keras gives them to losses and metrics; owned. */
char *cn_default_name(const cn_instance *instance, cn_str default_name);

/* The loss that compile makes of a spec for outputs of these shapes: "crossentropy" and "ce" become
 * binary, sparse or categorical. */
cn_loss *cn_loss_for(cn_str spec, cn_shape y_true, cn_shape y_pred);

/* ---- weights and masks: keras.src.losses.loss ---- */

/* Squeezes or expands a last axis of size 1 where the ranks differ by one; with `expand_rank_1` a
 * vector becomes a column rather than the other a vector. */
bool cn_same_rank(cn_tensor **a, cn_tensor **b, bool expand_rank_1);
/* `sample_weight` (or NULL) times `mask` (or NULL). Where `scaled`, what the mask leaves has the
 * weight all / left, so that a mean over everything is the mean over what is left. */
cn_tensor *cn_weights_with_mask(cn_tensor *sample_weight, cn_tensor *mask, cn_dtype dtype,
                                bool scaled);
/* The loss of per-sample `values`: weighted, masked and reduced. */
cn_tensor *cn_reduce_loss(cn_tensor *values, cn_tensor *sample_weight, cn_tensor *mask,
                          cn_str reduction);
/* a / b, 0 where b is 0. keras.ops.divide_no_nan */
cn_tensor *cn_ratio(cn_tensor *a, cn_tensor *b);
/* The number of elements as a scalar of that dtype, also where it is not known yet. */
cn_tensor *cn_element_count(cn_tensor *x, cn_dtype dtype);

#endif
