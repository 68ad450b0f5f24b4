/* Keras's operations that pick and place by index. keras.ops.numpy, core, nn */
#include <stdio.h>
#include <string.h>

#include "ops/index/gather.h"
#include "saving/operations/operation_rows.h"

/* ---- GetItem: the key becomes NumPy's text; a tensor among its entries is gathered ---- */

typedef struct key {
    char text[512];
    size_t length;
    int axis; /* of the result, as far as it is written */
    cn_tensor *indices;
    int at; /* the axis that the indices stand on */
} key;

static bool put(key *k, const char *text)
{
    int n = snprintf(k->text + k->length, sizeof k->text - k->length, "%s%s", k->length ? ", " : "",
                     text);
    if (n < 0 || (size_t)n >= sizeof k->text - k->length)
        return cn_fail(CN_EFORMAT, "GetItem: a key too long");
    k->length += (size_t)n;
    return true;
}

static bool put_slice(key *k, const cn_json *config)
{
    static const char *const parts[] = {"start", "stop", "step"};
    char text[100];
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        const cn_json *part = cn_json_get(config, parts[i]);
        if (cn_json_is(part, CN_JSON_OBJECT))
            return cn_fail(CN_EUNSUPPORTED, "not supported: the operation 'GetItem' with a tensor "
                                            "as a slice's bound");
        if (cn_json_is_number(part))
            n += (size_t)snprintf(text + n, sizeof text - n, "%lld",
                                  (long long)cn_json_as_int(part, 0));
        if (i < 2)
            n += (size_t)snprintf(text + n, sizeof text - n, ":");
    }
    k->axis++;
    return put(k, text);
}

static bool put_indices(cn_operation *op, key *k, const cn_json *value)
{
    if (k->indices)
        return cn_op_refuse(op, "several tensors as indices") != NULL;
    k->indices = cn_op_tensor_of(op, value);
    k->at = k->axis++;
    if (k->indices && !cn_dtype_is_int(k->indices->dtype))
        return cn_op_refuse(op, "a mask") != NULL;
    return k->indices && put(k, ":");
}

/* `rest`: how many axes an ellipsis stands for. */
static bool put_entry(cn_operation *op, key *k, const cn_json *entry, int rest)
{
    const char *class_name = cn_json_as_string(cn_json_get(entry, "class_name"), "");
    char text[32];
    if (cn_json_is(entry, CN_JSON_NULL)) {
        k->axis++;
        return put(k, "None");
    }
    if (cn_json_is(entry, CN_JSON_INT)) {
        snprintf(text, sizeof text, "%lld", (long long)entry->integer);
        return put(k, text);
    }
    if (!strcmp(class_name, "__ellipsis__")) {
        k->axis += rest;
        return put(k, "...");
    }
    if (!strcmp(class_name, "__slice__"))
        return put_slice(k, cn_json_get(entry, "config"));
    return put_indices(op, k, entry);
}

static cn_tensor *getitem(cn_operation *op)
{
    cn_tensor *x = X;
    const cn_json *place = cn_json_at(op->args, 1),
                  *value = place ? place : cn_json_get(op->kwargs, "key");
    key k = {.axis = 0};
    bool tuple = cn_json_is(value, CN_JSON_LIST);
    size_t count = tuple ? value->count : 1;
    int used = 0;
    if (!x || !value)
        return x ? cn_fail_null(CN_EFORMAT, "GetItem: the argument 'key' is missing") : NULL;
    for (size_t i = 0; tuple && i < count; i++)
        used += !cn_json_is(value->items[i], CN_JSON_NULL) &&
                strcmp(cn_json_as_string(cn_json_get(value->items[i], "class_name"), ""),
                       "__ellipsis__") != 0;
    for (size_t i = 0; i < count; i++)
        if (!put_entry(op, &k, tuple ? value->items[i] : value, x->shape.rank - used))
            return NULL;
    cn_tensor *y = cn_slice(x, k.text);
    return k.indices ? cn_gather(y, k.indices, k.at) : y;
}

/* start_indices as numbers; NULL where they are a tensor that is not known yet. */
static bool read_starts(cn_operation *op, int rank, int64_t *starts)
{
    const cn_json *value = cn_op_value(op, 1, "start_indices");
    cn_tensor *tensor = cn_json_is(value, CN_JSON_OBJECT) ? cn_op_tensor_of(op, value) : NULL;
    if (cn_json_is(value, CN_JSON_OBJECT)) {
        if (!tensor || tensor->symbolic || cn_size(tensor) != rank)
            return cn_op_refuse(op, "start_indices that are computed") != NULL;
        const int64_t *data = cn_data(cn_cast(tensor, CN_INT64));
        if (data)
            memcpy(starts, data, (size_t)rank * sizeof *starts);
        return data != NULL;
    }
    return cn_op_ints(op, 1, "start_indices", starts) == rank ||
           cn_fail(CN_EINVAL, "%s: expected a start for each of %d axes", op->name, rank);
}

static cn_tensor *slice(cn_operation *op)
{
    cn_tensor *x = cn_op_tensor(op, 0, "inputs");
    int64_t starts[CN_MAX_RANK], sizes[CN_MAX_RANK];
    if (!x || !read_starts(op, x->shape.rank, starts))
        return NULL;
    if (cn_op_ints(op, -1, "shape", sizes) != x->shape.rank)
        return cn_fail_null(CN_EINVAL, "Slice: expected a size for each axis of shape %s",
                            cn_shape_text(x->shape));
    return cn_strided_slice(x, starts, sizes, NULL);
}

static cn_tensor *slice_update(cn_operation *op)
{
    cn_tensor *x = cn_op_tensor(op, 0, "inputs");
    int64_t starts[CN_MAX_RANK];
    if (!x || !read_starts(op, x->shape.rank, starts))
        return NULL;
    return cn_slice_update(x, starts, cn_op_tensor(op, 2, "updates"));
}

static cn_tensor *take(cn_operation *op)
{
    cn_tensor *x = X, *indices = cn_op_tensor(op, 1, "indices");
    if (!cn_op_value(op, -1, "axis"))
        x = cn_reshape(x, cn_shape(CN_ANY));
    return cn_gather(x, cn_cast(indices, CN_INT32), cn_op_int(op, "axis", 0));
}

static cn_tensor *take_along_axis(cn_operation *op)
{
    cn_tensor *x = X, *indices = cn_op_tensor(op, 1, "indices");
    if (!cn_op_value(op, -1, "axis")) {
        x = cn_reshape(x, cn_shape(CN_ANY));
        indices = cn_reshape(indices, cn_shape(CN_ANY));
    }
    return cn_take_along_axis(x, indices, cn_op_int(op, "axis", 0));
}

static cn_tensor *one_hot(cn_operation *op)
{
    cn_dtype dtype;
    return cn_op_dtype(op, CN_FLOAT32, &dtype)
               ? cn_one_hot(X, cn_op_int(op, "num_classes", 0), cn_op_int(op, "axis", -1), dtype)
               : NULL;
}

/* One where any of the row's indices is: (n, k) -> (n, classes). */
static cn_tensor *multi_hot(cn_operation *op)
{
    cn_dtype dtype;
    cn_tensor *x = cn_op_tensor(op, 0, "inputs");
    if (!x || !cn_op_dtype(op, CN_FLOAT32, &dtype))
        return NULL;
    cn_tensor *hot =
        cn_one_hot(x, cn_op_int(op, "num_classes", 0), cn_op_int(op, "axis", -1), dtype);
    return cn_max_with(
        &(cn_reduce_options){.x = hot, .axis = cn_axes_of_mask(x->shape.rank > 1 ? 2 : 1)});
}

static cn_tensor *scatter(cn_operation *op)
{
    cn_shape shape = CN_SCALAR;
    shape.rank = cn_op_ints(op, -1, "shape", shape.dim);
    return shape.rank < 0
               ? NULL
               : cn_scatter(cn_op_tensor(op, 0, "indices"), cn_op_tensor(op, 1, "values"), shape);
}

static cn_tensor *scatter_update(cn_operation *op)
{
    cn_tensor *x = cn_op_tensor(op, 0, "inputs"), *indices = cn_op_tensor(op, 1, "indices");
    cn_tensor *updates = cn_op_tensor(op, 2, "updates");
    const char *reduction = cn_op_text(op, "reduction", NULL);
    return reduction ? cn_scatter_reduce(x, indices, updates, reduction)
                     : cn_scatter_update(x, indices, updates);
}

const cn_operation_row cn_operations_index[] = {C("GetItem", getitem),
                                                C("Slice", slice),
                                                C("SliceUpdate", slice_update),
                                                C("Take", take),
                                                C("TakeAlongAxis", take_along_axis),
                                                C("OneHot", one_hot),
                                                C("MultiHot", multi_hot),
                                                C("Scatter", scatter),
                                                C("ScatterUpdate", scatter_update),
                                                {0}};
