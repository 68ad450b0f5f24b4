/* Constants are computed now: what depends on nothing but constants becomes one. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/walk.h"
#include "plan/ir.h"

enum { LARGEST = 1 << 16 }; /* bytes: larger ones are cheaper to make than to keep */

bool cn_pass_off(const char *name)
{
    const char *list = getenv("CORNU_PASSES_OFF");
    return list && strstr(list, name);
}

static bool foldable(const cn_walk *walk, const bool *constant, const cn_tensor *tensor)
{
    if (tensor->value)
        return tensor->op != &cn_op_variable;
    if (tensor->op->traits & (CN_LEAF | CN_IMPURE) || !cn_shape_known(tensor->shape) ||
        tensor->results)
        return false;
    if (cn_shape_size(tensor->shape) * (int64_t)cn_dtype_size(tensor->dtype) > LARGEST)
        return false;
    for (int i = 0; i < tensor->n_inputs; i++)
        if (!constant[cn_walk_find(walk, tensor->inputs[i])])
            return false;
    return true;
}

/* Constants that something else than a constant reads. */
static bool mark_frontier(const cn_walk *walk, const bool *constant, cn_list *frontier)
{
    for (size_t i = 0; i < walk->count; i++) {
        const cn_tensor *tensor = walk->nodes[i];
        for (int k = 0; k < tensor->n_inputs && !constant[i]; k++) {
            cn_tensor *input = tensor->inputs[k];
            long place = cn_walk_find(walk, input);
            if (place >= 0 && constant[place] && !input->value && !cn_list_add(frontier, input))
                return false;
        }
    }
    return true;
}

static bool fold(const cn_walk *walk)
{
    bool *constant = cn_mem_calloc(walk->count, sizeof *constant);
    cn_list *frontier = cn_list_new();
    bool ok = constant && frontier;
    for (size_t i = 0; ok && i < walk->count; i++)
        constant[i] = foldable(walk, constant, walk->nodes[i]);
    ok = ok && mark_frontier(walk, constant, frontier);
    cn_mem_free(constant);
    return ok && (!frontier->count || cn_compute(frontier));
}

bool cn_pass_fold(const cn_plan_request *request)
{
    if (request->quick || cn_pass_off("fold"))
        return true;
    cn_walk outputs, values = {0};
    bool ok =
        cn_walk_make(&outputs, request->outputs, request->n_outputs, cn_is_leaf) && fold(&outputs);
    cn_walk_free(&outputs);
    ok = ok && cn_walk_make(&values, request->values, request->n_assigned, cn_is_leaf) &&
         fold(&values);
    cn_walk_free(&values);
    return ok;
}
