/* Data: whatever the source, fit, evaluate and predict take a cn_dataset. keras.utils.PyDataset,
 * tf.data */
#ifndef CORNU_DATA_H
#define CORNU_DATA_H

#include <cornu/tensor.h>

typedef struct cn_dataset cn_dataset;

/* Samples from arrays whose first axes agree: inputs, targets and sample weights, several of each
 * as lists. y and weights may be NULL. Cornu reads the arrays where they are: keep them. Unbatched
 * until cn_batch, or fit's batch_size. Errors: first axes differ. */
typedef struct cn_arrays_options {
    cn_at at;
    cn_tensor *x, *y, *sample_weight;
    const cn_list *xs, *ys, *sample_weights; /* instead, where there are several */
} cn_arrays_options;
CN_API cn_dataset *cn_from_arrays_with(const cn_arrays_options *options);
#define cn_from_arrays(...)     \
    (CN_MARK("cn_from_arrays"), \
     cn_from_arrays_with(&(cn_arrays_options){.x = NULL, .at = CN_AT, __VA_ARGS__}))

/* Fashion-MNIST ("train": 60,000 pictures, "test": 10,000): x uint8 (28, 28, 1), y uint8. Reads the
 * four IDX files, gzipped or not, from $CORNU_DATA/fashion-mnist, ~/.keras/datasets/fashion-mnist
 * or the system's share/datasets/fashion-mnist; errors name the places.
 * keras.datasets.fashion_mnist */
CN_API cn_dataset *cn_load_fashion_mnist(cn_str split);
/* The same for MNIST's four files, in the folders named mnist. */
CN_API cn_dataset *cn_load_mnist(cn_str split);
/* Arrays "x" and "y" (and "sample_weight") of an .npz file. */
CN_API cn_dataset *cn_load_npz(cn_str path);

/* ---- sources of your own ---- */

/* Batches that a function gives, again and again: it puts tensors into `batch` (x, or xs where
 * there are several, and so on; all with the samples as their first axis) and returns true. It goes
 * on from epoch to epoch and is never started over, so an epoch has steps_per_epoch batches, said
 * here or to fit. False ends it: an epoch that it breaks off is closed, and fit fails with a
 * message; false with an error recorded is that error. Called on the thread that trains. Keras's
 * Python generators. */
typedef struct cn_batch cn_batch;
typedef bool (*cn_next_batch)(cn_batch *batch, void *user);
typedef struct cn_generator_options {
    cn_at at;
    cn_next_batch next;
    void *user;
    int64_t steps_per_epoch; /* 0: not said here */
} cn_generator_options;
CN_API cn_dataset *cn_from_generator_with(const cn_generator_options *options);
#define cn_from_generator(...)     \
    (CN_MARK("cn_from_generator"), \
     cn_from_generator_with(&(cn_generator_options){.next = NULL, .at = CN_AT, __VA_ARGS__}))

/* Batches with numbers, from 0 to length() - 1: get_item fills in the one of that number as above
 * and returns whether it could. length is asked at once and as each epoch begins; on_epoch_end,
 * or NULL, is called once when it has ended, also where steps_per_epoch or a callback ended it,
 * and returns whether all is well. Called on the thread that trains. keras.utils.PyDataset,
 * Sequence */
typedef struct cn_sequence {
    int64_t (*length)(void *user);
    bool (*get_item)(int64_t index, cn_batch *batch, void *user);
    bool (*on_epoch_end)(void *user);
    void *user;
} cn_sequence;
CN_API cn_dataset *cn_from_sequence(const cn_sequence *sequence);

/* A dataset itself; and one with that tensor as its only input. */
CN_API cn_dataset *cn_dataset_self(cn_dataset *dataset);
CN_API cn_dataset *cn_dataset_of(cn_tensor *x);
#define CN_DATASET_(data) \
    _Generic((data), cn_dataset * : cn_dataset_self, default : cn_dataset_of)(data)

/* ---- changing ---- */

/* Batches of `size` samples; the last may be short, unless drop_last. Taken over by fit's
 * batch_size where a dataset is not batched. */
CN_API cn_dataset *cn_batch_dataset(cn_dataset *dataset, int size, bool drop_last);
/* In random order, another one each epoch; `buffer` as tf.data has it (0: all samples, a full
 * permutation). */
CN_API cn_dataset *cn_shuffle(cn_dataset *dataset, int buffer);
/* The first n samples, and the rest. */
CN_API cn_dataset *cn_take(cn_dataset *dataset, int64_t n);
CN_API cn_dataset *cn_skip(cn_dataset *dataset, int64_t n);

/* ---- looking ---- */

/* The number of samples, or -1 where the source does not say. */
CN_API int64_t cn_dataset_size(const cn_dataset *dataset);
/* One batch as tensors, in the scope of the caller. */
struct cn_batch {
    cn_tensor *x, *y, *sample_weight; /* the first of each; NULL: none */
    cn_list *xs, *ys, *sample_weights;
    int64_t size; /* samples */
};
/* An own loop over the batches of one pass: CN_EACH(batch, train) { … batch->x … }. `batch` is a
 * const cn_batch *, whose tensors live for one turn, as does all that the body makes: each turn is
 * a scope. What the body assigned is computed when the turn ends at the latest. break, continue and
 * return work as in any loop. A shuffled dataset has another order in each pass; one that is not
 * batched gives samples, without a first axis. At an error the loop ends: ask cn_error(). Error
 * CN_ESTATE where a loop around reads the same dataset. for batch in dataset */
#define CN_EACH(batch, dataset)                            \
    for (const cn_batch *batch CN_AT_END_(cn_each_end) =   \
             (CN_MARK("CN_EACH"), cn_each_begin(dataset)); \
         cn_each_next(&batch);)
/* What CN_EACH does: NULL and false at an error, false after the last. */
CN_API const cn_batch *cn_each_begin(cn_dataset *dataset);
CN_API bool cn_each_next(const cn_batch **batch);
CN_API void cn_each_end(const cn_batch **batch);
/* All of it as one batch. Error when the source has no end. */
CN_API bool cn_dataset_all(cn_dataset *dataset, cn_batch *batch);

#endif
