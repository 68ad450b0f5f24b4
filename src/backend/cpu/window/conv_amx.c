#include "backend/cpu/window/conv_amx.h"

/* Whether so many fill at least three quarters of whole `sides`. */
static bool fills(ptrdiff_t count, ptrdiff_t side)
{
    return 4 * count >= 3 * cn_round_up(count, side);
}

bool cn_conv_suits_amx(const ptrdiff_t *out, const ptrdiff_t *step, const ptrdiff_t *box,
                       double most, ptrdiff_t taps, ptrdiff_t channels, ptrdiff_t filters)
{
    enum { WORK = 1 << 20 }; /* multiplications that are worth it */
    ptrdiff_t pixels = 1, read = 1;
    bool even = true;
    for (int i = CN_DEPTH; i < CN_CONV_AXES; i++) {
        pixels *= out[i];
        read *= out[i] - 1 + box[i];
        even &= step[i] == 1;
    }
    return cn_isa_level() == CN_ISA_AMX && even && (double)read <= most * (double)pixels &&
           fills(channels, CN_AMX_DEPTH) && fills(filters, CN_AMX_HALF) &&
           out[CN_BATCH] * pixels * taps * channels * filters >= WORK;
}
