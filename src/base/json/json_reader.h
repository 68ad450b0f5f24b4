/* What the files of JSON share: the limit of nesting and the reader's place in its text. */
#ifndef CN_BASE_JSON_READER_H
#define CN_BASE_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>

/* How deep JSON may nest: bounds the recursion of reading, writing, copying and comparing. */
enum { CN_JSON_DEPTH = 256 };

typedef struct cn_json_reader {
    const char *text; /* borrowed; no NUL needed */
    size_t length, at;
    int depth;
} cn_json_reader;

/* The next byte, -1 at the end. */
static inline int cn_json_peek(const cn_json_reader *p)
{
    return p->at < p->length ? (unsigned char)p->text[p->at] : -1;
}

/* Records CN_EFORMAT "JSON: line 3, column 7: " and `what`; columns count characters. Returns
 * false. */
bool cn_json_wrong(const cn_json_reader *p, const char *what);
/* The same with "expected `what`, found 'x'". */
bool cn_json_expected(const cn_json_reader *p, const char *what);

/* Reads a string whose opening quote is passed, up to and with its closing one. Owned; NULL after
 * EFORMAT or ENOMEM. */
char *cn_json_read_string(cn_json_reader *p, size_t *length);

#endif
