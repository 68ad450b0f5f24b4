/* Random numbers by counting: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers:
 * as easy as 1, 2, 3", SC 2011). What a fill writes at element first + i depends on the key and on
 * first + i alone: not on how a range is split, nor on the number of threads. One key is good for
 * one fill; take another key (a next seed) for the next. No function here fails; arguments out of
 * range give NaN. */
#ifndef CN_RANDOM_PHILOX_H
#define CN_RANDOM_PHILOX_H

#include <stddef.h>
#include <stdint.h>

/* Ten rounds on one counter. */
void cn_philox_block(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4]);

/* A key for `seed` and the number of the draw from it. */
void cn_philox_key(uint64_t seed, uint64_t draw, uint32_t key[2]);

/* A number below `range` from 64 random bits. */
uint64_t cn_philox_below(uint64_t word, uint64_t range);

/* Each writes n elements, element i being number first + i of the sequence. */

/* All 32 bits. */
void cn_philox_bits(const uint32_t key[2], uint64_t first, size_t n, uint32_t *out);
/* In [0, 1): multiples of 2^-24, of 2^-53. */
void cn_philox_uniform(const uint32_t key[2], uint64_t first, size_t n, float *out);
void cn_philox_uniform_double(const uint32_t key[2], uint64_t first, size_t n, double *out);
/* In [low, low + range), by the high half of a 64-bit product (bias below range / 2^64); range 0
 * stands for 2^64. */
void cn_philox_integers(const uint32_t key[2], uint64_t first, size_t n, int64_t low,
                        uint64_t range, int64_t *out);
/* 1 with probability p, otherwise 0. */
void cn_philox_bernoulli(const uint32_t key[2], uint64_t first, size_t n, double p, uint8_t *out);
/* Mean 0, deviation 1 (Box-Muller on 32-bit uniforms, so |z| < 6.67). */
void cn_philox_normal(const uint32_t key[2], uint64_t first, size_t n, float *out);
/* The normal distribution given that |z| < 2. */
void cn_philox_truncated_normal(const uint32_t key[2], uint64_t first, size_t n, float *out);

/* Parameters are read at parameter[i * stride]: stride 0 is one for all, 1 is one for each. */

/* Gamma of shape alpha > 0 and scale 1. */
void cn_philox_gamma(const uint32_t key[2], uint64_t first, size_t n, const float *alpha,
                     size_t alpha_stride, float *out);
/* Beta of alpha, beta > 0. */
void cn_philox_beta(const uint32_t key[2], uint64_t first, size_t n, const float *alpha,
                    size_t alpha_stride, const float *beta, size_t beta_stride, float *out);
/* Successes in `counts` trials (rounded down) of probability `p`. */
void cn_philox_binomial(const uint32_t key[2], uint64_t first, size_t n, const float *counts,
                        size_t counts_stride, const float *p, size_t p_stride, float *out);
/* logits (rows, classes) -> out (rows, samples): class numbers with probabilities softmax(logits).
 */
void cn_philox_categorical(const uint32_t key[2], size_t rows, size_t samples, size_t classes,
                           const float *logits, int64_t *out);
/* The numbers 0 .. n - 1 in random order (Fisher-Yates). */
void cn_philox_permutation(const uint32_t key[2], size_t n, int64_t *out);

#endif
