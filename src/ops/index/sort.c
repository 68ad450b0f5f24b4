/* Sorting along the last axis. keras.ops.argsort, sort, top_k, in_top_k */
#include "ops/ops.h"
#include "graph/form.h"

#include <string.h>

#include "base/cold.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "ops/index/gather.h"
#include "ops/index/order_keys.h"

typedef struct item {
    uint64_t key;
    int64_t place;
} item;

/* A merge sort, bottom up: stable, and no depth that depends on the data. Returns which of the two
 * arrays ends up sorted. */
static item *sort_items(item *a, item *b, int64_t n)
{
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t at = 0; at < n; at += 2 * width) {
            int64_t middle = at + width < n ? at + width : n;
            int64_t end = middle + width < n ? middle + width : n;
            for (int64_t i = at, j = middle, k = at; k < end; k++)
                b[k] = j >= end || (i < middle && a[i].key <= a[j].key) ? a[i++] : a[j++];
        }
        item *swap = a;
        a = b;
        b = swap;
    }
    return a;
}

/* The keys of a lane; turned round where the largest come first. */
static void read_lane(const void *x, cn_dtype dtype, int64_t n, bool descending, item *items)
{
    uint64_t keys[128];
    for (int64_t i = 0; i < n; i += 128) {
        int64_t m = n - i < 128 ? n - i : 128;
        cn_order_keys((const char *)x + (size_t)i * cn_dtype_size(dtype), dtype, m, 1, keys);
        for (int64_t k = 0; k < m; k++)
            items[i + k] = (item){descending ? ~keys[k] : keys[k], i + k};
    }
}

/* The k least of n items in order: an insertion for each that belongs among them. */
static item *select_items(item *items, item *best, int64_t n, int64_t k)
{
    int64_t have = 0;
    for (int64_t i = 0; i < n; i++) {
        if (have == k && items[i].key >= best[k - 1].key)
            continue;
        int64_t at = have < k ? have++ : k - 1;
        for (; at && best[at - 1].key > items[i].key; at--)
            best[at] = best[at - 1];
        best[at] = items[i];
    }
    return best;
}

enum { FEW = 16, LONGEST = CN_SCRATCH / (2 * sizeof(item)) };

typedef struct sort_job {
    const cn_kernel_args *args;
    int64_t n, k;
    bool top;
    item *space; /* NULL: the thread's own scratch does */
} sort_job;

static void sort_lanes(void *context, size_t begin, size_t end)
{
    const sort_job *job = context;
    const cn_view *x = &job->args->in[0];
    size_t size = cn_dtype_size(x->dtype);
    item *a = job->space ? job->space : cn_scratch(), *b = a + job->n;
    for (size_t l = begin; l < end; l++) {
        const char *lane = (const char *)x->data + l * (size_t)job->n * size;
        read_lane(lane, x->dtype, job->n, job->top, a);
        const item *sorted = job->top && job->k <= FEW ? select_items(a, b, job->n, job->k)
                                                       : sort_items(a, b, job->n);
        char *values = job->top ? job->args->out[0].data : NULL;
        int32_t *places = job->args->out[job->top].data;
        for (int64_t i = 0; i < job->k; i++) {
            size_t to = l * (size_t)job->k + (size_t)i;
            if (places)
                places[to] = (int32_t)sorted[i].place;
            if (values)
                memcpy(values + to * size, lane + (size_t)sorted[i].place * size, size);
        }
    }
}

static size_t sort_scratch(const cn_tensor *node)
{
    const cn_shape *x = &node->inputs[0]->shape;
    int64_t n = x->dim[x->rank - 1];
    return n > (int64_t)LONGEST ? 2 * (size_t)n * sizeof(item) : 0;
}

/* Long lanes are sorted one after the other in the plan's scratch. */
static bool sort_all(const cn_kernel_args *args, int64_t k, bool top)
{
    const cn_view *x = &args->in[0];
    sort_job job = {args, x->dim[x->rank - 1], k, top, NULL};
    if (!x->size || !k)
        return true;
    size_t lanes = (size_t)(x->size / job.n);
    if (job.n > (int64_t)LONGEST) {
        job.space = args->scratch;
        sort_lanes(&job, 0, lanes);
        return true;
    }
    if (!cn_scratch())
        return false;
    cn_parallel_for(lanes, job.n >= 1024 ? 1 : (size_t)(1024 / job.n), sort_lanes, &job);
    return true;
}

/* ---- argsort ---- */

static bool argsort_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = CN_INT32;
    return true;
}

static bool argsort_run(const cn_kernel_args *args)
{
    return sort_all(args, args->in[0].dim[args->in[0].rank - 1], false);
}

const cn_op cn_op_argsort = {.name = "argsort",
                             .traits = CN_NO_GRADIENT,
                             .infer = argsort_infer,
                             .run = argsort_run,
                             .extras = &(const cn_op_extras){.scratch = sort_scratch}};

static cn_tensor *argsort(cn_tensor *x, int64_t axis, const char *who)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, who))
        return NULL;
    cn_tensor *y = cn_swapaxes(cn_apply1(&cn_op_argsort, cn_swapaxes(x, at, -1), NULL), at, -1);
    return CN_FORMED(y, "Argsort", cn_list_of(x), "\"axis\": %d", at);
}

cn_tensor *cn_argsort(cn_tensor *x, int64_t axis)
{
    return argsort(x, axis, "cn_argsort");
}

cn_tensor *cn_sort(cn_tensor *x, int64_t axis)
{
    cn_tensor *order = argsort(x, axis, "cn_sort");
    cn_tensor *y = order ? cn_take_along_axis(x, order, axis) : NULL;
    return CN_FORMED(y, "Sort", cn_list_of(x), "\"axis\": %lld", (long long)axis);
}

/* ---- top_k: values, places ---- */

typedef struct top_attrs {
    int64_t k;
} top_attrs;

static CN_COLD bool top_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0];
    int64_t k = CN_ATTRS(top_attrs, node)->k, n = x->shape.dim[x->shape.rank - 1];
    if (k < 0 || (n >= 0 && k > n))
        return cn_fail(CN_EINVAL,
                       "cn_top_k: expected k from 0 to the last axis of shape %s, found "
                       "%lld",
                       cn_shape_text(x->shape), (long long)k);
    results->count = 2;
    results->shape[0] = x->shape;
    results->shape[0].dim[x->shape.rank - 1] = k;
    results->shape[1] = results->shape[0];
    results->dtype[0] = x->dtype;
    results->dtype[1] = CN_INT32;
    return true;
}

static bool top_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *x = node->inputs[0], *places = cn_nth_result((cn_tensor *)node, 1);
    if (!dy[0])
        return true;
    dx[0] = cn_along_sum(dy[0], places, x->shape.rank - 1, x);
    return dx[0] != NULL;
}

static bool top_run(const cn_kernel_args *args)
{
    return sort_all(args, ((const top_attrs *)args->attrs)->k, true);
}

const cn_op cn_op_top_k = {.name = "top_k",
                           .attrs = sizeof(top_attrs),
                           .infer = top_infer,
                           .vjp = top_vjp,
                           .run = top_run,
                           .extras = &(const cn_op_extras){.scratch = sort_scratch}};

cn_tensor *cn_top_k(cn_tensor *x, int64_t k)
{
    if (x && !x->shape.rank)
        return cn_fail_null(CN_EINVAL, "cn_top_k: expected a tensor with axes, found a scalar");
    cn_tensor *y = cn_apply1(&cn_op_top_k, x, &(top_attrs){k});
    return CN_FORMED(y, "TopK", cn_list_of(x), "\"k\": %lld, \"sorted\": true", (long long)k);
}

/* Fewer than k predictions are larger than the target's; ties are among the k. A target outside,
 * or one whose prediction is no number, is not. */
CN_COLD cn_tensor *cn_in_top_k(cn_tensor *targets, cn_tensor *predictions, int64_t k)
{
    if (!targets || !predictions)
        return NULL;
    if (targets->shape.rank != 1 || predictions->shape.rank != 2)
        return cn_fail_null(
            CN_EINVAL,
            "cn_in_top_k: expected targets (n,) and predictions (n, classes), found "
            "%s and %s",
            cn_shape_text(targets->shape), cn_shape_text(predictions->shape));
    cn_tensor *classes = cn_slice(cn_shape_tensor(predictions), "1");
    cn_tensor *index = cn_expand_dims(cn_indices(targets, "cn_in_top_k"), 1);
    cn_tensor *inside = cn_logical_and(cn_greater_equal(index, 0), cn_less(index, classes));
    cn_tensor *own = cn_take_along_axis(predictions, cn_select(inside, index, 0), 1);
    cn_tensor *larger = cn_sum(cn_cast(cn_greater(predictions, own), CN_INT32), {1});
    cn_tensor *valid = cn_squeeze(cn_logical_and(inside, cn_isfinite(own)), 1);
    cn_tensor *y = cn_logical_and(valid, cn_less(larger, (long long)k));
    return CN_FORMED(y, "InTopK", cn_list_of(targets, predictions), "\"k\": %lld", (long long)k);
}
