/* Where everything lies: which nodes need memory at all, what may be written in place, and one
 * arena in which the rest lives as short as it can. */
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "plan/ir.h"

enum {
    ALIGN = 64,
    PAGE = 4096,
    APART = 5 * 64, /* no two large ones begin at the same place of a page: processors take what
                     * is read there for what is just being written */
};

static bool is_view(const cn_ir_node *node)
{
    return node->op->traits & CN_VIEW && node->n_in;
}

static int new_buffer(cn_ir *ir, cn_place place, int node)
{
    size_t bytes;
    const cn_tensor *tensor = ir->nodes[node].tensor;
    if (!cn_shape_known(tensor->shape)) /* a room's, or scratch of a step with such results */
        bytes = 0;
    else if (!cn_size_mul((size_t)cn_shape_size(tensor->shape), cn_dtype_size(tensor->dtype),
                          &bytes))
        return cn_fail(CN_ENOMEM, "'%s' of shape %s is too large", tensor->op->name,
                       cn_shape_text(tensor->shape)),
               -1;
    if (!cn_mem_reserve(&ir->buffers, &ir->buffers_capacity, (size_t)ir->n_buffers + 1,
                        sizeof *ir->buffers))
        return -1;
    int step = ir->nodes[node].step;
    ir->buffers[ir->n_buffers] =
        (cn_ir_buffer){.place = place, .size = bytes, .first = step, .last = step};
    return ir->n_buffers++;
}

static cn_place place_of_leaf(const cn_ir *ir, const cn_tensor *tensor, int *index)
{
    for (size_t i = 0; i < ir->request->n_inputs; i++)
        if (ir->request->inputs[i] == tensor) {
            *index = (int)i;
            return CN_IN_INPUT;
        }
    return tensor->variable ? CN_IN_VARIABLE : CN_IN_CONSTANT;
}

/* What a cluster makes needs memory only where somebody outside reads it. */
static bool mark_outside(const cn_ir *ir, bool *outside)
{
    for (int i = ir->count; i--;) {
        const cn_ir_node *node = &ir->nodes[i];
        outside[i] = node->wanted;
        for (int u = 0; u < node->n_users && !outside[i]; u++) {
            const cn_ir_node *user = &ir->nodes[node->users[u]];
            outside[i] = is_view(user) ? user->in[0] == i && outside[node->users[u]]
                                       : user->step != node->step;
        }
    }
    return true;
}

/* The parts of a whole share its buffer, which is there from the first that is written. */
static int buffer_of_whole(cn_ir *ir, const cn_ir_node *part)
{
    cn_ir_node *whole = &ir->nodes[part->users[0]];
    if (whole->buffer < 0 && (whole->buffer = new_buffer(ir, CN_IN_ARENA, part->users[0])) < 0)
        return -1;
    cn_ir_buffer *buffer = &ir->buffers[whole->buffer];
    if (buffer->first > part->step)
        buffer->first = part->step;
    if (buffer->last < part->step)
        buffer->last = part->step;
    return whole->buffer;
}

static bool give_buffers(cn_ir *ir)
{
    bool *outside = cn_mem_calloc((size_t)ir->count, sizeof *outside);
    bool ok = outside && mark_outside(ir, outside);
    for (int i = 0; ok && i < ir->count; i++) {
        cn_ir_node *node = &ir->nodes[i];
        if (node->dead)
            continue;
        int index = i;
        if (is_view(node) && !node->tensor->value) {
            node->buffer = ir->nodes[node->in[0]].buffer;
        } else if (cn_is_leaf(node->tensor)) {
            cn_place place = place_of_leaf(ir, node->tensor, &index);
            ok = (node->buffer = new_buffer(ir, place, i)) >= 0;
            if (ok)
                ir->buffers[node->buffer].index = index;
        } else if (node->whole) {
            ok = (node->buffer = buffer_of_whole(ir, node)) >= 0;
        } else if (!ir->steps[node->step].cluster || outside[i]) {
            bool known = cn_shape_known(node->tensor->shape);
            ok = (node->buffer = new_buffer(ir, known ? CN_IN_ARENA : CN_IN_ROOM, i)) >= 0;
            if (ok && !known)
                ir->buffers[node->buffer].index = -1;
        }
    }
    cn_mem_free(outside);
    return ok;
}

static void place_outputs(cn_ir *ir)
{
    for (size_t i = 0; i < ir->request->n_outputs; i++) {
        cn_ir_buffer *buffer = &ir->buffers[ir->nodes[ir->outputs[i]].buffer];
        if (buffer->place != CN_IN_ARENA)
            continue;
        buffer->last = ir->n_steps;
        if (!ir->request->external_outputs || (ir->request->internal && ir->request->internal[i]))
            continue;
        buffer->place = CN_IN_OUTPUT;
        buffer->index = (int)i;
    }
}

/* Who reads which buffer: counted, then filled in. */
static bool list_readers(cn_ir *ir)
{
    int total = 0;
    ir->readers_of = cn_mem_calloc((size_t)ir->n_buffers + 2, sizeof *ir->readers_of);
    for (int i = 0; i < ir->count; i++)
        total += ir->nodes[i].n_in;
    ir->readers = cn_mem_calloc((size_t)total, sizeof *ir->readers);
    if (!ir->readers_of || !ir->readers)
        return false;
    for (int fill = 0; fill < 2; fill++) {
        for (int i = 0; i < ir->count; i++) {
            const cn_ir_node *node = &ir->nodes[i];
            for (int k = 0; k < node->n_in && !node->dead && !is_view(node); k++) {
                int b = ir->nodes[node->in[k]].buffer;
                if (b >= 0 && fill)
                    ir->readers[ir->readers_of[b + 1]++] = (cn_ir_reader){i, k};
                else if (b >= 0)
                    ir->readers_of[b + 2]++;
            }
        }
        for (int b = 0; b < ir->n_buffers && !fill; b++)
            ir->readers_of[b + 2] += ir->readers_of[b + 1];
    }
    return true;
}

/* May the node write over what `buffer` holds: is every other reader done before, and does each
 * reader in its cluster read no later than it, element by element? */
static bool may_overwrite(const cn_ir *ir, int node, int buffer)
{
    const cn_ir_node *writer = &ir->nodes[node];
    int64_t size = cn_ir_size(ir, node);
    for (int r = ir->readers_of[buffer]; r < ir->readers_of[buffer + 1]; r++) {
        const cn_ir_node *reader = &ir->nodes[ir->readers[r].node];
        if (reader->step < writer->step)
            continue;
        int in = reader->in[ir->readers[r].k];
        if (reader->step > writer->step || reader->member > writer->member ||
            cn_ir_size(ir, in) != size || ir->nodes[in].whole || reader->op->traits & CN_PLACED ||
            reader->strip || (!reader->row && cn_ir_size(ir, ir->readers[r].node) != size))
            return false;
    }
    return true;
}

static bool is_read_out(const cn_ir *ir, int buffer)
{
    for (size_t i = 0; i < ir->request->n_outputs; i++)
        if (ir->nodes[ir->outputs[i]].buffer == buffer)
            return true;
    for (size_t i = 0; i < ir->request->n_assigned; i++)
        if (ir->nodes[ir->values[i]].buffer == buffer)
            return true;
    return false;
}

/* The last step that may fail; -1: none. */
static int last_fallible(const cn_ir *ir)
{
    int s = ir->n_steps - 1;
    while (s >= 0 && !(ir->nodes[ir->steps[s].nodes[0]].op->traits & (CN_FALLIBLE | CN_LATE)))
        s--;
    return s;
}

/* A variable's new value is written where the variable lies, when nobody needs the old one any
 * more: neither a reader nor, should a later step fail, the user. */
static void assign_in_place(cn_ir *ir)
{
    int safe = last_fallible(ir);
    for (size_t i = 0; i < ir->request->n_assigned; i++) {
        cn_ir_node *value = &ir->nodes[ir->values[i]], *variable = &ir->nodes[ir->targets[i]];
        if (variable->buffer < 0) /* nobody reads the old value */
            continue;
        int base = cn_ir_base(ir, ir->values[i]);
        cn_ir_buffer *from = &ir->buffers[value->buffer], *to = &ir->buffers[variable->buffer];
        if (from->place != CN_IN_ARENA || from->last == ir->n_steps ||
            to->place != CN_IN_VARIABLE || !ir->steps[ir->nodes[base].step].cluster ||
            ir->nodes[base].step < safe || ir->nodes[base].whole ||
            is_read_out(ir, variable->buffer) || !may_overwrite(ir, base, variable->buffer))
            continue;
        from->place = CN_IN_VARIABLE;
        from->index = to->index;
    }
}

static void extend(cn_ir *ir, int node, int step)
{
    if (ir->nodes[node].buffer < 0)
        return;
    cn_ir_buffer *buffer = &ir->buffers[ir->nodes[node].buffer];
    if (buffer->last < step)
        buffer->last = step;
}

static void find_lifetimes(cn_ir *ir)
{
    for (int i = 0; i < ir->count; i++) {
        const cn_ir_node *node = &ir->nodes[i];
        for (int k = 0; k < node->n_in && !node->dead; k++)
            extend(ir, node->in[k], node->step);
    }
}

static void keep_values(cn_ir *ir)
{
    for (size_t i = 0; i < ir->request->n_assigned; i++)
        extend(ir, ir->values[i], ir->n_steps);
}

/* An output that is what a variable was, or a view of that, gets memory of its own where the plan
 * writes the variable. */
static bool keep_outputs(cn_ir *ir)
{
    for (size_t i = 0; i < ir->request->n_outputs; i++) {
        const cn_ir_buffer *old = &ir->buffers[ir->nodes[ir->outputs[i]].buffer];
        bool written = false;
        for (size_t v = 0; v < ir->request->n_assigned && old->place == CN_IN_VARIABLE; v++)
            written |= ir->targets[v] == old->index;
        ir->kept[i] = written ? new_buffer(ir, CN_IN_ARENA, ir->outputs[i]) : -1;
        if (written && ir->kept[i] < 0)
            return false;
        if (written)
            ir->buffers[ir->kept[i]].first = ir->buffers[ir->kept[i]].last = ir->n_steps;
    }
    return true;
}

/* ---- the arena: free stretches, lowest first; best fit ---- */

typedef struct stretch {
    size_t offset, size;
} stretch;

typedef struct arena {
    stretch *free;
    size_t count, capacity, top;
} arena;

static size_t round_up(size_t size)
{
    return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static size_t arena_take(arena *a, size_t size)
{
    size_t best = a->count;
    for (size_t i = 0; i < a->count; i++)
        if (a->free[i].size >= size && (best == a->count || a->free[i].size < a->free[best].size))
            best = i;
    if (best == a->count) {
        size_t offset = a->top;
        if (a->count && a->free[a->count - 1].offset + a->free[a->count - 1].size == a->top)
            offset = a->free[--a->count].offset;
        a->top = offset + size;
        return offset;
    }
    size_t offset = a->free[best].offset;
    a->free[best].offset += size;
    a->free[best].size -= size;
    if (!a->free[best].size)
        memmove(&a->free[best], &a->free[best + 1], (--a->count - best) * sizeof *a->free);
    return offset;
}

static bool arena_give(arena *a, size_t offset, size_t size)
{
    if (!cn_mem_reserve(&a->free, &a->capacity, a->count + 1, sizeof *a->free))
        return false;
    size_t i = a->count;
    while (i && a->free[i - 1].offset > offset)
        i--;
    memmove(&a->free[i + 1], &a->free[i], (a->count++ - i) * sizeof *a->free);
    a->free[i] = (stretch){offset, size};
    if (i + 1 < a->count && offset + size == a->free[i + 1].offset) {
        a->free[i].size += a->free[i + 1].size;
        memmove(&a->free[i + 1], &a->free[i + 2], (--a->count - i - 1) * sizeof *a->free);
    }
    if (i && a->free[i - 1].offset + a->free[i - 1].size == offset) {
        a->free[i - 1].size += a->free[i].size;
        memmove(&a->free[i], &a->free[i + 1], (--a->count - i) * sizeof *a->free);
    }
    return true;
}

/* An input of the cluster that dies here and whose memory this node may take over; -1: none. */
static int heir_of(const cn_ir *ir, int node)
{
    const cn_ir_step *step = &ir->steps[ir->nodes[node].step];
    const cn_ir_buffer *mine = &ir->buffers[ir->nodes[node].buffer];
    for (int m = 0; m < step->count; m++) {
        const cn_ir_node *member = &ir->nodes[step->nodes[m]];
        for (int k = 0; k < member->n_in; k++) {
            int buffer = ir->nodes[member->in[k]].buffer;
            const cn_ir_buffer *theirs = buffer < 0 ? NULL : &ir->buffers[buffer];
            if (theirs && theirs != mine && theirs->place == CN_IN_ARENA &&
                theirs->last == mine->first && theirs->first < mine->first &&
                theirs->size == mine->size && may_overwrite(ir, node, buffer))
                return buffer;
        }
    }
    return -1;
}

/* The step's results take over memory where they may. */
static void inherit(cn_ir *ir, const cn_ir_step *step)
{
    for (int m = 0; m < step->count; m++) {
        int b = ir->nodes[step->nodes[m]].buffer;
        bool own =
            b >= 0 && ir->buffers[b].place == CN_IN_ARENA && !ir->nodes[step->nodes[m]].whole;
        int heir = own ? heir_of(ir, step->nodes[m]) : -1;
        if (heir < 0)
            continue;
        ir->buffers[b].offset = ir->buffers[heir].offset;
        ir->buffers[b].placed = true;
        ir->buffers[heir].last = -1;
    }
}

/* Arena buffers in chains by the step where they begin (or end): head[step], next[buffer], -1 ends.
 */
typedef struct chains {
    int *head, *next;
} chains;

static bool chain(const cn_ir *ir, chains *c, bool by_end)
{
    c->head = cn_mem_alloc(((size_t)ir->n_steps + 1) * sizeof *c->head);
    c->next = cn_mem_alloc(((size_t)ir->n_buffers + 1) * sizeof *c->next);
    for (int s = 0; c->head && s <= ir->n_steps; s++)
        c->head[s] = -1;
    for (int b = 0; c->head && c->next && b < ir->n_buffers; b++) {
        const cn_ir_buffer *buffer = &ir->buffers[b];
        if (buffer->place != CN_IN_ARENA)
            continue;
        int step = by_end ? buffer->last : buffer->first;
        c->next[b] = c->head[step];
        c->head[step] = b;
    }
    return c->head && c->next;
}

static size_t footprint(const cn_ir_buffer *buffer)
{
    return round_up(buffer->size ? buffer->size : 1) + (buffer->size < PAGE ? 0 : APART);
}

static bool lay_out(cn_ir *ir)
{
    arena a = {0};
    chains begin = {0}, end = {0};
    bool ok = chain(ir, &begin, false) && chain(ir, &end, true), reuse = !cn_pass_off("reuse");
    for (int s = 0; ok && s <= ir->n_steps; s++) {
        if (s < ir->n_steps && ir->steps[s].cluster && reuse)
            inherit(ir, &ir->steps[s]);
        for (int b = begin.head[s]; b >= 0; b = begin.next[b])
            if (!ir->buffers[b].placed)
                ir->buffers[b].offset = arena_take(&a, footprint(&ir->buffers[b]));
        for (int b = end.head[s]; ok && b >= 0; b = end.next[b])
            if (ir->buffers[b].last == s)
                ok = arena_give(&a, ir->buffers[b].offset, footprint(&ir->buffers[b]));
    }
    ir->arena = a.top;
    cn_mem_free(begin.head);
    cn_mem_free(begin.next);
    cn_mem_free(end.head);
    cn_mem_free(end.next);
    cn_mem_free(a.free);
    return ok;
}

/* Is the step's second input one that stays the same from turn to turn? */
static bool stays(const cn_ir *ir, const cn_ir_node *node)
{
    const cn_ir_buffer *b = node->n_in > 1 ? &ir->buffers[ir->nodes[node->in[1]].buffer] : NULL;
    return b && b->place == CN_IN_INPUT &&
           (size_t)b->index + ir->request->n_fixed >= ir->request->n_inputs;
}

/* Scratch memory of a step is a buffer that lives during that step, or through all turns. */
static bool add_scratch(cn_ir *ir)
{
    for (int s = 0; s < ir->n_steps; s++) {
        cn_ir_step *step = &ir->steps[s];
        const cn_ir_node *node = &ir->nodes[step->nodes[0]];
        const cn_op_extras *op = cn_extras_of(node->op);
        bool keeps = !step->cluster && op->keeps && stays(ir, node);
        step->scratch = -1;
        size_t bytes = keeps                           ? op->keeps(node->tensor)
                       : !step->cluster && op->scratch ? op->scratch(node->tensor)
                                                       : 0;
        if (!bytes)
            continue;
        step->scratch = new_buffer(ir, CN_IN_ARENA, step->nodes[0]);
        if (step->scratch < 0)
            return false;
        cn_ir_buffer *buffer = &ir->buffers[step->scratch];
        buffer->size = bytes;
        if (keeps) {
            buffer->first = 0;
            buffer->last = ir->n_steps;
        }
    }
    return true;
}

bool cn_pass_memory(cn_ir *ir)
{
    if (!give_buffers(ir))
        return false;
    place_outputs(ir);
    find_lifetimes(ir);
    if (!list_readers(ir))
        return false;
    assign_in_place(ir);
    keep_values(ir);
    return keep_outputs(ir) && add_scratch(ir) && lay_out(ir);
}
