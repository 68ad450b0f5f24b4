/* Einstein's sums: terms of labels, read from text (einsum_text.c) and contracted two at a time
 * (einsum.c). */
#ifndef CN_OPS_EINSUM_H
#define CN_OPS_EINSUM_H

#include "ops/products.h"

enum {
    CN_EINSUM_TERMS = 16,
    CN_EINSUM_LETTERS = 52, /* then come the labels of "...", the last axis's first */
    CN_EINSUM_LABELS = CN_EINSUM_LETTERS + CN_MAX_RANK
};

/* The labels of a tensor's axes. */
typedef struct cn_einsum_term {
    int rank;
    int label[CN_MAX_RANK];
} cn_einsum_term;

typedef struct cn_einsum_plan {
    int count;
    cn_einsum_term in[CN_EINSUM_TERMS], out;
} cn_einsum_plan;

/* Reads "ij,...jk->...ik" for operands of these shapes. Without "->" the result has the labels that
 * occur once, in alphabetical order, after those of "...". */
bool cn_einsum_read(cn_str equation, const cn_list *tensors, cn_einsum_plan *plan);

#endif
