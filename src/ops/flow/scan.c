/* Steps over the first axis of tensors, with values that are carried from step to step.
 * keras.ops.scan
 *
 * A step reads its slices where they lie and writes its results where they belong; what is carried
 * changes between two places. */
#include "ops/flow/scan.h"

#include <string.h>

#include "base/alloc.h"
#include "base/threads.h"

static int count_of(const cn_scan_attrs *a)
{
    return (int)a->body->params->count;
}

static int64_t length_of(const cn_tensor *node)
{
    const cn_scan_attrs *a = CN_ATTRS(cn_scan_attrs, node);
    return a->xs ? node->inputs[a->carried]->shape.dim[0] : a->length;
}

/* Of one step. */
static cn_shape *param_shapes(const cn_tensor *node)
{
    const cn_scan_attrs *a = CN_ATTRS(cn_scan_attrs, node);
    cn_shape *shapes = cn_mem_calloc((size_t)node->n_inputs, sizeof *shapes);
    for (int i = 0; shapes && i < node->n_inputs; i++) {
        cn_shape shape = node->inputs[i]->shape;
        bool sliced = i >= a->carried && i < a->carried + a->xs;
        shapes[i] = sliced ? cn_shape_remove(shape, 0) : shape;
    }
    return shapes;
}

cn_body *cn_scan_body(const cn_tensor *node)
{
    cn_shape *shapes = param_shapes(node);
    cn_body *body = shapes ? cn_body_for(CN_ATTRS(cn_scan_attrs, node)->body, shapes) : NULL;
    cn_mem_free(shapes);
    return body;
}

static bool scan_infer(const cn_tensor *node, cn_results *results)
{
    const cn_scan_attrs *a = CN_ATTRS(cn_scan_attrs, node);
    cn_body *body = cn_scan_body(node);
    if (!body)
        return false;
    if (body->results->count > CN_MAX_OUTPUTS)
        return cn_fail(CN_EUNSUPPORTED, "not supported: a loop with more than %d results",
                       CN_MAX_OUTPUTS);
    results->count = (int)body->results->count;
    for (int i = 0; i < results->count; i++) {
        const cn_tensor *one = body->results->items[i];
        cn_shape carried = i < a->carried ? node->inputs[i]->shape : CN_SCALAR;
        if (i < a->carried && !cn_shape_equal(one->shape, carried))
            return cn_fail(CN_EINVAL,
                           "cn_scan: variable %d has shape %s, but shape %s after a step", i,
                           cn_shape_text(carried), cn_shape_text(one->shape));
        if (i >= a->carried && one->shape.rank == CN_MAX_RANK)
            return cn_fail(CN_EUNSUPPORTED, "not supported: a scan that keeps values of rank %d",
                           CN_MAX_RANK);
        results->shape[i] =
            i < a->carried ? one->shape : cn_shape_insert(one->shape, 0, length_of(node));
        results->dtype[i] = one->dtype;
    }
    return true;
}

/* ---- the kernel ---- */

static size_t round_up(size_t bytes)
{
    return (bytes + 63) & ~(size_t)63;
}

/* Working memory: two places for each carried value, one for each slice that nobody wants (later
 * steps of the body may read it), the pointers. */
static size_t scan_scratch(const cn_tensor *node)
{
    const cn_scan_attrs *a = CN_ATTRS(cn_scan_attrs, node);
    size_t bytes = 0;
    for (int i = 0; i < a->carried; i++)
        bytes += 2 * cn_flow_bytes(node->inputs[i]);
    int results = node->results ? node->results->count : 1;
    for (int i = a->carried; i < results; i++) {
        cn_shape shape = cn_shape_remove(node->results ? node->results->shape[i] : node->shape, 0);
        cn_dtype dtype = node->results ? node->results->dtype[i] : node->dtype;
        bytes += round_up((size_t)cn_shape_size(shape) * cn_dtype_size(dtype));
    }
    return bytes + CN_SCAN_BLOCKS *
                       ((size_t)node->n_inputs + (size_t)results + 2 * (size_t)a->carried) *
                       sizeof(void *);
}

/* Where the rows of a block begin. */
static int64_t first_row(int64_t rows, int64_t block, int64_t blocks)
{
    return rows * block / blocks;
}

/* The memory of the first run is there with the plan: a training step that has begun must not fail
 * for lack of it. */
static cn_plan *ready(cn_body *body, const cn_shape *shapes, size_t fixed)
{
    cn_flow_run first;
    cn_plan *plan = cn_flow_plan(body, shapes, fixed);
    if (!plan || !cn_flow_begin(&first, plan))
        return NULL;
    cn_flow_end(&first);
    return plan;
}

/* A plan for each block. */
static void *scan_prepare(const cn_tensor *node)
{
    const cn_scan_attrs *a = CN_ATTRS(cn_scan_attrs, node);
    size_t sliced = (size_t)(a->carried + a->xs);
    cn_shape *shapes = param_shapes(node);
    cn_body *body = shapes ? cn_body_for(a->body, shapes) : NULL;
    int blocks = body ? cn_scan_blocks(body, sliced) : 0;
    cn_list *plans = blocks ? cn_list_new() : NULL;
    int64_t rows = blocks > 1 ? shapes->dim[0] : 0;
    for (int b = 0; plans && b < blocks; b++) {
        for (size_t i = 0; i < sliced && rows; i++)
            shapes[i].dim[0] = first_row(rows, b + 1, blocks) - first_row(rows, b, blocks);
        plans =
            cn_list_add(plans, ready(body, shapes, (size_t)node->n_inputs - sliced)) ? plans : NULL;
    }
    cn_mem_free(shapes);
    return plans;
}

typedef struct scan {
    const cn_kernel_args *args;
    const cn_scan_attrs *a;
    const void **inputs;
    void **outputs, **places; /* two places for each carried value */
    char *unwanted;           /* where slices go that nobody wants */
    int64_t steps;
    int64_t first, rows; /* the block's first row, of so many */
    cn_flow_run flow;
    bool ok;
} scan;

static size_t bytes_of(const cn_view *view)
{
    return (size_t)view->size * cn_dtype_size(view->dtype);
}

/* The part of `bytes` that belongs to the rows before the block. */
static size_t before(const scan *s, size_t bytes)
{
    return s->rows ? bytes / (size_t)s->rows * (size_t)s->first : 0;
}

/* Pointers of all blocks come first, then arrays of all rows. */
static void lay_out(scan *s, int block)
{
    const cn_kernel_args *args = s->args;
    int n_in = args->n_in, n_out = args->n_out, carried = s->a->carried;
    size_t pointers = (size_t)(n_in + n_out + 2 * carried);
    char *at = (char *)args->scratch + CN_SCAN_BLOCKS * pointers * sizeof(void *);
    s->inputs = (const void **)args->scratch + (size_t)block * pointers;
    s->outputs = (void **)(s->inputs + n_in);
    s->places = s->outputs + n_out;
    for (int i = 0; i < carried; i++)
        for (int k = 0; k < 2; k++) {
            size_t bytes = bytes_of(&args->in[i]);
            s->places[2 * i + k] = at + before(s, bytes);
            at += round_up(bytes);
        }
    s->unwanted = at;
    for (int i = 0; i < n_in; i++)
        s->inputs[i] =
            (char *)args->in[i].data + (i < carried ? before(s, bytes_of(&args->in[i])) : 0);
}

/* Where the block's part of a step's slice of a stacked array lies. */
static char *slice_at(const scan *s, const cn_view *view, int64_t step)
{
    int64_t at = s->a->reverse ? s->steps - 1 - step : step;
    size_t bytes = bytes_of(view) / (size_t)s->steps;
    return (char *)view->data + bytes * (size_t)at + before(s, bytes);
}

/* Where to write what is carried as result i, if it is also kept, for the next step to read it
 * there: as this step's result, or as what the next one has begun with. NULL: it is not kept. */
static char *kept(const scan *s, int i, int64_t step)
{
    const cn_body *body = s->a->body;
    char *next = NULL;
    for (int k = s->a->carried; k < s->args->n_out; k++) {
        const cn_view *out = &s->args->out[k];
        if (!out->data)
            continue;
        if (body->results->items[k] == body->results->items[i])
            return slice_at(s, out, step);
        if (body->results->items[k] == body->params->items[i] && step + 1 < s->steps)
            next = slice_at(s, out, step + 1);
    }
    return next;
}

static void aim(scan *s, int64_t step)
{
    const cn_kernel_args *args = s->args;
    char *unwanted = s->unwanted;
    for (int i = s->a->carried; i < s->a->carried + s->a->xs; i++)
        s->inputs[i] = slice_at(s, &args->in[i], step);
    for (int i = 0; i < args->n_out; i++) {
        const cn_view *out = &args->out[i];
        size_t bytes = bytes_of(out);
        bool last = step == s->steps - 1;
        char *slice = i < s->a->carried ? kept(s, i, step) : NULL;
        if (i < s->a->carried) {
            s->outputs[i] = last && out->data ? (char *)out->data + before(s, bytes)
                            : slice           ? slice
                                              : s->places[2 * i + step % 2];
        } else if (out->data) {
            s->outputs[i] = slice_at(s, out, step);
        } else {
            bytes /= (size_t)s->steps;
            s->outputs[i] = unwanted + before(s, bytes);
            unwanted += round_up(bytes);
        }
    }
}

static void run_blocks(void *context, size_t begin, size_t end)
{
    for (scan *s = (scan *)context + begin; s < (scan *)context + end; s++)
        for (int64_t step = 0; s->ok && step < s->steps; step++) {
            aim(s, step);
            s->ok = cn_flow_step(&s->flow, s->inputs, s->outputs);
            for (int i = 0; i < s->a->carried; i++)
                s->inputs[i] = s->outputs[i];
        }
}

static bool scan_run(const cn_kernel_args *args)
{
    const cn_scan_attrs *a = args->attrs;
    const cn_list *plans = args->prepared;
    int64_t steps = a->xs ? args->in[a->carried].dim[0] : a->length;
    scan all[CN_SCAN_BLOCKS] = {0};
    bool ok = true;
    int blocks = (int)plans->count;
    for (int b = 0; b < blocks; b++) {
        all[b] = (scan){.args = args, .a = a, .steps = steps};
        if (blocks > 1) {
            const cn_view *x = &args->in[0];
            all[b].rows = x->dim[a->carried ? 0 : 1];
            all[b].first = first_row(all[b].rows, b, blocks);
        }
        lay_out(&all[b], b);
        all[b].ok = ok = cn_flow_begin(&all[b].flow, plans->items[b]) && ok;
    }
    if (ok)
        cn_parallel_for((size_t)blocks, 1, run_blocks, all);
    for (int i = 0; i < a->carried && !steps; i++)
        if (args->out[i].data)
            memcpy(args->out[i].data, args->in[i].data, bytes_of(&args->in[i]));
    for (int b = 0; b < blocks; b++) {
        ok = ok && all[b].ok;
        if (all[b].flow.run)
            cn_flow_end(&all[b].flow);
    }
    return ok;
}

static bool scan_covers(const cn_tensor *wide, const cn_tensor *narrow)
{
    cn_scan_attrs a = *CN_ATTRS(cn_scan_attrs, wide), b = *CN_ATTRS(cn_scan_attrs, narrow);
    const cn_body *of = a.body->base;
    a.body = b.body = NULL;
    return of && of == CN_ATTRS(cn_scan_attrs, narrow)->body && !memcmp(&a, &b, sizeof a);
}

const cn_op cn_op_scan = {
    .name = "scan",
    .traits = CN_FALLIBLE,
    .attrs = sizeof(cn_scan_attrs),
    .infer = scan_infer,
    .vjp = cn_scan_vjp,
    .run = scan_run,
    .extras = &(const cn_op_extras){
        .scratch = scan_scratch, .bodies = 1, .prepare = scan_prepare, .covers = scan_covers}};

/* ---- the builder ---- */

cn_tensor *cn_scan_node(const cn_list *init, const cn_list *xs, const cn_list *captured,
                        const cn_scan_attrs *attrs)
{
    cn_list *inputs = cn_flow_join(3, init, xs, captured);
    if (!inputs || !attrs->body)
        return NULL;
    return cn_apply(&cn_op_scan, (cn_tensor *const *)inputs->items, count_of(attrs), attrs);
}

static cn_list *slices(const cn_list *xs)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < xs->count; i++) {
        const cn_tensor *x = xs->items[i];
        cn_shape shape = cn_shape_remove(x->shape, 0);
        if (!cn_list_add(list, cn_placeholder(shape, x->dtype, false)))
            return NULL;
    }
    return list;
}

static bool check_xs(const cn_list *xs, int64_t length)
{
    int64_t steps = length;
    for (size_t i = 0; i < xs->count; i++) {
        const cn_tensor *x = xs->items[i];
        if (!x->shape.rank)
            return cn_fail(CN_EINVAL, "cn_scan: expected xs with a first axis, found a scalar");
        if (steps >= 0 && x->shape.dim[0] >= 0 && x->shape.dim[0] != steps)
            return cn_fail(CN_EINVAL, "cn_scan: expected %lld steps, found xs of shape %s",
                           (long long)steps, cn_shape_text(x->shape));
        steps = x->shape.dim[0] >= 0 ? x->shape.dim[0] : steps;
    }
    if (xs->count || length >= 0)
        return true;
    return cn_fail(CN_EINVAL, "cn_scan: expected xs or a length");
}

static cn_list *part_of(const cn_list *list, size_t first, size_t count)
{
    return cn_list_make(list->items + first, count);
}

/* Calls the step on stand-ins. results[0]: what is carried, results[1]: what is kept. */
static bool trace_step(cn_body_maker *maker, cn_scan_step step, void *user, const cn_list *init,
                       const cn_list *carry, const cn_list *x, cn_list *results[2])
{
    if (!carry || !x || !cn_body_begin(maker))
        return false;
    cn_caller before = cn_caller_now();
    cn_list *made = step((cn_tensor *const *)carry->items, (cn_tensor *const *)x->items, user);
    made = cn_flow_gave(&before, made, "cn_scan: the step") ? cn_flow_flatten(made, NULL) : NULL;
    bool ok = made && made->count >= init->count;
    if (made && !ok)
        cn_fail(CN_EINVAL, "cn_scan: expected at least %zu values from the step, found %zu",
                init->count, made->count);
    if (ok) {
        results[0] = cn_flow_match(part_of(made, 0, init->count), init, NULL, "cn_scan");
        results[1] = part_of(made, init->count, made->count - init->count);
    }
    return cn_body_end(maker) && ok && results[0] && results[1];
}

static cn_list *scan_lists(cn_scan_step step, void *user, const cn_list *init, const cn_list *xs,
                           const cn_scan_attrs *options)
{
    cn_body_maker maker = {0};
    cn_list *carry = cn_stand_ins(init), *x = slices(xs), *results[2] = {0};
    bool ok = trace_step(&maker, step, user, init, carry, x, results);
    results[0] = ok ? cn_list_concat(results[0], maker.after) : NULL;
    cn_list *carried = ok ? cn_list_concat(carry, maker.before) : NULL;
    cn_list *own = ok ? cn_flow_join(2, carried, x) : NULL;
    cn_list *list = NULL;
    if (own && results[0] && cn_body_capture(&maker, own, true, results, 2)) {
        cn_scan_attrs attrs = *options;
        attrs.carried = (int32_t)carried->count;
        attrs.xs = (int32_t)xs->count;
        attrs.body = cn_flow_body(cn_flow_join(2, own, maker.parameters),
                                  cn_flow_join(2, results[0], results[1]));
        cn_list *all_init = cn_list_concat(init, cn_body_outer(&maker));
        cn_list *all = cn_results_of_node(cn_scan_node(all_init, xs, maker.captured, &attrs));
        if (all && cn_flow_assign(maker.variables, all, init->count))
            list = cn_flow_join(2, part_of(all, 0, init->count),
                                part_of(all, carried->count, all->count - carried->count));
    }
    cn_body_maker_free(&maker);
    return list;
}

cn_list *cn_scan_with(cn_scan_step step, const cn_scan_options *o)
{
    cn_mark_at(o->at, "cn_scan");
    cn_list *init = cn_flow_flatten(cn_flow_list(&o->init, o->init_list), NULL),
            *xs = cn_flow_flatten(cn_flow_list(&o->xs, o->xs_list), NULL);
    if (!step)
        return cn_fail_null(CN_EINVAL, "cn_scan: expected a step, found NULL");
    if (!init || !xs || !check_xs(xs, o->length))
        return NULL;
    cn_scan_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.length = o->length;
    attrs.reverse = o->reverse;
    return scan_lists(step, o->user, init, xs, &attrs);
}

/* ---- a function of each slice ---- */

typedef struct mapped {
    cn_map_function f;
    void *user;
} mapped;

static cn_list *map_step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    const mapped *m = user;
    (void)carry;
    return cn_list_of(m->f(x[0], m->user));
}

cn_tensor *cn_map_slices(cn_map_function f, cn_tensor *x, void *user)
{
    mapped m = {f, user};
    cn_list *list = f && x ? cn_scan(map_step, {0}, {x}, .user = &m) : NULL;
    return list ? cn_tuple(list) : NULL;
}
