/* How often the answer is right. https://keras.io/api/metrics/accuracy_metrics/ */
#include "losses/functions.h"
#include "losses/loss.h"
#include "metrics/metric.h"

/* 1 where they are equal, of the dtype that Keras calls floatx. */
static cn_tensor *matches(cn_tensor *a, cn_tensor *b)
{
    return cn_cast(cn_equal(a, b), CN_FLOAT32);
}

CN_METRIC_STRUCT(accuracy_metric, CN_NO_PARAMS, )
static cn_tensor *accuracy(accuracy_metric *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    (void)self;
    return cn_align_targets(&y_true, &y_pred) ? matches(y_true, y_pred) : NULL;
}
CN_METRIC(accuracy_metric, "Accuracy", NULL, .values = accuracy)

#define BINARY(P) P(float, threshold, 0.5, "above it a prediction means 1")
CN_METRIC_STRUCT(binary_accuracy_metric, BINARY, )
static cn_tensor *binary(binary_accuracy_metric *self, cn_tensor *y_true, cn_tensor *y_pred)
{
    if (!cn_same_rank(&y_true, &y_pred, true))
        return NULL;
    cn_tensor *above = cn_greater(y_pred, self->threshold);
    return matches(y_true, cn_cast(above, y_true->dtype));
}
CN_METRIC(binary_accuracy_metric, "BinaryAccuracy", NULL, .values = binary)

/* Does the largest of y_pred (…, C) stand where `labels` (…) or (…, 1) says? Numbers are compared
 * in y_pred's dtype, as Keras does. */
static cn_tensor *largest_is(cn_tensor *labels, cn_tensor *y_pred)
{
    if (!labels || !y_pred)
        return NULL;
    bool column = labels->shape.rank == y_pred->shape.rank && cn_dim(labels, -1) == 1;
    cn_tensor *bare = column ? cn_squeeze(labels, -1) : labels;
    cn_tensor *top = cn_argmax(y_pred, -1, false);
    return matches(cn_cast(bare, y_pred->dtype), cn_cast(top, y_pred->dtype));
}

CN_METRIC_STRUCT(categorical_accuracy_metric, CN_NO_PARAMS, )
static cn_tensor *categorical(categorical_accuracy_metric *self, cn_tensor *y_true,
                              cn_tensor *y_pred)
{
    (void)self;
    return largest_is(cn_argmax(y_true, -1, false), y_pred);
}
CN_METRIC(categorical_accuracy_metric, "CategoricalAccuracy", NULL, .values = categorical)

CN_METRIC_STRUCT(sparse_categorical_accuracy_metric, CN_NO_PARAMS, )
static cn_tensor *sparse(sparse_categorical_accuracy_metric *self, cn_tensor *y_true,
                         cn_tensor *y_pred)
{
    (void)self;
    return largest_is(y_true, y_pred);
}
CN_METRIC(sparse_categorical_accuracy_metric, "SparseCategoricalAccuracy", NULL, .values = sparse)

/* x (…, C) as (N, C). */
static cn_tensor *as_rows(cn_tensor *x)
{
    return cn_rank(x) > 2 ? cn_reshape(x, cn_shape(CN_ANY, cn_dim(x, -1))) : x;
}

static cn_tensor *as_vector(cn_tensor *x)
{
    return cn_rank(x) > 1 ? cn_reshape(x, cn_shape(CN_ANY)) : x;
}

/* Are `labels` (…) among the k largest of y_pred (…, C)? */
static cn_tensor *among_top(cn_tensor *labels, cn_tensor *y_pred, int k)
{
    labels = cn_cast(labels, CN_INT32);
    cn_tensor *hits = cn_in_top_k(as_vector(labels), as_rows(y_pred), k);
    hits = cn_cast(hits, CN_FLOAT32);
    return cn_rank(labels) > 1 ? cn_reshape_like(hits, labels) : hits;
}

#define TOP_K(P) P(int, k, 5, "how many of the largest count")
CN_METRIC_STRUCT(top_k_categorical_accuracy_metric, TOP_K, )
static cn_tensor *top_k(top_k_categorical_accuracy_metric *self, cn_tensor *y_true,
                        cn_tensor *y_pred)
{
    return among_top(cn_argmax(y_true, -1, false), y_pred, self->k);
}
CN_METRIC(top_k_categorical_accuracy_metric, "TopKCategoricalAccuracy", NULL, .values = top_k)

#define SPARSE_TOP_K(P)                           \
    P(int, k, 5, "how many of the largest count") \
    P(bool, from_sorted_ids, false, "y_pred is class numbers, the likeliest first")
CN_METRIC_STRUCT(sparse_top_k_categorical_accuracy_metric, SPARSE_TOP_K, )

static cn_tensor *sparse_top_k(sparse_top_k_categorical_accuracy_metric *self, cn_tensor *y_true,
                               cn_tensor *y_pred)
{
    if (!self->from_sorted_ids)
        return among_top(y_true, y_pred, self->k);
    cn_tensor *first = cn_slice(as_rows(y_pred), cn_fmt(":, :%d", self->k));
    cn_tensor *labels = cn_expand_dims(as_vector(y_true), 1);
    cn_tensor *same = cn_equal(cn_cast(labels, cn_dtype_of(first)), first);
    cn_tensor *hits = cn_cast(cn_any(same, .axis = {1}), CN_FLOAT32);
    return cn_rank(y_true) > 1 ? cn_reshape_like(hits, y_true) : hits;
}

/* Keras writes from_sorted_ids only where it is true. */
static bool write_sorted(const sparse_top_k_categorical_accuracy_metric *self, cn_json *config)
{
    if (!self->from_sorted_ids)
        cn_json_free(cn_json_remove(config, "from_sorted_ids"));
    return true;
}
CN_METRIC(sparse_top_k_categorical_accuracy_metric, "SparseTopKCategoricalAccuracy", NULL,
          .values = sparse_top_k, .write_config = write_sorted)
