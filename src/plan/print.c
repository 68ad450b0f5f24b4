/* Tensors as text, the way NumPy prints them: at most 1,000 elements whole, else the three first
 * and last of each axis. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/tensor.h"

enum { EDGE = 3, WHOLE = 1000 };

typedef struct printer {
    char *text;
    size_t length, capacity;
    const cn_tensor *tensor;
    const char *data;
    bool cut, failed;
    int width;
} printer;

static void put(printer *p, const char *format, ...)
{
    char piece[160];
    va_list args;
    va_start(args, format);
    size_t n = (size_t)vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    if (p->failed || !cn_mem_reserve(&p->text, &p->capacity, p->length + n + 1, 1)) {
        p->failed = true;
        return;
    }
    memcpy(p->text + p->length, piece, n + 1);
    p->length += n;
}

static double value_at(const printer *p, int64_t i)
{
    cn_dtype dtype = p->tensor->dtype;
    int32_t attrs[2] = {dtype, CN_FLOAT64};
    const void *from = p->data + (size_t)i * cn_dtype_size(dtype);
    double value;
    cn_loop_cast(dtype, CN_FLOAT64)(&value, &from, 1, attrs);
    return value;
}

static int element(const printer *p, int64_t i, char *out, size_t size)
{
    double value = value_at(p, i);
    if (p->tensor->dtype == CN_BOOL)
        return snprintf(out, size, value != 0 ? "True" : "False");
    if (!cn_dtype_is_float(p->tensor->dtype))
        return snprintf(out, size, "%.0f", value);
    if (isfinite(value) && value == rint(value) && fabs(value) < 1e8)
        return snprintf(out, size, "%.0f.", value);
    return snprintf(out, size, "%.8g", value);
}

static void print_axis(printer *p, int axis, int64_t offset, int64_t step)
{
    const cn_shape *shape = &p->tensor->shape;
    if (axis == shape->rank) {
        char text[40];
        element(p, offset, text, sizeof text);
        put(p, "%*s", p->width, text);
        return;
    }
    int64_t n = shape->dim[axis], inner = n ? step / n : 0;
    put(p, "[");
    for (int64_t i = 0; i < n; i++) {
        if (i && axis + 1 == shape->rank)
            put(p, " ");
        for (int k = axis + 1; i && k < shape->rank; k++)
            put(p, "\n");
        if (i && axis + 1 < shape->rank)
            put(p, "%*s", axis + 1, "");
        if (p->cut && n > 2 * EDGE && i == EDGE) {
            put(p, "...");
            i = n - EDGE - 1;
        } else {
            print_axis(p, axis + 1, offset + i * inner, inner);
        }
    }
    put(p, "]");
}

static void find_width(printer *p, int64_t size)
{
    char text[40];
    for (int64_t i = 0; i < size && p->tensor->shape.rank; i++) {
        int n = element(p, i, text, sizeof text);
        p->width = n > p->width ? n : p->width;
    }
}

cn_str cn_tensor_text(cn_tensor *tensor)
{
    printer p = {.tensor = tensor, .data = cn_data(tensor)};
    if (!p.data)
        return NULL;
    int64_t size = cn_shape_size(tensor->shape);
    p.cut = size > WHOLE;
    if (!p.cut)
        find_width(&p, size);
    print_axis(&p, 0, 0, size);
    put(&p, "  %s %s", cn_dtype_name(tensor->dtype), cn_shape_text(tensor->shape));
    cn_buffer *kept = p.failed ? NULL : cn_buffer_new(p.length + 1);
    if (kept)
        memcpy(kept->data, p.text, p.length + 1);
    cn_mem_free(p.text);
    return kept ? kept->data : NULL;
}

bool cn_print_tensor(cn_tensor *tensor)
{
    cn_str text = cn_tensor_text(tensor);
    return text && puts(text) >= 0;
}
