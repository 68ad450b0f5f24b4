/* Intersection over union. https://keras.io/api/metrics/segmentation_metrics/ */
#include "base/alloc.h"
#include "base/error.h"
#include "metrics/metric.h"
#include "metrics/numbers.h"

/* What all classes have. */
typedef struct iou {
    cn_metric *metric;
    int classes, ignore_class;
    bool sparse_true, sparse_pred; /* class numbers, not a number for each class */
    int axis;
    const cn_numbers *targets; /* NULL: all classes */
} iou;

static bool start(const iou *m)
{
    cn_str who = m->metric->head.head.cls->name;
    if (m->classes <= 0)
        return cn_fail(CN_EINVAL, "%s: expected num_classes > 0. Received: num_classes=%d", who,
                       m->classes);
    if (m->targets && !m->targets->count)
        return cn_fail(CN_EINVAL, "%s: the argument 'target_class_ids' is required", who);
    for (int i = 0; m->targets && i < m->targets->count; i++)
        if (m->targets->values[i] < 0 || m->targets->values[i] >= m->classes)
            return cn_fail(CN_EINVAL, "%s: expected target_class_ids from 0 to %d. Received: %g",
                           who, m->classes - 1, m->targets->values[i]);
    return cn_metric_add(m->metric, "total_confusion_matrix", cn_shape(m->classes, m->classes),
                         cn_metric_dtype(m->metric));
}

static cn_tensor *as_vector(cn_tensor *x)
{
    return cn_rank(x) > 1 ? cn_reshape(x, cn_shape(CN_ANY)) : x;
}

static cn_tensor *as_classes(cn_tensor *x, bool sparse, const iou *m)
{
    x = sparse ? x : cn_argmax(x, m->axis, false);
    return as_vector(cn_cast(x, cn_metric_dtype(m->metric)));
}

static cn_tensor *in_range(cn_tensor *x, int classes)
{
    return cn_logical_and(cn_greater_equal(x, 0), cn_less(x, classes));
}

/* Counts weights by (true, predicted) class. */
static bool update(const iou *m, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight)
{
    cn_dtype dtype = cn_metric_dtype(m->metric);
    y_true = as_classes(y_true, m->sparse_true, m);
    y_pred = as_classes(y_pred, m->sparse_pred, m);
    weight = weight ? as_vector(cn_cast(weight, dtype)) : cn_ones(CN_SCALAR, dtype);
    weight = cn_broadcast_like(weight, y_true);
    cn_tensor *counts = cn_logical_and(in_range(y_true, m->classes), in_range(y_pred, m->classes));
    if (!CN_IS_NONE(m->ignore_class))
        counts = cn_logical_and(counts, cn_not_equal(y_true, m->ignore_class));
    y_true = cn_cast(cn_select(counts, y_true, 0), CN_INT32);
    y_pred = cn_cast(cn_select(counts, y_pred, 0), CN_INT32);
    cn_tensor *place = cn_stack(cn_list_of(y_true, y_pred), 1); /* (N, 2) */
    cn_tensor *matrix =
        cn_scatter(place, cn_select(counts, weight, 0), cn_shape(m->classes, m->classes));
    return cn_metric_accumulate(cn_metric_variable(m->metric, 0), matrix);
}

/* float32 (C,) -> the same of the target classes. */
static cn_tensor *targets_of(const iou *m, cn_tensor *x)
{
    x = cn_cast(x, CN_FLOAT32);
    if (!m->targets)
        return x;
    cn_tensor *ids = cn_array(m->targets->values, CN_FLOAT64, cn_shape(m->targets->count));
    return cn_gather(x, cn_cast(ids, CN_INT32), 0);
}

/* The mean over the target classes that occur. */
static cn_tensor *result(const iou *m)
{
    cn_tensor *matrix = cn_metric_variable(m->metric, 0);
    cn_tensor *diagonal = cn_eye(m->classes, m->classes, cn_dtype_of(matrix));
    cn_tensor *hits = cn_sum(cn_mul(matrix, diagonal), .axis = {1});
    cn_tensor *either = cn_add(cn_sum(matrix, .axis = {0}), cn_sum(matrix, .axis = {1}));
    cn_tensor *all = targets_of(m, cn_sub(either, hits));
    cn_tensor *occurs = cn_greater(all, 1e-9);
    cn_tensor *each = cn_div(targets_of(m, hits), cn_add(all, cn_epsilon()));
    cn_tensor *count = cn_sum(cn_cast(occurs, CN_FLOAT32));
    return cn_div(cn_sum(cn_select(occurs, each, 0.0)), cn_add(count, cn_epsilon()));
}

#define CLASSES(P) P(int, num_classes, CN_REQUIRED, "how many classes there are")
#define TARGETS(P) P(cn_spec, target_class_ids, NULL, "a list of the classes that count")
#define IGNORE(P) P(int, ignore_class, CN_NONE, "a true class that does not count")
#define SPARSE_TRUE(P) P(bool, sparse_y_true, true, "y_true is class numbers")
#define SPARSE_PRED(P) P(bool, sparse_y_pred, true, "y_pred is class numbers")
#define HOT_PRED(P) P(bool, sparse_y_pred, false, "y_pred is class numbers")
#define AXIS(P) P(int, axis, -1, "the axis of classes, where they are not numbers")

/* The numbers of target_class_ids, where the class has such. */
#define READ_TARGETS                                                                  \
    (cn_numbers_read(&self->targets, self->target_class_ids, &self->metric.head.head, \
                     "target_class_ids"))
#define WRITE_TARGETS cn_numbers_write(config, "target_class_ids", self->target_class_ids)

#define IOU(id, name, table, read, write, before, ...)                                           \
    CN_METRIC_STRUCT(id, table, cn_numbers targets;)                                             \
    static iou id##_common(id *self)                                                             \
    {                                                                                            \
        return (iou){&self->metric, __VA_ARGS__};                                                \
    }                                                                                            \
    static bool id##_init(id *self)                                                              \
    {                                                                                            \
        iou common = id##_common(self);                                                          \
        return read && start(&common);                                                           \
    }                                                                                            \
    static void id##_destroy(id *self)                                                           \
    {                                                                                            \
        cn_mem_free(self->targets.values);                                                       \
    }                                                                                            \
    static bool id##_update(id *self, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight)   \
    {                                                                                            \
        iou common = id##_common(self);                                                          \
        return update(&common, y_true, before, weight);                                          \
    }                                                                                            \
    static cn_tensor *id##_result(id *self)                                                      \
    {                                                                                            \
        iou common = id##_common(self);                                                          \
        return result(&common);                                                                  \
    }                                                                                            \
    static bool id##_config(const id *self, cn_json *config)                                     \
    {                                                                                            \
        (void)self, (void)config;                                                                \
        return write;                                                                            \
    }                                                                                            \
    CN_METRIC(id, name, NULL, .init = id##_init, .destroy = id##_destroy, .update = id##_update, \
              .result = id##_result, .write_config = id##_config, .default_dtype = "int",        \
              .numbered = true)

#define IOU_PARAMS(P) CLASSES(P) TARGETS(P) IGNORE(P) SPARSE_TRUE(P) SPARSE_PRED(P) AXIS(P)
#define MEAN_PARAMS(P) CLASSES(P) IGNORE(P) SPARSE_TRUE(P) SPARSE_PRED(P) AXIS(P)
#define HOT_PARAMS(P) CLASSES(P) TARGETS(P) IGNORE(P) HOT_PRED(P) AXIS(P)
#define HOT_MEAN_PARAMS(P) CLASSES(P) IGNORE(P) HOT_PRED(P) AXIS(P)
#define BINARY_PARAMS(P)                                                               \
    P(cn_spec, target_class_ids, "[0, 1]", "a list of the classes that count, 0 or 1") \
    P(float, threshold, 0.5, "from it on a prediction means 1")

IOU(iou_metric, "IoU", IOU_PARAMS, READ_TARGETS, WRITE_TARGETS, y_pred, self->num_classes,
    self->ignore_class, self->sparse_y_true, self->sparse_y_pred, self->axis, &self->targets)
IOU(mean_iou_metric, "MeanIoU", MEAN_PARAMS, true, true, y_pred, self->num_classes,
    self->ignore_class, self->sparse_y_true, self->sparse_y_pred, self->axis, NULL)
IOU(one_hot_iou_metric, "OneHotIoU", HOT_PARAMS, READ_TARGETS, WRITE_TARGETS, y_pred,
    self->num_classes, self->ignore_class, false, self->sparse_y_pred, self->axis, &self->targets)
IOU(one_hot_mean_iou_metric, "OneHotMeanIoU", HOT_MEAN_PARAMS, true, true, y_pred,
    self->num_classes, self->ignore_class, false, self->sparse_y_pred, self->axis, NULL)
IOU(binary_iou_metric, "BinaryIoU", BINARY_PARAMS, READ_TARGETS, WRITE_TARGETS,
    cn_greater_equal(cn_cast(y_pred, CN_FLOAT32), self->threshold), 2, CN_NONE, true, true, -1,
    &self->targets)
