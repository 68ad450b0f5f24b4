/* The names that Keras's files may use, so that what is not built here is told from what is
 * nowhere.
 */
#ifndef CN_CONFIG_KERAS_NAMES_H
#define CN_CONFIG_KERAS_NAMES_H

#include "cornu/class.h"

/* Has Keras (up to 3.15, and Keras 2 where files still tell of it) a class of that name? */
bool cn_keras_has(cn_family family, const char *name);
/* Under what name files have a class that Keras itself calls so: the same, but for a few. */
const char *cn_keras_export(const char *class_name);

#endif
