#include "backend/cpu/loops/loops.h"

#include <math.h>
#include <string.h>

#include "base/test.h"

enum { STEP = 3079, MOST = 0x7f800001 / STEP + 4 };

/* Squares of all sizes: numbers of every exponent, those below 2^-126, zero, infinity, NaN. */
static int make_squares(float *v)
{
    const float others[] = {0, INFINITY, NAN};
    int n = sizeof others / sizeof *others;
    memcpy(v, others, sizeof others);
    for (uint32_t bits = 1; bits < 0x7f800000; bits += STEP)
        memcpy(&v[n++], &bits, sizeof bits);
    return n;
}

/* Where v stays and w is 0, the new w is the reciprocal of v's root: each rounded once, whatever
 * the instruction set. */
TEST(adam_divides_by_the_nearest_root)
{
    static float v[MOST], w[MOST], new_w[MOST], ones[MOST], new_m[MOST], new_v[MOST];
    const float rate_1 = 0.1F, zero = 0, alpha = -1;
    int n = make_squares(v);
    REQUIRE(n <= MOST);
    for (int i = 0; i < n; i++)
        ones[i] = 1;
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AVX512; level++) {
        const void *in[] = {ones, ones, &rate_1, v, &zero, &zero, &alpha, w, new_m, new_v};
        cn_isa_limit(level);
        cn_isa_pick(cn_loops)->adam(new_w, in, (size_t)n, NULL);
        for (int i = 0; i < n; i++) {
            float expected = 1 / sqrtf(v[i]);
            CHECK(isfinite(v[i]) ? new_w[i] == expected && new_v[i] == v[i] : isnan(new_w[i]));
        }
    }
    cn_isa_limit(CN_ISA_AMX);
}
