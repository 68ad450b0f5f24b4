#include "data/indexed.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cold.h"
#include "cornu/random.h"
#include "graph/shape.h"
#include "random/philox.h"

enum { MAX_DEPTH = 100 };

/* ---- the order of an epoch ---- */

CN_COLD bool cn_indexed_order(const cn_indexed *dataset, cn_order *order, uint64_t epoch)
{
    const cn_indexed *chain[MAX_DEPTH + 1];
    int depth = 0;
    for (const cn_indexed *d = dataset; d; d = (const cn_indexed *)d->dataset.source)
        chain[depth++] = d;
    cn_indices_range(&order->samples, dataset->table->samples);
    order->batch_size = 0;
    while (depth--)
        if (chain[depth]->step.apply && !chain[depth]->step.apply(chain[depth], order, epoch))
            return false;
    if (!order->batch_size)
        cn_indices_range(&order->batches, order->samples.count);
    return true;
}

void cn_order_free(cn_order *order)
{
    cn_indices_free(&order->samples);
    cn_indices_free(&order->batches);
}

/* What there is one of after another: samples, or batches. */
static cn_indices *elements(cn_order *order)
{
    return order->batch_size ? &order->batches : &order->samples;
}

static bool apply_take(const cn_indexed *dataset, cn_order *order, uint64_t epoch)
{
    (void)epoch;
    cn_indices_take(elements(order), dataset->step.number);
    return true;
}

static bool apply_skip(const cn_indexed *dataset, cn_order *order, uint64_t epoch)
{
    (void)epoch;
    cn_indices_skip(elements(order), dataset->step.number);
    return true;
}

static bool apply_shuffle(const cn_indexed *dataset, cn_order *order, uint64_t epoch)
{
    uint32_t key[2];
    cn_philox_key(dataset->dataset.seed, epoch, key);
    return cn_indices_shuffle(elements(order), dataset->step.number, key);
}

static bool apply_batch(const cn_indexed *dataset, cn_order *order, uint64_t epoch)
{
    (void)epoch;
    int64_t size = dataset->step.number, count = order->samples.count;
    order->batch_size = size;
    cn_indices_range(&order->batches, count / size + (count % size && !dataset->step.drop_last));
    return true;
}

/* ---- reading ---- */

size_t cn_table_row(const cn_table *table, int i)
{
    cn_shape sample = cn_shape_remove(table->array[i]->shape, 0);
    return (size_t)cn_shape_size(sample) * cn_dtype_size(table->array[i]->dtype);
}

/* Room for the rows of a batch, where they do not lie one after the other. */
static bool make_room(cn_indexed *self)
{
    int64_t need = self->order.batch_size ? self->order.batch_size : 1;
    if (need > self->order.samples.count)
        need = self->order.samples.count;
    if (!self->order.samples.listed || need <= self->room)
        return true;
    self->room = 0;
    for (int i = 0; i < cn_table_width(self->table); i++) {
        cn_mem_free_aligned(self->rows[i]);
        size_t bytes;
        bool fits = cn_size_mul((size_t)need, cn_table_row(self->table, i), &bytes);
        self->rows[i] = cn_mem_alloc_aligned(fits ? bytes : SIZE_MAX);
        if (!self->rows[i])
            return false;
    }
    self->room = need;
    return true;
}

static CN_COLD bool begin(cn_dataset *dataset, uint64_t epoch)
{
    cn_indexed *self = (cn_indexed *)dataset;
    self->next = 0;
    if (!cn_indexed_order(self, &self->order, epoch) || !make_room(self))
        return false;
    for (int i = 0; i < cn_table_width(self->table); i++) {
        cn_tensor *array = self->table->array[i];
        self->view[i] = cn_view_of((void *)cn_data(array), array->dtype, array->shape);
        if (!self->view[i].data)
            return false;
    }
    return true;
}

static void gather(cn_indexed *self, int i, int64_t first, int64_t count)
{
    size_t bytes = cn_table_row(self->table, i);
    const char *from = cn_data(self->table->array[i]);
    char *to = self->rows[i];
    for (int64_t k = 0; k < count; k++) {
        int64_t row = cn_indices_at(&self->order.samples, first + k);
        memcpy(to + (size_t)k * bytes, from + (size_t)row * bytes, bytes);
    }
}

static void show(cn_indexed *self, int i, int64_t first, int64_t count)
{
    cn_tensor *array = self->table->array[i];
    size_t bytes = cn_table_row(self->table, i);
    cn_view *view = &self->view[i];
    if (self->order.samples.listed) {
        gather(self, i, first, count);
        view->data = self->rows[i];
    } else {
        int64_t row = cn_indices_at(&self->order.samples, first);
        view->data = (char *)cn_data(array) + (size_t)row * bytes;
    }
    cn_shape row = cn_shape_remove(array->shape, 0);
    view->dim[0] = count;
    view->size = count * cn_shape_size(row);
}

static int next(cn_dataset *dataset, cn_batch_views *batch)
{
    cn_indexed *self = (cn_indexed *)dataset;
    if (self->next >= self->order.batches.count)
        return 0;
    int64_t size = self->order.batch_size ? self->order.batch_size : 1;
    int64_t first = cn_indices_at(&self->order.batches, self->next++) * size;
    int64_t left = self->order.samples.count - first;
    int64_t count = left < size ? left : size;
    for (int i = 0; i < cn_table_width(self->table); i++)
        show(self, i, first, count);
    *batch = (cn_batch_views){.views = self->view,
                              .nx = self->table->nx,
                              .ny = self->table->ny,
                              .nw = self->table->nw,
                              .size = count,
                              .lasting = self->order.samples.listed ? NULL : self->table->array};
    return 1;
}

static CN_COLD bool specs(cn_dataset *dataset, cn_shape *shapes, cn_dtype *dtypes, int *nx, int *ny,
                          int *nw)
{
    const cn_table *table = ((cn_indexed *)dataset)->table;
    for (int i = 0; i < cn_table_width(table); i++) {
        shapes[i] = cn_shape_remove(table->array[i]->shape, 0);
        dtypes[i] = table->array[i]->dtype;
    }
    *nx = table->nx;
    *ny = table->ny;
    *nw = table->nw;
    return true;
}

static void destroy(cn_dataset *dataset)
{
    cn_indexed *self = (cn_indexed *)dataset;
    cn_order_free(&self->order);
    for (int i = 0; i < CN_MAX_COMPONENTS; i++)
        cn_mem_free_aligned(self->rows[i]);
    cn_release(self->table);
}

const cn_dataset_methods cn_indexed_methods = {
    .begin = begin, .next = next, .destroy = destroy, .specs = specs};

cn_indexed *cn_indexed_of(cn_dataset *dataset)
{
    return dataset && dataset->methods == &cn_indexed_methods ? (cn_indexed *)dataset : NULL;
}

CN_COLD cn_dataset *cn_indexed_new(cn_table *table)
{
    cn_indexed *self = cn_dataset_make(&cn_indexed_methods, sizeof *self, NULL);
    if (!self)
        return NULL;
    self->table = cn_retain(table);
    self->dataset.samples = self->dataset.batches = table->samples;
    return &self->dataset;
}

/* ---- changing ---- */

/* A dataset that does one thing more. Its sizes are the order's, which are the same each epoch. */
static CN_COLD cn_indexed *add_step(cn_dataset *source, cn_step step, const char *who)
{
    cn_indexed *below = cn_indexed_of(source);
    if (!source)
        return NULL;
    if (!below)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: %s of a dataset that is no array",
                            who);
    if (below->depth >= MAX_DEPTH - 1)
        return cn_fail_null(CN_EINVAL, "%s: more than %d changes of a dataset", who, MAX_DEPTH);
    cn_indexed *self = cn_dataset_make(&cn_indexed_methods, sizeof *self, source);
    if (!self)
        return NULL;
    self->table = cn_retain(below->table);
    self->step = step;
    self->depth = below->depth + 1;
    self->shuffled = below->shuffled;
    self->mixed = below->mixed;
    self->dataset.batch_size = source->batch_size;
    self->dataset.seed = source->seed;
    return self;
}

static void set_sizes(cn_indexed *self, int64_t batches, int64_t samples)
{
    self->dataset.batches = batches;
    self->dataset.samples = samples;
}

CN_COLD cn_dataset *cn_batch_dataset(cn_dataset *dataset, int size, bool drop_last)
{
    if (dataset && size <= 0)
        return cn_fail_null(CN_EINVAL, "cn_batch_dataset: expected size > 0, found %d", size);
    if (dataset && dataset->batch_size)
        return cn_fail_null(CN_EINVAL,
                            "cn_batch_dataset: the dataset is in batches of %lld already",
                            (long long)dataset->batch_size);
    cn_indexed *self =
        add_step(dataset, (cn_step){apply_batch, size, drop_last}, "cn_batch_dataset");
    if (!self)
        return NULL;
    int64_t n = dataset->samples, whole = n / size;
    self->dataset.batch_size = size;
    set_sizes(self, whole + (n % size && !drop_last), drop_last ? whole * size : n);
    return &self->dataset;
}

CN_COLD cn_dataset *cn_shuffle(cn_dataset *dataset, int buffer)
{
    if (dataset && buffer < 0)
        return cn_fail_null(CN_EINVAL, "cn_shuffle: expected buffer >= 0, found %d", buffer);
    cn_indexed *self = add_step(dataset, (cn_step){apply_shuffle, buffer, false}, "cn_shuffle");
    if (!self)
        return NULL;
    self->shuffled = true;
    self->mixed = self->mixed || dataset->batch_size;
    self->dataset.seed = cn_next_seed_number();
    set_sizes(self, dataset->batches, dataset->samples);
    return &self->dataset;
}

/* How many samples the first n batches have: -1 where the short one may be among them. */
static int64_t samples_of(const cn_indexed *below, int64_t n)
{
    const cn_dataset *d = &below->dataset;
    if (!d->batch_size || n == 0 || n == d->batches || d->samples < 0)
        return n < d->batches ? n : d->samples;
    return below->mixed && d->samples % d->batch_size ? -1 : n * d->batch_size;
}

CN_COLD cn_dataset *cn_take(cn_dataset *dataset, int64_t n)
{
    if (dataset && n < 0)
        return cn_fail_null(CN_EINVAL, "cn_take: expected n >= 0, found %lld", (long long)n);
    cn_indexed *self = add_step(dataset, (cn_step){apply_take, n, false}, "cn_take");
    if (!self)
        return NULL;
    int64_t batches = n < dataset->batches ? n : dataset->batches;
    set_sizes(self, batches, samples_of(cn_indexed_of(dataset), batches));
    return &self->dataset;
}

CN_COLD cn_dataset *cn_skip(cn_dataset *dataset, int64_t n)
{
    if (dataset && n < 0)
        return cn_fail_null(CN_EINVAL, "cn_skip: expected n >= 0, found %lld", (long long)n);
    cn_indexed *self = add_step(dataset, (cn_step){apply_skip, n, false}, "cn_skip");
    if (!self)
        return NULL;
    int64_t skipped = n < dataset->batches ? n : dataset->batches;
    int64_t samples = samples_of(cn_indexed_of(dataset), skipped);
    set_sizes(self, dataset->batches - skipped,
              samples < 0 || dataset->samples < 0 ? -1 : dataset->samples - samples);
    return &self->dataset;
}
