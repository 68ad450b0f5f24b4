/* Running a plan: pointers that moved are set, then the kernels called in order. Nothing else. */
#include <string.h>

#include "base/alloc.h"
#include "base/denormals.h"
#include "base/scratch.h"
#include "graph/shape.h"
#include "graph/trace.h"
#include "plan/internal.h"
#include "plan/profile.h"

void cn_plan_run_free(cn_plan_run *run)
{
    if (!run)
        return;
    if (run->next_plan) {
        cn_plan_end(run->next_plan, run->next);
        cn_release(run->next_plan);
    }
    for (size_t i = 0; i < run->n_rooms; i++)
        cn_mem_free_aligned(run->rooms[i].data);
    cn_mem_free(run->rooms);
    cn_mem_free(run->next_inputs);
    cn_mem_free_aligned(run->arena);
    cn_mem_free(run->views);
    cn_mem_free(run->args);
    cn_mem_free(run->moving);
    cn_mem_free(run);
}

/* Results of unknown size get rooms. */
static void add_rooms(cn_plan_run *run, const cn_step *step)
{
    size_t first = step->view + (size_t)step->args.n_in;
    for (size_t v = first; v < first + (size_t)step->args.n_out; v++)
        if (run->plan->views[v].size < 0)
            run->rooms[run->n_rooms++].view = &run->views[v];
}

static size_t count_rooms(const cn_plan *plan)
{
    size_t rooms = 0;
    for (size_t v = 0; v < plan->n_views; v++)
        rooms += plan->views[v].size < 0;
    return rooms;
}

void *cn_result_room(const cn_kernel_args *args, int k, cn_shape shape)
{
    cn_plan_run *run = args->run;
    cn_room *room = run->rooms;
    while (room->view != &args->out[k])
        room++;
    *room->view = cn_view_of(NULL, room->view->dtype, shape);
    size_t bytes;
    if (!cn_size_mul((size_t)room->view->size, cn_dtype_size(room->view->dtype), &bytes)) {
        cn_fail(CN_ENOMEM, "a result of shape %s is too large", cn_shape_text(shape));
        return NULL;
    }
    if (!room->data || bytes > room->size) {
        void *data = cn_mem_alloc_aligned(bytes);
        if (!data)
            return NULL;
        cn_mem_free_aligned(room->data);
        room->data = data;
        room->size = bytes;
    }
    return room->view->data = room->data;
}

/* Arena pointers are set for good; inputs, outputs and variables at each run. */
static void settle(cn_plan_run *run)
{
    const cn_plan *plan = run->plan;
    memcpy(run->views, plan->views, plan->n_views * sizeof *run->views);
    for (size_t i = 0; i < plan->n_patches; i++) {
        const cn_patch *patch = &plan->patches[i];
        if (patch->place == CN_IN_ARENA)
            run->views[patch->view].data = run->arena + patch->offset;
        else
            run->moving[run->n_moving++] = *patch;
    }
    for (size_t i = 0; i < plan->n_steps; i++) {
        const cn_step *step = &plan->steps[i];
        run->args[i] = step->args;
        run->args[i].in = &run->views[step->view];
        run->args[i].out = &run->views[step->view + (size_t)step->args.n_in];
        run->args[i].run = run;
        if (step->has_scratch)
            run->args[i].scratch = run->arena + step->scratch;
        add_rooms(run, step);
    }
}

static cn_plan_run *new_run(cn_plan *plan)
{
    cn_plan_run *run = cn_mem_calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->plan = plan;
    run->arena = cn_mem_alloc_aligned(plan->arena);
    run->views = cn_mem_calloc(plan->n_views, sizeof *run->views);
    run->args = cn_mem_calloc(plan->n_steps, sizeof *run->args);
    run->moving = cn_mem_calloc(plan->n_patches, sizeof *run->moving);
    run->rooms = cn_mem_calloc(count_rooms(plan), sizeof *run->rooms);
    if (!run->arena || !run->views || !run->args || !run->moving || !run->rooms) {
        cn_plan_run_free(run);
        return NULL;
    }
    settle(run);
    return run;
}

cn_plan_run *cn_plan_begin(cn_plan *plan)
{
    if (!plan)
        return NULL;
    cn_plan_run *run = atomic_exchange(&plan->spare, NULL);
    for (size_t i = 0; run && i < plan->n_steps; i++)
        run->args[i].again = false;
    return run ? run : new_run(plan);
}

void cn_plan_end(cn_plan *plan, cn_plan_run *run)
{
    if (run)
        cn_plan_run_free(atomic_exchange(&plan->spare, run));
}

static bool aim(cn_plan_run *run, const void *const *inputs, void *const *outputs)
{
    for (size_t i = 0; i < run->plan->n_copies; i++)
        if (run->plan->copies[i].variable && !cn_variable_own(run->plan->copies[i].variable))
            return false;
    for (size_t i = 0; i < run->n_rooms; i++) /* as large as they will be, not as last time */
        *run->rooms[i].view = run->plan->views[run->rooms[i].view - run->views];
    for (size_t i = 0; i < run->n_moving; i++) {
        const cn_patch *patch = &run->moving[i];
        run->views[patch->view].data = patch->place == CN_IN_INPUT ? (void *)inputs[patch->index]
                                       : patch->place == CN_IN_OUTPUT
                                           ? outputs[patch->index]
                                           : patch->variable->buffer->data;
    }
    return true;
}

static bool step_failed(const cn_step *step)
{
    if (!cn_error_code())
        cn_fail(CN_EINTERNAL, "the kernel of '%s' failed", step->name);
    if (step->layer)
        cn_error_prefix("%s", step->layer);
    return false;
}

static bool run_steps(cn_plan_run *run, const void *const *inputs, void *const *outputs)
{
    const cn_plan *plan = run->plan;
    /* with this thread's block there, no kernel fails but those that say so: CN_FALLIBLE */
    if (!cn_scratch() || !aim(run, inputs, outputs))
        return false;
    bool profiling = cn_profiling();
    for (size_t i = 0; i < plan->n_steps; i++) {
        const cn_step *step = &plan->steps[i];
        if (!(profiling ? cn_profile_step(step, &run->args[i]) : step->run(&run->args[i])))
            return step_failed(step);
        run->args[i].again = true;
    }
    if (plan->stage)
        return cn_stage_run(run, inputs, outputs);
    for (size_t i = 0; i < plan->n_copies; i++) {
        const cn_copy_back *copy = &plan->copies[i];
        const cn_view *view = &run->views[copy->view];
        void *to = copy->variable ? copy->variable->buffer->data : run->views[copy->kept].data;
        if (!copy->in_place)
            memcpy(to, view->data, (size_t)view->size * cn_dtype_size(view->dtype));
    }
    return true;
}

bool cn_plan_run_steps(cn_plan_run *run, const void *const *inputs, void *const *outputs)
{
    uint64_t mode = cn_flush_denormals();
    bool ok = run_steps(run, inputs, outputs);
    if (mode != cn_float_mode())
        cn_set_float_mode(mode);
    return ok;
}

bool cn_plan_execute(cn_plan_run *run, const void *const *inputs, void *const *outputs)
{
    return cn_finish_assignments() && cn_plan_run_steps(run, inputs, outputs);
}

const cn_view *cn_plan_output(const cn_plan_run *run, size_t i)
{
    if (run->plan->stage)
        return run->next ? cn_plan_output(run->next, i) : cn_stage_expected(run->plan->stage, i);
    return &run->views[run->plan->outputs[i].view];
}

bool cn_plan_output_is_external(const cn_plan *plan, size_t i)
{
    if (plan->stage)
        return cn_stage_is_external(plan->stage, i);
    return plan->outputs[i].external;
}

bool cn_plan_output_is_late(const cn_plan *plan, size_t i)
{
    if (plan->stage)
        return cn_stage_expected(plan->stage, i)->size < 0;
    return plan->views[plan->outputs[i].view].size < 0;
}

size_t cn_plan_output_count(const cn_plan *plan)
{
    return plan->stage ? cn_stage_output_count(plan->stage) : plan->n_outputs;
}

size_t cn_plan_arena_size(const cn_plan *plan)
{
    return plan->arena;
}

size_t cn_plan_step_count(const cn_plan *plan)
{
    return plan->n_steps;
}
