/* Datasets in NumPy's archives. */
#include "base/alloc.h"
#include "base/error.h"
#include "cornu/data.h"
#include "graph/shape.h"
#include "graph/tensor.h"
#include "saving/archive/npz.h"

static const cn_dtype dtypes[] = {
    [CN_NPY_BOOL] = CN_BOOL,       [CN_NPY_INT8] = CN_INT8,       [CN_NPY_INT16] = CN_INT16,
    [CN_NPY_INT32] = CN_INT32,     [CN_NPY_INT64] = CN_INT64,     [CN_NPY_UINT8] = CN_UINT8,
    [CN_NPY_UINT16] = CN_UINT16,   [CN_NPY_UINT32] = CN_UINT32,   [CN_NPY_UINT64] = CN_UINT64,
    [CN_NPY_FLOAT16] = CN_FLOAT16, [CN_NPY_FLOAT32] = CN_FLOAT32, [CN_NPY_FLOAT64] = CN_FLOAT64,
    [CN_NPY_TEXT] = CN_NO_DTYPE};

static cn_tensor *tensor_of(const cn_npy *array, cn_str path, const char *name)
{
    cn_shape shape = {.rank = array->rank};
    if (dtypes[array->type] == CN_NO_DTYPE)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: texts, in the array '%s' of '%s'",
                            name, path);
    for (int i = 0; i < array->rank; i++)
        shape.dim[i] = array->shape[i];
    return cn_array(array->data, dtypes[array->type], shape);
}

/* False with an error; a member that may be missing leaves *tensor NULL. */
static bool read(cn_npz *npz, cn_str path, const char *name, bool needed, cn_tensor **tensor)
{
    *tensor = NULL;
    if (!needed && !cn_npz_has(npz, name))
        return true;
    cn_npy *array = cn_npz_read(npz, name);
    *tensor = array ? tensor_of(array, path, name) : NULL;
    cn_npy_free(array);
    return *tensor != NULL;
}

cn_dataset *cn_load_npz(cn_str path)
{
    if (!path)
        return cn_fail_null(CN_EINVAL, "cn_load_npz: expected a path, found NULL");
    cn_tensor *x, *y, *sample_weight;
    cn_npz *npz = cn_npz_open(path);
    bool ok = npz && read(npz, path, "x", true, &x) && read(npz, path, "y", false, &y) &&
              read(npz, path, "sample_weight", false, &sample_weight);
    cn_npz_close(npz);
    return ok ? cn_from_arrays(x, y, sample_weight) : NULL;
}
