/* The layers of Keras: keras.layers. Each table gives a layer's arguments in Keras's order, with
 * Keras's defaults; positional arguments come first, others by name: cn_dense(64, .activation =
 * "relu"). All take .name, .trainable and .dtype besides. NULL with an error recorded when an
 * argument is wrong.
 *
 * Sizes for several axes may be one number, which stands for all: cn_conv2d(32, {3}). Where an
 * operation of cornu/ops.h has a layer's name, the layer's ends in _layer. */
#ifndef CORNU_LAYERS_H
#define CORNU_LAYERS_H

#include <cornu/layers_activations.h>
#include <cornu/layers_attention.h>
#include <cornu/layers_convolutional.h>
#include <cornu/layers_core.h>
#include <cornu/layers_merging.h>
#include <cornu/layers_normalization.h>
#include <cornu/layers_pooling.h>
#include <cornu/layers_preprocessing.h>
#include <cornu/layers_regularization.h>
#include <cornu/layers_reshaping.h>
#include <cornu/layers_rnn.h>

#endif
