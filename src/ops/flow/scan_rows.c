/* Where each step computes row by row, whatever comes from a row of the batch can be computed for
 * itself: threads then walk the whole sequence, each for rows of its own, and need not wait for
 * each other at each step. */
#include <string.h>

#include "base/alloc.h"
#include "backend/cpu/gemm/gemm.h"
#include "cornu/config.h"
#include "graph/walk.h"
#include "ops/flow/scan.h"
#include "ops/products.h"

enum {
    ROWS = 16,                   /* of a block, at least: a product's weights are read for these */
    WEIGHTS = CN_GEMM_LARGE / 2, /* more are better shared out than read by each thread */
    OPEN = CN_FALLIBLE | CN_LATE | CN_IMPURE,
    INPUTS = 16,
};

static bool is_called(const cn_tensor *node, const char *op)
{
    return strcmp(node->op->name, op) == 0;
}

/* An operand that broadcasts over rows, or that has as many. */
static bool meets_rows(const cn_tensor *x, bool rows, const cn_tensor *y)
{
    return rows ? x->shape.rank == y->shape.rank
                : x->shape.rank < y->shape.rank || x->shape.dim[0] == 1;
}

/* Is each row of the node made of that row of its inputs? `rows[k]`: input k has rows. */
static bool keeps_rows(const cn_tensor *node, const bool *rows)
{
    bool all = true, meet = true;
    for (int k = 0; k < node->n_inputs; k++) {
        all = all && rows[k];
        meet = meet && meets_rows(node->inputs[k], rows[k], node);
    }
    if (node->op->traits & CN_ELEMENTWISE) /* but not what is made as large as attributes say */
        return meet && (node->n_inputs > 1 || !is_called(node, "broadcast_to"));
    if (node->op == &cn_op_matmul)
        return rows[0] && !rows[1] && node->n_inputs == 2 && node->shape.rank == 2 &&
               !CN_ATTRS(cn_matmul_attrs, node)->transpose_a &&
               cn_shape_size(node->inputs[1]->shape) <= WEIGHTS;
    return all &&
           (node->op == &cn_op_nth || ((is_called(node, "split") || is_called(node, "concat")) &&
                                       *CN_ATTRS(int64_t, node) > 0)); /* the axis */
}

/* Is the tensor at `place` made of rows, as all that is computed must be? rows[0, place) is known.
 */
static bool has_rows(const cn_walk *walk, size_t place, int64_t batch, bool *rows)
{
    const cn_tensor *node = walk->nodes[place];
    bool in[INPUTS];
    if (cn_is_leaf(node))
        return true;
    if (node->n_inputs > INPUTS || node->op->traits & OPEN || !node->shape.rank ||
        node->shape.dim[0] != batch)
        return false;
    for (int k = 0; k < node->n_inputs; k++)
        in[k] = rows[cn_walk_find(walk, node->inputs[k])];
    return rows[place] = keeps_rows(node, in);
}

static bool all_rows(const cn_body *body, const cn_walk *walk, size_t sliced, int64_t batch,
                     bool *rows)
{
    const cn_list *results = body->results;
    bool ok = true;
    for (size_t i = 0; ok && i < sliced; i++) {
        const cn_tensor *param = body->params->items[i];
        long place = cn_walk_find(walk, param);
        ok = param->shape.rank && param->shape.dim[0] == batch;
        if (place >= 0)
            rows[place] = true;
    }
    for (size_t i = 0; ok && i < walk->count; i++)
        ok = has_rows(walk, i, batch, rows);
    for (size_t i = 0; ok && i < results->count; i++)
        ok = rows[cn_walk_find(walk, results->items[i])];
    return ok;
}

/* On matrix units products of `rows` rows and of more have the same bits, and those of more read
 * their weights less often. Only weights that are handed to the body are kept for them. */
static bool all_on_units(const cn_walk *walk, int64_t rows)
{
    bool some = false;
    for (size_t i = 0; i < walk->count; i++) {
        const cn_tensor *node = walk->nodes[i];
        if (node->op != &cn_op_matmul)
            continue;
        if (node->dtype != CN_FLOAT32 || node->inputs[1]->op != &cn_op_placeholder ||
            !cn_gemm_kept_on_units(rows, node->shape.dim[1], node->inputs[0]->shape.dim[1]))
            return false;
        some = true;
    }
    return some;
}

int cn_scan_blocks(const cn_body *body, size_t sliced)
{
    cn_walk walk;
    const cn_tensor *first = sliced ? body->params->items[0] : NULL;
    int64_t batch = first && first->shape.rank ? first->shape.dim[0] : 0;
    int blocks = 1;
    while (blocks < CN_SCAN_BLOCKS && batch >= 2 * ROWS * blocks)
        blocks *= 2;
    if (blocks == 1)
        return 1;
    bool *rows = NULL;
    if (!cn_walk_make(&walk, (cn_tensor *const *)body->results->items, body->results->count,
                      NULL) ||
        !(rows = cn_mem_calloc(walk.count, sizeof *rows)))
        blocks = 0;
    else if (!all_rows(body, &walk, sliced, batch, rows))
        blocks = 1;
    else if (cn_num_threads() == 1 && all_on_units(&walk, batch / blocks))
        while (batch < 2 * ROWS * blocks)
            blocks /= 2;
    cn_mem_free(rows);
    cn_walk_free(&walk);
    return blocks;
}
