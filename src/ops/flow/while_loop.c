/* A loop for as long as a condition holds. keras.ops.while_loop, tf.while_loop */
#include "ops/flow/while_loop.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static bool is_open(const cn_while_attrs *a, int i)
{
    return i < 64 && a->open >> i & 1;
}

cn_shape *cn_while_shapes(const cn_tensor *node)
{
    const cn_while_attrs *a = CN_ATTRS(cn_while_attrs, node);
    cn_shape *shapes = cn_mem_calloc((size_t)node->n_inputs, sizeof *shapes);
    for (int i = 0; shapes && i < (int)a->body->params->count; i++) {
        const cn_tensor *param = a->body->params->items[i];
        shapes[i] = is_open(a, i) ? param->shape : node->inputs[i]->shape;
    }
    return shapes;
}

static bool while_infer(const cn_tensor *node, cn_results *results)
{
    const cn_while_attrs *a = CN_ATTRS(cn_while_attrs, node);
    cn_shape *shapes = cn_while_shapes(node);
    const cn_body *body = shapes ? cn_body_for(a->body, shapes) : NULL;
    bool ok = body;
    results->count = (int)a->vars;
    for (int i = 0; ok && i < results->count; i++) {
        const cn_tensor *one = body->results->items[i];
        if (!is_open(a, i) && !cn_shape_equal(one->shape, shapes[i]))
            ok = cn_fail(CN_EINVAL,
                         "cn_while_loop: variable %d has shape %s, but shape %s after a turn", i,
                         cn_shape_text(shapes[i]), cn_shape_text(one->shape));
        results->shape[i] = shapes[i];
        results->dtype[i] = one->dtype;
    }
    cn_mem_free(shapes);
    return ok;
}

/* Where the shapes stay, the plans are made beforehand, so that a turn finds them. */
cn_list *cn_while_plans(const cn_tensor *node)
{
    const cn_while_attrs *a = CN_ATTRS(cn_while_attrs, node);
    size_t n = a->body->params->count;
    cn_list *plans = cn_list_of(cn_body_plans_new(a->cond, 0), cn_body_plans_new(a->body, 0));
    cn_view *views = plans ? cn_mem_calloc(n, sizeof *views) : NULL;
    for (size_t i = 0; views && i < n; i++)
        views[i] = cn_view_of(NULL, node->inputs[i]->dtype, node->inputs[i]->shape);
    bool ok = views;
    for (int k = 0; ok && k < 2 && !a->open; k++) {
        cn_plan *plan = cn_body_plan_for(plans->items[k], views, n);
        ok = plan;
        cn_release(plan);
    }
    cn_mem_free(views);
    return ok ? plans : NULL;
}

static void *while_prepare(const cn_tensor *node)
{
    return cn_while_plans(node);
}

static bool deliver(const cn_kernel_args *args, const cn_turns *t)
{
    for (int i = 0; i < args->n_out; i++) {
        const cn_view *view = &t->views[i];
        void *to = args->out[i].data;
        if (args->out[i].size < 0) {
            cn_shape shape = {.rank = view->rank};
            memcpy(shape.dim, view->dim, sizeof shape.dim);
            if (!(to = cn_result_room(args, i, shape)))
                return false;
        }
        if (to && view->size)
            memcpy(to, t->inputs[i], (size_t)view->size * cn_dtype_size(view->dtype));
    }
    return true;
}

static bool while_run(const cn_kernel_args *args)
{
    const cn_while_attrs *a = args->attrs;
    cn_turns t;
    bool ok = cn_turns_begin(&t, args->prepared, args->in, (int)a->vars, args->n_in, a->maximum);
    int more = 0;
    while (ok && (more = cn_turns_more(&t)) > 0)
        ok = cn_turns_step(&t);
    ok = ok && !more && deliver(args, &t);
    cn_turns_end(&t);
    return ok;
}

const cn_op cn_op_while = {.name = "while_loop",
                           .traits = CN_LATE,
                           .attrs = sizeof(cn_while_attrs),
                           .infer = while_infer,
                           .vjp = cn_while_vjp,
                           .run = while_run,
                           .extras = &(const cn_op_extras){.bodies = 2, .prepare = while_prepare}};

/* ---- shape invariants ---- */

static bool read_dim(const char **at, int64_t *dim)
{
    char *end;
    *at += strspn(*at, " (");
    if (**at == '?') {
        *dim = CN_ANY;
        (*at)++;
    } else if (!strncmp(*at, "None", 4)) {
        *dim = CN_ANY;
        *at += 4;
    } else {
        *dim = strtoll(*at, &end, 10);
        if (end == *at || *dim < -1)
            return false;
        *at = end;
    }
    *at += strspn(*at, " )");
    return true;
}

static bool read_invariant(cn_str text, cn_shape now, cn_shape *shape)
{
    const char *at = text;
    bool ok = true;
    *shape = now;
    if (!text || !strcmp(text, ":"))
        return true;
    shape->rank = 0;
    while (ok && *at) {
        ok = shape->rank < CN_MAX_RANK && read_dim(&at, &shape->dim[shape->rank++]);
        if (ok && *at)
            ok = *at++ == ',';
    }
    if (!ok)
        return cn_fail(CN_EINVAL,
                       "cn_while_loop: expected a shape such as \"?, 3\" or \":\" in "
                       "shape_invariants, found \"%s\"",
                       text);
    if (shape->rank == now.rank && cn_shape_matches(*shape, now))
        return true;
    return cn_fail(CN_EINVAL,
                   "cn_while_loop: the shape invariant \"%s\" does not allow the shape %s", text,
                   cn_shape_text(now));
}

/* ---- the builder ---- */

typedef struct loop {
    cn_loop_condition cond;
    cn_loop_body body;
    const cn_while_options *o;
    cn_list *vars;    /* flat */
    int *parts;       /* of each of the user's variables */
    size_t count;     /* of these */
    cn_shape *shapes; /* that the flat ones keep */
    uint64_t open;    /* which of them may change it */
} loop;

static void free_loop(loop *l)
{
    cn_mem_free(l->parts);
    cn_mem_free(l->shapes);
}

/* The shape that a part of variable `var` keeps. Arrays of tensors grow without being told. */
static bool shape_of_part(loop *l, size_t var, size_t flat)
{
    const cn_tensor *one = l->vars->items[flat];
    cn_str text = var < CN_MAX_TENSORS ? l->o->shape_invariants.s[var] : NULL;
    if (!read_invariant(text, one->shape, &l->shapes[flat]))
        return false;
    bool grows = cn_array_grows(one) ||
                 (l->parts[var] > 1 && one->shape.rank && one->shape.dim[0] == CN_ANY);
    if (grows)
        l->shapes[flat].dim[0] = CN_ANY;
    if (!grows && cn_shape_equal(l->shapes[flat], one->shape))
        return true;
    if (flat >= 64)
        return cn_fail(CN_EUNSUPPORTED, "not supported: shape invariants beyond the 64th variable");
    l->open |= (uint64_t)1 << flat;
    return true;
}

static bool read_variables(loop *l)
{
    cn_list *vars = cn_flow_list(&l->o->vars, l->o->vars_list);
    l->vars = cn_flow_flatten(vars, &l->parts);
    if (!l->vars)
        return false;
    if (!vars->count)
        return cn_fail(CN_EINVAL, "cn_while_loop: expected at least one variable");
    l->count = vars->count;
    l->shapes = cn_mem_calloc(l->vars->count, sizeof *l->shapes);
    size_t flat = 0;
    for (size_t i = 0; i < l->count; i++)
        for (int k = 0; k < l->parts[i]; k++)
            if (!l->shapes || !shape_of_part(l, i, flat++))
                return false;
    return true;
}

/* The user's functions on flat values. */
static cn_tensor *condition(const loop *l, const cn_list *flat)
{
    cn_list *vars = cn_flow_regroup(flat, l->parts, l->count);
    cn_caller before = cn_caller_now();
    cn_tensor *cond = vars ? l->cond((cn_tensor *const *)vars->items, l->o->user) : NULL;
    return cn_flow_gave(&before, cond, "cn_while_loop: the condition") ? cond : NULL;
}

static cn_list *turn(const loop *l, const cn_list *flat)
{
    cn_list *vars = cn_flow_regroup(flat, l->parts, l->count);
    cn_caller before = cn_caller_now();
    cn_list *values = vars ? l->body((cn_tensor *const *)vars->items, l->o->user) : NULL;
    if (!cn_flow_gave(&before, values, "cn_while_loop: the body"))
        return NULL;
    return cn_flow_match(cn_flow_flatten(values, NULL), flat, l->open ? l->shapes : NULL,
                         "cn_while_loop");
}

static bool check_condition(const cn_tensor *cond)
{
    if (!cond)
        return false;
    if (!cn_shape_known(cond->shape) || cn_shape_size(cond->shape) == 1)
        return true;
    return cn_fail(CN_EINVAL, "cn_while_loop: expected a condition of one element, found shape %s",
                   cn_shape_text(cond->shape));
}

static bool any_symbolic(const cn_list *list)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (((const cn_tensor *)list->items[i])->symbolic)
            return true;
    return false;
}

/* One turn of a loop in C: 1, or 0 where the loop is over; -1: an error. `*symbolic`: it depends on
 * inputs to come. */
static int turn_once(const loop *l, cn_list **vars, bool *symbolic)
{
    cn_tensor *cond = cn_cast(condition(l, *vars), CN_BOOL);
    if (!check_condition(cond))
        return -1;
    *symbolic = cond->symbolic;
    double go = *symbolic ? 0 : cn_item(cond);
    if (isnan(go))
        return -1;
    if (!go)
        return 0;
    *vars = turn(l, *vars);
    *symbolic = any_symbolic(*vars);
    return *vars ? 1 : -1;
}

static cn_list *loop_node(const loop *l);

/* In eager code whose shapes change, the loop is one in C: each turn knows its sizes. */
static cn_list *turn_at_once(const loop *l)
{
    cn_list *vars = l->vars;
    bool symbolic = false;
    int more = 1;
    for (int64_t n = 0; more > 0 && (!l->o->maximum_iterations || n < l->o->maximum_iterations);
         n++) {
        if (cn_loop_limit() && n >= cn_loop_limit())
            return cn_turns_endless(n);
        more = turn_once(l, &vars, &symbolic);
        if (symbolic)
            return loop_node(l);
    }
    return more < 0 ? NULL : vars;
}

static cn_list *params_of(const loop *l)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < l->vars->count; i++) {
        const cn_tensor *one = l->vars->items[i];
        if (!cn_list_add(list, cn_placeholder(l->shapes[i], one->dtype, false)))
            return NULL;
    }
    return list;
}

/* Condition and body on stand-ins. results[0]: the condition; results[1]: the new values. */
static bool trace(const loop *l, cn_body_maker *maker, const cn_list *params, cn_list *results[2])
{
    if (!params || !cn_body_begin(maker))
        return false;
    cn_tensor *cond = cn_cast(cn_trace_read(condition(l, params)), CN_BOOL);
    bool ok = check_condition(cond);
    results[0] = ok ? cn_list_of(cn_reshape(cond, CN_SCALAR)) : NULL;
    results[1] = results[0] ? turn(l, params) : NULL;
    return cn_body_end(maker) && results[1];
}

static cn_list *loop_node(const loop *l)
{
    cn_body_maker maker = {0};
    cn_list *params = params_of(l), *results[2] = {0}, *all = NULL;
    if (trace(l, &maker, params, results)) {
        results[1] = cn_list_concat(results[1], maker.after);
        cn_list *own = cn_list_concat(params, maker.before);
        if (results[1] && own && cn_body_capture(&maker, own, true, results, 2)) {
            cn_list *inner = cn_list_concat(own, maker.parameters);
            cn_while_attrs attrs = {.cond = cn_flow_body(inner, results[0]),
                                    .body = cn_flow_body(inner, results[1]),
                                    .vars = (int64_t)own->count,
                                    .maximum = l->o->maximum_iterations,
                                    .open = l->open};
            cn_list *inputs = cn_flow_join(3, l->vars, cn_body_outer(&maker), maker.captured);
            if (attrs.cond && attrs.body && inputs)
                all = cn_results_of_node(cn_apply(&cn_op_while, (cn_tensor *const *)inputs->items,
                                                  (int)inputs->count, &attrs));
            if (all && !cn_flow_assign(maker.variables, all, l->vars->count))
                all = NULL;
        }
    }
    cn_body_maker_free(&maker);
    return all ? cn_list_make(all->items, l->vars->count) : NULL;
}

cn_list *cn_while_loop_with(cn_loop_condition cond, cn_loop_body body, const cn_while_options *o)
{
    cn_mark_at(o->at, "cn_while_loop");
    loop l = {.cond = cond, .body = body, .o = o};
    if (!cond || !body)
        return cn_fail_null(CN_EINVAL, "cn_while_loop: expected two functions, found NULL");
    cn_list *list = NULL;
    if (read_variables(&l)) {
        bool at_once = l.open && !cn_tracing() && !any_symbolic(l.vars);
        list = cn_flow_regroup(at_once ? turn_at_once(&l) : loop_node(&l), l.parts, l.count);
    }
    free_loop(&l);
    return list;
}

/* ---- for i = lower, …, upper - 1 ---- */

typedef struct counted {
    cn_loop_body body;
    cn_tensor *upper;
    void *user;
} counted;

static cn_tensor *below(cn_tensor *const *v, void *user)
{
    return cn_less(v[0], ((counted *)user)->upper);
}

static cn_list *count_on(cn_tensor *const *v, void *user)
{
    const counted *c = user;
    cn_list *values = c->body(v, c->user);
    return values ? cn_list_concat(cn_list_of(cn_add(v[0], 1)), values) : NULL;
}

cn_list *cn_fori_loop_with(cn_tensor *lower, cn_tensor *upper, cn_loop_body body,
                           const cn_while_options *options)
{
    cn_mark_at(options->at, "cn_fori_loop");
    cn_tensor *first = cn_cast(cn_trace_read(lower), CN_INT32);
    counted c = {body, cn_cast(cn_trace_read(upper), CN_INT32), options->user};
    cn_list *vars = cn_flow_list(&options->vars, options->vars_list);
    if (!first || !c.upper || !body || !vars)
        return NULL;
    cn_while_options o = *options;
    o.vars_list = cn_list_concat(cn_list_of(first), vars);
    o.user = &c;
    for (int i = CN_MAX_TENSORS - 1; i > 0; i--)
        o.shape_invariants.s[i] = options->shape_invariants.s[i - 1];
    o.shape_invariants.s[0] = NULL;
    cn_list *all = o.vars_list ? cn_while_loop_with(below, count_on, &o) : NULL;
    return all ? cn_list_make(all->items + 1, all->count - 1) : NULL;
}
