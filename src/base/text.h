/* Text that is put together bit by bit; what fails is remembered, so that one look at the end does.
 */
#ifndef CN_BASE_TEXT_H
#define CN_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "cornu/export.h"

typedef struct cn_text {
    char *text; /* owned: cn_mem_free; NULL while empty */
    size_t length, capacity;
    bool failed;
} cn_text;

void cn_text_put(cn_text *text, const char *bytes, size_t length);
void cn_text_add(cn_text *text, const char *format, ...) CN_PRINTF(2, 3);
/* The same bytes `count` times; none where it is negative. */
void cn_text_repeat(cn_text *text, const char *bytes, int count);

/* Is it one of the words of the list (NULL: of none), any of `separators` being between them? */
bool cn_text_among(const char *word, const char *list, const char *separators);
/* The first, by name, of the texts that is there several times, and how often; or NULL. Sorts them.
 */
const char *cn_text_repeated(const char **texts, size_t count, size_t *times);

#endif
