#include "backend/cpu/gemm/epilogue.h"

#include <stdbool.h>
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

static inline lanes all_lanes(float x)
{
    return x - (lanes){0};
}

static inline lanes load_or(const float *from, ptrdiff_t at, ptrdiff_t n, float other)
{
    return from ? load_lanes(from + at, n) : all_lanes(other);
}

/* `left` columns, in `wide` vectors. What is not there changes no bit: a scale of 1, a shift of -0,
 * no bound below. */
static inline __attribute__((always_inline)) void run_columns(const cn_epilogue *e, ptrdiff_t at,
                                                              ptrdiff_t step, ptrdiff_t rows,
                                                              const int wide, ptrdiff_t left,
                                                              bool silu)
{
    float *c = (float *)e->y + at;
    const float *plus = e->plus ? (const float *)e->plus + at : NULL;
    lanes scale[2], shift[2], bound = all_lanes(e->activation == CN_ACT_RELU ? 0 : -INFINITY);
    ptrdiff_t column = at % e->columns;
    for (int w = 0; w < wide; w++) {
        scale[w] = load_or(e->scale, column + w * LANES, left, 1);
        shift[w] = load_or(e->shift, column + w * LANES, left, -0.0F);
    }
    for (; rows > 0; rows--, c += step) {
        for (int w = 0; w < wide; w++) {
            lanes y = load_lanes(c + w * LANES, left) * scale[w] + shift[w];
            if (plus)
                y += load_lanes(plus + w * LANES, left);
            y = silu ? silu_lanes(y) : above_lanes(bound, y);
            store_lanes(c + w * LANES, y, left);
        }
        if (plus)
            plus += step;
    }
}

static void run(const cn_epilogue *e, float *c, ptrdiff_t c_step, ptrdiff_t rows, ptrdiff_t columns)
{
    ptrdiff_t at = c - (const float *)e->y;
    bool silu = e->activation == CN_ACT_SILU;
    for (; columns >= 2 * LANES && !silu; columns -= 2 * LANES, at += 2 * LANES)
        run_columns(e, at, c_step, rows, 2, LANES, false);
    for (; columns > 0; columns -= LANES, at += LANES)
        run_columns(e, at, c_step, rows, 1, columns, silu);
}

const cn_epilogues CN_ISA_SYMBOL(cn_epilogues) = {.run = run};
