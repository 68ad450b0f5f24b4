/* Softmax of rows of floats, compiled for each instruction set. */
#include "backend/cpu/loops/softmax.h"

#include <math.h>

#include "backend/cpu/loops/loops.h"
#include "backend/cpu/math/vmath.h"

static void exponentials_float(const float *x, float *y, ptrdiff_t n)
{
    CN_ISA_SYMBOL(cn_loops).f32[CN_LOOP_exp](y, (const void *[]){x}, (size_t)n, NULL);
}

#define REAL float
#define NAME(x) x##_float
#define LOG cn_v_log
#include "backend/cpu/loops/softmax_template.h"

const cn_softmaxes CN_ISA_SYMBOL(cn_softmaxes) = {
    .softmax = softmax_float, .log_softmax = log_softmax_float, .grad = grad_float};
