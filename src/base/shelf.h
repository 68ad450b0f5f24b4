/* Memory for many things of a middle size that are read together and live long, such as a model's
 * weights: they lie close, so that a few large pages hold them all. Small pages would cost a table
 * walk for every 4 KiB that is read, which on some machines takes longer than reading. */
#ifndef CN_BASE_SHELF_H
#define CN_BASE_SHELF_H

#include <stddef.h>

typedef struct cn_shelf cn_shelf;

/* `size` zeroed bytes, 64-byte aligned, and the shelf on which they lie. Of sizes that are better
 * by themselves, NULL is stored there: cn_mem_calloc_aligned gave them. NULL: no memory. */
void *cn_shelve(size_t size, cn_shelf **shelf);
/* Frees what cn_shelve gave; the memory of a shelf goes with the last that lies there. */
void cn_unshelve(void *data, cn_shelf *shelf);

#endif
