/* Datasets, inside: a source gives batches as views of memory of its own, so that a step of
 * training copies each sample once and allocates nothing. */
#ifndef CN_DATA_DATASET_H
#define CN_DATA_DATASET_H

#include "base/object.h"
#include "cornu/data.h"
#include "graph/tensor.h"

enum { CN_MAX_COMPONENTS = 64 };

/* One batch: inputs, then targets, then sample weights. The views stay valid until the next batch
 * is asked for. */
typedef struct cn_batch_views {
    const cn_view *views; /* row-major; first axis: the samples */
    int nx, ny, nw;
    int64_t size;
    /* What each view's memory belongs to, where that is not written over; NULL: it is. */
    cn_tensor *const *lasting;
} cn_batch_views;

typedef struct cn_dataset_methods {
    /* Starts over; `epoch` numbers the pass (from 0) and keys the order of shuffling. */
    bool (*begin)(cn_dataset *dataset, uint64_t epoch);
    /* The next batch (of a dataset that is not batched: a sample, as a batch of one): 1, 0 at the
     * end, -1 with an error recorded. */
    int (*next)(cn_dataset *dataset, cn_batch_views *batch);
    void (*destroy)(cn_dataset *dataset); /* or NULL */
    /* The pass is over, be it at its end or before; or NULL. False with an error recorded. */
    bool (*end)(cn_dataset *dataset);
    /* See cn_dataset_specs; NULL: the source's, or it cannot tell. */
    bool (*specs)(cn_dataset *dataset, cn_shape *shapes, cn_dtype *dtypes, int *nx, int *ny,
                  int *nw);
} cn_dataset_methods;

struct cn_dataset {
    cn_object object;
    const cn_dataset_methods *methods;
    cn_dataset *source; /* what it is made from; held; or NULL */
    int64_t samples;    /* -1: not known */
    int64_t batch_size; /* 0: not batched; CN_ANY: batches of whatever size */
    int64_t batches;    /* in an epoch; -1: not known */
    bool endless;       /* never ends by itself: the trainer counts steps */
    uint64_t seed;      /* of shuffling */
    uint64_t passes;    /* of own loops, so far */
    bool reading;       /* by an own loop, now */
};

extern const cn_kind cn_dataset_kind;
/* A zeroed dataset of `size` bytes, owned by the scope. */
void *cn_dataset_make(const cn_dataset_methods *methods, size_t size, cn_dataset *source);

/* What fit makes of what it was given: batched by `batch_size` (0: 32) and shuffled where asked,
 * where the dataset itself does not say so already. Arrays are gathered by index straight into
 * batches. */
cn_dataset *cn_dataset_for(cn_dataset *dataset, int64_t batch_size, bool shuffle, uint64_t seed);
/* Is it in random order, here or below? And the seeds of all that is, each one's own from `seed`:
 * a training that resumes reads in the order of the one that it goes on with. */
bool cn_dataset_shuffles(cn_dataset *dataset);
void cn_dataset_reseed(cn_dataset *dataset, uint64_t seed);
bool cn_dataset_begin(cn_dataset *dataset, uint64_t epoch);
int cn_dataset_next(cn_dataset *dataset, cn_batch_views *batch);
bool cn_dataset_end(cn_dataset *dataset);
/* How many batches a pass takes at most: `asked`, what an endless dataset says, or (0) as many as
 * there are. -1 with an error: it has no end, and nobody says. */
int64_t cn_dataset_steps(const cn_dataset *dataset, int64_t asked, cn_str caller, cn_str argument);
/* Keras's validation_split: the last `fraction` of the samples, before any shuffling, and what
 * stands before them. For arrays that are neither batched nor shuffled. Errors: fraction not in (0,
 * 1), too few samples. */
bool cn_dataset_split(cn_dataset *dataset, double fraction, cn_dataset **train,
                      cn_dataset **validation);
/* Per-sample shapes (without the first axis) and dtypes of the components, without reading a batch;
 * room for CN_MAX_COMPONENTS each; false (no error) when the source cannot tell. */
bool cn_dataset_specs(cn_dataset *dataset, cn_shape *shapes, cn_dtype *dtypes, int *nx, int *ny,
                      int *nw);

#endif
