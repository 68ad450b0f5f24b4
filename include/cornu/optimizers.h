/* Optimizers: keras.optimizers. Named by specs: "adam", "sgd(0.1, momentum=0.9, nesterov=true)",
 * "adam(learning_rate=exponential_decay(0.1, 1000, 0.9))". How to write your own:
 *
 *     #define SIGN_SGD(P) P(cn_spec, learning_rate, "0.01", "the rate, or a schedule")
 *     CN_OPTIMIZER(sign_sgd, SIGN_SGD, )                     the struct: parameters, then state
 *     static bool update(sign_sgd *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
 *     {
 *         return cn_assign(w, cn_sub(w, cn_mul(cn_sign(g), rate)));
 *     }
 *     CN_REGISTER_OPTIMIZER(sign_sgd, .update = update)      then anywhere: "sign_sgd(0.1)"
 *
 * One thread at a time: threads that share an optimizer hold a mutex of their own around each step,
 * to the end of its CN_SCOPE. */
#ifndef CORNU_OPTIMIZERS_H
#define CORNU_OPTIMIZERS_H

#include <cornu/class.h>

/* What every optimizer takes besides its own parameters. CN_NONE switches a thing off. */
#define CN_OPTIMIZER_PARAMS(P) CN_OPTIMIZER_PARAMS_(P, CN_NONE)
#define CN_OPTIMIZER_PARAMS_(P, weight_decay_)                                                     \
    P(float, weight_decay, weight_decay_, "weights shrink by this times the rate in each step")    \
    P(float, clipnorm, CN_NONE, "largest norm of each gradient")                                   \
    P(float, clipvalue, CN_NONE, "largest magnitude in a gradient; after clipnorm")                \
    P(float, global_clipnorm, CN_NONE, "largest norm of all gradients together")                   \
    P(bool, use_ema, false, "keep moving averages of the weights")                                 \
    P(float, ema_momentum, 0.99, "their momentum")                                                 \
    P(int, ema_overwrite_frequency, CN_NONE, "weights become their averages every so many steps")  \
    P(float, loss_scale_factor, CN_NONE, "the loss was multiplied by this; gradients are divided") \
    P(int, gradient_accumulation_steps, CN_NONE, "weights move every so many steps, by means")     \
    P(cn_str, name, NULL, "the optimizer's name; default: its class's, numbered")                  \
    P(float, decay, 0.0, "the rate is divided by 1 + decay * iterations")                          \
    P(cn_str, learning_rate_multipliers, NULL,                                                     \
      "not in Keras: 'dense/: 0.1, bias$: 2' multiplies the rate of weights by the first pattern " \
      "found in their path; 0 freezes them")

/* An optimizer's public face; an optimizer's struct begins with it. */
typedef struct cn_optimizer {
    void *head_[4];
    cn_str name;
    double weight_decay, clipnorm, clipvalue, global_clipnorm;
    bool use_ema;
    double ema_momentum;
    int ema_overwrite_frequency;
    double loss_scale_factor;
    int gradient_accumulation_steps;
    double decay;
    cn_str learning_rate_multipliers;
    bool built;
    struct cn_optimizer_state *state_;
} cn_optimizer;

/* The optimizer of that spec, not built. */
CN_API cn_optimizer *cn_optimizer_new(cn_str spec);
/* Makes its variables (iterations, learning rate, slots) for these weights; does nothing when it is
 * built. */
CN_API bool cn_optimizer_build(cn_optimizer *optimizer, const cn_list *weights);
/* One step: assigns to the weights and to its own variables. grads and weights go in pairs; a
 * weight whose gradient is "none" stays, but one must have a gradient (error CN_EINVAL). Builds on
 * the first call; other weights than those of then are an error. */
CN_API bool cn_apply_gradients(cn_optimizer *optimizer, const cn_list *grads,
                               const cn_list *weights);
/* The gradients of a loss by these weights, clipped as the optimizer's options say. Error CN_EINVAL
 * where one has none, naming the op that it ends at. Keras 2's optimizer.get_gradients */
CN_API cn_list *cn_get_gradients(cn_optimizer *optimizer, cn_tensor *loss, const cn_list *weights);
/* All its variables in Keras's order: iterations, learning_rate, then slots. A new list. */
CN_API cn_list *cn_optimizer_variables(cn_optimizer *optimizer);
/* Its state as Keras 2's optimizer.weights has it: the variables but for the learning rate, so
 * iterations (int64), then slots. Copies of their values, and setting them: the next step is that
 * of the optimizer which they were taken from (at the same learning rate). New lists. Errors of
 * setting: not built (CN_ESTATE), another count or shape. */
CN_API cn_list *cn_optimizer_weights(cn_optimizer *optimizer);
CN_API cn_list *cn_optimizer_get_weights(cn_optimizer *optimizer);
CN_API bool cn_optimizer_set_weights(cn_optimizer *optimizer, const cn_list *weights);
/* The learning rate in force (of a schedule: at the present step); and setting it (error under a
 * schedule). */
CN_API double cn_learning_rate(cn_optimizer *optimizer);
CN_API bool cn_set_learning_rate(cn_optimizer *optimizer, double rate);
/* The number of steps taken; where gradients accumulate, of those that moved the weights. -1 on
 * failure. */
CN_API int64_t cn_iterations(cn_optimizer *optimizer);
/* The loss as gradients are wanted of: multiplied by the optimizer's scale. */
CN_API cn_tensor *cn_scale_loss(cn_optimizer *optimizer, cn_tensor *loss);
/* With use_ema the weights become their averages, as at the end of a training. */
CN_API bool cn_finalize_weights(cn_optimizer *optimizer, const cn_list *weights);
/* Weight decay passes over these weights (NULL: none) and those whose name contains a word of
 * `names` ("bias|gamma"; NULL: none). Error CN_ESTATE when the optimizer is built. */
CN_API bool cn_exclude_from_weight_decay(cn_optimizer *optimizer, const cn_list *weights,
                                         cn_str names);

/* The value of a schedule, a scalar float32, at `step`, a scalar of any number type:
 * cn_schedule_value("cosine_decay(0.1, 1000)", cn_number_int(10)). */
CN_API cn_tensor *cn_schedule_value(cn_str spec, cn_tensor *step);

/* A schedule of your own, by name; arguments as in cn_register_loss. `step` is a float32 scalar. */
typedef cn_tensor *(*cn_schedule_function)(cn_tensor *step, const cn_args *args);
CN_API bool cn_register_schedule(cn_str name, cn_schedule_function function, cn_str arguments);

/* ---- own optimizers ---- */

/* A variable of the optimizer shaped like `weight`, zero at first, for build to make; and the one
 * of that name that was made (error CN_ENOTFOUND). */
CN_API cn_tensor *cn_add_slot(void *optimizer, cn_tensor *weight, cn_str name);
CN_API cn_tensor *cn_slot(void *optimizer, cn_tensor *weight, cn_str name);
/* A variable of the optimizer that belongs to no weight, zero at first; saved like slots, in the
 * order of making. Keras's add_variable */
CN_API cn_tensor *cn_add_variable(void *optimizer, cn_str name, cn_shape shape, cn_dtype dtype);
/* The number of steps that came before the present one, an int64 scalar of the graph. */
CN_API cn_tensor *cn_optimizer_iteration(void *optimizer);

/* What an optimizer does; `self` is its struct. Only update is needed. */
#define CN_OPTIMIZER_METHODS_(id, self_type)                                             \
    typedef struct id##_methods {                                                        \
        CN_COMMON_METHODS(self_type)                                                     \
        bool (*build)(self_type * self, const cn_list *weights); /* makes slots */       \
        bool (*begin)(self_type * self); /* once in each step, before the updates */     \
        /* Assigns to the weight and its slots. The gradient has been clipped; both have \
         * the weight's dtype. */                                                        \
        bool (*update)(self_type * self, cn_tensor *weight, cn_tensor *gradient,         \
                       cn_tensor *learning_rate);                                        \
        /* In place of all that, for optimizers that hold others. */                     \
        bool (*apply)(self_type * self, const cn_list *grads, const cn_list *weights);   \
        /* The optimizers it holds, whose variables follow its own. A new list. */       \
        cn_list *(*inner)(const self_type *self);                                        \
        /* What the loss is multiplied by. */                                            \
        cn_tensor *(*loss_scale)(self_type * self);                                      \
        /* How much the weight decays; in place of the option. */                        \
        double (*decay_of)(const self_type *self, cn_tensor *weight);                    \
    } id##_methods;
CN_OPTIMIZER_METHODS_(cn_optimizer, void)

/* The options and the struct; `...` are its other fields. */
#define CN_OPTIMIZER(id, table, ...)                                  \
    CN_OPTIMIZER_STRUCT_(id, table, CN_OPTIMIZER_PARAMS, __VA_ARGS__) \
    CN_OWN_ROWS(id, table, CN_OPTIMIZER_PARAMS, weight_decay)
#define CN_OPTIMIZER_STRUCT_(id, table, base, ...) \
    CN_OPTIONS(id, table, base)                    \
    typedef struct id {                            \
        cn_optimizer optimizer;                    \
        table(CN_FIELD_) __VA_ARGS__               \
    } id;                                          \
    CN_OPTIMIZER_METHODS_(id, id)
/* Its class record and constructor; known by name before main. */
#define CN_REGISTER_OPTIMIZER(id, ...)                                          \
    static const id##_methods id##_methods_ = {__VA_ARGS__};                    \
    static const cn_class id##_class = {.family = CN_OPTIMIZERS,                \
                                        .name = #id,                            \
                                        .params = id##_params,                  \
                                        .defaults = &id##_defaults,             \
                                        .size = sizeof(id),                     \
                                        .methods = &id##_methods_};             \
    static inline cn_optimizer *cn_##id##_new(const cn_##id##_options *options) \
    {                                                                           \
        return cn_optimizer_of_class(&id##_class, options);                     \
    }                                                                           \
    __attribute__((constructor)) static void id##_register(void)                \
    {                                                                           \
        (void)cn_##id##_new; /* which few may call */                           \
        cn_register_class(&id##_class);                                         \
    }
/* A constructor call with Python's convention: positional arguments, then keywords. */
#define CN_MAKE_OPTIMIZER(id, table, ...) \
    (CN_MARK("cn_" #id),                  \
     cn_##id##_new(                       \
         CN_GIVEN_(id, table(CN_DEFAULT_) CN_OPTIMIZER_PARAMS(CN_DEFAULT_), __VA_ARGS__)))
/* An optimizer of that class; `options` is the class's options struct (NULL: defaults). */
CN_API cn_optimizer *cn_optimizer_of_class(const cn_class *cls, const void *options);

#endif
