#include "base/half.h"

#include <math.h>

#include "base/test.h"

/* The value of a binary number with `fraction` bits of fraction and the given exponent bias. */
static double value_of(uint16_t half, int fraction, int bias)
{
    int exponent = (half & 0x7fff) >> fraction, ones = (0x7fff >> fraction);
    int bits = half & ((1 << fraction) - 1);
    double sign = half & 0x8000 ? -1 : 1;
    if (exponent == ones)
        return bits ? NAN : sign * INFINITY;
    if (exponent == 0)
        return sign * ldexp(bits, 1 - bias - fraction);
    return sign * ldexp(bits + (1 << fraction), exponent - bias - fraction);
}

static bool same(float got, double want)
{
    return isnan(want) ? isnan(got) : got == want && !signbit(got) == !signbit(want);
}

TEST(half_reads_every_value)
{
    bool halves = true, bfloats = true;
    for (uint32_t h = 0; h < 65536; h++) {
        halves &= same(cn_half_to_float((uint16_t)h), value_of((uint16_t)h, 10, 15));
        bfloats &= same(cn_bfloat16_to_float((uint16_t)h), value_of((uint16_t)h, 7, 127));
    }
    CHECK(halves);
    CHECK(bfloats);
}

/* Every value survives the way there and back; a signalling NaN becomes its quiet twin. */
TEST(half_round_trip)
{
    bool halves = true, bfloats = true;
    for (uint32_t h = 0; h < 65536; h++) {
        uint32_t quiet = (h & 0x7fff) > 0x7c00 ? h | 0x0200 : h;
        halves &= cn_half_from_float(cn_half_to_float((uint16_t)h)) == quiet;
        quiet = (h & 0x7fff) > 0x7f80 ? h | 0x0040 : h;
        bfloats &= cn_bfloat16_from_float(cn_bfloat16_to_float((uint16_t)h)) == quiet;
    }
    CHECK(halves);
    CHECK(bfloats);
}

/* Between each two neighbours: just below the middle goes down, above goes up, the middle goes to
 * even. Past the largest value the upper neighbour counts as the next power of two. */
static bool rounds(uint16_t (*from)(float), uint16_t low, double a, double b)
{
    float middle = (float)((a + b) / 2);
    uint16_t even = low & 1 ? low + 1 : low;
    return from(middle) == even && from(nextafterf(middle, 0)) == low &&
           from(nextafterf(middle, INFINITY)) == low + 1 && from(-middle) == (even | 0x8000) &&
           from(-nextafterf(middle, 0)) == (low | 0x8000);
}

TEST(half_rounds_to_nearest_even)
{
    bool halves = true, bfloats = true;
    for (uint16_t h = 0; h < 0x7c00; h++) {
        double next = h == 0x7bff ? 65536 : value_of(h + 1, 10, 15);
        halves &= rounds(cn_half_from_float, h, value_of(h, 10, 15), next);
    }
    for (uint16_t h = 0; h < 0x7f80; h++) {
        double next = h == 0x7f7f ? 0x1p128 : value_of(h + 1, 7, 127);
        bfloats &= rounds(cn_bfloat16_from_float, h, value_of(h, 7, 127), next);
    }
    CHECK(halves);
    CHECK(bfloats);
    CHECK(cn_half_from_float(INFINITY) == 0x7c00 && cn_half_from_float(-1e30f) == 0xfc00);
    CHECK(cn_half_from_float(0x1p-149f) == 0 && cn_half_from_float(-0x1p-26f) == 0x8000);
}

TEST(half_arrays_agree_with_scalars)
{
    enum { N = 1001 };
    float x[N], back[N];
    uint16_t half[N], bfloat[N];
    bool ok = true;
    for (int i = 0; i < N; i++)
        x[i] = (float)ldexp(1 + i / 700.0, i % 60 - 30) * (i & 1 ? -1 : 1);
    cn_half_from_floats(N, x, half);
    cn_bfloat16_from_floats(N, x, bfloat);
    for (int i = 0; i < N; i++)
        ok &= half[i] == cn_half_from_float(x[i]) && bfloat[i] == cn_bfloat16_from_float(x[i]);
    cn_half_to_floats(N, half, back);
    for (int i = 0; i < N; i++)
        ok &= back[i] == cn_half_to_float(half[i]);
    cn_bfloat16_to_floats(N, bfloat, back);
    for (int i = 0; i < N; i++)
        ok &= back[i] == cn_bfloat16_to_float(bfloat[i]);
    CHECK(ok);
}
