/* Numbers too small for full precision count as zero while plans run: processors take a hundred
 * times as long for them, and they come up on their own, in an optimizer's moments that decay.
 * TensorFlow and PyTorch do the same in their threads. */
#ifndef CN_BASE_DENORMALS_H
#define CN_BASE_DENORMALS_H

#include <stdint.h>

#if defined(__SSE2__)
#include <xmmintrin.h>
#define CN_FLUSH_BITS 0x8040u /* results, operands */
static inline uint64_t cn_float_mode(void)
{
    return _mm_getcsr();
}
static inline void cn_set_float_mode(uint64_t mode)
{
    _mm_setcsr((unsigned)mode);
}
#elif defined(__aarch64__)
#define CN_FLUSH_BITS (1u << 24)
static inline uint64_t cn_float_mode(void)
{
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}
static inline void cn_set_float_mode(uint64_t mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}
#else
#define CN_FLUSH_BITS 0u
static inline uint64_t cn_float_mode(void)
{
    return 0;
}
static inline void cn_set_float_mode(uint64_t mode)
{
    (void)mode;
}
#endif

/* From here on; returns the mode of before, for cn_set_float_mode. */
static inline uint64_t cn_flush_denormals(void)
{
    uint64_t mode = cn_float_mode();
    if ((mode & CN_FLUSH_BITS) != CN_FLUSH_BITS)
        cn_set_float_mode(mode | CN_FLUSH_BITS);
    return mode;
}

#endif
