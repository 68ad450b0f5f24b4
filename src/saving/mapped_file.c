#include "saving/mapped_file.h"

#include "base/alloc.h"
#include "graph/shape.h"
#include "ops/ops.h"

/* Smaller variables are copied: a mapping is not worth keeping for them. */
enum { WORTH_BORROWING = 1 << 14 };

static void destroy(void *self)
{
    cn_mapped_file *file = self;
    cn_h5_free(file->root);
    cn_zip_close(file->zip);
    cn_file_close(&file->view);
}

static const cn_kind mapped_kind = {"file", destroy};

cn_mapped_file *cn_mapped_h5(const char *path)
{
    cn_mapped_file *file = cn_object_new(&mapped_kind, sizeof *file);
    if (!file || !cn_file_open(&file->view, path))
        return NULL;
    file->root = cn_h5_open(file->view.data, file->view.size);
    if (!file->root)
        cn_error_prefix("%s", path);
    return file->root ? file : NULL;
}

cn_mapped_file *cn_mapped_archive(const char *path)
{
    cn_mapped_file *file = cn_object_new(&mapped_kind, sizeof *file);
    return file && (file->zip = cn_zip_open(path)) ? file : NULL;
}

cn_mapped_file *cn_mapped_archive_memory(const void *data, size_t size, const char *label)
{
    cn_mapped_file *file = cn_object_new(&mapped_kind, sizeof *file);
    return file && (file->zip = cn_zip_open_memory(data, size, label)) ? file : NULL;
}

bool cn_mapped_weights(cn_mapped_file *file, const char *member)
{
    size_t size;
    const unsigned char *data = cn_zip_read(file->zip, member, &size);
    if (!data)
        return false;
    file->root = cn_h5_open(data, size);
    return file->root || cn_error_prefix("%s", member);
}

static const struct {
    cn_dtype dtype;
    cn_h5_kind kind;
} pairs[] = {
    {CN_BOOL, CN_H5_BOOL},       {CN_INT8, CN_H5_INT8},         {CN_INT16, CN_H5_INT16},
    {CN_INT32, CN_H5_INT32},     {CN_INT64, CN_H5_INT64},       {CN_UINT8, CN_H5_UINT8},
    {CN_UINT16, CN_H5_UINT16},   {CN_UINT32, CN_H5_UINT32},     {CN_UINT64, CN_H5_UINT64},
    {CN_FLOAT16, CN_H5_FLOAT16}, {CN_BFLOAT16, CN_H5_BFLOAT16}, {CN_FLOAT32, CN_H5_FLOAT32},
    {CN_FLOAT64, CN_H5_FLOAT64},
};

cn_dtype cn_dtype_of_h5(cn_h5_kind kind)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].kind == kind)
            return pairs[i].dtype;
    return CN_NO_DTYPE;
}

cn_h5_kind cn_h5_of_dtype(cn_dtype dtype)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].dtype == dtype)
            return pairs[i].kind;
    return CN_H5_UNREADABLE;
}

static bool borrow(cn_mapped_file *file, cn_tensor *variable, const cn_h5_value *value)
{
    bool ok = false;
    CN_SCOPE {
        cn_buffer *buffer = cn_buffer_borrow((void *)(uintptr_t)value->data,
                                             variable->variable->buffer->size, file);
        if (buffer) {
            cn_variable_put(variable->variable, buffer);
            ok = true;
        }
    }
    return ok;
}

static bool may_borrow(const cn_tensor *variable, const cn_h5_value *value)
{
    return variable->variable->buffer->size >= WORTH_BORROWING && cn_h5_is_native(value) &&
           value->size >= variable->variable->buffer->size &&
           (uintptr_t)value->data % cn_dtype_size(variable->dtype) == 0;
}

/* Of another dtype: converted. */
static bool convert(cn_tensor *variable, const cn_h5_value *value, cn_dtype dtype)
{
    bool ok = false;
    size_t size;
    CN_SCOPE {
        cn_buffer *buffer =
            cn_size_mul(value->count, cn_dtype_size(dtype), &size) ? cn_buffer_new(size) : NULL;
        if (buffer && cn_h5_copy(value, buffer->data)) {
            cn_tensor *x = cn_cast(cn_constant(buffer, variable->shape, dtype), variable->dtype);
            const void *data = x ? cn_data(x) : NULL;
            ok = data && cn_set_data(variable, data);
        }
    }
    return ok;
}

bool cn_mapped_assign(cn_mapped_file *file, cn_tensor *variable, const cn_h5_value *value)
{
    cn_dtype dtype = cn_dtype_of_h5(value->kind);
    if (!cn_h5_readable(value))
        return false;
    if (dtype == CN_NO_DTYPE)
        return cn_fail(CN_EFORMAT, "expected numbers, found %s", cn_h5_kind_name(value->kind));
    if (dtype != variable->dtype)
        return convert(variable, value, dtype);
    if (may_borrow(variable, value))
        return borrow(file, variable, value);
    return cn_variable_own(variable->variable) &&
           cn_h5_copy(value, variable->variable->buffer->data);
}

cn_tensor *cn_h5_tensor(const cn_h5_value *value)
{
    cn_dtype dtype = cn_dtype_of_h5(value->kind);
    size_t size;
    if (!cn_h5_readable(value))
        return NULL;
    if (dtype == CN_NO_DTYPE || value->rank > CN_MAX_RANK)
        return cn_fail_null(CN_EFORMAT, "expected numbers of at most %d axes, found %s of %zu",
                            CN_MAX_RANK, cn_h5_kind_name(value->kind), value->rank);
    cn_shape shape = {.rank = (int)value->rank};
    for (size_t i = 0; i < value->rank; i++)
        shape.dim[i] = (int64_t)value->shape[i];
    cn_buffer *buffer =
        cn_size_mul(value->count, cn_dtype_size(dtype), &size) ? cn_buffer_new(size) : NULL;
    return buffer && cn_h5_copy(value, buffer->data) ? cn_constant(buffer, shape, dtype) : NULL;
}
