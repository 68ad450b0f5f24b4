#include "metrics/confusion.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "losses/loss.h"

static const double LOWEST = -1e10; /* Keras's NEG_INF */

double *cn_even_thresholds(int count)
{
    double *values = cn_mem_calloc((size_t)count, sizeof *values);
    for (int i = 0; values && i < count; i++)
        values[i] = count > 1 ? (double)i / (count - 1) : 0.5;
    return values;
}

bool cn_is_even(const double *thresholds, int count)
{
    for (int i = 0; i < count; i++) {
        double even = (float)i / (float)(count - 1);
        if (!(fabs(thresholds[i] - even) <= cn_epsilon() + 1e-5 * even))
            return false;
    }
    return count >= 3;
}

/* ---- what both ways begin with ---- */

/* x (…, C): what is not among the k largest of the last axis becomes very low. */
static cn_tensor *keep_top(cn_tensor *x, int k)
{
    cn_tensor *places = cn_nth_result(cn_top_k(x, k), 1); /* (…, k) */
    cn_tensor *hot = cn_one_hot(places, cn_dim(x, -1), -1, cn_dtype_of(x));
    return cn_select(cn_any(hot, .axis = {-2}), x, LOWEST);
}

static cn_tensor *class_of(cn_tensor *x, int class_id)
{
    return cn_slice(x, cn_fmt("..., %d, None", class_id));
}

/* A batch ready for counting: operands of one dtype and shape. */
typedef struct batch {
    cn_tensor *label;  /* bool */
    cn_tensor *score;  /* float */
    cn_tensor *weight; /* broadcasts against score; or NULL */
} batch;

static bool add_weight(batch *b, cn_tensor *weight)
{
    if (weight)
        b->weight = b->weight ? cn_mul(b->weight, weight) : weight;
    return weight != NULL;
}

static cn_tensor *label_weights(const cn_thresholds *at, cn_dtype dtype)
{
    cn_shape shape = cn_shape(at->label_weights->count);
    return cn_cast(cn_array(at->label_weights->values, CN_FLOAT64, shape), dtype);
}

static bool choose_class(batch *b, int class_id)
{
    if (cn_rank(b->score) == 1)
        return cn_fail(CN_EINVAL,
                       "class_id: expected y_pred (samples, classes). Received: y_pred.shape=%s",
                       cn_shape_text(b->score->shape));
    b->label = class_of(b->label, class_id);
    b->score = class_of(b->score, class_id);
    return b->label && b->score;
}

static bool prepare(batch *b, const cn_thresholds *at, cn_dtype dtype, cn_tensor *sample_weight)
{
    b->score = cn_cast(b->score, dtype);
    b->label = cn_cast(b->label, CN_BOOL);
    if (!cn_same_rank(&b->score, &b->label, true))
        return false;
    if (sample_weight) {
        cn_tensor *like = b->label;
        sample_weight = cn_expand_dims(cn_cast(sample_weight, dtype), -1);
        if (!cn_same_rank(&like, &sample_weight, false))
            return false;
    }
    if (!CN_IS_NONE(at->top_k))
        b->score = keep_top(b->score, at->top_k);
    if (!b->score || (!CN_IS_NONE(at->class_id) && !choose_class(b, at->class_id)))
        return false;
    if (sample_weight && !add_weight(b, sample_weight))
        return false;
    return !at->label_weights || at->multi_label || add_weight(b, label_weights(at, dtype));
}

/* All operands as one long axis, or as (N, L) where labels are counted apart. */
static bool flatten(batch *b, bool multi_label)
{
    if (b->weight)
        b->weight = cn_broadcast_like(b->weight, b->score);
    if (multi_label)
        return b->score && b->label;
    b->score = cn_reshape(b->score, cn_shape(CN_ANY));
    b->label = cn_reshape(b->label, cn_shape(CN_ANY));
    if (b->weight)
        b->weight = cn_reshape(b->weight, cn_shape(CN_ANY));
    return b->score && b->label;
}

static bool accumulate(cn_tensor *to, cn_tensor *amount)
{
    return !to || cn_metric_accumulate(to, amount);
}

/* ---- evenly spread thresholds: buckets between them, summed from above ---- */

/* Sums from the end of the first axis. */
static cn_tensor *sums_from_above(cn_tensor *x)
{
    return cn_flip(cn_cumsum(cn_flip(x, (cn_axes){{0}}), 0), (cn_axes){{0}});
}

/* `weight` added up by bucket: (N,) -> (T,), or (N, L) -> (T, L). */
static cn_tensor *by_bucket(cn_tensor *bucket, cn_tensor *weight, int count)
{
    cn_tensor *place = cn_expand_dims(bucket, -1);
    if (cn_rank(bucket) == 1)
        return cn_scatter(place, weight, cn_shape(count));
    int64_t labels = cn_dim(bucket, 1);
    cn_tensor *label = cn_broadcast_like(cn_arange(0, (double)labels, 1, CN_INT32), bucket);
    place = cn_concat(cn_list_of(place, cn_expand_dims(label, -1)), -1);
    return cn_scatter(place, weight, cn_shape(count, labels));
}

static bool count_buckets(const cn_counts *to, const cn_thresholds *at, const batch *b,
                          cn_dtype dtype)
{
    cn_tensor *yes = cn_cast(b->label, dtype), *no = cn_sub(1.0, yes);
    if (b->weight) {
        yes = cn_mul(yes, b->weight);
        no = cn_mul(no, b->weight);
    }
    cn_tensor *score = cn_clip(b->score, 0.0, 1.0);
    cn_tensor *bucket = cn_sub(cn_ceil(cn_mul(score, at->count - 1.0)), 1.0);
    if (at->values[0] < 0) /* the first threshold is below 0: all are above it */
        bucket = cn_maximum(bucket, 0.0);
    cn_tensor *inside = cn_greater_equal(bucket, 0); /* else no threshold is below */
    bucket = cn_cast(cn_select(inside, bucket, 0.0), CN_INT32);
    cn_tensor *tp = sums_from_above(by_bucket(bucket, cn_select(inside, yes, 0.0), at->count));
    cn_tensor *fp = sums_from_above(by_bucket(bucket, cn_select(inside, no, 0.0), at->count));
    return accumulate(to->true_positives, tp) && accumulate(to->false_positives, fp) &&
           accumulate(to->true_negatives, cn_sub(cn_sum(no, .axis = {0}), fp)) &&
           accumulate(to->false_negatives, cn_sub(cn_sum(yes, .axis = {0}), tp));
}

/* ---- any thresholds: each against each ---- */

static bool count_if(cn_tensor *to, cn_tensor *label, cn_tensor *positive, cn_tensor *weight)
{
    cn_tensor *hit = cn_logical_and(label, positive); /* (T, N) or (T, N, L) */
    cn_tensor *amount = weight ? cn_select(hit, weight, 0.0) : hit;
    return accumulate(to, cn_sum(amount, .axis = {1}));
}

static bool count_each(const cn_counts *to, const cn_thresholds *at, const batch *b, cn_dtype dtype)
{
    cn_shape shape = at->multi_label ? cn_shape(at->count, 1, 1) : cn_shape(at->count, 1);
    cn_tensor *limit = cn_cast(cn_array(at->values, CN_FLOAT64, shape), dtype);
    cn_tensor *positive = cn_greater(cn_expand_dims(b->score, 0), limit);
    cn_tensor *negative = cn_logical_not(positive);
    cn_tensor *yes = cn_expand_dims(b->label, 0), *no = cn_logical_not(yes);
    cn_tensor *weight = b->weight ? cn_expand_dims(b->weight, 0) : NULL;
    return (!to->true_positives || count_if(to->true_positives, yes, positive, weight)) &&
           (!to->false_positives || count_if(to->false_positives, no, positive, weight)) &&
           (!to->true_negatives || count_if(to->true_negatives, no, negative, weight)) &&
           (!to->false_negatives || count_if(to->false_negatives, yes, negative, weight));
}

bool cn_count(const cn_counts *to, const cn_thresholds *at, cn_tensor *y_true, cn_tensor *y_pred,
              cn_tensor *sample_weight)
{
    batch b = {y_true, y_pred, NULL};
    cn_dtype dtype = CN_FLOAT32; /* of the variables */
    if (!prepare(&b, at, dtype, sample_weight) || !flatten(&b, at->multi_label))
        return false;
    return at->even ? count_buckets(to, at, &b, dtype) : count_each(to, at, &b, dtype);
}
