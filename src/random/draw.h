/* Random numbers as an op: a pure function of its seed. What the builders (draw.c) and the kernel
 * (draw_kernel.c) share. */
#ifndef CN_RANDOM_DRAW_H
#define CN_RANDOM_DRAW_H

#include "ops/ops.h"

typedef enum cn_distribution {
    CN_UNIFORM,     /* [a, b), float or double */
    CN_NORMAL,      /* mean a, deviation b, float or double */
    CN_TRUNCATED,   /* the same within two deviations, float or double */
    CN_BERNOULLI,   /* bool, true with probability a */
    CN_INTEGERS,    /* int64 of [low, high) */
    CN_GAMMA,       /* shape a, float */
    CN_BETA,        /* a, b, float */
    CN_BINOMIAL,    /* a trials of probability b, float */
    CN_PERMUTATION, /* int64: 0 .. n - 1 in random order */
} cn_distribution;

/* Inputs: the seed, uint32 (2,), which keys the generator, and perhaps a tensor whose dimensions
 * stand where `shape` has CN_ANY: axis i for axis i, or `like_axis` for a permutation. */
typedef struct cn_random_attrs {
    int32_t distribution, dtype, rank, like_axis;
    int64_t dim[CN_MAX_RANK];
    double a, b;
    int64_t low, high;
} cn_random_attrs;

bool cn_random_kernel(const cn_kernel_args *args);
bool cn_categorical_kernel(const cn_kernel_args *args); /* logits, seed -> int64 */

extern const cn_op cn_op_random, cn_op_random_categorical;

#endif
