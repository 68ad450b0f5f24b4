/* Cornu: Keras for C. This is the one header to include. */
#ifndef CORNU_H
#define CORNU_H

#include <cornu/config.h>
#include <cornu/error.h>
#include <cornu/export.h>
#include <cornu/version.h>

#endif
