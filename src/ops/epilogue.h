/* The epilogue that a plan has put behind a product (src/plan/epilogue.c), from the word in the
 * product's attributes. */
#ifndef CN_OPS_EPILOGUE_H
#define CN_OPS_EPILOGUE_H

#include "backend/cpu/gemm/epilogue.h"
#include "graph/tensor.h"

static inline const void *cn_bias_of(const cn_kernel_args *args, int32_t word)
{
    return word & 1 << CN_END_BIAS ? args->in[2].data : NULL;
}

/* More than bias and an activation of tiles. */
static inline bool cn_has_more(int32_t word)
{
    return word >> CN_END_PARTS == CN_ACT_SILU ||
           word & (1 << CN_END_SCALE | 1 << CN_END_SHIFT | 1 << CN_END_PLUS);
}

/* Of the product itself. */
static inline cn_tile_activation cn_activation_of(int32_t word)
{
    return cn_has_more(word) ? CN_ACT_NONE : (cn_tile_activation)(word >> CN_END_PARTS);
}

const cn_epilogue *cn_epilogue_read(const cn_kernel_args *args, int32_t word, cn_epilogue *to);

/* NULL where there is no more: few products have any, and the small ones pay for each record. */
static inline const cn_epilogue *cn_epilogue_of(const cn_kernel_args *args, int32_t word,
                                                cn_epilogue *to)
{
    return cn_has_more(word) ? cn_epilogue_read(args, word, to) : NULL;
}

/* The gradients of the parts, to their places in dx. Returns that of the product alone. */
cn_tensor *cn_epilogue_vjp(const cn_tensor *node, int32_t word, cn_tensor *dy, cn_tensor **dx);

#endif
