/* What attention does between its products: on panels, which hold a column for each query and a row
 * for each key; cn_tiles says how wide they are. */
#ifndef CN_BACKEND_CPU_ATTEND_H
#define CN_BACKEND_CPU_ATTEND_H

#include <stddef.h>

#include "backend/cpu/isa.h"

/* x and dx are (n, width), the others have a number for each column. */
typedef struct cn_attends {
    /* most = the largest of it and x. */
    void (*rise)(const float *x, ptrdiff_t n, float *most);
    /* x = exp(x - most) share, for x that are no larger; sum += x. */
    void (*weigh)(float *x, ptrdiff_t n, const float *most, const float *share, float *sum);
    /* dx = x (dx - dot) */
    void (*grad)(const float *x, float *dx, ptrdiff_t n, const float *dot);
    /* y (rows, n), its rows `step` apart: row i times by[i]. */
    void (*scale)(float *y, ptrdiff_t step, ptrdiff_t rows, ptrdiff_t n, const float *by);
} cn_attends;
CN_ISA_DECLARE(cn_attends);

#endif
