/* In which order, and what together. List scheduling: a node is ready when its inputs are
 * scheduled. Ready nodes that clusters do not take in go first, in the order of the trace; when
 * only others are left, the first of them starts a cluster, which takes in every ready node that
 * fits. A cluster's inputs are thus always computed before it, and no cycle can arise.
 *
 * Two rules spare memory. What ends in variables (an optimizer's update) comes as soon as its
 * gradient is there, which then dies. And what is ready early but wanted late (where an activation
 * was positive, which its gradient asks) waits, if what it reads stays in memory anyway. */
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "plan/cluster.h"
#include "plan/ir.h"

typedef struct queue {
    int *items;
    size_t count, capacity;
} queue;

typedef struct scheduler {
    cn_ir *ir;
    queue heavy, light; /* heavy: a heap, lowest number first; light: unordered */
    bool alone;         /* a cluster for each: "fuse" is off */
} scheduler;

static bool push(queue *q, int item)
{
    if (!cn_mem_reserve(&q->items, &q->capacity, q->count + 1, sizeof *q->items))
        return false;
    q->items[q->count++] = item;
    return true;
}

static bool push_heap(queue *q, int item)
{
    if (!push(q, item))
        return false;
    size_t i = q->count - 1;
    for (; i && q->items[(i - 1) / 2] > item; i = (i - 1) / 2)
        q->items[i] = q->items[(i - 1) / 2];
    q->items[i] = item;
    return true;
}

static int pop_heap(queue *q)
{
    int top = q->items[0], last = q->items[--q->count];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < q->count; i = child) {
        if (child + 1 < q->count && q->items[child + 1] < q->items[child])
            child++;
        if (q->items[child] >= last)
            break;
        q->items[i] = q->items[child];
    }
    if (q->count)
        q->items[i] = last;
    return top;
}

/* Is it to wait until all else is there that its one reader needs? */
static bool must_wait(const cn_ir *ir, const cn_ir_node *node)
{
    return node->patient && ir->nodes[node->users[0]].waiting > 1;
}

/* The reader's patient input, which all else is there for, is ready now. */
static bool wake(scheduler *s, const cn_ir_node *reader)
{
    for (int k = 0; k < reader->n_in; k++) {
        const cn_ir_node *input = &s->ir->nodes[reader->in[k]];
        if (input->patient && input->step < 0 && !input->waiting)
            return push(&s->light, reader->in[k]);
    }
    return true;
}

/* The node is scheduled: whoever waited for it alone becomes ready. Views cost nothing and follow
 * at once. */
static bool done(scheduler *s, int first)
{
    queue now = {0};
    bool ok = push(&now, first);
    while (ok && now.count) {
        const cn_ir_node *node = &s->ir->nodes[now.items[--now.count]];
        for (int k = 0; ok && k < node->n_users; k++) {
            cn_ir_node *user = &s->ir->nodes[node->users[k]];
            if (--user->waiting == 1 && !wake(s, user))
                ok = false;
            if (user->waiting || must_wait(s->ir, user))
                continue;
            if (user->op->traits & CN_VIEW || user->op == &cn_op_nth) {
                user->step = s->ir->nodes[user->in[0]].step;
                ok = push(&now, node->users[k]);
            } else if (user->op->traits & CN_CLUSTERED || user->row || user->strip) {
                ok = push(&s->light, node->users[k]);
            } else {
                ok = push_heap(&s->heavy, node->users[k]);
            }
        }
    }
    cn_mem_free(now.items);
    return ok;
}

static cn_ir_step *open_step(cn_ir *ir, bool cluster)
{
    if (!cn_mem_reserve(&ir->steps, &ir->steps_capacity, (size_t)ir->n_steps + 1,
                        sizeof *ir->steps))
        return NULL;
    cn_ir_step *step = &ir->steps[ir->n_steps++];
    *step = (cn_ir_step){.cluster = cluster};
    return step;
}

static bool enter(scheduler *s, int node)
{
    cn_ir_step *step = &s->ir->steps[s->ir->n_steps - 1];
    size_t capacity = (size_t)step->capacity;
    if (!cn_mem_reserve(&step->nodes, &capacity, (size_t)step->count + 1, sizeof *step->nodes))
        return false;
    step->capacity = (int)capacity;
    s->ir->nodes[node].step = s->ir->n_steps - 1;
    s->ir->nodes[node].member = step->count;
    step->nodes[step->count++] = node;
    step->inputs += s->ir->nodes[node].n_in;
    if (s->ir->nodes[node].row)
        step->row = s->ir->nodes[node].row;
    return done(s, node);
}

static void take(queue *q, size_t i)
{
    q->items[i] = q->items[--q->count];
}

/* Does it go on from something of its size that a step has made? */
static bool ends_something(const cn_ir *ir, const cn_ir_node *node)
{
    for (int k = 0; k < node->n_in; k++)
        if (ir->nodes[cn_ir_base(ir, node->in[k])].step >= 0 &&
            cn_ir_size(ir, node->in[k]) == cn_shape_size(node->tensor->shape))
            return true;
    return false;
}

static bool is_number(const cn_ir_node *node)
{
    return cn_shape_size(node->tensor->shape) == 1;
}

/* Which starts a cluster. Updates of variables come first, and before them the numbers that they
 * need. Those that clusters only take in come last, so that all else is there that their readers
 * need. */
static size_t lowest(const scheduler *s)
{
    size_t best = 0;
    int low = INT_MAX;
    for (size_t i = 0; i < s->light.count; i++) {
        int item = s->light.items[i];
        const cn_ir_node *node = &s->ir->nodes[item];
        int rank = item;
        if (node->op->traits & CN_PLACED)
            rank += s->ir->count;
        else if (node->update && is_number(node))
            rank -= 2 * s->ir->count;
        else if (node->strip || (node->update && ends_something(s->ir, node)))
            rank -= s->ir->count;
        if (rank < low) {
            best = i;
            low = rank;
        }
    }
    return best;
}

/* The ready node with the lowest number that the open cluster may take; count when there is none.
 */
static size_t candidate(const scheduler *s)
{
    const cn_ir_step *cluster = &s->ir->steps[s->ir->n_steps - 1];
    size_t best = s->light.count;
    for (size_t i = 0; i < s->light.count; i++)
        if ((best == s->light.count || s->light.items[i] < s->light.items[best]) &&
            cn_cluster_fits(s->ir, cluster, &s->ir->nodes[s->light.items[i]]))
            best = i;
    return best;
}

static bool make_cluster(scheduler *s)
{
    if (!open_step(s->ir, true))
        return false;
    size_t i = lowest(s);
    do {
        int node = s->light.items[i];
        take(&s->light, i);
        if (!enter(s, node))
            return false;
        i = candidate(s);
    } while (!s->alone && i < s->light.count);
    cn_ir_step *step = &s->ir->steps[s->ir->n_steps - 1];
    step->cluster = step->count > 1 || !s->ir->nodes[step->nodes[0]].row;
    return true;
}

/* Nothing that is not wanted, directly or not, is computed. */
static void drop_dead(cn_ir *ir)
{
    bool keep = cn_pass_off("drop");
    for (int i = ir->count; i--;) {
        cn_ir_node *node = &ir->nodes[i];
        if (!node->dead && !keep)
            node->dead = !node->wanted && !node->n_users && !(node->op->traits & CN_IMPURE);
        for (int k = 0; k < node->n_in && node->dead; k++) {
            cn_ir_node *input = &ir->nodes[node->in[k]];
            for (int u = 0; u < input->n_users; u++)
                if (input->users[u] == i)
                    input->users[u--] = input->users[--input->n_users];
        }
    }
}

/* See cn_ir_node. */
static int64_t row_of(const cn_ir *ir, const cn_ir_node *node)
{
    if (node->dead || !node->n_in || node->op->traits & CN_CLUSTERED || !node->op->loop ||
        !node->op->loop(node->tensor))
        return 0;
    return cn_ir_size(ir, node->in[0]) / cn_shape_size(node->tensor->shape);
}

/* Large ones: small ones share clusters. And numbers that large ones need, as a rate is. */
static bool is_update(const cn_ir *ir, const cn_ir_node *node)
{
    enum { SMALL = 8192 };
    bool large = cn_shape_size(node->tensor->shape) > SMALL;
    bool update = node->op->traits & CN_ELEMENTWISE &&
                  (large ? node->n_users || node->update : node->n_users && is_number(node));
    for (int u = 0; u < node->n_users && update; u++)
        update = ir->nodes[node->users[u]].update;
    return update;
}

/* See must_wait. What it reads is there, because others read it as late. */
static bool is_patient(const cn_ir *ir, int i)
{
    const cn_ir_node *node = &ir->nodes[i];
    if (!(node->op->traits & CN_ELEMENTWISE) || node->op->traits & CN_COSTLY || node->wanted ||
        !node->n_in || node->n_users != 1)
        return false;
    const cn_ir_node *reader = &ir->nodes[node->users[0]];
    for (int k = 0; k < reader->n_in; k++)
        if (ir->nodes[reader->in[k]].patient)
            return false;
    for (int k = 0; k < node->n_in; k++) {
        const cn_ir_node *input = &ir->nodes[node->in[k]];
        bool stays = cn_is_leaf(input->tensor);
        for (int u = 0; u < input->n_users; u++)
            stays |= input->users[u] != i && 2 * input->users[u] > node->in[k] + i;
        if (!stays)
            return false;
    }
    return reader->op->traits & CN_ELEMENTWISE;
}

/* See cn_ir_node: is it read by updates alone, element by element? */
static size_t strip_of(const cn_ir *ir, const cn_ir_node *node)
{
    const cn_strips *strips = cn_extras_of(node->op)->strips;
    bool fits = strips && !node->dead && !node->wanted && node->n_users;
    for (int u = 0; u < node->n_users && fits; u++) {
        const cn_ir_node *user = &ir->nodes[node->users[u]];
        fits = user->update && cn_ir_size(ir, node->users[u]) == cn_shape_size(node->tensor->shape);
    }
    return fits ? strips->size(node->tensor) : 0;
}

static bool start(scheduler *s)
{
    cn_ir *ir = s->ir;
    bool ok = true;
    s->alone = cn_pass_off("fuse");
    bool rows = !s->alone && !cn_pass_off("rows");
    bool strips = !s->alone && !ir->request->quick && !cn_pass_off("strips");
    drop_dead(ir);
    for (int i = 0; i < ir->count; i++) {
        ir->nodes[i].waiting = ir->nodes[i].n_in;
        ir->nodes[i].row = rows ? row_of(ir, &ir->nodes[i]) : 0;
        ir->nodes[i].patient = !ir->nodes[i].dead && is_patient(ir, i);
    }
    for (size_t i = 0; i < ir->request->n_assigned; i++)
        ir->nodes[ir->values[i]].update = true;
    for (int i = ir->count; i--;)
        ir->nodes[i].update = !ir->nodes[i].dead && is_update(ir, &ir->nodes[i]);
    for (int i = 0; i < ir->count && strips; i++)
        ir->nodes[i].strip = strip_of(ir, &ir->nodes[i]);
    for (int i = 0; ok && i < ir->count; i++) {
        cn_ir_node *node = &ir->nodes[i];
        if (node->dead || node->n_in)
            continue;
        if (cn_is_leaf(node->tensor))
            ok = done(s, i);
        else
            ok = node->op->traits & CN_CLUSTERED ? push(&s->light, i) : push_heap(&s->heavy, i);
    }
    return ok;
}

bool cn_pass_schedule(cn_ir *ir)
{
    scheduler s = {.ir = ir};
    bool ok = start(&s);
    while (ok && (s.heavy.count || s.light.count)) {
        if (s.heavy.count)
            ok = open_step(ir, false) && enter(&s, pop_heap(&s.heavy));
        else
            ok = make_cluster(&s);
    }
    cn_mem_free(s.heavy.items);
    cn_mem_free(s.light.items);
    return ok;
}
