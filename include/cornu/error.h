/* Errors: a call that fails returns NULL or false and records one message for its thread.
 *
 * The first error stands: while one is recorded, later failures do not replace it, so that a chain
 * of calls may be checked once, at its end. cn_clear_error() makes room for the next. */
#ifndef CORNU_ERROR_H
#define CORNU_ERROR_H

#include <cornu/export.h>

typedef enum cn_code {
    CN_OK = 0,
    CN_EINVAL,       /* an argument is wrong: shape, dtype, value, name */
    CN_ENOMEM,       /* memory, threads or another resource ran out */
    CN_EIO,          /* the system refused to read or write a file */
    CN_EFORMAT,      /* a file or text is damaged or not what it should be */
    CN_EUNSUPPORTED, /* valid in Keras, not (yet) in Cornu: the message starts "not supported: " */
    CN_ENOTFOUND,    /* no such file, layer, name */
    CN_ESTATE,       /* the call does not fit the object's state: not compiled, not built */
    CN_EINTERNAL     /* Cornu contradicts itself: please report */
} cn_code;

/* The text of this thread's recorded error, or "" when there is none. Borrowed, valid until
 * cleared. */
CN_API const char *cn_error(void);

/* The kind of this thread's recorded error; CN_OK when there is none. */
CN_API cn_code cn_error_code(void);

/* Forgets this thread's recorded error. */
CN_API void cn_clear_error(void);

/* Records an error of your own, in a layer's call, a hook or another function that the library
 * calls. Returns false: return cn_raise(CN_EIO, "no file '%s'", path); */
CN_API bool cn_raise(cn_code code, const char *format, ...) CN_PRINTF(2, 3);

/* Calls `handler` (NULL: nobody) on the thread whose call failed, once for each recorded error.
 * For the whole process. cn_die is a handler that prints the message and exits with status 1. */
typedef void (*cn_error_handler)(cn_code code, const char *message);
CN_API void cn_on_error(cn_error_handler handler);
CN_API void cn_die(cn_code code, const char *message);

/* Remembers where the user called from; the public macros do this. `call` names the function. */
CN_API void cn_mark(const char *file, int line, const char *call);

#endif
