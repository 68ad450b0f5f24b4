/* Own loops over batches: CN_EACH. Each turn has a scope of its own, which holds the batch. */
#include <string.h>

#include "base/alloc.h"
#include "data/dataset.h"
#include "graph/shape.h"

typedef struct each {
    cn_batch batch;      /* first: what the user sees */
    cn_dataset *dataset; /* held */
    bool open;           /* is a scope? */
} each;

const cn_batch *cn_each_begin(cn_dataset *dataset)
{
    if (!dataset)
        return NULL;
    if (dataset->reading)
        return cn_fail_null(CN_ESTATE, "CN_EACH: the dataset is being read by a loop around this "
                                       "one: make it twice");
    each *e = cn_mem_calloc(1, sizeof *e);
    if (!e || !cn_dataset_begin(dataset, dataset->passes)) {
        cn_mem_free(e);
        return NULL;
    }
    dataset->passes++;
    dataset->reading = true;
    e->dataset = cn_retain(dataset);
    return &e->batch;
}

/* The i-th component: in memory of its own where the dataset writes over its rows. A sample of a
 * dataset without batches has no first axis. */
static cn_tensor *component(const cn_batch_views *views, int i, bool sample)
{
    const cn_view *view = &views->views[i];
    size_t bytes = (size_t)view->size * cn_dtype_size(view->dtype);
    cn_shape shape = {.rank = view->rank};
    memcpy(shape.dim, view->dim, sizeof shape.dim);
    cn_buffer *buffer = views->lasting ? cn_buffer_borrow(view->data, bytes, views->lasting[i])
                                       : cn_buffer_new(bytes);
    if (buffer && bytes && !views->lasting)
        memcpy(buffer->data, view->data, bytes);
    if (sample)
        shape = cn_shape_remove(shape, 0);
    return cn_constant(buffer, shape, view->dtype);
}

static bool fill(const cn_batch_views *views, int first, int n, bool sample, cn_list **list,
                 cn_tensor **one)
{
    *list = cn_list_new();
    for (int i = 0; *list && i < n; i++)
        if (!cn_list_add(*list, component(views, first + i, sample)))
            return false;
    *one = *list && n ? (*list)->items[0] : NULL;
    return *list;
}

static bool next(each *e)
{
    cn_batch_views v;
    bool sample = !e->dataset->batch_size;
    cn_batch *b = &e->batch;
    if (cn_dataset_next(e->dataset, &v) <= 0)
        return false;
    b->size = v.size;
    return fill(&v, 0, v.nx, sample, &b->xs, &b->x) &&
           fill(&v, v.nx, v.ny, sample, &b->ys, &b->y) &&
           fill(&v, v.nx + v.ny, v.nw, sample, &b->sample_weights, &b->sample_weight);
}

/* Ends the turn, whose assignments are computed. */
static bool close_turn(each *e)
{
    bool clean = !cn_error_code();
    if (e->open)
        cn_scope_end();
    e->open = false;
    return !clean || !cn_error_code();
}

bool cn_each_next(const cn_batch **batch)
{
    each *e = (each *)*batch;
    if (!e)
        return false;
    if (close_turn(e)) {
        cn_scope_begin();
        e->open = true;
        if (next(e))
            return true;
    }
    cn_each_end(batch);
    return false;
}

void cn_each_end(const cn_batch **batch)
{
    each *e = (each *)*batch;
    if (!e)
        return;
    close_turn(e);
    cn_dataset_end(e->dataset);
    e->dataset->reading = false;
    cn_release(e->dataset);
    cn_mem_free(e);
    *batch = NULL;
}
