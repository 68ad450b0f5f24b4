#include "models/graph_op.h"

#include <string.h>

#include "base/alloc.h"
#include "config/array_json.h"
#include "graph/form.h"
#include "graph/shape.h"
#include "models/structure.h"
#include "ops/movement/split.h"
#include "ops/reduction/reduce.h"
#include "saving/operations/operations.h"

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

static bool split_config(const cn_tensor *node, cn_json *config)
{
    const cn_split_attrs *a = CN_ATTRS(cn_split_attrs, node);
    return cn_json_set(config, "indices_or_sections", cn_json_int(a->count)) &&
           cn_json_set(config, "axis", cn_json_int(a->axis));
}

static bool unstack_config(const cn_tensor *node, cn_json *config)
{
    return cn_json_set(config, "num", cn_json_null()) &&
           cn_json_set(config, "axis", cn_json_int(CN_ATTRS(cn_split_attrs, node)->axis));
}

static bool softmax_config(const cn_tensor *node, cn_json *config)
{
    (void)node;
    return cn_json_set(config, "axis", cn_json_int(-1));
}

/* All but elementwise ops without attributes that have the name of an operation. */
static const struct row {
    const char *op, *class_name;
    config_writer config;
    int inputs; /* further ones only say a shape; 0: all count, as one list */
} rows[] = {
    {"neg", "Negative", NULL, 1},
    {"abs", "Absolute", NULL, 1},
    {"sub", "Subtract", NULL, 2},
    {"mul", "Multiply", NULL, 2},
    {"div", "TrueDivide", NULL, 2},
    {"pow", "Power", NULL, 2},
    {"cast", "Cast", cast_config, 1},
    {"stop_gradient", "StopGradient", NULL, 1},
    {"print", "Copy", NULL, 1},
    {"reshape", "Reshape", reshape_config, 1},
    {"transpose", "Transpose", transpose_config, 1},
    {"concat", "Concatenate", concat_config, 0},
    {"split", "Split", split_config, 1},
    {"unstack", "Unstack", unstack_config, 1},
    {"select", "Where", NULL, 3},
    {"sum", "Sum", reduce_config, 1},
    {"mean", "Mean", reduce_config, 1},
    {"prod", "Prod", reduce_config, 1},
    {"max", "Max", reduce_config, 1},
    {"min", "Min", reduce_config, 1},
    {"any", "Any", reduce_config, 1},
    {"all", "All", reduce_config, 1},
    {"softmax", "Softmax", softmax_config, 1},
    {"log_softmax", "LogSoftmax", softmax_config, 1},
};

static const struct row *row_of(const cn_tensor *node)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(rows[i].op, node->op->name))
            return &rows[i];
    return NULL;
}

/* Keras's class; NULL: there is none. */
static const char *class_of(const cn_tensor *node, const struct row *row)
{
    bool plain = node->op->traits & CN_ELEMENTWISE && !node->op->attrs;
    return row ? row->class_name : plain ? cn_operation_of_op(node->op->name) : NULL;
}

/* Behind the dot where the module stands before it. */
static const char *bare_name(const char *class_name)
{
    const char *dot = strrchr(class_name, '.');
    return dot ? dot + 1 : class_name;
}

const char *cn_graph_op_class(const cn_tensor *node)
{
    if (node->form)
        return bare_name(node->form->class_name);
    const char *class_name = class_of(node, row_of(node));
    return class_name ? class_name : node->op->name;
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
    return cn_array_json(tensor);
}

/* The arguments of a form, with tensors in the place of "$0", "$1", … */
typedef struct arguments {
    const cn_form *form;
    cn_mention mention;
    void *context;
} arguments;

static bool visit_argument(void *context, const cn_json *value, cn_json **out)
{
    const arguments *a = context;
    const char *text = cn_json_as_string(value, "");
    if (*text != '$')
        return true;
    *out = argument(a->form->inputs->items[text[1] - '0'], a->mention, a->context);
    return *out != NULL;
}

static bool describe_form(cn_graph_op *op, const cn_form *form, cn_mention mention, void *context)
{
    arguments a = {form, mention, context};
    op->class_name = bare_name(form->class_name);
    op->module =
        op->class_name == form->class_name ? cn_operation_module(form->class_name) : "keras.layers";
    op->config = cn_json_parse(form->config, strlen(form->config));
    if (form->args) {
        cn_json *args = cn_json_parse(form->args, strlen(form->args));
        op->args = args ? cn_structure_map(args, visit_argument, &a) : NULL;
        cn_json_free(args);
        return op->config && op->args;
    }
    op->args = cn_json_list();
    for (size_t i = 0; op->args && i < form->inputs->count; i++)
        if (!cn_json_add(op->args, argument(form->inputs->items[i], mention, context)))
            return false;
    return op->config && op->args;
}

bool cn_graph_op_describe(cn_graph_op *op, const cn_tensor *node, cn_mention mention, void *context)
{
    const struct row *row = row_of(node);
    const char *class_name = class_of(node, row);
    *op = (cn_graph_op){0};
    if (node->form)
        return describe_form(op, node->form, mention, context);
    op->config = cn_json_object();
    op->args = cn_json_list();
    if (!op->config || !op->args)
        return false;
    if (!class_name || (row && row->config && !row->config(node, op->config)))
        return cn_fail(CN_EUNSUPPORTED, "not supported: writing the op '%s' between layers",
                       node->op->name);
    op->class_name = class_name;
    op->module = cn_operation_module(class_name);
    cn_json *list = op->args;
    if (row && !row->inputs && (!(list = cn_json_list()) || !cn_json_add(op->args, list)))
        return false;
    int count = row && row->inputs ? row->inputs : node->n_inputs;
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
