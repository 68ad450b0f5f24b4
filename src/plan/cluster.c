#include "plan/cluster.h"

#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/alloc.h"
#include "graph/shape.h"

enum {
    NEAR_BYTES = 24 << 10, /* all of a tile: half of the nearest cache */
    SMALLEST_TILE = 256,   /* less, and calls cost more than what they compute */
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

static cn_cluster_array describe(const cn_ir *ir, int node, cn_shape out)
{
    const cn_tensor *tensor = ir->nodes[node].tensor, *whole = ir->nodes[node].whole;
    int64_t size = cn_shape_size(tensor->shape);
    cn_cluster_array array = {.size = (int)cn_dtype_size(tensor->dtype)};
    array.offset = array.size * ir->nodes[node].place;
    if (size == cn_shape_size(out) && !whole) {
        array.expand = CN_FULL;
    } else if (size == 1) {
        array.expand = CN_SINGLE;
    } else {
        set_strides(&array, tensor->shape, whole ? whole->shape : tensor->shape, out);
        array.expand = array.rank == 1 && array.stride[0] ? CN_FULL : CN_STRIDED;
    }
    return array;
}

typedef struct maker {
    const cn_ir *ir;
    const cn_ir_step *step;
    cn_cluster *cluster;
    int *input_nodes, *output_nodes;
    int slot[CN_CLUSTER_NODES];     /* of each member; -1: none yet */
    int last_use[CN_CLUSTER_NODES]; /* the last member that reads it */
    bool busy[CN_CLUSTER_NODES];    /* temporaries in use */
} maker;

int cn_cluster_member(const cn_ir *ir, const cn_ir_step *step, int node)
{
    const cn_ir_node *base = &ir->nodes[cn_ir_base(ir, node)];
    int open = (int)(step - ir->steps);
    return base->step == open && base->op->traits & CN_CLUSTERED && !base->tensor->value
               ? base->member
               : -1;
}

/* The input of `of` that stands for `node`, added when it is new. Views of one size share. */
static int input_slot(maker *m, int node, const cn_ir_node *of)
{
    cn_cluster_array input = {.expand = CN_FULL}; /* of no size: each tile sees all of it */
    if (!(of->op->traits & CN_PLACED))
        input = describe(m->ir, node, of->tensor->shape);
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
        for (int k = 0; k < node->n_in; k++) {
            int member = cn_cluster_member(m->ir, m->step, node->in[k]);
            if (member >= 0)
                m->last_use[member] = i;
            else
                m->cluster->ops[i].in[k] = (int16_t)input_slot(m, node->in[k], node);
        }
        m->slot[i] = -1;
        if (node->buffer < 0)
            continue;
        m->slot[i] = m->cluster->n_outputs;
        m->output_nodes[m->cluster->n_outputs++] = m->step->nodes[i];
    }
    for (int i = 0; i < m->cluster->n_outputs; i++)
        m->cluster->arrays[m->cluster->n_inputs + i] =
            describe(m->ir, m->output_nodes[i], m->ir->nodes[m->output_nodes[i]].tensor->shape);
}

/* How much is done for an element, in additions or the like. */
static size_t work_of(const maker *m)
{
    size_t sum = 0;
    for (int i = 0; i < m->step->count; i++)
        sum += m->ir->nodes[m->step->nodes[i]].op->traits & CN_COSTLY ? COSTLY : 1;
    return sum;
}

static void second_round(maker *m)
{
    int inputs = m->cluster->n_inputs, outputs = m->cluster->n_outputs;
    int temp_of[CN_CLUSTER_NODES];
    for (int i = 0; i < m->step->count; i++) {
        int index = m->step->nodes[i];
        const cn_ir_node *node = &m->ir->nodes[index];
        cn_cluster_op *op = &m->cluster->ops[i];
        temp_of[i] = -1;
        if (m->slot[i] < 0)
            m->slot[i] = outputs + (temp_of[i] = temporary(m));
        op->n_in = (int16_t)node->n_in;
        op->span = 1;
        for (int k = 0; k < node->n_in; k++) {
            int member = cn_cluster_member(m->ir, m->step, node->in[k]);
            if (member < 0)
                continue;
            op->in[k] = (int16_t)(inputs + m->slot[member]);
            if (m->last_use[member] == i && temp_of[member] >= 0)
                m->busy[temp_of[member]] = false;
        }
        op->out = (int16_t)(inputs + m->slot[i]);
        op->name = node->op->name;
        op->loop = node->op->loop(node->tensor);
        op->attrs = node->tensor->attrs;
        int size = (int)cn_dtype_size(node->tensor->dtype);
        if (m->cluster->widest < size)
            m->cluster->widest = size;
    }
}

static size_t tile_of(size_t bytes, int bytes_an_element)
{
    return bytes / (size_t)bytes_an_element / 64 * 64;
}

/* The size of each of so many pieces. */
static size_t even(size_t n, size_t pieces)
{
    return ((n - 1) / pieces / 64 + 1) * 64;
}

static void size_tiles(cn_cluster *c, size_t ops)
{
    int buffers = c->n_temporaries, arrays = c->n_temporaries;
    for (int i = 0; i < c->n_inputs + c->n_outputs; i++) {
        arrays += c->arrays[i].size > 0;
        buffers += c->arrays[i].expand != CN_FULL;
        if (c->widest < c->arrays[i].size)
            c->widest = c->arrays[i].size;
    }
    size_t near = tile_of(NEAR_BYTES, arrays * c->widest);
    near = near < SMALLEST_TILE ? SMALLEST_TILE : near > LARGEST_TILE ? LARGEST_TILE : near;
    size_t most = tile_of(CN_CLUSTER_BYTES, (buffers ? buffers : 1) * c->widest);
    c->tile = near < most ? near : most;
    size_t tiles = WORK / ops / c->tile;
    c->grain = c->tile * (tiles ? tiles : 1);
    if (c->n > c->grain) { /* an even number of even pieces, of even tiles: threads end together */
        c->grain = even(c->n, 2 * ((c->n - 1) / (2 * c->grain) + 1));
        c->tile = even(c->grain, (c->grain - 1) / c->tile + 1);
        c->grain = (c->grain - 1) / c->tile * c->tile + c->tile;
    }
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
    c->n = (size_t)cn_ir_size(ir, step->nodes[0]);
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
