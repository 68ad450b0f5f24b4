/* What configurations of Keras before 3 mean by words that mean something else today. */
#ifndef CN_SAVING_OLD_CONFIG_H
#define CN_SAVING_OLD_CONFIG_H

#include "base/json.h"

/* Puts today's words in. `version` is the file's "keras_version"; NULL: Keras 1, which did not say
 * it. False: no memory. */
bool cn_translate_config(cn_json *config, const char *version);

#endif
