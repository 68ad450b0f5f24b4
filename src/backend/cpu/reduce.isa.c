/* The float32 reductions that networks live by, compiled for each instruction set. */
#include "backend/cpu/reduce_template.h"

REDUCER(sum_f32, float, 0.0f, SUM)
REDUCER(max_f32, float, -INFINITY, MAX)
REDUCER(min_f32, float, INFINITY, MIN)

const cn_reducers CN_ISA_SYMBOL(cn_reducers) = {
    .f32 = {[CN_REDUCE_SUM] = ROW(sum_f32),
            [CN_REDUCE_MAX] = ROW(max_f32),
            [CN_REDUCE_MIN] = ROW(min_f32)},
};
