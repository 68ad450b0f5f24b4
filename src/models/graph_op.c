#include "models/graph_op.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "ops/ops.h"
#include "ops/products.h"
#include "ops/reduction/reduce.h"

#define NUMPY "keras.src.ops.numpy"
#define NN "keras.src.ops.nn"
#define MATH "keras.src.ops.math"
#define CORE "keras.src.ops.core"

/* What an op's class takes for its configuration; false where Keras's class cannot say it. */
typedef bool (*config_writer)(const cn_tensor *node, cn_json *config);

static cn_json *int_list(const int64_t *numbers, int count)
{
    cn_json *list = cn_json_list();
    for (int i = 0; i < count; i++)
        cn_json_add(list, cn_json_int(numbers[i]));
    return list;
}

static bool cast_config(const cn_tensor *node, cn_json *config)
{
    return cn_json_set(config, "dtype", cn_json_string(cn_dtype_name(node->dtype)));
}

/* One unknown size may stand in a shape. */
static bool reshape_config(const cn_tensor *node, cn_json *config)
{
    int unknown = 0;
    for (int i = 0; i < node->shape.rank; i++)
        unknown += node->shape.dim[i] < 0;
    return unknown < 2 &&
           cn_json_set(config, "newshape", int_list(node->shape.dim, node->shape.rank));
}

static bool reduce_config(const cn_tensor *node, cn_json *config)
{
    int64_t axes[CN_MAX_RANK];
    int count = 0;
    for (int i = 0; i < node->inputs[0]->shape.rank; i++)
        if (CN_ATTRS(cn_reduce_attrs, node)->mask >> i & 1)
            axes[count++] = i;
    return cn_json_set(config, "axis", int_list(axes, count)) &&
           cn_json_set(config, "keepdims", cn_json_bool(false));
}

static bool transpose_config(const cn_tensor *node, cn_json *config)
{
    int64_t axes[CN_MAX_RANK];
    for (int i = 0; i < node->shape.rank; i++)
        axes[i] = cn_transpose_perm(node)[i];
    return cn_json_set(config, "axes", int_list(axes, node->shape.rank));
}

static bool concat_config(const cn_tensor *node, cn_json *config)
{
    return cn_json_set(config, "axis", cn_json_int(cn_concat_axis(node)));
}

static bool softmax_config(const cn_tensor *node, cn_json *config)
{
    (void)node;
    return cn_json_set(config, "axis", cn_json_int(-1));
}

static bool matmul_config(const cn_tensor *node, cn_json *config)
{
    const cn_matmul_attrs *attrs = node->attrs;
    (void)config;
    return !attrs->transpose_a && !attrs->transpose_b && !attrs->activation && node->n_inputs == 2;
}

static const struct row {
    const char *op, *module, *class_name;
    config_writer config;
    int inputs; /* further ones only say a shape; 0: all count, as one list */
} rows[] = {
    {"neg", NUMPY, "Negative", NULL, 1},
    {"abs", NUMPY, "Absolute", NULL, 1},
    {"sign", NUMPY, "Sign", NULL, 1},
    {"square", NUMPY, "Square", NULL, 1},
    {"sqrt", NUMPY, "Sqrt", NULL, 1},
    {"rsqrt", MATH, "Rsqrt", NULL, 1},
    {"reciprocal", NUMPY, "Reciprocal", NULL, 1},
    {"exp", NUMPY, "Exp", NULL, 1},
    {"expm1", NUMPY, "Expm1", NULL, 1},
    {"exp2", NUMPY, "Exp2", NULL, 1},
    {"log", NUMPY, "Log", NULL, 1},
    {"log1p", NUMPY, "Log1p", NULL, 1},
    {"log2", NUMPY, "Log2", NULL, 1},
    {"log10", NUMPY, "Log10", NULL, 1},
    {"sin", NUMPY, "Sin", NULL, 1},
    {"cos", NUMPY, "Cos", NULL, 1},
    {"tan", NUMPY, "Tan", NULL, 1},
    {"arcsin", NUMPY, "Arcsin", NULL, 1},
    {"arccos", NUMPY, "Arccos", NULL, 1},
    {"arctan", NUMPY, "Arctan", NULL, 1},
    {"sinh", NUMPY, "Sinh", NULL, 1},
    {"cosh", NUMPY, "Cosh", NULL, 1},
    {"tanh", NUMPY, "Tanh", NULL, 1},
    {"arcsinh", NUMPY, "Arcsinh", NULL, 1},
    {"arccosh", NUMPY, "Arccosh", NULL, 1},
    {"arctanh", NUMPY, "Arctanh", NULL, 1},
    {"erf", MATH, "Erf", NULL, 1},
    {"erfc", MATH, "Erfc", NULL, 1},
    {"floor", NUMPY, "Floor", NULL, 1},
    {"ceil", NUMPY, "Ceil", NULL, 1},
    {"trunc", NUMPY, "Trunc", NULL, 1},
    {"round", NUMPY, "Round", NULL, 1},
    {"sigmoid", NN, "Sigmoid", NULL, 1},
    {"softplus", NN, "Softplus", NULL, 1},
    {"relu", NN, "Relu", NULL, 1},
    {"cbrt", NUMPY, "Cbrt", NULL, 1},
    {"isnan", NUMPY, "Isnan", NULL, 1},
    {"isinf", NUMPY, "Isinf", NULL, 1},
    {"isfinite", NUMPY, "Isfinite", NULL, 1},
    {"logical_not", NUMPY, "LogicalNot", NULL, 1},
    {"add", NUMPY, "Add", NULL, 2},
    {"sub", NUMPY, "Subtract", NULL, 2},
    {"mul", NUMPY, "Multiply", NULL, 2},
    {"div", NUMPY, "TrueDivide", NULL, 2},
    {"floor_divide", NUMPY, "FloorDivide", NULL, 2},
    {"mod", NUMPY, "Mod", NULL, 2},
    {"pow", NUMPY, "Power", NULL, 2},
    {"maximum", NUMPY, "Maximum", NULL, 2},
    {"minimum", NUMPY, "Minimum", NULL, 2},
    {"arctan2", NUMPY, "Arctan2", NULL, 2},
    {"equal", NUMPY, "Equal", NULL, 2},
    {"not_equal", NUMPY, "NotEqual", NULL, 2},
    {"less", NUMPY, "Less", NULL, 2},
    {"less_equal", NUMPY, "LessEqual", NULL, 2},
    {"greater", NUMPY, "Greater", NULL, 2},
    {"greater_equal", NUMPY, "GreaterEqual", NULL, 2},
    {"logical_and", NUMPY, "LogicalAnd", NULL, 2},
    {"logical_or", NUMPY, "LogicalOr", NULL, 2},
    {"logical_xor", NUMPY, "LogicalXor", NULL, 2},
    {"cast", CORE, "Cast", cast_config, 1},
    {"stop_gradient", CORE, "StopGradient", NULL, 1},
    {"reshape", NUMPY, "Reshape", reshape_config, 1},
    {"transpose", NUMPY, "Transpose", transpose_config, 1},
    {"concat", NUMPY, "Concatenate", concat_config, 0},
    {"matmul", NUMPY, "Matmul", matmul_config, 2},
    {"select", NUMPY, "Where", NULL, 3},
    {"sum", NUMPY, "Sum", reduce_config, 1},
    {"mean", NUMPY, "Mean", reduce_config, 1},
    {"prod", NUMPY, "Prod", reduce_config, 1},
    {"max", NUMPY, "Max", reduce_config, 1},
    {"min", NUMPY, "Min", reduce_config, 1},
    {"any", NUMPY, "Any", reduce_config, 1},
    {"all", NUMPY, "All", reduce_config, 1},
    {"softmax", NN, "Softmax", softmax_config, 1},
    {"log_softmax", NN, "LogSoftmax", softmax_config, 1},
};

static const struct row *row_of(const cn_tensor *node)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].op, node->op->name))
            return &rows[i];
    return NULL;
}

/* ---- constants ---- */

static cn_json *element(const void *data, cn_dtype dtype, size_t i)
{
    if (dtype == CN_FLOAT32)
        return cn_json_float((double)((const float *)data)[i]);
    if (dtype == CN_FLOAT64)
        return cn_json_float(((const double *)data)[i]);
    if (dtype == CN_BOOL)
        return cn_json_bool(((const bool *)data)[i]);
    return dtype == CN_INT64 ? cn_json_int(((const int64_t *)data)[i])
                             : cn_json_int(((const int32_t *)data)[i]);
}

static cn_json *nested(const void *data, const cn_tensor *tensor, int axis, size_t *next)
{
    if (axis == tensor->shape.rank)
        return element(data, tensor->dtype, (*next)++);
    cn_json *list = cn_json_list();
    for (int64_t i = 0; list && i < tensor->shape.dim[axis]; i++)
        if (!cn_json_add(list, nested(data, tensor, axis + 1, next)))
            return NULL;
    return list;
}

/* A number, or {"class_name": "__numpy__", …}. */
static cn_json *constant_json(cn_tensor *tensor)
{
    cn_dtype dtype = tensor->dtype;
    size_t next = 0;
    bool plain = dtype == CN_FLOAT32 || dtype == CN_FLOAT64 || dtype == CN_BOOL ||
                 dtype == CN_INT32 || dtype == CN_INT64;
    if (!plain)
        tensor = cn_cast(tensor, cn_dtype_is_float(dtype) ? CN_FLOAT32 : CN_INT64);
    const void *data = tensor ? cn_data(tensor) : NULL;
    cn_json *value = data ? nested(data, tensor, 0, &next) : NULL;
    if (!value || !tensor->shape.rank)
        return value;
    cn_json *json = cn_json_object(), *config = cn_json_object();
    bool ok = cn_json_set(json, "class_name", cn_json_string("__numpy__"));
    ok = cn_json_set(config, "value", value) && ok;
    ok = cn_json_set(config, "dtype", cn_json_string(cn_dtype_name(dtype))) && ok;
    return cn_json_set(json, "config", config) && ok ? json : NULL;
}

/* ---- describing ---- */

static cn_json *argument(cn_tensor *tensor, cn_mention mention, void *context)
{
    if (tensor->symbolic)
        return mention(context, tensor);
    if (tensor->variable)
        return cn_fail_null(CN_EUNSUPPORTED,
                            "not supported: writing a model whose ops read the variable '%s'",
                            cn_variable_path(tensor));
    return constant_json(tensor);
}

bool cn_graph_op_describe(cn_graph_op *op, const cn_tensor *node, cn_mention mention, void *context)
{
    const struct row *row = row_of(node);
    *op = (cn_graph_op){.config = cn_json_object(), .args = cn_json_list()};
    if (!op->config || !op->args)
        return false;
    if (!row || (row->config && !row->config(node, op->config)))
        return cn_fail(CN_EUNSUPPORTED, "not supported: writing the op '%s' between layers",
                       node->op->name);
    op->module = row->module;
    op->class_name = row->class_name;
    cn_json *list = op->args;
    if (!row->inputs && (!(list = cn_json_list()) || !cn_json_add(op->args, list)))
        return false;
    int count = row->inputs ? row->inputs : node->n_inputs;
    for (int i = 0; i < count && i < node->n_inputs; i++)
        if (!cn_json_add(list, argument(node->inputs[i], mention, context)))
            return false;
    return true;
}

void cn_graph_op_free(cn_graph_op *op)
{
    cn_json_free(op->config);
    cn_json_free(op->args);
    *op = (cn_graph_op){0};
}
