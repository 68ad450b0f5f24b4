/* What all datasets share. */
#include "data/dataset.h"

#include "base/alloc.h"

static void destroy(void *object)
{
    cn_dataset *dataset = object;
    if (dataset->methods->destroy)
        dataset->methods->destroy(dataset);
    cn_release(dataset->source);
}

const cn_kind cn_dataset_kind = {"dataset", destroy};

void *cn_dataset_make(const cn_dataset_methods *methods, size_t size, cn_dataset *source)
{
    cn_dataset *dataset = cn_object_new(&cn_dataset_kind, size);
    if (!dataset)
        return NULL;
    dataset->methods = methods;
    dataset->source = cn_retain(source);
    dataset->samples = dataset->batches = -1;
    return dataset;
}

bool cn_dataset_begin(cn_dataset *dataset, uint64_t epoch)
{
    return dataset && dataset->methods->begin(dataset, epoch);
}

int cn_dataset_next(cn_dataset *dataset, cn_batch_views *batch)
{
    return dataset ? dataset->methods->next(dataset, batch) : -1;
}

bool cn_dataset_end(cn_dataset *dataset)
{
    return !dataset->methods->end || dataset->methods->end(dataset);
}

int64_t cn_dataset_steps(const cn_dataset *dataset, int64_t asked, cn_str caller, cn_str argument)
{
    if (asked > 0 || !dataset->endless)
        return asked > 0 ? asked : 0;
    if (dataset->batches > 0)
        return dataset->batches;
    cn_fail(CN_EINVAL, "%s: the dataset has no end: give %s", caller, argument);
    return -1;
}

bool cn_dataset_specs(cn_dataset *dataset, cn_shape *shapes, cn_dtype *dtypes, int *nx, int *ny,
                      int *nw)
{
    while (dataset && !dataset->methods->specs)
        dataset = dataset->source;
    return dataset && dataset->methods->specs(dataset, shapes, dtypes, nx, ny, nw);
}

int64_t cn_dataset_size(const cn_dataset *dataset)
{
    return dataset ? dataset->samples : -1;
}

cn_dataset *cn_dataset_self(cn_dataset *dataset)
{
    return dataset;
}

cn_dataset *cn_dataset_of(cn_tensor *x)
{
    return x ? cn_from_arrays(.x = x) : NULL;
}
