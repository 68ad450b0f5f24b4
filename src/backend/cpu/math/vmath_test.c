#include "backend/cpu/math/vmath.h"

#include <float.h>
#include <stdio.h>

#include "base/test.h"

enum { POINTS = 300000 };

typedef struct subject {
    const char *name;
    float (*f)(float);
    double (*reference)(double);
    double limit; /* ulp */
} subject;

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double rsqrt(double x)
{
    return 1 / sqrt(x);
}

#define S(name, reference, limit)            \
    {                                        \
#name, cn_v_##name, reference, limit \
    }
static const subject subjects[] = {
    S(exp, exp, 1),        S(expm1, expm1, 2),     S(exp2, exp2, 2),         S(log, log, 1),
    S(log1p, log1p, 1),    S(log2, log2, 0.51),    S(log10, log10, 0.51),    S(tanh, tanh, 1),
    S(erf, erf, 1),        S(sigmoid, sigmoid, 2), S(softplus, softplus, 2), S(erfc, erfc, 0.51),
    S(sin, sin, 0.51),     S(cos, cos, 0.51),      S(tan, tan, 0.51),        S(sinh, sinh, 0.51),
    S(cosh, cosh, 0.51),   S(asin, asin, 0.51),    S(acos, acos, 0.51),      S(atan, atan, 0.51),
    S(asinh, asinh, 0.51), S(acosh, acosh, 0.51),  S(atanh, atanh, 0.51),    S(cbrt, cbrt, 0.51),
    S(rsqrt, rsqrt, 2),    S(rint, rint, 0),       S(floor, floor, 0),       S(ceil, ceil, 0),
    S(trunc, trunc, 0),
};
#undef S
enum { SUBJECTS = sizeof subjects / sizeof *subjects };

/* The distance of y from the true value in units of the last place; huge where the kind of number,
 * or the sign of zero, is wrong. */
static double ulps(float y, double want)
{
    const double wrong = 1e9;
    if (isnan(want) || isnan(y))
        return isnan(want) && isnan(y) ? 0 : wrong;
    float rounded = (float)want;
    if (isinf(want) || (isinf(rounded) && isinf(y)))
        return y == rounded ? 0 : wrong;
    if (isinf(rounded) || isinf(y)) /* at the edge of overflow one ulp decides */
        return fabs(fabs(want) - 0x1p128) < 0x1p105 && fabsf(y) >= FLT_MAX ? 1 : wrong;
    if (y == 0 && want == 0)
        return !signbit(y) == !signbit(want) ? 0 : wrong;
    int exponent;
    frexp(want, &exponent);
    return fabs((double)y - want) / ldexp(1, (exponent < -125 || want == 0 ? -125 : exponent) - 24);
}

static bool skipped(const subject *s, float x)
{
    bool periodic = s->reference == sin || s->reference == cos || s->reference == tan;
    return periodic && isfinite(x) && fabsf(x) > CN_V_TRIG_LIMIT;
}

/* Points spread over all bit patterns of float, the special ones and their neighbours included. */
static double worst_of(const subject *s, uint32_t step, float *where)
{
    double worst = 0;
    for (uint64_t bits = 0; bits < (uint64_t)1 << 32; bits += step) {
        float x = cn_v_float((uint32_t)bits);
        if (skipped(s, x))
            continue;
        double d = ulps(s->f(x), s->reference(x));
        if (d > worst)
            worst = d, *where = x;
    }
    return worst;
}

TEST(vmath_errors_stay_within_limits)
{
    for (int i = 0; i < SUBJECTS; i++) {
        float where = 0;
        double worst = worst_of(&subjects[i], UINT32_MAX / POINTS | 1, &where);
        if (!CHECK(worst <= subjects[i].limit))
            printf("  %s: %.3f ulp at %a\n", subjects[i].name, worst, where);
    }
}

static const float specials[] = {
    0.0f,      -0.0f,       1.0f,       -1.0f,      0.5f,        -0.5f,       1.5f,
    -1.5f,     2.0f,        -2.0f,      3.0f,       -3.0f,       0x1p-149f,   -0x1p-149f,
    FLT_MIN,   -FLT_MIN,    FLT_MAX,    -FLT_MAX,   INFINITY,    -INFINITY,   NAN,
    0x1p-24f,  0x1p24f,     0x1p25f,    88.72283f,  88.72284f,   -87.33655f,  -103.97f,
    -103.98f,  128.0f,      127.99999f, -149.0f,    -150.0f,     -126.0f,     9.02f,
    3.93f,     10.06f,      0x1p23f,    8388607.5f, -8388607.5f, 0.99999994f, 1.0000001f,
    0x1.0p28f, 16777215.0f,
};
enum { SPECIALS = sizeof specials / sizeof *specials };

TEST(vmath_special_values)
{
    for (int i = 0; i < SUBJECTS; i++)
        for (int k = 0; k < SPECIALS; k++) {
            const subject *s = &subjects[i];
            float x = specials[k];
            if (skipped(s, x))
                continue;
            double d = ulps(s->f(x), s->reference(x));
            if (!CHECK(d <= s->limit))
                printf("  %s(%a): got %a, want %a\n", s->name, x, s->f(x), s->reference(x));
        }
}

TEST(vmath_of_two_arguments_special_values)
{
    for (int i = 0; i < SPECIALS; i++)
        for (int k = 0; k < SPECIALS; k++) {
            float x = specials[i], y = specials[k];
            if (!CHECK(ulps(cn_v_pow(x, y), pow(x, y)) <= 0.51))
                printf("  pow(%a, %a): got %a, want %a\n", x, y, cn_v_pow(x, y), pow(x, y));
            if (!CHECK(ulps(cn_v_atan2(x, y), atan2(x, y)) <= 0.51))
                printf("  atan2(%a, %a): got %a\n", x, y, cn_v_atan2(x, y));
        }
}

static float next_float(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return cn_v_float(*state);
}

TEST(vmath_of_two_arguments_errors)
{
    double worst_pow = 0, worst_atan2 = 0;
    uint32_t state = 1;
    for (int i = 0; i < POINTS; i++) {
        float x = next_float(&state), y = next_float(&state);
        worst_atan2 = fmax(worst_atan2, ulps(cn_v_atan2(y, x), atan2(y, x)));
        /* Every second pair keeps the result in range. */
        y = i & 1 && isfinite(y) ? (float)(fmod(y, 100) / log(fabs(x))) : y;
        worst_pow = fmax(worst_pow, ulps(cn_v_pow(fabsf(x), y), pow(fabsf(x), y)));
    }
    CHECK(worst_pow <= 0.51);
    CHECK(worst_atan2 <= 0.51);
}

TEST(vmath_trigonometry_of_arrays_takes_any_argument)
{
    enum { N = 1000 };
    float x[N], y[N];
    uint32_t state = 7;
    for (int i = 0; i < N; i++)
        x[i] = next_float(&state);
    x[0] = INFINITY, x[1] = 1e30f, x[2] = -FLT_MAX, x[N - 1] = 0x1p29f;
    cn_v_sin_array(N, x, y);
    for (int i = 0; i < N; i++)
        CHECK(ulps(y[i], sin(x[i])) <= 1);
    cn_v_tan_array(N, x, y);
    for (int i = 0; i < N; i++)
        CHECK(ulps(y[i], tan(x[i])) <= 1);
    memcpy(y, x, sizeof y);
    cn_v_cos_array(N, y, y);
    for (int i = 0; i < N; i++)
        CHECK(ulps(y[i], cos(x[i])) <= 1);
}
