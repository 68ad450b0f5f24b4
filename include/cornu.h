/* Cornu: Keras for C. This is the one header to include. */
#ifndef CORNU_H
#define CORNU_H

#include <cornu/config.h>
#include <cornu/error.h>
#include <cornu/export.h>
#include <cornu/nn.h>
#include <cornu/object.h>
#include <cornu/ops.h>
#include <cornu/random.h>
#include <cornu/tensor.h>
#include <cornu/version.h>

#endif
