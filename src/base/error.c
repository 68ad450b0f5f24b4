#include "base/error.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A fixed buffer: running out of memory must still be reported. */
static _Thread_local struct {
    cn_code code;
    char text[2048];
    const char *file;
    int line;
    const char *call;
} state;

static _Atomic(cn_error_handler) error_handler;

const char *cn_error(void)
{
    return state.code ? state.text : "";
}

cn_code cn_error_code(void)
{
    return state.code;
}

void cn_clear_error(void)
{
    state.code = CN_OK;
    state.text[0] = 0;
}

void cn_on_error(cn_error_handler handler)
{
    atomic_store(&error_handler, handler);
}

void cn_die(cn_code code, const char *message)
{
    (void)code;
    fprintf(stderr, "cornu: %s\n", message);
    exit(1);
}

void cn_mark(const char *file, int line, const char *call)
{
    state.file = file;
    state.line = line;
    state.call = call;
}

cn_caller cn_caller_now(void)
{
    return (cn_caller){state.code, state.line, state.file, state.call};
}

void cn_caller_again(const cn_caller *caller)
{
    cn_mark(caller->file, caller->line, caller->call);
}

static void record(cn_code code, const char *format, va_list args)
{
    if (state.code)
        return;
    state.code = code;
    int length = vsnprintf(state.text, sizeof state.text, format, args);
    if (length >= 0 && (size_t)length < sizeof state.text && state.file) {
        const char *slash = strrchr(state.file, '/');
        bool named = !strncmp(state.text, "cn_", 3); /* the message says who already */
        snprintf(state.text + length, sizeof state.text - (size_t)length, "; %s%sat %s:%d",
                 named ? "" : state.call, named ? "" : " ", slash ? slash + 1 : state.file,
                 state.line);
    }
    cn_error_handler handler = atomic_load(&error_handler);
    if (handler)
        handler(code, state.text);
}

void cn_fail_with(cn_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record(code, format, args);
    va_end(args);
}

bool cn_raise(cn_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record(code ? code : CN_EINVAL, format, args);
    va_end(args);
    return false;
}

bool cn_error_prefix(const char *format, ...)
{
    char prefix[512], text[sizeof state.text];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    if (state.code) {
        memcpy(text, state.text, sizeof text);
        snprintf(state.text, sizeof state.text, "%s: %.1500s", prefix, text);
    }
    return false;
}

bool cn_error_whose(cn_code before, const char *kind, const char *name)
{
    bool bare = !before && !strncmp(state.text, "cn_", 3);
    return bare ? cn_error_prefix("%s '%s'", kind, name) : false;
}

/* Levenshtein's distance between two short names, at most `limit` + 1. */
static int distance(const char *a, const char *b, int limit)
{
    enum { LONGEST = 64 };
    int la = (int)strlen(a), lb = (int)strlen(b), row[LONGEST + 1];
    if (la > LONGEST || lb > LONGEST || abs(la - lb) > limit)
        return limit + 1;
    for (int j = 0; j <= lb; j++)
        row[j] = j;
    for (int i = 1; i <= la; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= lb; j++) {
            int change = diagonal + (a[i - 1] != b[j - 1]);
            int best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            diagonal = row[j];
            row[j] = change < best ? change : best;
        }
    }
    return row[lb];
}

const char *cn_did_you_mean(const char *name, const char *const *names)
{
    static _Thread_local char text[128];
    int best = 1 + (int)strlen(name) / 3;
    text[0] = 0;
    for (; *names; names++) {
        int d = distance(name, *names, best);
        if (d < best || (d == best && !text[0])) {
            best = d;
            snprintf(text, sizeof text, "; did you mean '%s'?", *names);
        }
    }
    return text;
}
