#include "utils/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

static _Thread_local struct {
    bool on;
    char *text;
    size_t length, capacity;
} kept;

static void put(FILE *file, const char *text)
{
    if (!kept.on) {
        fputs(text, file);
        fflush(file);
        return;
    }
    size_t length = strlen(text);
    if (!cn_mem_reserve(&kept.text, &kept.capacity, kept.length + length + 1, 1))
        return;
    memcpy(kept.text + kept.length, text, length + 1);
    kept.length += length;
}

void cn_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = cn_mem_vprintf(format, args);
    va_end(args);
    if (text)
        put(stdout, text);
    cn_mem_free(text);
}

void cn_warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = cn_mem_vprintf(format, args);
    va_end(args);
    if (text) {
        put(stderr, "UserWarning: ");
        put(stderr, text);
        put(stderr, "\n");
    }
    cn_mem_free(text);
}

bool cn_say_terminal(void)
{
    return !kept.on && isatty(STDOUT_FILENO);
}

void cn_say_capture(void)
{
    cn_mem_free(cn_say_captured());
    kept.on = true;
}

char *cn_say_captured(void)
{
    char *text = kept.text ? kept.text : cn_mem_strdup("");
    kept.on = false;
    kept.text = NULL;
    kept.length = kept.capacity = 0;
    return text;
}
