#include "losses/labels.h"

#include <string.h>

typedef struct labels_attrs {
    int64_t classes;
    cn_str who;
} labels_attrs;

static bool labels_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = CN_INT32;
    return true;
}

static bool labels_run(const cn_kernel_args *args)
{
    const labels_attrs *attrs = args->attrs;
    const int32_t *from = args->in[0].data;
    int32_t *to = args->out[0].data;
    for (int64_t i = 0; i < args->in[0].size; i++) {
        if (from[i] < 0 || from[i] >= attrs->classes)
            return cn_fail(CN_EINVAL,
                           "%s: expected labels from 0 to %lld. Received: %d for sample %lld",
                           attrs->who, (long long)attrs->classes - 1, (int)from[i], (long long)i);
        to[i] = from[i];
    }
    return true;
}

static const cn_op labels_op = {.name = "class_labels",
                                .traits = CN_NO_GRADIENT | CN_FALLIBLE,
                                .attrs = sizeof(labels_attrs),
                                .infer = labels_infer,
                                .run = labels_run};

cn_tensor *cn_class_labels(cn_tensor *labels, int64_t classes, cn_str who)
{
    labels_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.classes = classes;
    attrs.who = who;
    labels = cn_cast(labels, CN_INT32);
    return classes == CN_ANY ? labels : cn_apply1(&labels_op, labels, &attrs);
}
