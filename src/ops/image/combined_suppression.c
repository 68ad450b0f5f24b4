/* The best boxes of each class, then of all: tf.image.combined_non_max_suppression. Classes are
 * independent and go to the threads one by one. */
#include <string.h>

#include "base/scratch.h"
#include "base/threads.h"
#include "cornu/image.h"
#include "ops/image/suppress.h"
#include "ops/ops.h"

typedef struct combined_attrs {
    int64_t per_class, total;
    float iou, least;
    int64_t clip;
} combined_attrs;

static bool check_shapes(cn_shape boxes, cn_shape scores)
{
    bool fits = boxes.rank == 4 && scores.rank == 3 && boxes.dim[3] == 4;
    for (int i = 0; fits && i < 2; i++)
        fits = boxes.dim[i] == scores.dim[i] || boxes.dim[i] < 0 || scores.dim[i] < 0;
    fits = fits && (boxes.dim[2] == 1 || boxes.dim[2] < 0 || scores.dim[2] < 0 ||
                    boxes.dim[2] == scores.dim[2]);
    if (fits)
        return true;
    return cn_fail(
        CN_EINVAL,
        "cn_combined_non_max_suppression: expected boxes (N, boxes, 1 or classes, 4) and "
        "scores (N, boxes, classes), found %s and %s",
        cn_shape_text(boxes), cn_shape_text(scores));
}

static bool combined_infer(const cn_tensor *node, cn_results *results)
{
    int64_t total = CN_ATTRS(combined_attrs, node)->total, n = node->inputs[1]->shape.dim[0];
    if (!check_shapes(node->inputs[0]->shape, node->inputs[1]->shape))
        return false;
    results->count = 4;
    results->shape[0] = cn_shape(n, total, 4);
    results->shape[1] = results->shape[2] = cn_shape(n, total);
    results->shape[3] = cn_shape(n);
    for (int i = 0; i < 4; i++)
        results->dtype[i] = i < 3 ? CN_FLOAT32 : CN_INT32;
    return true;
}

typedef struct combined {
    const cn_kernel_args *args;
    const combined_attrs *a;
    int64_t n, boxes, kinds, classes, per_class; /* kinds of boxes: 1 or as many as classes */
    int64_t first;            /* so many boxes of a class are looked for before it needs more */
    int32_t *places, *counts; /* of each image and class */
    void *memory;             /* where a thread's own does not suffice */
} combined;

static int64_t rows_of(const combined_attrs *a, int64_t boxes)
{
    return a->per_class < boxes ? a->per_class : boxes;
}

static size_t combined_scratch(const cn_tensor *node)
{
    const combined_attrs *a = CN_ATTRS(combined_attrs, node);
    const int64_t *dim = node->inputs[1]->shape.dim;
    size_t work = cn_suppress_bytes(dim[1], a->per_class);
    size_t lists = (size_t)(dim[0] * dim[2]) * (size_t)(rows_of(a, dim[1]) + 2);
    return lists * sizeof(int32_t) + (work > CN_SCRATCH ? work : 0);
}

/* The first boxes of a class: `most` of them or all there are. */
static void suppress_class(const combined *c, int64_t image, int64_t cls, int64_t most)
{
    int64_t i = image * c->classes + cls;
    const float *boxes = c->args->in[0].data, *scores = c->args->in[1].data;
    cn_suppress s = {.boxes = boxes + (image * c->boxes * c->kinds + (c->kinds > 1 ? cls : 0)) * 4,
                     .scores = scores + image * c->boxes * c->classes + cls,
                     .box_step = 4 * c->kinds,
                     .score_step = c->classes,
                     .n = c->boxes,
                     .most = most,
                     .iou = c->a->iou,
                     .least = c->a->least};
    c->counts[i] = (int32_t)cn_suppress_run(&s, c->memory ? c->memory : cn_scratch(),
                                            c->places + i * c->per_class);
}

/* Classes of images, counted through. */
static void suppress_classes(void *context, size_t begin, size_t end)
{
    const combined *c = context;
    for (int64_t i = (int64_t)begin; i < (int64_t)end; i++)
        suppress_class(c, i / c->classes, i % c->classes, c->first);
}

static float score_at(const combined *c, int64_t image, int64_t cls, int32_t place)
{
    return ((const float *)c->args->in[1].data)[(image * c->boxes + place) * c->classes + cls];
}

static void write_box(const combined *c, int64_t image, int64_t cls, int32_t place, int64_t row)
{
    const float *from = (const float *)c->args->in[0].data +
                        ((image * c->boxes + place) * c->kinds + (c->kinds > 1 ? cls : 0)) * 4;
    float *boxes = c->args->out[0].data, *scores = c->args->out[1].data,
          *classes = c->args->out[2].data;
    int64_t at = image * c->a->total + row;
    for (int k = 0; boxes && k < 4; k++) {
        float x = from[k];
        boxes[at * 4 + k] = !c->a->clip ? x : x < 0 ? 0 : x > 1 ? 1 : x;
    }
    if (scores)
        scores[at] = score_at(c, image, cls, place);
    if (classes)
        classes[at] = (float)cls;
}

/* Each class's list is in order: the best of their heads, again and again. The few lists that are
 * used up before the total is reached are made anew, whole. */
static void merge_classes(const combined *c, int64_t image)
{
    const int32_t *counts = c->counts + image * c->classes;
    int32_t *next = c->counts + (c->n + image) * c->classes;
    memset(next, 0, (size_t)c->classes * sizeof *next);
    int64_t row = 0;
    while (row < c->a->total) {
        float top = 0;
        int64_t best = -1;
        for (int64_t cls = 0; cls < c->classes; cls++) {
            if (next[cls] >= counts[cls])
                continue;
            const int32_t *places = c->places + (image * c->classes + cls) * c->per_class;
            float score = score_at(c, image, cls, places[next[cls]]);
            if (best < 0 || score > top) {
                best = cls;
                top = score;
            }
        }
        if (best < 0)
            break;
        write_box(c, image, best,
                  c->places[(image * c->classes + best) * c->per_class + next[best]++], row++);
        if (next[best] == c->first && c->first < c->per_class)
            suppress_class(c, image, best, c->per_class);
    }
    if (c->args->out[3].data)
        ((int32_t *)c->args->out[3].data)[image] = (int32_t)row;
}

static bool combined_run(const cn_kernel_args *args)
{
    const combined_attrs *a = args->attrs;
    const int64_t *dim = args->in[1].dim;
    combined c = {.args = args, .a = a, .n = dim[0], .boxes = dim[1], .classes = dim[2]};
    c.kinds = args->in[0].dim[2];
    c.per_class = rows_of(a, c.boxes);
    c.first = a->total / (c.classes + 1) * 2 + 8;
    if (c.first > c.per_class)
        c.first = c.per_class;
    c.counts = args->scratch;
    c.places = c.counts + 2 * c.n * c.classes;
    size_t jobs = (size_t)(c.n * c.classes);
    bool large = cn_suppress_bytes(c.boxes, a->per_class) > CN_SCRATCH;
    if (large)
        c.memory = c.places + (int64_t)jobs * c.per_class;
    else if (!cn_scratch())
        return false;
    for (int i = 0; i < 3; i++)
        if (args->out[i].data)
            memset(args->out[i].data, 0, (size_t)args->out[i].size * sizeof(float));
    cn_parallel_for(jobs, large || c.boxes < 64 ? jobs : 1, suppress_classes, &c);
    for (int64_t image = 0; image < c.n; image++)
        merge_classes(&c, image);
    return true;
}

static const cn_op cn_op_combined_nms = {.name = "combined_non_max_suppression",
                                         .traits = CN_NO_GRADIENT,
                                         .attrs = sizeof(combined_attrs),
                                         .infer = combined_infer,
                                         .run = combined_run,
                                         .extras =
                                             &(const cn_op_extras){.scratch = combined_scratch}};

cn_tensor *cn_combined_non_max_suppression_with(const cn_combined_nms_options *o)
{
    cn_mark_at(o->at, "cn_combined_non_max_suppression");
    cn_tensor *boxes = cn_cast(o->boxes, CN_FLOAT32), *scores = cn_cast(o->scores, CN_FLOAT32);
    if (!boxes || !scores || !check_shapes(boxes->shape, scores->shape))
        return NULL;
    if (o->max_output_size_per_class <= 0 || o->max_total_size <= 0)
        return cn_fail_null(CN_EINVAL,
                            "cn_combined_non_max_suppression: expected max_output_size_per_class "
                            "and max_total_size > 0, found %lld and %lld",
                            (long long)o->max_output_size_per_class, (long long)o->max_total_size);
    combined_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.per_class = o->max_output_size_per_class;
    attrs.total = o->max_total_size;
    if (o->pad_per_class && scores->shape.dim[2] >= 0 &&
        attrs.total > attrs.per_class * scores->shape.dim[2])
        attrs.total = attrs.per_class * scores->shape.dim[2];
    attrs.iou = (float)o->iou_threshold;
    attrs.least = (float)o->score_threshold;
    attrs.clip = o->clip_boxes;
    return cn_apply2(&cn_op_combined_nms, boxes, scores, &attrs);
}
