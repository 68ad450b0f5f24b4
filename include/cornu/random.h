/* Random tensors: keras.random. Numbers are made from a seed and a counter, so they do not depend
 * on the number of threads, and equal seeds give equal numbers on every machine.
 *
 * `seed` is a tensor uint32 (2,): what a seed generator hands out, or cn_seed(n); NULL draws from
 * this process's generator (cn_set_random_seed). */
#ifndef CORNU_RANDOM_H
#define CORNU_RANDOM_H

#include <cornu/tensor.h>

/* Seeds everything that is drawn without a seed of its own: initial weights, shuffling, dropout.
 * keras.utils.set_random_seed */
CN_API void cn_set_random_seed(uint64_t seed);
/* That seed as a tensor. */
CN_API cn_tensor *cn_seed(uint64_t seed);
/* A new seed from this process's generator. */
CN_API cn_tensor *cn_next_seed(void);
/* The same as a number. */
CN_API uint64_t cn_next_seed_number(void);

/* Uniform over [low, high). */
CN_API cn_tensor *cn_random_uniform(cn_shape shape, double low, double high, cn_dtype dtype,
                                    cn_tensor *seed);
/* The normal distribution. */
CN_API cn_tensor *cn_random_normal(cn_shape shape, double mean, double stddev, cn_dtype dtype,
                                   cn_tensor *seed);
/* Normal, but values beyond two standard deviations are drawn again. */
CN_API cn_tensor *cn_random_truncated_normal(cn_shape shape, double mean, double stddev,
                                             cn_dtype dtype, cn_tensor *seed);
/* Whole numbers of [low, high). */
CN_API cn_tensor *cn_random_int(cn_shape shape, int64_t low, int64_t high, cn_dtype dtype,
                                cn_tensor *seed);
/* 1 with probability p, else 0; `shape` may have CN_ANY, taken from `like` (NULL: none), so that
 * masks follow the batch. */
CN_API cn_tensor *cn_random_bernoulli(cn_shape shape, double p, cn_dtype dtype, cn_tensor *like,
                                      cn_tensor *seed);
/* As cn_random_normal, with the shape of `like`. */
CN_API cn_tensor *cn_random_normal_like(cn_tensor *like, double mean, double stddev,
                                        cn_tensor *seed);
/* The gamma, beta and binomial distributions; `count` is the number of trials. */
CN_API cn_tensor *cn_random_gamma(cn_shape shape, double alpha, cn_dtype dtype, cn_tensor *seed);
CN_API cn_tensor *cn_random_beta(cn_shape shape, double alpha, double beta, cn_dtype dtype,
                                 cn_tensor *seed);
CN_API cn_tensor *cn_random_binomial(cn_shape shape, double count, double p, cn_dtype dtype,
                                     cn_tensor *seed);
/* Class indices int32 (rows, samples) from logits (rows, classes). */
CN_API cn_tensor *cn_random_categorical(cn_tensor *logits, int64_t samples, cn_tensor *seed);
/* x with its first axis (or `axis`) in random order. */
CN_API cn_tensor *cn_random_shuffle(cn_tensor *x, int64_t axis, cn_tensor *seed);

#endif
