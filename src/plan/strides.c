/* Strides move up: where all that read a convolution are convolutions of single pixels, of the same
 * strides, it makes only what they read, and they have no strides any more. So most of the last
 * block of each stage of a ResNet is spared. Its epilogue is the same for each pixel, but for a
 * tensor that is added: that one's pixels are picked by a slice, if it is not made of fewer as
 * well. What the convolution reads may go the same way. */
#include <string.h>

#include "backend/cpu/gemm/epilogue.h"
#include "base/alloc.h"
#include "cornu/ops.h"
#include "plan/ir.h"

enum { AXES = 3, INPUTS = 2 + CN_END_PARTS, TAKEN = -1 };

/* Of a node with pixels each by-th is read. */
typedef struct thinning {
    int64_t by[AXES];
    int slot; /* a dead node's, where the slice of what is added may stand; of that one: TAKEN */
} thinning;

static const cn_pixels *pixels_of(const cn_ir_node *node)
{
    const cn_pixels *op = cn_extras_of(node->op)->pixels;
    return op && op->thin && !node->dead && !node->tensor->value ? op : NULL;
}

/* The tensor that a convolution's epilogue adds, its last input; -1: none. */
static int added_to(const cn_ir_node *node)
{
    int32_t word;
    memcpy(&word, (char *)node->tensor->attrs + cn_extras_of(node->op)->epilogue - 1, sizeof word);
    return word >> CN_END_PLUS & 1 ? node->in[node->n_in - 1] : -1;
}

static bool alike(const int64_t *a, const int64_t *b)
{
    return !memcmp(a, b, AXES * sizeof *a);
}

/* Which pixels of its k-th input a node reads. */
static void read_at(const cn_ir *ir, const thinning *of, int reader, int k, int64_t *by)
{
    const cn_ir_node *node = &ir->nodes[reader];
    const cn_pixels *op = pixels_of(node);
    bool points = op && !k && op->points(node->tensor, by);
    bool adds = op && k == node->n_in - 1 && added_to(node) >= 0;
    for (int a = 0; a < AXES; a++)
        by[a] = points ? by[a] * of[reader].by[a] : adds ? of[reader].by[a] : 1;
}

/* Do all readers read the same pixels, and not all of them? */
static bool is_thin(const cn_ir *ir, const thinning *of, int i, int64_t *by)
{
    const cn_ir_node *node = &ir->nodes[i];
    const cn_shape *shape = &node->tensor->shape;
    int64_t other[AXES];
    bool some = false;
    for (int u = 0; u < node->n_users; u++)
        for (int k = 0; k < ir->nodes[node->users[u]].n_in; k++) {
            if (ir->nodes[node->users[u]].in[k] != i)
                continue;
            read_at(ir, of, node->users[u], k, some ? other : by);
            if (some && !alike(by, other))
                return false;
            some = true;
        }
    bool spares = false;
    for (int axis = shape->rank - 2, a = AXES - 1; some && axis > 0; axis--, a--)
        spares |= by[a] > 1 && shape->dim[axis] > 1;
    return spares && !node->wanted;
}

/* A dead node's slot between two nodes, as the epilogue leaves; 0: none. */
static int free_slot(const cn_ir *ir, const thinning *of, int after, int before)
{
    int slot = before - 1;
    while (slot > after && (!ir->nodes[slot].dead || !ir->nodes[slot].n_in || of[slot].slot))
        slot--;
    return slot > after ? slot : 0;
}

/* From the end on, so that a node's readers are known. */
static void find(const cn_ir *ir, thinning *of)
{
    for (int i = 0; i < ir->count; i++)
        of[i] = (thinning){.by = {1, 1, 1}};
    for (int i = ir->count; i--;) {
        const cn_ir_node *node = &ir->nodes[i];
        int64_t by[AXES];
        if (!pixels_of(node) || !is_thin(ir, of, i, by))
            continue;
        int added = added_to(node);
        if (added >= 0) {
            of[i].slot = free_slot(ir, of, added, i);
            if (!of[i].slot)
                continue;
            of[of[i].slot].slot = TAKEN;
        }
        memcpy(of[i].by, by, sizeof by);
    }
}

/* The last input becomes a slice of what it was. */
static bool slice_added(cn_ir *ir, int i, const thinning *of)
{
    cn_ir_node *node = &ir->nodes[i], *slice = &ir->nodes[of->slot];
    int *added = &node->in[node->n_in - 1];
    cn_tensor *x = (cn_tensor *)ir->nodes[*added].tensor;
    int64_t start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK], step[CN_MAX_RANK];
    for (int axis = 0; axis < x->shape.rank; axis++) {
        int a = axis + AXES + 1 - x->shape.rank;
        size[axis] = CN_ANY;
        step[axis] = axis && a < AXES ? of->by[a] : 1;
    }
    cn_tensor *made = cn_strided_slice(x, start, size, step);
    if (!made)
        return false;
    made->layer = node->tensor->layer;
    *slice = (cn_ir_node){
        .op = made->op, .tensor = made, .step = -1, .buffer = -1, .in = slice->in, .n_in = 1};
    slice->in[0] = *added;
    *added = of->slot;
    return true;
}

static bool thin(cn_ir *ir, int i, const thinning *of)
{
    cn_ir_node *node = &ir->nodes[i];
    const cn_tensor *from = node->tensor;
    int added = added_to(node);
    cn_tensor *inputs[INPUTS];
    if (added >= 0 && !alike(of[added].by, of[i].by) && !slice_added(ir, i, &of[i]))
        return false;
    for (int k = 0; k < node->n_in; k++)
        inputs[k] = (cn_tensor *)ir->nodes[node->in[k]].tensor;
    cn_tensor *made = pixels_of(node)->thin(from, inputs, of[i].by, of[node->in[0]].by);
    if (!made)
        return false;
    made->layer = from->layer;
    made->marks = from->marks;
    node->tensor = made;
    return true;
}

bool cn_pass_strides(cn_ir *ir)
{
    static const int64_t all[AXES] = {1, 1, 1};
    bool some = false, ok = true;
    for (int i = 0; i < ir->count && !some; i++)
        some = pixels_of(&ir->nodes[i]);
    if (!some || ir->request->quick || cn_pass_off("strides"))
        return true;
    thinning *of = cn_mem_calloc((size_t)ir->count, sizeof *of);
    if (!of)
        return false;
    find(ir, of);
    for (int i = 0; i < ir->count && ok; i++)
        if (pixels_of(&ir->nodes[i]) &&
            !(alike(of[i].by, all) && alike(of[ir->nodes[i].in[0]].by, all)))
            ok = thin(ir, i, of);
    cn_mem_free(of);
    return ok && cn_ir_links(ir);
}
