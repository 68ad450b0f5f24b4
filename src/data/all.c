/* A whole dataset as one batch. */
#include <string.h>

#include "base/alloc.h"
#include "data/indexed.h"
#include "graph/shape.h"

/* The rows of an array in the order of the epoch. */
static cn_tensor *rows(const cn_indexed *dataset, const cn_order *order, int i, int64_t count)
{
    cn_tensor *array = dataset->table->array[i];
    size_t bytes = cn_table_row(dataset->table, i);
    cn_shape shape = array->shape;
    shape.dim[0] = count;
    const char *from = cn_data(array);
    cn_buffer *buffer = from ? cn_buffer_new((size_t)count * bytes) : NULL;
    char *to = buffer ? buffer->data : NULL;
    int64_t size = order->batch_size ? order->batch_size : 1;
    for (int64_t b = 0; buffer && b < order->batches.count; b++) {
        int64_t first = cn_indices_at(&order->batches, b) * size;
        for (int64_t k = first; k < first + size && k < order->samples.count; k++) {
            memcpy(to, from + (size_t)cn_indices_at(&order->samples, k) * bytes, bytes);
            to += bytes;
        }
    }
    return buffer ? cn_constant(buffer, shape, array->dtype) : NULL;
}

static int64_t count_rows(const cn_order *order)
{
    int64_t size = order->batch_size ? order->batch_size : 1, count = 0;
    for (int64_t b = 0; b < order->batches.count; b++) {
        int64_t left = order->samples.count - cn_indices_at(&order->batches, b) * size;
        count += left < size ? left : size;
    }
    return count;
}

static bool fill(cn_list **list, cn_tensor **first, cn_tensor *const *tensors, int count)
{
    *list = cn_list_make((void *const *)tensors, (size_t)count);
    *first = count ? tensors[0] : NULL;
    return *list != NULL;
}

bool cn_dataset_all(cn_dataset *dataset, cn_batch *batch)
{
    const cn_indexed *indexed = cn_indexed_of(dataset);
    if (!dataset)
        return false;
    if (!indexed)
        return cn_fail(CN_EINVAL, "cn_dataset_all: expected a dataset of arrays");
    const cn_table *table = indexed->table;
    cn_tensor *array[CN_MAX_COMPONENTS] = {0};
    cn_order order = {0};
    bool ok = cn_indexed_order(indexed, &order, 0);
    *batch = (cn_batch){.size = ok ? count_rows(&order) : 0};
    for (int i = 0; ok && i < cn_table_width(table); i++) {
        array[i] = rows(indexed, &order, i, batch->size);
        ok = array[i] != NULL;
    }
    cn_order_free(&order);
    return ok && fill(&batch->xs, &batch->x, array, table->nx) &&
           fill(&batch->ys, &batch->y, array + table->nx, table->ny) &&
           fill(&batch->sample_weights, &batch->sample_weight, array + table->nx + table->ny,
                table->nw);
}
