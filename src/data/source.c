/* Data from functions of the user's: a generator, whose batches follow one another without end, and
 * a sequence, whose batches have numbers. keras.utils.PyDataset */
#include <string.h>

#include "data/dataset.h"
#include "graph/shape.h"

typedef struct source {
    cn_dataset dataset;
    cn_next_batch next; /* of a generator; else the sequence counts */
    cn_sequence sequence;
    int64_t at;   /* the number of the next batch */
    bool running; /* on_epoch_end is due */
    int count;    /* tensors of the batch that was given last: held, and computed */
    cn_tensor *held[CN_MAX_COMPONENTS];
    cn_view view[CN_MAX_COMPONENTS];
} source;

static cn_str name_of(const source *self)
{
    return self->next ? "cn_from_generator" : "cn_from_sequence";
}

static void let_go(source *self)
{
    while (self->count)
        cn_release(self->held[--self->count]);
}

static void destroy(cn_dataset *dataset)
{
    let_go((source *)dataset);
}

/* ---- taking a batch over ---- */

static bool hold(source *self, cn_tensor *tensor)
{
    if (!cn_is(tensor, &cn_tensor_kind) || tensor->shape.rank < 1)
        return cn_fail(CN_EINVAL,
                       "%s: expected tensors whose first axis is the samples in batch %lld, found "
                       "%s",
                       name_of(self), (long long)self->at,
                       tensor ? cn_shape_text(tensor->shape) : "NULL");
    if (self->count == CN_MAX_COMPONENTS)
        return cn_fail(CN_EINVAL, "%s: expected at most %d tensors in a batch", name_of(self),
                       CN_MAX_COMPONENTS);
    void *data = (void *)cn_data(tensor);
    if (!data && cn_error_code())
        return false;
    self->view[self->count] = cn_view_of(data, tensor->dtype, tensor->shape);
    self->held[self->count++] = cn_retain(tensor);
    int64_t samples = self->view[0].dim[0];
    return tensor->shape.dim[0] == samples ||
           cn_fail(CN_EINVAL,
                   "%s: expected as many samples in all tensors of batch %lld, found %lld and %lld",
                   name_of(self), (long long)self->at, (long long)samples,
                   (long long)tensor->shape.dim[0]);
}

static bool hold_all(source *self, cn_tensor *one, const cn_list *several, int *count)
{
    int before = self->count;
    bool ok = several || !one || hold(self, one);
    for (size_t i = 0; ok && several && i < several->count; i++)
        ok = hold(self, several->items[i]);
    *count = self->count - before;
    return ok;
}

static bool take(source *self, const cn_batch *given, cn_batch_views *batch)
{
    *batch = (cn_batch_views){.views = self->view, .lasting = self->held};
    bool ok = hold_all(self, given->x, given->xs, &batch->nx) &&
              hold_all(self, given->y, given->ys, &batch->ny) &&
              hold_all(self, given->sample_weight, given->sample_weights, &batch->nw);
    if (ok && !batch->nx)
        return cn_fail(CN_EINVAL, "%s: expected x in batch %lld, found NULL", name_of(self),
                       (long long)self->at);
    batch->size = ok ? self->view[0].dim[0] : 0;
    return ok;
}

/* ---- a pass ---- */

static bool ask(source *self, cn_batch *batch)
{
    if (self->next)
        return self->next(batch, self->sequence.user);
    return self->sequence.get_item(self->at, batch, self->sequence.user) ||
           cn_fail(CN_EINVAL, "cn_from_sequence: get_item failed for batch %lld",
                   (long long)self->at);
}

/* What the user makes lives in a scope of its own; of it, the batch stays until the next one. */
static int next(cn_dataset *dataset, cn_batch_views *batch)
{
    source *self = (source *)dataset;
    cn_batch given = {0};
    let_go(self);
    if (!self->next && self->at >= dataset->batches)
        return 0;
    cn_scope_begin();
    cn_caller before = cn_caller_now();
    bool more = ask(self, &given);
    cn_caller_again(&before);
    bool ok = more && !cn_error_code() && take(self, &given, batch);
    cn_scope_end();
    self->at++;
    return ok && !cn_error_code() ? 1 : more || cn_error_code() ? -1 : 0;
}

static bool ask_length(source *self)
{
    int64_t length = self->sequence.length(self->sequence.user);
    self->dataset.batches = length;
    return length >= 0 ||
           cn_fail(CN_EINVAL, "cn_from_sequence: expected a length of 0 or more, found %lld",
                   (long long)length);
}

static bool end(cn_dataset *dataset)
{
    source *self = (source *)dataset;
    bool due = self->running && self->sequence.on_epoch_end;
    self->running = false;
    return !due || self->sequence.on_epoch_end(self->sequence.user) ||
           cn_fail(CN_EINVAL, "cn_from_sequence: on_epoch_end failed");
}

static bool begin(cn_dataset *dataset, uint64_t epoch)
{
    source *self = (source *)dataset;
    (void)epoch;
    if (self->next)
        return true;
    if (!end(dataset))
        return false;
    self->at = 0;
    self->running = true;
    return ask_length(self);
}

static const cn_dataset_methods methods = {
    .begin = begin, .next = next, .destroy = destroy, .end = end};

static source *make(void)
{
    source *self = cn_dataset_make(&methods, sizeof *self, NULL);
    if (self)
        self->dataset.batch_size = CN_ANY;
    return self;
}

cn_dataset *cn_from_generator_with(const cn_generator_options *o)
{
    cn_mark_at(o->at, "cn_from_generator");
    if (!o->next || o->steps_per_epoch < 0)
        return cn_fail_null(CN_EINVAL, "cn_from_generator: expected %s",
                            o->next ? "steps_per_epoch > 0" : "a function, found NULL");
    source *self = make();
    if (!self)
        return NULL;
    self->next = o->next;
    self->sequence.user = o->user;
    self->dataset.endless = true;
    self->dataset.batches = o->steps_per_epoch ? o->steps_per_epoch : -1;
    return &self->dataset;
}

cn_dataset *cn_from_sequence(const cn_sequence *sequence)
{
    if (!sequence || !sequence->length || !sequence->get_item)
        return cn_fail_null(CN_EINVAL,
                            "cn_from_sequence: expected length and get_item, found NULL");
    source *self = make();
    if (!self)
        return NULL;
    self->sequence = *sequence;
    return ask_length(self) ? &self->dataset : NULL;
}
