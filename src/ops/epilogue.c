#include "ops/epilogue.h"

#include "ops/ops.h"

const cn_epilogue *cn_epilogue_read(const cn_kernel_args *args, int32_t word, cn_epilogue *to)
{
    const cn_view *y = &args->out[0];
    const void *part[CN_END_PARTS] = {NULL};
    for (int p = 0, at = 2; p < CN_END_PARTS; p++)
        if (word >> p & 1)
            part[p] = args->in[at++].data;
    *to = (cn_epilogue){part[CN_END_SCALE],  part[CN_END_SHIFT],
                        part[CN_END_PLUS],   y->data,
                        y->dim[y->rank - 1], (cn_tile_activation)(word >> CN_END_PARTS)};
    return to;
}

cn_tensor *cn_epilogue_vjp(const cn_tensor *node, int32_t word, cn_tensor *dy, cn_tensor **dx)
{
    int at = node->n_inputs;
    if (word >> CN_END_PARTS == CN_ACT_RELU)
        dy = cn_select(cn_greater((cn_tensor *)node, 0), dy, 0);
    if (word >> CN_END_PARTS == CN_ACT_SILU) {
        cn_tensor *x = cn_apply_epilogue(node, node->inputs, at, word & ((1 << CN_END_PARTS) - 1));
        cn_tensor *gate = cn_sigmoid(x);
        dy = cn_mul(dy, cn_mul(gate, cn_add(1, cn_mul(x, cn_sub(1, gate)))));
    }
    for (int p = CN_END_PARTS; p-- > 0;) {
        if (!(word >> p & 1))
            continue;
        cn_tensor *part = node->inputs[--at], *scaled = NULL;
        if (p == CN_END_SCALE)
            scaled = cn_apply_epilogue(node, node->inputs, at, word & 1 << CN_END_BIAS);
        dx[at] = cn_sum_like(p == CN_END_SCALE ? cn_mul(dy, scaled) : dy, part);
        if (p == CN_END_SCALE)
            dy = cn_mul(dy, part);
        if (!dx[at])
            return NULL;
    }
    return dy;
}
