#include "backend/cpu/gemm/epilogue.h"

#include <string.h>

#include "backend/cpu/lanes.h"
#include "backend/cpu/math/vmath.h"

/* x times its sigmoid. */
static inline lanes silu_lanes(lanes x)
{
    float each[LANES];
    memcpy(each, &x, sizeof x);
    for (int i = 0; i < LANES; i++)
        each[i] *= cn_v_sigmoid(each[i]);
    memcpy(&x, each, sizeof x);
    return x;
}

static void run(const cn_epilogue *e, float *c, ptrdiff_t c_step, ptrdiff_t rows, ptrdiff_t columns)
{
    const float *scale = e->scale, *shift = e->shift, *plus = e->plus;
    ptrdiff_t at = c - (const float *)e->y, column = at % e->columns;
    for (; rows > 0; rows--, c += c_step, at += c_step)
        for (ptrdiff_t j = 0, left = columns; left > 0; j += LANES, left -= LANES) {
            lanes y = load_lanes(c + j, left);
            if (scale)
                y *= load_lanes(scale + column + j, left);
            if (shift)
                y += load_lanes(shift + column + j, left);
            if (plus)
                y += load_lanes(plus + at + j, left);
            if (e->activation == CN_ACT_RELU)
                y = relu_lanes(y);
            else if (e->activation == CN_ACT_SILU)
                y = silu_lanes(y);
            store_lanes(c + j, y, left);
        }
}

const cn_epilogues CN_ISA_SYMBOL(cn_epilogues) = {.run = run};
