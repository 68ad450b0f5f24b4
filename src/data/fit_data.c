/* What fit makes of the data that it gets: batches, shuffling, and Keras's validation_split. */
#include <math.h>

#include "data/indexed.h"

enum { BATCH_SIZE = 32 };

cn_dataset *cn_dataset_for(cn_dataset *dataset, int64_t batch_size, bool shuffle, uint64_t seed)
{
    cn_indexed *indexed = cn_indexed_of(dataset);
    if (!dataset || dataset->batch_size || (!indexed && dataset->batches != dataset->samples))
        return dataset;
    if (batch_size < 0 || batch_size > INT32_MAX)
        return cn_fail_null(CN_EINVAL, "expected batch_size > 0, found %lld",
                            (long long)batch_size);
    if (shuffle && indexed && !indexed->shuffled) {
        dataset = cn_shuffle(dataset, 0);
        if (dataset)
            dataset->seed = seed;
    }
    return cn_batch_dataset(dataset, batch_size ? (int)batch_size : BATCH_SIZE, false);
}

bool cn_dataset_shuffles(cn_dataset *dataset)
{
    cn_indexed *indexed = cn_indexed_of(dataset);
    return indexed && indexed->shuffled;
}

void cn_dataset_reseed(cn_dataset *dataset, uint64_t seed)
{
    for (cn_dataset *d = dataset; d; d = d->source) {
        d->seed = seed;
        seed += 0x9E3779B97F4A7C15u;
    }
}

bool cn_dataset_split(cn_dataset *dataset, double fraction, cn_dataset **train,
                      cn_dataset **validation)
{
    cn_indexed *indexed = cn_indexed_of(dataset);
    *train = *validation = NULL;
    if (!dataset)
        return false;
    if (!indexed || indexed->shuffled || dataset->batch_size)
        return cn_fail(CN_EINVAL, "validation_split: expected arrays, found a dataset that is %s",
                       indexed ? "shuffled or batched" : "not made from arrays");
    if (!(fraction > 0 && fraction < 1))
        return cn_fail(CN_EINVAL, "validation_split: expected a number between 0 and 1, found %g",
                       fraction);
    int64_t samples = dataset->samples;
    int64_t at = (int64_t)floor((double)samples * (1 - fraction));
    if (at == 0 || at == samples)
        return cn_fail(CN_EINVAL,
                       "Training data contains %lld samples, which is not sufficient to split it "
                       "into a validation and training set as specified by validation_split=%g",
                       (long long)samples, fraction);
    *train = cn_take(dataset, at);
    *validation = cn_skip(dataset, at);
    return *train && *validation;
}
