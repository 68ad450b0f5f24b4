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

/* After a failure before which `before` stood: "loss 'mse': " before a message that speaks of an op
 * alone ("cn_sub: …"). Returns false. */
bool cn_error_whose(cn_code before, const char *kind, const char *name);

/* What stands before a function of the user's is called: whether an error does, and the user's
 * place. It is put back afterwards, so that what is wrong with the function's result is put down to
 * the call that led there and not to the last one inside of it. */
typedef struct cn_caller {
    cn_code code;
    int line;
    const char *file, *call;
} cn_caller;
cn_caller cn_caller_now(void);
void cn_caller_again(const cn_caller *caller);

/* "; did you mean 'relu'?" or "" for a name that is near one of `names` (NULL-terminated). The text
 * lives in a per-thread buffer until the next call. */
const char *cn_did_you_mean(const char *name, const char *const *names);

#endif
