#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void cn_text_put(cn_text *text, const char *bytes, size_t length)
{
    text->failed =
        text->failed || !cn_mem_reserve(&text->text, &text->capacity, text->length + length + 1, 1);
    if (text->failed)
        return;
    if (length) /* bytes may be NULL */
        memcpy(text->text + text->length, bytes, length);
    text->length += length;
    text->text[text->length] = 0;
}

void cn_text_add(cn_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *more = cn_mem_vprintf(format, args);
    va_end(args);
    text->failed = text->failed || !more;
    if (more)
        cn_text_put(text, more, strlen(more));
    cn_mem_free(more);
}

void cn_text_repeat(cn_text *text, const char *bytes, int count)
{
    for (int i = 0; i < count; i++)
        cn_text_put(text, bytes, strlen(bytes));
}

bool cn_text_among(const char *word, const char *list, const char *separators)
{
    size_t length = strlen(word);
    for (const char *at = list; at && *at; at += strspn(at, separators)) {
        size_t one = strcspn(at, separators);
        if (one == length && !memcmp(at, word, length))
            return true;
        at += one;
    }
    return false;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *cn_text_repeated(const char **texts, size_t count, size_t *times)
{
    if (count)
        qsort(texts, count, sizeof *texts, compare);
    for (size_t i = 1; i < count; i++)
        if (!strcmp(texts[i - 1], texts[i])) {
            for (*times = 2; i + 1 < count && !strcmp(texts[i], texts[i + 1]); i++)
                ++*times;
            return texts[i];
        }
    return NULL;
}
