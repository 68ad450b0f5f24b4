/* JSON values: what configurations, specs and files speak. int64 is kept apart from double; doubles
 * keep 17 digits; NaN, Infinity and -Infinity are read and written as Python writes them; objects
 * keep their order; depth and size are limited.  Errors: CN_EFORMAT with line and column,
 * CN_ENOMEM. */
#ifndef CN_BASE_JSON_H
#define CN_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cornu/export.h"

typedef enum cn_json_kind {
    CN_JSON_NULL,
    CN_JSON_BOOL,
    CN_JSON_INT,
    CN_JSON_FLOAT,
    CN_JSON_STRING,
    CN_JSON_LIST,
    CN_JSON_OBJECT
} cn_json_kind;

/* A tree whose root owns everything below it. Containers keep their members in `items`, `count` of
 * them; a member of an object has its `key`. */
typedef struct cn_json cn_json;
struct cn_json {
    cn_json_kind kind;
    bool boolean;
    int64_t integer;
    double number;
    char *string; /* UTF-8, NUL-terminated; `length` bytes, since text may hold NUL */
    size_t length;
    char *key;
    cn_json **items;
    size_t count, capacity;
};

/* Parses the whole text (nothing but white space may follow). Owned: cn_json_free. */
cn_json *cn_json_parse(const char *text, size_t length);
/* Compact text as Python's json.dumps writes it: ", " and ": " between, ASCII with \u escapes;
 * `indent` > 0 breaks lines. Owned: cn_mem_free. */
char *cn_json_text(const cn_json *value, int indent);
void cn_json_free(cn_json *value);
cn_json *cn_json_copy(const cn_json *value);
/* Deep equality; an int equals a float of the same value; objects compare without regard to order.
 */
bool cn_json_equal(const cn_json *a, const cn_json *b);

cn_json *cn_json_null(void);
cn_json *cn_json_bool(bool value);
cn_json *cn_json_int(int64_t value);
cn_json *cn_json_float(double value);
cn_json *cn_json_string(const char *text); /* NULL text makes null */
cn_json *cn_json_list(void);
cn_json *cn_json_object(void);

/* Appends `item`, which is taken even when the call fails (or when list or item is NULL). */
bool cn_json_add(cn_json *list, cn_json *item);
/* Sets a member, replacing one of that name in its place. `value` is taken even when the call
 * fails. */
bool cn_json_set(cn_json *object, const char *key, cn_json *value);
/* Removes a member and returns it, owned; NULL without an error when there is none. */
cn_json *cn_json_remove(cn_json *object, const char *key);

/* The member of that name, borrowed; NULL (no error) when there is none, or `object` is NULL or no
 * object. */
cn_json *cn_json_get(const cn_json *object, const char *key);
/* The i-th member, borrowed; NULL (no error) outside or where `list` is NULL or no container. */
cn_json *cn_json_at(const cn_json *list, size_t i);

/* Values with a fallback for NULL or another kind. A whole float counts as an int; an int as a
 * double. */
int64_t cn_json_as_int(const cn_json *value, int64_t otherwise);
double cn_json_as_double(const cn_json *value, double otherwise);
bool cn_json_as_bool(const cn_json *value, bool otherwise);
const char *cn_json_as_string(const cn_json *value, const char *otherwise);
bool cn_json_is(const cn_json *value, cn_json_kind kind); /* false for NULL */
bool cn_json_is_number(const cn_json *value);

#endif
