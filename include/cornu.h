/* Cornu: Keras for C. This is the one header to include. */
#ifndef CORNU_H
#define CORNU_H

#include <cornu/applications.h>
#include <cornu/arrays.h>
#include <cornu/callbacks.h>
#include <cornu/class.h>
#include <cornu/config.h>
#include <cornu/data.h>
#include <cornu/ema.h>
#include <cornu/error.h>
#include <cornu/export.h>
#include <cornu/flow.h>
#include <cornu/function.h>
#include <cornu/host.h>
#include <cornu/image.h>
#include <cornu/initializers.h>
#include <cornu/layer.h>
#include <cornu/layers.h>
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
#include <cornu/losses.h>
#include <cornu/metrics.h>
#include <cornu/models.h>
#include <cornu/nn.h>
#include <cornu/object.h>
#include <cornu/ops.h>
#include <cornu/optimizers.h>
#include <cornu/plot.h>
#include <cornu/random.h>
#include <cornu/subclass.h>
#include <cornu/tensor.h>
#include <cornu/version.h>

/* Last: they put macros over functions. */
#include <cornu/marks_ops.h>
#include <cornu/marks.h>

#endif
