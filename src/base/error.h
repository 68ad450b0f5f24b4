/* Recording errors; the public half is cornu/error.h. */
#ifndef CN_BASE_ERROR_H
#define CN_BASE_ERROR_H

#include "cornu/error.h"

/* Records an error unless one stands already. Always returns false, so that `return cn_fail(…)`
 * reads well in functions that return bool; those that return pointers use cn_fail_null. Where the
 * user's place is known it is appended: "…; cn_call at train.c:41". */
bool cn_fail(cn_code code, const char *format, ...) CN_PRINTF(2, 3);
void *cn_fail_null(cn_code code, const char *format, ...) CN_PRINTF(2, 3);

/* Puts "prefix: " before the recorded message (for example the layer's name). Returns false. */
bool cn_error_prefix(const char *format, ...) CN_PRINTF(1, 2);

/* "; did you mean 'relu'?" or "" for a name that is near one of `names` (NULL-terminated). The text
 * lives in a per-thread buffer until the next call. */
const char *cn_did_you_mean(const char *name, const char *const *names);

#endif
