/* Softmax of rows of doubles: rare, one version for all machines. */
#include "backend/cpu/loops/softmax.h"

#include <math.h>

static void exponentials_double(const double *x, double *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] = exp(x[i]);
}

#define REAL double
#define NAME(x) x##_double
#define LOG log
#include "backend/cpu/loops/softmax_template.h"

const cn_softmaxes_double cn_softmaxes_of_double = {
    .softmax = softmax_double, .log_softmax = log_softmax_double, .grad = grad_double};
