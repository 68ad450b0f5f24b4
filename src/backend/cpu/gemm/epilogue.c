#include "backend/cpu/gemm/epilogue.h"

static void run_double(const cn_epilogue *e, double *c, ptrdiff_t c_step, ptrdiff_t rows,
                       ptrdiff_t columns)
{
    const double *scale = e->scale, *shift = e->shift, *plus = e->plus;
    ptrdiff_t at = c - (const double *)e->y, column = at % e->columns;
    for (; rows > 0; rows--, c += c_step, at += c_step)
        for (ptrdiff_t j = 0; j < columns; j++) {
            double y = c[j];
            if (scale)
                y *= scale[column + j];
            if (shift)
                y += shift[column + j];
            if (plus)
                y += plus[at + j];
            c[j] = e->activation == CN_ACT_RELU && y < 0 ? 0 : y;
        }
}

void cn_epilogue_run(const cn_epilogue *e, size_t size, void *c, ptrdiff_t c_step, ptrdiff_t rows,
                     ptrdiff_t columns)
{
    if (size == sizeof(float))
        cn_isa_pick(cn_epilogues)->run(e, c, c_step, rows, columns);
    else
        run_double(e, c, c_step, rows, columns);
}
