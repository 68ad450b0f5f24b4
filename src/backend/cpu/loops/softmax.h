/* Softmax of rows, float and double: x, y, dy and dx are (rows, n). NaN in a row makes it NaN; so
 * does a row of nothing but -inf. keras.ops.softmax, log_softmax */
#ifndef CN_BACKEND_CPU_SOFTMAX_H
#define CN_BACKEND_CPU_SOFTMAX_H

#include <stddef.h>

#include "backend/cpu/isa.h"

#define CN_SOFTMAX_TYPE(real, name)                                                         \
    typedef struct name {                                                                   \
        void (*softmax)(const real *x, real *y, ptrdiff_t rows, ptrdiff_t n);               \
        void (*log_softmax)(const real *x, real *y, ptrdiff_t rows, ptrdiff_t n);           \
        /* dx = y (dy - sum of dy y) */                                                     \
        void (*grad)(const real *y, const real *dy, real *dx, ptrdiff_t rows, ptrdiff_t n); \
    } name;
CN_SOFTMAX_TYPE(float, cn_softmaxes)
CN_SOFTMAX_TYPE(double, cn_softmaxes_double)
CN_ISA_DECLARE(cn_softmaxes);
extern const cn_softmaxes_double cn_softmaxes_of_double; /* the same on all machines */

#endif
