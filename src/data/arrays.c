/* Datasets of arrays. Keras's ArrayDataAdapter */
#include <stdio.h>
#include <string.h>

#include "data/indexed.h"
#include "graph/shape.h"

static void destroy(void *object)
{
    cn_table *table = object;
    for (int i = 0; i < cn_table_width(table); i++)
        cn_release(table->array[i]);
}

static const cn_kind table_kind = {"table", destroy};

static bool add_one(cn_table *table, int *count, cn_tensor *array)
{
    int width = cn_table_width(table);
    if (!array)
        return false;
    if (width >= CN_MAX_COMPONENTS)
        return cn_fail(CN_EINVAL, "cn_from_arrays: expected at most %d arrays", CN_MAX_COMPONENTS);
    if (array->shape.rank < 1)
        return cn_fail(CN_EINVAL, "cn_from_arrays: expected arrays whose first axis is the samples,"
                                  " found shape ()");
    if (!cn_data(array))
        return false;
    table->array[width] = cn_retain(array);
    ++*count;
    return true;
}

static bool add(cn_table *table, int *count, cn_tensor *one, const cn_list *several)
{
    if (one && !add_one(table, count, one))
        return false;
    for (size_t i = 0; several && i < several->count; i++) {
        if (!cn_is(several->items[i], &cn_tensor_kind))
            return cn_fail(CN_EINVAL, "cn_from_arrays: expected a list of tensors");
        if (!add_one(table, count, several->items[i]))
            return false;
    }
    return true;
}

/* "x: 3, 3; y: 2" */
static void sizes_text(const cn_table *table, char *text, size_t room)
{
    const int counts[] = {table->nx, table->ny, table->nw};
    const char *const names[] = {"x", "y", "sample_weight"};
    size_t n = 0;
    for (int part = 0, i = 0; part < 3; part++)
        for (int k = 0; k < counts[part]; k++, i++) {
            const char *before = k ? ", " : i ? "; " : "";
            int written = snprintf(text + n, room - n, "%s%s%s%lld", before, k ? "" : names[part],
                                   k ? "" : ": ", (long long)table->array[i]->shape.dim[0]);
            if (written > 0 && (size_t)written < room - n)
                n += (size_t)written;
        }
}

static bool check(cn_table *table)
{
    char text[512] = "";
    if (!table->nx)
        return cn_fail(CN_EINVAL, "cn_from_arrays: expected x, found NULL");
    table->samples = table->array[0]->shape.dim[0];
    for (int i = 1; i < cn_table_width(table); i++)
        if (table->array[i]->shape.dim[0] != table->samples) {
            sizes_text(table, text, sizeof text);
            return cn_fail(CN_EINVAL,
                           "cn_from_arrays: expected as many samples in all arrays, found %s",
                           text);
        }
    return true;
}

cn_dataset *cn_from_arrays_with(const cn_arrays_options *o)
{
    cn_table *table = cn_object_new(&table_kind, sizeof *table);
    bool ok = table && add(table, &table->nx, o->x, o->xs) && add(table, &table->ny, o->y, o->ys) &&
              add(table, &table->nw, o->sample_weight, o->sample_weights) && check(table);
    return ok ? cn_indexed_new(table) : NULL;
}
