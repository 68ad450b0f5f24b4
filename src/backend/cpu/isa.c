#include "backend/cpu/isa.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef CORNU_ISA_X86
#include <cpuid.h>
#endif
#ifdef CORNU_AMX
#include <sys/syscall.h>
#include <unistd.h>
#endif

static const char *const names[] = {"plain", "avx2", "avx512", "amx"};
static atomic_int in_force = -1;

#ifdef CORNU_ISA_X86
enum { FMA = 1u << 12, OSXSAVE = 1u << 27 };                         /* leaf 1, ecx */
enum { AVX2 = 1u << 5, F = 1u << 16, DQ = 1u << 17, BW = 1u << 30 }; /* leaf 7, ebx */
#define VL (1u << 31)
enum { BF16 = 1u << 5 };                         /* leaf 7, 1, eax */
enum { BF16_TILES = 1u << 22 | 1u << 24 };       /* leaf 7, edx */
enum { YMM = 0x6, ZMM = 0xe6, TILES = 0x60000 }; /* what the system keeps for each thread: xgetbv */

static unsigned kept_by_system(void)
{
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

/* Linux keeps tiles for programs that ask, which then may not have small stacks for signals. */
static bool may_have_tiles(unsigned system)
{
#ifdef CORNU_AMX
    enum { REQUEST = 0x1023, TILE_DATA = 18 };
    return (system & TILES) == TILES && !syscall(SYS_arch_prctl, REQUEST, TILE_DATA);
#else
    (void)system;
    return false;
#endif
}

/* The level of the machine; tiles are asked for where `most` allows them.
 * __builtin_cpu_supports knows the same, and brings five kilobytes that know all processors. */
static cn_isa of_machine(cn_isa most)
{
    unsigned a, b, c, d, leaf1 = 0, leaf7, leaf7_d;
    if (__get_cpuid(1, &a, &b, &c, &d))
        leaf1 = c;
    if (!__get_cpuid_count(7, 0, &a, &leaf7, &c, &leaf7_d))
        return CN_ISA_PLAIN;
    unsigned system = leaf1 & OSXSAVE ? kept_by_system() : 0, avx512 = F | DQ | BW | VL;
    if (!(leaf1 & FMA) || !(leaf7 & AVX2) || (system & YMM) != YMM)
        return CN_ISA_PLAIN;
    if ((leaf7 & avx512) != avx512 || (system & ZMM) != ZMM)
        return CN_ISA_AVX2;
    bool tiles =
        (leaf7_d & BF16_TILES) == BF16_TILES && __get_cpuid_count(7, 1, &a, &b, &c, &d) && a & BF16;
    return most == CN_ISA_AMX && tiles && may_have_tiles(system) ? CN_ISA_AMX : CN_ISA_AVX512;
}
#else
static cn_isa of_machine(cn_isa most)
{
    (void)most;
    return CN_ISA_PLAIN;
}
#endif

/* What CORNU_ISA asks for; an unknown name asks for nothing. */
static cn_isa of_user(void)
{
    const char *text = getenv("CORNU_ISA");
    for (int i = CN_ISA_PLAIN; text && i <= CN_ISA_AMX; i++)
        if (!strcmp(text, names[i]))
            return (cn_isa)i;
    return CN_ISA_AMX;
}

static cn_isa lower(cn_isa a, cn_isa b)
{
    return a < b ? a : b;
}

cn_isa cn_isa_limit(cn_isa level)
{
    cn_isa most = lower(level, of_user()), now = lower(most, of_machine(most));
    atomic_store_explicit(&in_force, (int)now, memory_order_relaxed);
    return now;
}

cn_isa cn_isa_level(void)
{
    int level = atomic_load_explicit(&in_force, memory_order_relaxed);
    return level >= 0 ? (cn_isa)level : cn_isa_limit(CN_ISA_AMX);
}

#ifdef CORNU_ISA_X86
const void *cn_isa_choose(const void *plain, const void *avx2, const void *avx512)
{
    cn_isa level = cn_isa_level();
    return level >= CN_ISA_AVX512 ? avx512 : level == CN_ISA_AVX2 ? avx2 : plain;
}
#endif

const char *cn_isa_name(cn_isa level)
{
    return names[level];
}
