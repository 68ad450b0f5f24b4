/* The best boxes that do not overlap. tf.image.non_max_suppression */
#include <string.h>

#include "cornu/image.h"
#include "graph/trace.h"
#include "ops/image/suppress.h"
#include "ops/ops.h"

typedef struct nms_attrs {
    int64_t most, pad;
    float iou, least;
} nms_attrs;

static bool nms_infer(const cn_tensor *node, cn_results *results)
{
    const nms_attrs *a = CN_ATTRS(nms_attrs, node);
    cn_shape boxes = node->inputs[0]->shape, scores = node->inputs[1]->shape;
    bool fits = boxes.rank == 2 && (boxes.dim[1] == 4 || boxes.dim[1] == CN_ANY) &&
                scores.rank == 1 &&
                (boxes.dim[0] == scores.dim[0] || boxes.dim[0] < 0 || scores.dim[0] < 0);
    if (!fits)
        return cn_fail(CN_EINVAL,
                       "cn_non_max_suppression: expected boxes (N, 4) and scores (N,), found %s "
                       "and %s",
                       cn_shape_text(boxes), cn_shape_text(scores));
    results->count = a->pad ? 2 : 1;
    results->shape[0] = cn_shape(a->pad ? a->most : CN_ANY);
    results->dtype[0] = CN_INT32;
    if (a->pad) {
        results->shape[1] = CN_SCALAR;
        results->dtype[1] = CN_INT32;
    }
    return true;
}

/* Places, then what suppression works in. */
static size_t nms_scratch(const cn_tensor *node)
{
    int64_t n = node->inputs[1]->shape.dim[0], most = CN_ATTRS(nms_attrs, node)->most;
    return (size_t)(most < n ? most : n) * sizeof(int32_t) + cn_suppress_bytes(n, most);
}

static bool nms_run(const cn_kernel_args *args)
{
    const nms_attrs *a = args->attrs;
    cn_suppress s = {.boxes = args->in[0].data,
                     .scores = args->in[1].data,
                     .box_step = 4,
                     .score_step = 1,
                     .n = args->in[1].dim[0],
                     .most = a->most,
                     .iou = a->iou,
                     .least = a->least};
    int32_t *places = args->scratch;
    int64_t most = s.most < s.n ? s.most : s.n;
    int64_t count = most ? cn_suppress_run(&s, places + most, places) : 0;
    int32_t *to = a->pad ? args->out[0].data : cn_result_room(args, 0, cn_shape(count));
    if (!to && !a->pad)
        return false;
    if (to && count)
        memcpy(to, places, (size_t)count * sizeof *to);
    if (to && a->pad)
        memset(to + count, 0, (size_t)(a->most - count) * sizeof *to);
    if (a->pad && args->out[1].data)
        *(int32_t *)args->out[1].data = (int32_t)count;
    return true;
}

static const cn_op cn_op_nms = {.name = "non_max_suppression",
                                .traits = CN_LATE | CN_NO_GRADIENT,
                                .attrs = sizeof(nms_attrs),
                                .infer = nms_infer,
                                .run = nms_run,
                                .extras = &(const cn_op_extras){.scratch = nms_scratch}};

cn_tensor *cn_non_max_suppression_with(const cn_nms_options *o)
{
    cn_mark_at(o->at, "cn_non_max_suppression");
    if (o->max_output_size < 0)
        return cn_fail_null(CN_EINVAL,
                            "cn_non_max_suppression: expected max_output_size >= 0, found %lld",
                            (long long)o->max_output_size);
    if (!(o->iou_threshold >= 0 && o->iou_threshold <= 1))
        return cn_fail_null(CN_EINVAL,
                            "cn_non_max_suppression: expected iou_threshold in [0, 1], found %g",
                            o->iou_threshold);
    nms_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.most = o->max_output_size;
    attrs.pad = o->pad_to_max_output_size;
    attrs.iou = (float)o->iou_threshold;
    attrs.least = (float)o->score_threshold;
    return cn_apply2(&cn_op_nms, cn_cast(o->boxes, CN_FLOAT32), cn_cast(o->scores, CN_FLOAT32),
                     &attrs);
}
