/* What may follow a product before another kernel reads it:
 *
 *     y = activation((product + bias) * scale + shift + plus)
 *
 * Bias and activation are the tile's own work. Where there is more, the rest is applied to pieces
 * of y just after they are written, and the tile leaves the activation to it: the rest in each size
 * of tile would take more room than all else. Every number is what the ops one by one give. */
#ifndef CN_BACKEND_CPU_EPILOGUE_H
#define CN_BACKEND_CPU_EPILOGUE_H

#include <stddef.h>

#include "backend/cpu/isa.h"

/* The last one is for floats, and no tile's work. */
typedef enum cn_tile_activation { CN_ACT_NONE, CN_ACT_RELU, CN_ACT_SILU } cn_tile_activation;

/* In an op's attributes one number says what there is: a bit for each part, which are inputs in
 * this order behind the product's own, and the activation above them. */
enum { CN_END_BIAS, CN_END_SCALE, CN_END_SHIFT, CN_END_PLUS, CN_END_PARTS };

/* What is not there is NULL; all is of the product's type. */
typedef struct cn_epilogue {
    const void *scale, *shift; /* a number for each column */
    const void *plus;          /* lies like y */
    const void *y;             /* all of it: rows of `columns` numbers */
    ptrdiff_t columns;
    cn_tile_activation activation;
} cn_epilogue;

/* Applies it to finished numbers of y, of `size` bytes each: `rows` times `columns` at c, c_step
 * apart. */
void cn_epilogue_run(const cn_epilogue *e, size_t size, void *c, ptrdiff_t c_step, ptrdiff_t rows,
                     ptrdiff_t columns);

typedef struct cn_epilogues {
    void (*run)(const cn_epilogue *, float *, ptrdiff_t, ptrdiff_t, ptrdiff_t);
} cn_epilogues;
CN_ISA_DECLARE(cn_epilogues);

#endif
