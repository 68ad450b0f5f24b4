/* Initial values, penalties and limits of weights: keras.initializers, regularizers, constraints;
 * and activations. All are named by specs wherever a layer takes one: "glorot_uniform", "l2(0.01)",
 * "max_norm(3)", "leaky_relu(0.1)". */
#ifndef CORNU_INITIALIZERS_H
#define CORNU_INITIALIZERS_H

#include <cornu/class.h>

/* Initial values for a weight of that shape. The spec's `seed` makes them repeatable. */
CN_API cn_tensor *cn_initialize(cn_initializer spec, cn_shape shape, cn_dtype dtype);
/* The penalty, a scalar. */
CN_API cn_tensor *cn_regularize(cn_regularizer spec, cn_tensor *x);
/* The weight as the constraint wants it. */
CN_API cn_tensor *cn_constrain(cn_constraint spec, cn_tensor *weight);

/* Own ones, by name; arguments as in cn_register_loss. */
typedef cn_tensor *(*cn_initializer_function)(cn_shape shape, cn_dtype dtype, const cn_args *args);
typedef cn_tensor *(*cn_tensor_function)(cn_tensor *x, const cn_args *args);
CN_API bool cn_register_initializer(cn_str name, cn_initializer_function function,
                                    cn_str arguments);
CN_API bool cn_register_regularizer(cn_str name, cn_tensor_function function, cn_str arguments);
CN_API bool cn_register_constraint(cn_str name, cn_tensor_function function, cn_str arguments);
CN_API bool cn_register_activation(cn_str name, cn_tensor_function function, cn_str arguments);

#endif
