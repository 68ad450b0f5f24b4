/* Fields of instances, one at a time: copied from options, read from JSON, written as JSON. */
#ifndef CN_CONFIG_PARAMS_H
#define CN_CONFIG_PARAMS_H

#include "config/instance.h"

bool cn_param_is_text(const cn_param *p);
size_t cn_param_size(const cn_param *p); /* of the field, in bytes */
/* Its doc begins with "not in Keras: ": Keras's configurations have no place for it. */
bool cn_param_is_ours(const cn_param *p);
/* The field has CN_REQUIRED for a value. */
bool cn_param_is_missing(const cn_param *p, const void *self);
/* From a field of options; texts are copied, layers held. */
bool cn_param_copy(const cn_param *p, void *self, const void *from);
void cn_param_clear(const cn_param *p, void *self);
/* Of an activation, initializer, regularizer or constraint; CN_FAMILY_COUNT: it is none. */
cn_family cn_param_family(const cn_param *p);
/* From JSON; the message names class and argument. */
bool cn_param_read(const cn_param *p, void *self, const cn_json *value);

#endif
