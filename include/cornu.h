/* Cornu: Keras for C. This is the one header to include. */
#ifndef CORNU_H
#define CORNU_H

#include <cornu/callbacks.h>
#include <cornu/class.h>
#include <cornu/config.h>
#include <cornu/data.h>
#include <cornu/error.h>
#include <cornu/export.h>
#include <cornu/initializers.h>
#include <cornu/layer.h>
#include <cornu/layers.h>
#include <cornu/losses.h>
#include <cornu/metrics.h>
#include <cornu/models.h>
#include <cornu/nn.h>
#include <cornu/object.h>
#include <cornu/ops.h>
#include <cornu/optimizers.h>
#include <cornu/random.h>
#include <cornu/tensor.h>
#include <cornu/version.h>

#endif
