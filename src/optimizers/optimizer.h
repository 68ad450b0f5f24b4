/* The contract of optimizers, inside. A built-in one is a file:
 *
 *     #define SGD(P) CN_RATE_PARAM_(P, "0.01") P(float, momentum, 0.0, "…")
 *     CN_OPTIMIZER(sgd, SGD, )
 *     static bool update(sgd *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate) { … }
 *     CN_BUILTIN_OPTIMIZER(sgd, "SGD", "sgd", .build = build, .update = update)
 *
 * with a row CN_BUILTIN(sgd) in src/optimizers/builtin.def. */
#ifndef CN_OPTIMIZERS_OPTIMIZER_H
#define CN_OPTIMIZERS_OPTIMIZER_H

#include "base/map.h"
#include "config/instance.h"
#include "cornu/optimizers.h"
#include "graph/trace.h"

/* A number or a schedule, as text. */
#define CN_RATE_PARAM_(P, rate) P(cn_spec, learning_rate, rate, "a number or a schedule")
#define CN_EPSILON_PARAM_(P) P(float, epsilon, 1e-7, "keeps divisors away from 0")
#define CN_BETA_PARAMS_(P)                        \
    P(float, beta_1, 0.9, "momentum of the mean") \
    P(float, beta_2, 0.999, "momentum of the mean square")

/* One whose `base` has other defaults than CN_OPTIMIZER_PARAMS. */
#define CN_OPTIMIZER_OF(id, table, base, ...)          \
    CN_OPTIMIZER_STRUCT_(id, table, base, __VA_ARGS__) \
    CN_ROWS(id, table, base, CN_OPTIMIZER_ROW_)
#define CN_OPTIMIZER_ROW_(type, field, otherwise, doc) \
    CN_ROW_OF_(cn_optimizer, type, field, #otherwise, doc)

#define CN_BUILTIN_OPTIMIZER(id, name_, aliases_, ...)                                         \
    static const id##_methods id##_methods_ = {__VA_ARGS__, .read_config = cn_optimizer_read}; \
    extern const cn_class cn_##id##_class;                                                     \
    const cn_class cn_##id##_class = {.family = CN_OPTIMIZERS,                                 \
                                      .name = name_,                                           \
                                      .aliases = aliases_,                                     \
                                      .built_in = true,                                        \
                                      .package = "keras.optimizers",                           \
                                      .params = id##_params,                                   \
                                      .defaults = &id##_defaults,                              \
                                      .size = sizeof(id),                                      \
                                      .methods = &id##_methods_};

/* A variable that belongs to a weight. */
typedef struct cn_slot_entry {
    cn_tensor *weight;   /* not held: the list of weights does */
    char *name;          /* "momentum" */
    cn_tensor *variable; /* not held: the list of variables does */
} cn_slot_entry;

/* What the public face does not show. */
struct cn_optimizer_state {
    cn_list *variables;    /* own ones, in Keras's order; held */
    cn_list *weights;      /* those it was built for; held, or NULL */
    cn_map index;          /* weight -> 1 + its place */
    cn_tensor *iterations; /* int64; the list holds it */
    cn_tensor *rate;       /* the variable, or NULL under a schedule */
    cn_instance *schedule; /* held, or NULL */
    cn_slot_entry *slots;
    size_t n_slots, slots_capacity, last_slot;
    cn_map excluded; /* weights without decay */
    char *excluded_names;
    cn_json *rate_factors;     /* {pattern: factor}, of learning_rate_multipliers; owned; or NULL */
    cn_tensor *step;           /* during a step: 1 + iterations, float; else NULL */
    struct cn_kept_step *kept; /* owned; or NULL */
};

const cn_kind *cn_optimizer_kind(void);
const cn_optimizer_methods *cn_optimizer_methods_of(const cn_optimizer *self);
/* The optimizers that it holds. A new list, mostly empty. */
cn_list *cn_inner_optimizers(const cn_optimizer *self);

/* Makes the iterations and the learning rate. */
bool cn_rate_init(cn_optimizer *self);
/* The rate in force, a float32 scalar of the graph. */
cn_tensor *cn_rate_now(cn_optimizer *self);
bool cn_rate_write(const cn_optimizer *self, cn_json *config);
/* For begin and update: 1 + iterations as a float (float64 where a weight is), a scalar. */
cn_tensor *cn_step_number(void *optimizer);
/* A slot whose elements are `value`; and one of another shape or name: Keras's
 * add_variable. `path` is prefixed with the optimizer's name unless `bare`. */
cn_tensor *cn_add_slot_of(void *optimizer, cn_tensor *weight, cn_str name, double value);
cn_tensor *cn_add_slot_shaped(void *optimizer, cn_tensor *weight, cn_str name, cn_str variable_name,
                              cn_shape shape, cn_dtype dtype, bool bare);
/* A variable that belongs to no weight. */
cn_tensor *cn_add_state(void *optimizer, cn_str name, cn_shape shape, cn_dtype dtype, double value,
                        bool bare);
/* Slots of these names (ended by NULL) for each weight: all of a weight's follow one another. */
bool cn_add_slots(void *optimizer, const cn_list *weights, const char *const *names);
/* The place of a weight among those it was built for, or -1. */
long cn_optimizer_place(const cn_optimizer *self, const cn_tensor *weight);
bool cn_decays(const cn_optimizer *self, const cn_tensor *weight);
/* Reads learning_rate_multipliers; and what the rate of a weight is multiplied by, its layer's
 * multiplier included. */
bool cn_rate_factors_init(cn_optimizer *self);
double cn_rate_factor(const cn_optimizer *self, const cn_tensor *weight);

/* Older names and settings: lr becomes learning_rate; what Keras ignores goes. */
bool cn_optimizer_read(cn_json *config);

/* The gradients of a step: some weights may have none, but not all. And false, with Keras's words
 * and where the way to this weight ends. */
cn_list *cn_loss_gradients(cn_tensor *loss, const cn_list *weights);
bool cn_no_gradient(cn_tensor *loss, cn_tensor *weight);
/* A step of an optimizer inside another one, which sees to what a step as a whole brings. */
bool cn_apply_inner(cn_optimizer *optimizer, const cn_list *grads, const cn_list *weights);

/* One step (apply.c), in parts. */
typedef struct cn_gradient {
    cn_tensor *weight, *value;
} cn_gradient;
bool cn_clip_gradients(const cn_optimizer *self, cn_gradient *pairs, size_t n);
/* Values of variables as they are read now, and, after a step, those again where `take` is false.
 */
cn_list *cn_values_now(const cn_list *variables);
bool cn_values_restore(const cn_list *variables, const cn_list *values, cn_tensor *take);
bool cn_update_averages(cn_optimizer *self);
bool cn_count_step(cn_optimizer *self);

#endif
