/* Optimizers: keras.optimizers. Named by specs: "adam", "sgd(0.1, momentum=0.9, nesterov=true)",
 * "adam(learning_rate=exponential_decay(0.1, 1000, 0.9))". */
#ifndef CORNU_OPTIMIZERS_H
#define CORNU_OPTIMIZERS_H

#include <cornu/class.h>

typedef struct cn_optimizer cn_optimizer;

/* The optimizer of that spec, not built. */
CN_API cn_optimizer *cn_optimizer_new(cn_str spec);
/* Makes its variables (iterations, learning rate, slots) for these weights; does nothing when it is
 * built. */
CN_API bool cn_optimizer_build(cn_optimizer *optimizer, const cn_list *weights);
/* One step: assigns to the weights and to its own variables. grads and weights go in pairs; a
 * gradient that is "none" is an error that names the weight. Builds on the first call. */
CN_API bool cn_apply_gradients(cn_optimizer *optimizer, const cn_list *grads,
                               const cn_list *weights);
/* All its variables in Keras's order: iterations, learning_rate, then slots. */
CN_API cn_list *cn_optimizer_variables(cn_optimizer *optimizer);
/* The learning rate in force (of a schedule: at the present step); and setting it (error under a
 * schedule). */
CN_API double cn_learning_rate(cn_optimizer *optimizer);
CN_API bool cn_set_learning_rate(cn_optimizer *optimizer, double rate);
/* The number of steps taken. */
CN_API int64_t cn_iterations(cn_optimizer *optimizer);

/* For own optimizers (see CN_OPTIMIZER): a variable of the optimizer shaped like `weight`, zero at
 * first. */
CN_API cn_tensor *cn_add_slot(void *optimizer, cn_tensor *weight, cn_str name);

#endif
