/* The sum of float32, which networks live by, compiled for each instruction set. */
#include "backend/cpu/loops/reduce_template.h"

REDUCER(sum_f32, float, 0.0f, SUM)

const cn_reducers CN_ISA_SYMBOL(cn_reducers) = {.sum_f32 = ROW(sum_f32)};
