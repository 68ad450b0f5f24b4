#include "ops/epilogue.h"

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
