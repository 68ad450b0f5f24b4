/* The names that Keras's files may use and that are not built here, told from those that are
 * nowhere. */
#ifndef CN_CONFIG_KERAS_NAMES_H
#define CN_CONFIG_KERAS_NAMES_H

#include "cornu/class.h"

/* Has Keras (up to 3.15, and Keras 2 where files still tell of it) a class of that name that is not
 * built in here? */
bool cn_keras_alone_has(cn_family family, const char *name);
/* Under what name files have a class that Keras itself calls so: the same, but for a few. */
const char *cn_keras_export(const char *class_name);

#endif
