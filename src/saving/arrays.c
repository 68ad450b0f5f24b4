/* .npz archives and tensors. numpy.load, numpy.savez */
#include "cornu/arrays.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "ops/ops.h"
#include "saving/archive/npz.h"

struct cn_arrays {
    cn_object object;
    cn_npz *npz;
};

static const struct {
    cn_npy_type type;
    cn_dtype dtype;
} pairs[] = {
    {CN_NPY_BOOL, CN_BOOL},       {CN_NPY_INT8, CN_INT8},       {CN_NPY_INT16, CN_INT16},
    {CN_NPY_INT32, CN_INT32},     {CN_NPY_INT64, CN_INT64},     {CN_NPY_UINT8, CN_UINT8},
    {CN_NPY_UINT16, CN_UINT16},   {CN_NPY_UINT32, CN_UINT32},   {CN_NPY_UINT64, CN_UINT64},
    {CN_NPY_FLOAT16, CN_FLOAT16}, {CN_NPY_FLOAT32, CN_FLOAT32}, {CN_NPY_FLOAT64, CN_FLOAT64}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

/* ---- reading ---- */

static void destroy(void *self)
{
    cn_npz_close(((cn_arrays *)self)->npz);
}

static const cn_kind arrays_kind = {"arrays", destroy};

cn_arrays *cn_load_arrays(cn_str path)
{
    cn_arrays *arrays = path ? cn_object_new(&arrays_kind, sizeof *arrays) : NULL;
    return arrays && (arrays->npz = cn_npz_open(path)) ? arrays : NULL;
}

size_t cn_arrays_count(const cn_arrays *arrays)
{
    return arrays ? cn_npz_count(arrays->npz) : 0;
}

cn_str cn_arrays_name(const cn_arrays *arrays, size_t i)
{
    return arrays ? cn_npz_name(arrays->npz, i) : NULL;
}

bool cn_arrays_has(const cn_arrays *arrays, cn_str name)
{
    return arrays && name && cn_npz_has(arrays->npz, name);
}

static cn_tensor *no_array(const cn_arrays *arrays, cn_str name)
{
    char names[512] = "";
    size_t n = 0, count = cn_npz_count(arrays->npz);
    for (size_t i = 0; i < count && n < sizeof names - 1; i++)
        n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "",
                              cn_npz_name(arrays->npz, i));
    return cn_fail_null(CN_ENOTFOUND, "there is no array '%s'; there are: %s", name, names);
}

static cn_tensor *tensor_of(const cn_npy *array, const char *name)
{
    cn_shape shape = {.rank = array->rank};
    memcpy(shape.dim, array->shape, sizeof(int64_t) * (size_t)array->rank);
    for (size_t i = 0; i < PAIRS; i++)
        if (pairs[i].type == array->type)
            return cn_array(array->data, pairs[i].dtype, shape);
    return cn_fail_null(CN_EUNSUPPORTED, "not supported: text in the array '%s'", name);
}

cn_tensor *cn_arrays_get(cn_arrays *arrays, cn_str name)
{
    if (!arrays || !name)
        return NULL;
    if (!cn_npz_has(arrays->npz, name))
        return no_array(arrays, name);
    cn_npy *array = cn_npz_read(arrays->npz, name);
    cn_tensor *tensor = array ? tensor_of(array, name) : NULL;
    cn_npy_free(array);
    return tensor;
}

/* ---- writing ---- */

static bool add(cn_zip_writer *zip, const char *name, cn_tensor *tensor)
{
    cn_tensor *x = tensor && tensor->dtype == CN_BFLOAT16 ? cn_cast(tensor, CN_FLOAT32) : tensor;
    const void *data = x ? cn_data(x) : NULL;
    if (!data)
        return false;
    cn_npy array = {.rank = x->shape.rank, .data = (void *)(uintptr_t)data};
    memcpy(array.shape, x->shape.dim, sizeof(int64_t) * (size_t)x->shape.rank);
    for (size_t i = 0; i < PAIRS; i++)
        if (pairs[i].dtype == x->dtype)
            array.type = pairs[i].type;
    return cn_npz_add(zip, name, &array);
}

bool cn_save_arrays(cn_str path, const cn_str *names, const cn_list *tensors)
{
    if (!path || !names || !tensors)
        return false;
    cn_zip_writer *zip = cn_zip_begin(path);
    bool ok = zip != NULL;
    for (size_t i = 0; ok && i < tensors->count; i++)
        ok = add(zip, names[i], tensors->items[i]);
    if (ok)
        return cn_zip_end(zip);
    cn_zip_abort(zip);
    return false;
}
