#include "backend/cpu/isa.h"

#include "base/test.h"

TEST(isa_can_be_limited)
{
    cn_isa best = cn_isa_level();
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++) {
        cn_isa now = cn_isa_limit(level);
        CHECK(now == (level < best ? level : best));
        CHECK(cn_isa_level() == now);
    }
    CHECK(cn_isa_limit(CN_ISA_AMX) == best);
    check_text(cn_isa_name(CN_ISA_AVX2), "avx2");
}
