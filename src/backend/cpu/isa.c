#include "backend/cpu/isa.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"plain", "avx2", "avx512"};
static atomic_int in_force = -1;

static cn_isa of_machine(void)
{
#ifdef CORNU_ISA_X86
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
        return CN_ISA_AVX512;
    if (avx2)
        return CN_ISA_AVX2;
#endif
    return CN_ISA_PLAIN;
}

/* What CORNU_ISA asks for; an unknown name asks for nothing. */
static cn_isa of_user(void)
{
    const char *text = getenv("CORNU_ISA");
    for (int i = CN_ISA_PLAIN; text && i <= CN_ISA_AVX512; i++)
        if (!strcmp(text, names[i]))
            return (cn_isa)i;
    return CN_ISA_AVX512;
}

static cn_isa lower(cn_isa a, cn_isa b)
{
    return a < b ? a : b;
}

cn_isa cn_isa_limit(cn_isa level)
{
    cn_isa now = lower(level, lower(of_machine(), of_user()));
    atomic_store_explicit(&in_force, (int)now, memory_order_relaxed);
    return now;
}

cn_isa cn_isa_level(void)
{
    int level = atomic_load_explicit(&in_force, memory_order_relaxed);
    return level >= 0 ? (cn_isa)level : cn_isa_limit(CN_ISA_AVX512);
}

const char *cn_isa_name(cn_isa level)
{
    return names[level];
}
