/* Instruction sets: kernels are written once, compiled for each, and chosen when the program runs.
 *
 * A family of kernels is one file NAME.isa.c, found by CMake by its name and compiled once per
 * level with the macro CN_ISA set to the level's name, and CN_ISA_IS_<name> defined. It defines one
 * constant table of functions,
 *
 *     const cn_sums CN_ISA_SYMBOL(cn_sums) = {.sum = sum, .dot = dot};      in sums.isa.c
 *
 * everything else in it being static. The family's header declares the table's type and picks:
 *
 *     typedef struct cn_sums { float (*sum)(const float *, size_t); … } cn_sums;
 *     CN_ISA_DECLARE(cn_sums);
 *     cn_isa_pick(cn_sums)->sum(x, n)                                       in sums.c
 *
 * Flags: -O3 without math errno and traps, and -ffp-contract=off except for those named in
 * cmake/kernels.cmake. A NAME.isa.c may use plain loops (-O3 vectorises them) or the vector
 * extensions that gcc and clang share, whose width is CN_VECTOR_BYTES. */
#ifndef CN_BACKEND_CPU_ISA_H
#define CN_BACKEND_CPU_ISA_H

/* CN_ISA_AMX is AVX-512 and matrix units, which only products know (gemm/amx.h). */
typedef enum cn_isa { CN_ISA_PLAIN, CN_ISA_AVX2, CN_ISA_AVX512, CN_ISA_AMX } cn_isa;

/* The best level that this machine has, or a lower one that CORNU_ISA=plain|avx2|avx512|amx asked
 * for. */
cn_isa cn_isa_level(void);
/* For tests: at most `level` from now on (CN_ISA_AMX: all that there is). Returns the level in
 * force. */
cn_isa cn_isa_limit(cn_isa level);
const char *cn_isa_name(cn_isa level);

#ifdef CORNU_ISA_X86
#define CN_ISA_DECLARE(table)         \
    extern const table table##_plain; \
    extern const table table##_avx2;  \
    extern const table table##_avx512
#define cn_isa_pick(table) \
    ((const table *)cn_isa_choose(&table##_plain, &table##_avx2, &table##_avx512))
const void *cn_isa_choose(const void *plain, const void *avx2, const void *avx512);
#else
#define CN_ISA_DECLARE(table) extern const table table##_plain
#define cn_isa_pick(table) (&table##_plain)
#endif

/* Inside a NAME.isa.c only. */
#ifdef CN_ISA
#define CN_ISA_JOIN_(a, b) a##_##b
#define CN_ISA_JOIN(a, b) CN_ISA_JOIN_(a, b)
#define CN_ISA_SYMBOL(table) CN_ISA_JOIN(table, CN_ISA)
#if defined(__AVX512F__)
#define CN_VECTOR_BYTES 64
#elif defined(__AVX__)
#define CN_VECTOR_BYTES 32
#else
#define CN_VECTOR_BYTES 16
#endif

/* Full unrolling, early enough that small arrays become registers. */
#ifdef __clang__
#define CN_UNROLL_ _Pragma("clang loop unroll(full)")
#else
#define CN_UNROLL_ _Pragma("GCC unroll 16")
#endif
#define EACH(i, count) CN_UNROLL_ for (int i = 0; i < (count); i++)
#endif

#endif
