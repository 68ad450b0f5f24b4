/* Softmax of rows, compiled for each instruction set. */
#include "backend/cpu/loops/softmax.h"

#include <math.h>

#include "backend/cpu/loops/loops.h"
#include "backend/cpu/math/vmath.h"

/* Numbers that are worked on together, a whole number of rows where rows are short, so that their
 * exponentials are one loop; and how many sums are kept side by side. */
enum { BLOCK = 1024, SUMS = 16 };

static void exponentials_float(const float *x, float *y, ptrdiff_t n)
{
    CN_ISA_SYMBOL(cn_loops).f32[CN_LOOP_exp](y, (const void *[]){x}, (size_t)n, NULL);
}

#define REAL float
#define NAME(x) x##_float
#define LOG cn_v_log
#include "backend/cpu/loops/softmax_template.h"
#undef REAL
#undef NAME
#undef LOG
#ifdef CN_ISA_IS_plain /* doubles are rare: one version for all */
static void exponentials_double(const double *x, double *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = exp(x[i]);
}

#define REAL double
#define NAME(x) x##_double
#define LOG log
#include "backend/cpu/loops/softmax_template.h"
const cn_softmaxes_double cn_softmaxes_double_plain = {
    .softmax = softmax_double, .log_softmax = log_softmax_double, .grad = grad_double};
#endif

const cn_softmaxes CN_ISA_SYMBOL(cn_softmaxes) = {
    .softmax = softmax_float, .log_softmax = log_softmax_float, .grad = grad_float};
