#include "base/half.h"

void cn_half_to_floats(size_t n, const uint16_t *restrict half, float *restrict x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = cn_half_to_float(half[i]);
}

void cn_half_from_floats(size_t n, const float *restrict x, uint16_t *restrict half)
{
    for (size_t i = 0; i < n; i++)
        half[i] = cn_half_from_float(x[i]);
}

void cn_bfloat16_to_floats(size_t n, const uint16_t *restrict half, float *restrict x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = cn_bfloat16_to_float(half[i]);
}

void cn_bfloat16_from_floats(size_t n, const float *restrict x, uint16_t *restrict half)
{
    for (size_t i = 0; i < n; i++)
        half[i] = cn_bfloat16_from_float(x[i]);
}
