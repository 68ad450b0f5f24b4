/* NumPy's basic slicing as text: "1:, ..., ::-1, -1, None". keras.ops.getitem */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ops/movement/slice.h"
#include "graph/form.h"

cn_str cn_fmt(const char *format, ...)
{
    static _Thread_local char ring[8][256];
    static _Thread_local int next;
    char *text = ring[next++ % 8];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(text, sizeof ring[0], format, args);
    va_end(args);
    cn_buffer *longer = n < (int)sizeof ring[0] ? NULL : cn_buffer_new((size_t)n + 1);
    if (longer)
        vsnprintf(longer->data, (size_t)n + 1, format, again);
    va_end(again);
    if (n < 0)
        return cn_fail_null(CN_EINVAL, "cn_fmt: the format '%s' is wrong", format);
    return n < (int)sizeof ring[0] ? text : longer ? longer->data : NULL;
}

enum { MOST_ENTRIES = 2 * CN_MAX_RANK + 1 };

typedef enum entry_kind { RANGE, INDEX, NEW_AXIS, ELLIPSIS } entry_kind;

typedef struct reader {
    const char *text, *at;
    int count, axes; /* entries, and those of them that stand for an axis of x */
    entry_kind kind[MOST_ENTRIES];
    cn_range range[MOST_ENTRIES];
} reader;

static bool complain(const reader *r, const char *what)
{
    return cn_fail(CN_EINVAL, "cn_slice: %s at place %d of \"%s\"", what, (int)(r->at - r->text),
                   r->text);
}

static void skip_space(reader *r)
{
    while (*r->at == ' ' || *r->at == '\t')
        r->at++;
}

static bool take(reader *r, const char *word)
{
    skip_space(r);
    if (strncmp(r->at, word, strlen(word)))
        return false;
    r->at += strlen(word);
    return true;
}

/* A number; where there is none, or "None", *value stays. */
static bool read_number(reader *r, int64_t *value, bool *found)
{
    char *end;
    *found = false;
    if (take(r, "None"))
        return true;
    const char *digits = r->at + (*r->at == '-' || *r->at == '+');
    if (*digits < '0' || *digits > '9')
        return *digits == *r->at || complain(r, "expected a number");
    errno = 0;
    long long number = strtoll(r->at, &end, 10);
    if (errno || number < -INT64_MAX)
        return complain(r, "a number too large");
    r->at = end;
    *value = number;
    return *found = true;
}

static bool read_range(reader *r, cn_range *range, entry_kind *kind)
{
    bool start, found;
    const char *begin = r->at;
    *range = CN_WHOLE;
    if (!read_number(r, &range->start, &start))
        return false;
    if (!take(r, ":")) {
        *kind = start ? INDEX : NEW_AXIS;
        return start || r->at != begin || complain(r, "expected a number, a range, None or ...");
    }
    *kind = RANGE;
    if (!read_number(r, &range->stop, &found))
        return false;
    if (take(r, ":") && !read_number(r, &range->step, &found))
        return false;
    return range->step != 0 || complain(r, "a step of 0");
}

static bool read_entry(reader *r)
{
    skip_space(r);
    if (r->count == MOST_ENTRIES)
        return complain(r, "too many entries");
    int i = r->count++;
    if (take(r, "...")) {
        r->kind[i] = ELLIPSIS;
        for (int k = 0; k < i; k++)
            if (r->kind[k] == ELLIPSIS)
                return complain(r, "a second ellipsis");
        return true;
    }
    if (!read_range(r, &r->range[i], &r->kind[i]))
        return false;
    if (r->kind[i] == INDEX)
        r->range[i].count = 1;
    r->axes += r->kind[i] != NEW_AXIS;
    return true;
}

/* Entries between commas; one comma may end the text, as in "0,". */
static bool read_all(reader *r)
{
    skip_space(r);
    while (*r->at) {
        if (!read_entry(r))
            return false;
        skip_space(r);
        if (*r->at && !take(r, ","))
            return complain(r, "expected a comma");
        skip_space(r);
    }
    return true;
}

/* Puts an entry's part into the spec, and into the shape of the result. */
static void place(const reader *r, int i, int *axis, cn_slice_spec *spec, cn_shape *shape)
{
    if (r->kind[i] == NEW_AXIS) {
        shape->dim[shape->rank++] = 1;
        return;
    }
    if (r->kind[i] == RANGE)
        shape->dim[shape->rank++] = CN_DIM(*axis);
    spec->axis[(*axis)++] = r->range[i];
}

static cn_tensor *formed(cn_tensor *y, cn_tensor *x, const reader *r)
{
    char key[MOST_ENTRIES * CN_RANGE_TEXT] = "[\"$0\", [";
    size_t n = strlen(key);
    for (int i = 0; y && y->symbolic && i < r->count; i++) {
        n += (size_t)snprintf(key + n, sizeof key - n, "%s", i ? ", " : "");
        if (r->kind[i] == RANGE)
            n += cn_range_text(&r->range[i], key + n, sizeof key - n);
        else if (r->kind[i] == INDEX)
            n += (size_t)snprintf(key + n, sizeof key - n, "%lld", (long long)r->range[i].start);
        else
            n += (size_t)snprintf(key + n, sizeof key - n, "%s",
                                  r->kind[i] == NEW_AXIS
                                      ? "null"
                                      : "{\"class_name\": \"__ellipsis__\", \"config\": {}}");
    }
    snprintf(key + n, sizeof key - n, "]]");
    return CN_FORMED_BY(y, "GetItem", cn_list_of(x), key, "%s", "");
}

cn_tensor *cn_slice(cn_tensor *x, cn_str text)
{
    if (!x || !text)
        return NULL;
    reader r = {.text = text, .at = text};
    if (!read_all(&r))
        return NULL;
    int rank = x->shape.rank, axis = 0, kept = rank;
    for (int i = 0; i < r.count; i++)
        kept += (r.kind[i] == NEW_AXIS) - (r.kind[i] == INDEX);
    if (r.axes > rank || kept > CN_MAX_RANK)
        return cn_fail_null(CN_EINVAL,
                            "cn_slice: \"%s\" has %d entries for the axes of shape %s, and makes "
                            "rank %d (at most %d)",
                            text, r.axes, cn_shape_text(x->shape), kept, CN_MAX_RANK);
    cn_slice_spec spec = cn_slice_whole(rank);
    cn_shape shape = {0};
    for (int i = 0; i < r.count; i++) {
        if (r.kind[i] != ELLIPSIS)
            place(&r, i, &axis, &spec, &shape);
        for (int left = rank - r.axes; r.kind[i] == ELLIPSIS && left; left--)
            shape.dim[shape.rank++] = CN_DIM(axis++);
    }
    while (axis < rank)
        shape.dim[shape.rank++] = CN_DIM(axis++);
    cn_tensor *y = cn_slice_by(x, &spec);
    if (kept == rank && !memcmp(shape.dim, cn_same_dims(rank).dim, sizeof shape.dim))
        return y;
    return formed(cn_regroup(y, shape), x, &r);
}
