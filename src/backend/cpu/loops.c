#include "backend/cpu/loops.h"

cn_loop_kernel cn_loop_get(cn_loop_id id, cn_dtype dtype)
{
    const cn_loops *loops = cn_isa_pick(cn_loops);
    switch (dtype) {
    case CN_FLOAT32:
        return loops->f32[id];
    case CN_FLOAT64:
        return loops->f64[id];
    case CN_INT32:
        return loops->i32[id];
    case CN_INT64:
        return loops->i64[id];
    case CN_BOOL:
        return loops->u8[id];
    default:
        return NULL;
    }
}

cn_loop_kernel cn_loop_select(size_t size)
{
    return cn_isa_pick(cn_loops)->select[size];
}

void cn_loop_fill(void *out, const void *value, size_t size, size_t n)
{
    cn_isa_pick(cn_loops)->fill[size](out, value, n);
}
