/* Recording errors; the public half is cornu/error.h. */
#ifndef CN_BASE_ERROR_H
#define CN_BASE_ERROR_H

#include "cornu/error.h"

/* Records an error unless one stands already. Always returns false, so that `return cn_fail(…)`
 * reads well in functions that return bool; those that return pointers use cn_fail_null. Where the
 * user's place is known it is appended: "…; cn_call at train.c:41". */
#define cn_fail(...) (cn_fail_with(__VA_ARGS__), cn_failed())
#define cn_fail_null(...) (cn_fail_with(__VA_ARGS__), cn_failed_null())
void cn_fail_with(cn_code code, const char *format, ...) CN_PRINTF(2, 3);

/* Functions, so that the compiler knows the value and does not call it unused. */
static inline bool cn_failed(void)
{
    return false;
}
static inline void *cn_failed_null(void)
{
    return NULL;
}

/* Puts "prefix: " before the recorded message (for example the layer's name). Returns false. */
bool cn_error_prefix(const char *format, ...) CN_PRINTF(1, 2);

/* "; did you mean 'relu'?" or "" for a name that is near one of `names` (NULL-terminated). The text
 * lives in a per-thread buffer until the next call. */
const char *cn_did_you_mean(const char *name, const char *const *names);

#endif
