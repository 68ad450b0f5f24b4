/* The contract of layers, checked in one call:
 *
 *     check_layer(cn_dense(4, .activation = "relu"), .in = cn_shape(2, 3), .out = cn_shape(2, 4),
 *                 .trainable = 2);
 *
 * The configuration makes a layer with the same configuration; shapes on symbolic tensors, with an
 * open batch too, are those of real ones; there are so many weights; a step along the gradients of
 * all trainable ones makes the sum of squared outputs no larger. */
#ifndef CN_LAYERS_CHECK_LAYER_H
#define CN_LAYERS_CHECK_LAYER_H

#include "base/test.h"
#include "layers/layer.h"

typedef struct cn_layer_check {
    cn_shape in, out;
    cn_shape in2;            /* of a second input; rank 0: there is none */
    cn_shape open, open_out; /* a symbolic input with unknown sizes; rank 0: not looked at */
    size_t trainable, fixed; /* weights */
    bool training;           /* is the layer called so? */
    bool no_step;            /* the output is random, or does not shrink with the weights */
} cn_layer_check;

#define check_layer(layer, ...) \
    cn_check_layer(layer, &(cn_layer_check){__VA_ARGS__}, __FILE__, __LINE__)
bool cn_check_layer(cn_layer *layer, const cn_layer_check *check, const char *file, int line);
/* The layer's configuration has the member `name` with this JSON text. */
#define check_config(layer, name, text) cn_check_config(layer, name, text, __FILE__, __LINE__)
bool cn_check_config(cn_layer *layer, const char *name, const char *text, const char *file,
                     int line);

#endif
