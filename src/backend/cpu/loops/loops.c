#include "backend/cpu/loops/loops.h"

cn_loop_kernel cn_loop_get(cn_loop_id id, cn_dtype dtype)
{
    switch (dtype) {
    case CN_FLOAT32: {
        cn_loop_kernel own = cn_isa_pick(cn_loops)->f32[id];
        return own ? own : cn_loops_wide.f32[id];
    }
    case CN_FLOAT64:
        return cn_loops_wide.f64[id];
    case CN_INT32:
        return cn_loops_wide.i32[id];
    case CN_INT64:
        return cn_loops_wide.i64[id];
    case CN_BOOL:
        return cn_loops_wide.u8[id];
    default:
        return NULL;
    }
}

cn_loop_kernel cn_loop_select(size_t size)
{
    return size == 4 ? cn_isa_pick(cn_loops)->select : cn_loops_wide.select[size];
}

void cn_loop_fill(void *out, const void *value, size_t size, size_t n)
{
    (size == 4 ? cn_isa_pick(cn_loops)->fill : cn_loops_wide.fill[size])(out, value, n);
}
