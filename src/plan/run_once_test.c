#include "plan/run_once.h"

#include <string.h>

#include "base/test.h"

size_t run_once(cn_traced_body body, void *user, const cn_view *views, const void *const *inputs,
                size_t n, float *result)
{
    cn_traced *t = cn_traced_new(body, user, false);
    cn_plan *plan = cn_traced_plan(t, views, n, 0);
    cn_plan_run *run = cn_plan_begin(plan);
    size_t steps = 0;
    if (CHECK(run && cn_plan_execute(run, inputs, NULL))) {
        for (size_t i = 0; i < cn_plan_output_count(plan); i++) {
            const cn_view *y = cn_plan_output(run, i);
            memcpy(result, y->data, (size_t)y->size * sizeof *result);
            result += y->size;
        }
        steps = cn_plan_step_count(plan);
    }
    cn_plan_end(plan, run);
    cn_traced_free(t);
    return steps;
}

cn_tensor *filled(cn_shape shape)
{
    cn_buffer *buffer = cn_buffer_new((size_t)cn_shape_size(shape) * sizeof(float));
    float *to = buffer->data;
    for (int64_t i = 0; i < cn_shape_size(shape); i++)
        to[i] = (float)((i * 7919 + shape.dim[0] * 31) % 23 - 11) / 16;
    return cn_constant(buffer, shape, CN_FLOAT32);
}

bool add_outputs(cn_list *outputs, const cn_list *made)
{
    return made && cn_list_add_all(outputs, made->items, made->count);
}
