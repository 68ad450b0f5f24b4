#include "saving/operations/operation_args.h"

#include <string.h>

#include "config/array_json.h"

const cn_json *cn_op_value(const cn_operation *op, int place, const char *name)
{
    const cn_json *value = place < 0 ? NULL : cn_json_at(op->args, (size_t)place);
    if (!value && name)
        value = cn_json_get(op->kwargs, name);
    if (!value && name)
        value = cn_json_get(op->config, name);
    return cn_json_is(value, CN_JSON_NULL) ? NULL : value;
}

cn_tensor *cn_op_refuse(const cn_operation *op, const char *what)
{
    return cn_fail_null(CN_EUNSUPPORTED, "not supported: the operation '%s' with %s", op->name,
                        what);
}

/* ---- values ---- */

static bool has_objects(const cn_json *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (cn_json_is(list->items[i], CN_JSON_OBJECT))
            return true;
    return false;
}

static cn_list *list_of(const cn_operation *op, const cn_json *value)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < value->count; i++)
        if (!cn_list_add(list, cn_op_tensor_of(op, value->items[i])))
            return NULL;
    return list;
}

cn_tensor *cn_op_tensor_of(const cn_operation *op, const cn_json *value)
{
    const char *class_name = cn_json_as_string(cn_json_get(value, "class_name"), "");
    switch (value->kind) {
    case CN_JSON_BOOL:
        return cn_cast(cn_number_int(value->boolean), CN_BOOL);
    case CN_JSON_INT:
        return cn_number_int(value->integer);
    case CN_JSON_FLOAT:
        return cn_number_float(value->number);
    case CN_JSON_LIST:
        return has_objects(value) ? cn_stack(list_of(op, value), 0) : cn_array_of_json(value);
    case CN_JSON_OBJECT:
        if (!strcmp(class_name, "__numpy__") || !strcmp(class_name, "__tensor__"))
            return cn_array_of_json(value);
        return op->resolve(op->context, value);
    default:
        return cn_fail_null(CN_EFORMAT, "%s: expected a tensor or a number", op->name);
    }
}

cn_tensor *cn_op_tensor_or(const cn_operation *op, int place, const char *name,
                           cn_tensor *otherwise)
{
    const cn_json *value = cn_op_value(op, place, name);
    return value ? cn_op_tensor_of(op, value) : otherwise;
}

cn_tensor *cn_op_tensor(const cn_operation *op, int place, const char *name)
{
    const cn_json *value = cn_op_value(op, place, name);
    return value ? cn_op_tensor_of(op, value)
                 : cn_fail_null(CN_EFORMAT, "%s: the argument '%s' is missing", op->name,
                                name ? name : "x");
}

cn_list *cn_op_tensors(const cn_operation *op, int place, const char *name)
{
    const cn_json *value = cn_op_value(op, place, name);
    if (!cn_json_is(value, CN_JSON_LIST))
        return cn_fail_null(CN_EFORMAT, "%s: expected '%s' to be a list of tensors", op->name,
                            name);
    return list_of(op, value);
}

/* ---- plain values ---- */

int64_t cn_op_int(const cn_operation *op, const char *name, int64_t otherwise)
{
    return cn_json_as_int(cn_op_value(op, -1, name), otherwise);
}

double cn_op_double(const cn_operation *op, const char *name, double otherwise)
{
    return cn_json_as_double(cn_op_value(op, -1, name), otherwise);
}

bool cn_op_bool(const cn_operation *op, const char *name, bool otherwise)
{
    return cn_json_as_bool(cn_op_value(op, -1, name), otherwise);
}

const char *cn_op_text(const cn_operation *op, const char *name, const char *otherwise)
{
    return cn_json_as_string(cn_op_value(op, -1, name), otherwise);
}

bool cn_op_dtype(const cn_operation *op, cn_dtype otherwise, cn_dtype *dtype)
{
    const char *name = cn_op_text(op, "dtype", NULL);
    *dtype = name ? cn_dtype_of_name(name) : otherwise;
    return *dtype != CN_NO_DTYPE || !name;
}

int cn_op_ints(const cn_operation *op, int place, const char *name, int64_t *ints)
{
    const cn_json *value = cn_op_value(op, place, name);
    bool list = cn_json_is(value, CN_JSON_LIST);
    size_t count = !value ? 0 : list ? value->count : 1;
    if (count > CN_MAX_RANK)
        return cn_fail(CN_EFORMAT, "%s: expected at most %d numbers in '%s', found %zu", op->name,
                       CN_MAX_RANK, name, count),
               -1;
    for (size_t i = 0; i < count; i++) {
        const cn_json *item = list ? value->items[i] : value;
        if (!cn_json_is_number(item) && !cn_json_is(item, CN_JSON_NULL))
            return cn_fail(CN_EFORMAT, "%s: expected '%s' to hold whole numbers", op->name, name),
                   -1;
        ints[i] = cn_json_as_int(item, CN_ANY); /* None: an open dimension */
    }
    return (int)count;
}

bool cn_op_axes_mask(const cn_operation *op, const char *name, int rank, unsigned *mask)
{
    int64_t axes[CN_MAX_RANK];
    int n = cn_op_ints(op, -1, name, axes);
    *mask = cn_op_value(op, -1, name) ? 0 : (1u << rank) - 1;
    for (int i = 0; i < n; i++) {
        int axis;
        if (!cn_axis(axes[i], rank, &axis, op->name))
            return false;
        *mask |= 1u << axis;
    }
    return n >= 0;
}

cn_axes cn_axes_of_mask(unsigned mask)
{
    cn_axes axes = {{0}};
    for (int i = 0, n = 0; i < CN_MAX_RANK; i++)
        if (mask >> i & 1)
            axes.d[n++] = i;
    return axes;
}

/* ---- shapes ---- */

cn_tensor *cn_op_merge(cn_tensor *x, int axis)
{
    if (!x)
        return NULL;
    cn_shape shape = cn_shape_remove(cn_same_dims(x->shape.rank), axis);
    shape.dim[axis] = CN_ANY;
    return cn_regroup(x, shape);
}

cn_tensor *cn_op_split(cn_tensor *x, int axis, int64_t inner)
{
    if (!x)
        return NULL;
    if (x->shape.rank == CN_MAX_RANK)
        return cn_fail_null(CN_EINVAL, "expected a rank below %d, found shape %s", CN_MAX_RANK,
                            cn_shape_text(x->shape));
    cn_shape shape = cn_shape_insert(cn_same_dims(x->shape.rank), axis + 1, inner);
    shape.dim[axis] = CN_ANY;
    return cn_regroup(x, shape);
}
