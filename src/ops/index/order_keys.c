#include "ops/index/order_keys.h"

/* Negative floats fall as their bits rise. */
static uint64_t float_key(uint64_t bits, int width, uint64_t infinity)
{
    uint64_t sign = (uint64_t)1 << (width - 1), magnitude = bits & (sign - 1);
    if (magnitude > infinity)
        return CN_NAN_KEY;
    if (!magnitude)
        return sign;
    return bits & sign ? sign - magnitude : sign + magnitude;
}

#define KEYS(type, key)                      \
    {                                        \
        const type *from = x;                \
        for (int64_t i = 0; i < n; i++) {    \
            const type v = from[i * stride]; \
            keys[i] = (key);                 \
        }                                    \
        return;                              \
    }

void cn_order_keys(const void *x, cn_dtype dtype, int64_t n, int64_t stride, uint64_t *keys)
{
    const uint64_t middle = (uint64_t)1 << 63;
    switch (dtype) {
    case CN_FLOAT16:
        KEYS(uint16_t, float_key(v, 16, 0x7c00))
    case CN_BFLOAT16:
        KEYS(uint16_t, float_key(v, 16, 0x7f80))
    case CN_FLOAT32:
        KEYS(uint32_t, float_key(v, 32, 0x7f800000))
    case CN_FLOAT64:
        KEYS(uint64_t, float_key(v, 64, 0x7ff0000000000000))
    case CN_INT8:
        KEYS(int8_t, middle + (uint64_t)(int64_t)v)
    case CN_INT16:
        KEYS(int16_t, middle + (uint64_t)(int64_t)v)
    case CN_INT32:
        KEYS(int32_t, middle + (uint64_t)(int64_t)v)
    case CN_INT64:
        KEYS(int64_t, middle + (uint64_t)v)
    case CN_UINT16:
        KEYS(uint16_t, v)
    case CN_UINT32:
        KEYS(uint32_t, v)
    case CN_UINT64:
        KEYS(uint64_t, v)
    default: /* uint8 and bool */
        KEYS(uint8_t, v)
    }
}
