/* Eager code whose sizes depend on data: since nobody waits for anything there, such a tensor is
 * computed when it is made, and has its shape from then on. */
#include <string.h>

#include "graph/shape.h"
#include "plan/plan.h"

static bool take_result(cn_tensor *tensor, const cn_view *view)
{
    cn_buffer *buffer = cn_buffer_new((size_t)view->size * cn_dtype_size(view->dtype));
    if (!buffer)
        return false;
    if (buffer->size)
        memcpy(buffer->data, view->data, buffer->size);
    tensor->value = cn_retain(buffer);
    tensor->shape.rank = view->rank;
    memcpy(tensor->shape.dim, view->dim, sizeof view->dim);
    return true;
}

bool cn_settle_shape(cn_tensor *tensor)
{
    if (tensor->results)
        return cn_fail(CN_EUNSUPPORTED,
                       "not supported: '%s' with a size that depends on data in "
                       "eager code",
                       tensor->op->name);
    cn_plan *plan = cn_plan_build(
        &(cn_plan_request){.outputs = &tensor, .n_outputs = 1, .quick = true, .late = true});
    cn_plan_run *run = cn_plan_begin(plan);
    bool ok =
        run && cn_plan_execute(run, NULL, NULL) && take_result(tensor, cn_plan_output(run, 0));
    if (plan)
        cn_plan_end(plan, run);
    return ok;
}
