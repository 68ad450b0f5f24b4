/* Datasets whose samples are rows of arrays: what is done to them is done to row numbers, and rows
 * are read once, at the end. */
#ifndef CN_DATA_INDEXED_H
#define CN_DATA_INDEXED_H

#include "data/dataset.h"
#include "data/indices.h"

typedef struct cn_indexed cn_indexed;

/* The rows that all those made from one another share. */
typedef struct cn_table {
    cn_object object;
    cn_tensor *array[CN_MAX_COMPONENTS]; /* held; the first axis is the samples */
    int nx, ny, nw;
    int64_t samples;
} cn_table;

/* The order of an epoch: of samples, and, once there are batches, of batches. */
typedef struct cn_order {
    cn_indices samples, batches;
    int64_t batch_size; /* 0: not batched */
} cn_order;

/* What a dataset does to the order of its source. */
typedef struct cn_step {
    bool (*apply)(const cn_indexed *dataset, cn_order *order, uint64_t epoch);
    int64_t number; /* how many, or the size of batches or buffer */
    bool drop_last;
} cn_step;

struct cn_indexed {
    cn_dataset dataset;
    cn_table *table; /* held */
    cn_step step;
    int depth;     /* how many sources are below */
    bool shuffled; /* here or below */
    bool mixed;    /* batches were: the short one may come anywhere */
    /* While an epoch is read: */
    cn_order order;
    int64_t next;
    cn_view view[CN_MAX_COMPONENTS];
    void *rows[CN_MAX_COMPONENTS]; /* gathered here; owned, of a batch's size */
    int64_t room;                  /* rows that fit there */
};

extern const cn_dataset_methods cn_indexed_methods;
cn_indexed *cn_indexed_of(cn_dataset *dataset); /* NULL when it is none */
/* A dataset over all rows of the table, in their order. */
cn_dataset *cn_indexed_new(cn_table *table);
/* Puts the order of that epoch into `order`. */
bool cn_indexed_order(const cn_indexed *dataset, cn_order *order, uint64_t epoch);
void cn_order_free(cn_order *order);
static inline int cn_table_width(const cn_table *table)
{
    return table->nx + table->ny + table->nw;
}
/* The bytes of a row of the i-th array. */
size_t cn_table_row(const cn_table *table, int i);

#endif
