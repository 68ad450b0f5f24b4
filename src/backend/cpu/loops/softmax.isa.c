/* Softmax of rows, compiled for each instruction set. */
#include "backend/cpu/loops/softmax.h"

#include <math.h>

#include "backend/cpu/math/vmath.h"

/* Numbers that are worked on together, a whole number of rows where rows are short, so that their
 * exponentials are one loop; and how many sums are kept side by side. */
enum { BLOCK = 1024, SUMS = 16 };

#define REAL float
#define NAME(x) x##_float
#define EXP cn_v_exp
#define LOG cn_v_log
#include "backend/cpu/loops/softmax_template.h"
#undef REAL
#undef NAME
#undef EXP
#undef LOG
#ifdef CN_ISA_IS_plain /* doubles are rare: one version for all */
#define REAL double
#define NAME(x) x##_double
#define EXP exp
#define LOG log
#include "backend/cpu/loops/softmax_template.h"
const cn_softmaxes_double cn_softmaxes_double_plain = {
    .softmax = softmax_double, .log_softmax = log_softmax_double, .grad = grad_double};
#endif

const cn_softmaxes CN_ISA_SYMBOL(cn_softmaxes) = {
    .softmax = softmax_float, .log_softmax = log_softmax_float, .grad = grad_float};
