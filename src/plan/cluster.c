#include "plan/cluster.h"

#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/alloc.h"
#include "graph/shape.h"

enum {
    NEAR_BYTES = 24 << 10, /* all of a tile: half of the nearest cache */
    LARGEST_TILE = 1024,
    WORK = 1 << 16, /* elements times ops that are worth a thread, */
    COSTLY = 8      /* a costly op counting for so many */
};

/* Broadcast strides of an array, which lies in `whole`, against the cluster's shape, neighbouring
 * axes joined. */
static void set_strides(cn_cluster_array *array, cn_shape in, cn_shape whole, cn_shape out)
{
    int64_t step = 1;
    int64_t stride[CN_MAX_RANK];
    for (int i = out.rank; i--;) {
        int k = i - (out.rank - in.rank);
        int64_t dim = k < 0 ? 1 : in.dim[k];
        stride[i] = dim == 1 ? 0 : step;
        step *= k < 0 ? 1 : whole.dim[k];
    }
    array->rank = 0;
    for (int i = 0; i < out.rank; i++) {
        if (out.dim[i] == 1)
            continue;
        int last = array->rank - 1;
        if (last >= 0 && array->stride[last] == stride[i] * out.dim[i]) {
            array->dim[last] *= out.dim[i];
            array->stride[last] = stride[i];
        } else {
            array->dim[array->rank] = out.dim[i];
            array->stride[array->rank++] = stride[i];
        }
    }
}

static cn_cluster_array describe(const cn_ir *ir, int node, cn_shape out, bool row)
{
    const cn_tensor *tensor = ir->nodes[node].tensor, *whole = ir->nodes[node].whole;
    int64_t size = cn_shape_size(tensor->shape);
    cn_cluster_array array;
    memset(&array, 0, sizeof array); /* they are compared */
    array.row = row;
    array.size = (int)cn_dtype_size(tensor->dtype);
    array.offset = array.size * ir->nodes[node].place;
    if (size == cn_shape_size(out) && !whole)
        return array; /* CN_FULL */
    set_strides(&array, tensor->shape, whole ? whole->shape : tensor->shape, out);
    if (array.rank > 1 || !array.stride[0])
        array.expand = CN_STRIDED;
    return array;
}

typedef struct maker {
    const cn_ir *ir;
    const cn_ir_step *step;
    cn_cluster *cluster;
    int *input_nodes, *output_nodes;
    int slot[CN_CLUSTER_NODES];      /* of each member; -1: none yet */
    int last_use[CN_CLUSTER_NODES];  /* the last member that reads it; of a number a row: spread */
    bool busy[2 * CN_CLUSTER_NODES]; /* temporaries in use */
} maker;

int cn_cluster_member(const cn_ir *ir, const cn_ir_step *step, int node)
{
    const cn_ir_node *base = &ir->nodes[cn_ir_base(ir, node)];
    return base->step == (int)(step - ir->steps) ? base->member : -1;
}

/* Does member i make a number a row? */
static bool is_row(const maker *m, int i)
{
    const cn_cluster *c = m->cluster;
    return c->row > 1 && (size_t)cn_ir_size(m->ir, m->step->nodes[i]) == c->n;
}

/* The input of `of` that stands for `node`, added when it is new. Views of one size share. */
static int input_slot(maker *m, int node, const cn_ir_node *of, bool row)
{
    cn_cluster_array input;
    memset(&input, 0, sizeof input); /* of no size: each tile sees all of it */
    if (!(of->op->traits & CN_PLACED) && !of->strip)
        input = describe(m->ir, node, (of->row ? &m->ir->nodes[node] : of)->tensor->shape, row);
    for (int i = 0; i < m->cluster->n_inputs; i++)
        if (m->input_nodes[i] == node && !memcmp(&m->cluster->arrays[i], &input, sizeof input))
            return i;
    m->cluster->arrays[m->cluster->n_inputs] = input;
    m->input_nodes[m->cluster->n_inputs] = node;
    return m->cluster->n_inputs++;
}

static int temporary(maker *m)
{
    int i = 0;
    while (m->busy[i])
        i++;
    m->busy[i] = true;
    if (i >= m->cluster->n_temporaries)
        m->cluster->n_temporaries = i + 1;
    return i;
}

/* First round: inputs, outputs and lifetimes; slots are numbered when the counts are known. */
static void first_round(maker *m)
{
    for (int i = 0; i < m->step->count; i++) {
        const cn_ir_node *node = &m->ir->nodes[m->step->nodes[i]];
        bool row = is_row(m, i) && !node->row; /* what a reduction reads is whole */
        for (int k = 0; k < node->n_in; k++) {
            int member = cn_cluster_member(m->ir, m->step, node->in[k]);
            if (member < 0)
                m->cluster->ops[i].in[k] = (int16_t)input_slot(m, node->in[k], node, row);
            else if (!row)
                m->last_use[member] = i;
        }
        m->slot[i] = -1;
        if (node->buffer < 0)
            continue;
        m->slot[i] = m->cluster->n_outputs;
        m->output_nodes[m->cluster->n_outputs++] = m->step->nodes[i];
    }
    for (int i = 0; i < m->cluster->n_outputs; i++) {
        int node = m->output_nodes[i];
        m->cluster->arrays[m->cluster->n_inputs + i] = describe(
            m->ir, node, m->ir->nodes[node].tensor->shape, is_row(m, m->ir->nodes[node].member));
    }
}

/* How much is done for an element, in additions or the like. */
static size_t work_of(const maker *m)
{
    size_t sum = 0;
    for (int i = 0; i < m->step->count; i++)
        sum += m->ir->nodes[m->step->nodes[i]].op->traits & CN_COSTLY ? COSTLY : 1;
    return sum + m->cluster->strip_work;
}

/* Where member i's results go. */
static void place(maker *m, int i, int *temporary_of)
{
    cn_cluster *c = m->cluster;
    cn_cluster_op *op = &c->ops[i];
    int first = c->n_inputs + c->n_outputs;
    *temporary_of = -1;
    op->row = is_row(m, i);
    if (m->slot[i] < 0)
        m->slot[i] = c->n_outputs + (*temporary_of = temporary(m));
    op->out = (int16_t)(c->n_inputs + m->slot[i]);
    if (op->row && m->last_use[i])
        op->spread = (int16_t)(first + (*temporary_of = temporary(m)));
}

static void second_round(maker *m)
{
    int temporary_of[CN_CLUSTER_NODES];
    for (int i = 0; i < m->step->count; i++) {
        const cn_ir_node *node = &m->ir->nodes[m->step->nodes[i]];
        cn_cluster_op *op = &m->cluster->ops[i];
        place(m, i, &temporary_of[i]);
        op->n_in = (int16_t)node->n_in;
        op->span = 1;
        for (int k = 0; k < node->n_in; k++) {
            int member = cn_cluster_member(m->ir, m->step, node->in[k]);
            if (member < 0)
                continue;
            const cn_cluster_op *from = &m->cluster->ops[member];
            op->in[k] = from->row && !op->row ? from->spread : from->out;
            if (m->last_use[member] == i && temporary_of[member] >= 0)
                m->busy[temporary_of[member]] = false;
        }
        op->name = node->op->name;
        op->loop = node->strip ? NULL : node->op->loop(node->tensor);
        op->attrs = node->row ? &m->cluster->row : node->tensor->attrs;
        op->size = (int16_t)cn_dtype_size(node->tensor->dtype);
        if (m->cluster->widest < op->size)
            m->cluster->widest = op->size;
    }
}

/* Is it one number, or the same ones again and again: how many? 0: neither. */
static int64_t period(const cn_cluster_array *a)
{
    if (a->expand != CN_STRIDED || a->stride[0] || a->rank > 2)
        return 0;
    return a->rank == 1 ? 1 : a->dim[1];
}

/* The size of tiles is a multiple of: a row, what repeats, or the like of a cache line. */
static size_t unit_of(const cn_cluster *c)
{
    for (int i = 0; i < c->n_inputs && c->row == 1; i++)
        if (period(&c->arrays[i]) > 1 && period(&c->arrays[i]) <= CN_CLUSTER_TILE)
            return (size_t)period(&c->arrays[i]);
    return c->row > 1 ? 1 : 64;
}

/* What looks alike in all tiles is copied once. */
static void find_once(cn_cluster *c)
{
    for (int i = 0; i < c->n_inputs; i++) {
        int64_t p = period(&c->arrays[i]);
        if (p && (int64_t)(c->tile * c->row) % p == 0)
            c->arrays[i].expand = CN_ONCE;
    }
}

/* The size of each of so many pieces. */
static size_t even(size_t n, size_t pieces, size_t unit)
{
    return ((n - 1) / pieces / unit + 1) * unit;
}

/* Chains leave out what they would have. */
static int temporaries_used(const cn_cluster *c)
{
    bool used[CN_CLUSTER_SLOTS] = {false};
    int count = 0, first = c->n_inputs + c->n_outputs;
    for (const cn_cluster_op *op = c->ops; op < c->ops + c->n_ops; op += op->span)
        used[op->out] = used[op->spread] = true;
    for (int i = first; i < first + c->n_temporaries; i++)
        count += used[i];
    return count;
}

static void size_tiles(cn_cluster *c, size_t ops)
{
    int arrays = temporaries_used(c);
    for (int i = 0; i < c->n_inputs + c->n_outputs; i++) {
        arrays += c->arrays[i].size > 0;
        if (c->widest < c->arrays[i].size)
            c->widest = c->arrays[i].size;
    }
    size_t unit = unit_of(c), near = NEAR_BYTES / (size_t)(arrays * c->widest) / 64 * 64;
    near = near < CN_CLUSTER_TILE ? CN_CLUSTER_TILE : near > LARGEST_TILE ? LARGEST_TILE : near;
    c->tile = near < c->row ? 1 : near / c->row / unit * unit;
    size_t tiles = WORK / ops / (c->tile * c->row);
    c->grain = c->tile * (tiles ? tiles : 1);
    if (c->n > c->grain) { /* an even number of even pieces, of even tiles: threads end together */
        c->grain = even(c->n, 2 * ((c->n - 1) / (2 * c->grain) + 1), unit);
        c->tile = even(c->grain, (c->grain - 1) / c->tile + 1, unit);
        c->grain = (c->grain - 1) / c->tile * c->tile + c->tile;
    }
    if (c->strip)
        c->grain = (c->grain - 1) / c->strip * c->strip + c->strip;
    c->room = (c->tile * c->row * (size_t)c->widest + 63) / 64 * 64;
    find_once(c);
}

cn_cluster *cn_cluster_make(const cn_ir *ir, const cn_ir_step *step, int *input_nodes,
                            int *output_nodes)
{
    cn_cluster *c = cn_mem_calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->arrays = cn_mem_calloc(CN_CLUSTER_INPUTS + (size_t)step->count, sizeof *c->arrays);
    c->ops = cn_mem_calloc((size_t)step->count, sizeof *c->ops);
    if (!c->arrays || !c->ops) {
        cn_cluster_free(c);
        return NULL;
    }
    c->n_ops = step->count;
    c->row = step->row ? (size_t)step->row : 1;
    const cn_ir_node *head = &ir->nodes[step->nodes[0]];
    c->n = (size_t)cn_ir_size(ir, step->nodes[0]);
    if (!head->row)
        c->n /= c->row;
    if (head->strip) {
        c->strips = cn_extras_of(head->op)->strips;
        c->strip = head->strip;
        c->strip_work = c->strips->work(head->tensor);
    }
    maker m = {.ir = ir,
               .step = step,
               .cluster = c,
               .input_nodes = input_nodes,
               .output_nodes = output_nodes};
    first_round(&m);
    second_round(&m);
    cn_cluster_chain(c, ir, step);
    size_tiles(c, work_of(&m));
    return c;
}

void cn_cluster_free(cn_cluster *c)
{
    if (!c)
        return;
    cn_mem_free(c->arrays);
    cn_mem_free(c->ops);
    cn_mem_free(c);
}
