#include "saving/operations/operations.h"

#include <string.h>

#include "saving/operations/operation_args.h"

static const cn_operation_row *const tables[] = {
    cn_operations_elementwise, cn_operations_reduce, cn_operations_move,  cn_operations_join,
    cn_operations_index,       cn_operations_window, cn_operations_order, cn_operations_nn,
    cn_operations_linear,      cn_operations_linalg, cn_operations_image,
};

static const cn_operation_row *find(const char *name)
{
    for (size_t i = 0; name && i < sizeof tables / sizeof *tables; i++)
        for (const cn_operation_row *row = tables[i]; row->name; row++)
            if (!strcmp(name, row->name + 1))
                return row;
    return NULL;
}

bool cn_operation_known(const char *class_name)
{
    return find(class_name) != NULL;
}

const char *cn_operation_of_op(const char *op_name)
{
    char name[64];
    size_t n = 0;
    for (const char *at = op_name; *at && n + 1 < sizeof name; at++)
        if (*at != '_') /* logical_and: LogicalAnd */
            name[n++] = at == op_name || at[-1] == '_' ? (char)(*at - 'a' + 'A') : *at;
    name[n] = 0;
    const cn_operation_row *row = find(name);
    return row ? row->name + 1 : NULL;
}

static cn_tensor *first_result(const cn_operation_row *row, cn_operation *op)
{
    if (*row->name == '1')
        return row->unary(cn_op_tensor(op, 0, "x"));
    if (*row->name == '2') /* Keras names them x1, x2 or x, y */
        return row->binary(cn_op_tensor(op, 0, cn_op_value(op, 0, "x1") ? "x1" : "x"),
                           cn_op_tensor(op, 1, cn_op_value(op, 1, "x2") ? "x2" : "y"));
    return row->call(op);
}

cn_list *cn_operation_results(const char *class_name, const cn_json *config, const cn_json *args,
                              const cn_json *kwargs, cn_operation_resolver resolve, void *context)
{
    const cn_operation_row *row = find(class_name);
    if (!row)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: the operation '%s'",
                            class_name ? class_name : "");
    cn_operation op = {row->name + 1, config, args, kwargs, resolve, context, NULL};
    cn_tensor *first = first_result(row, &op);
    if (!first && !cn_error_code())
        cn_fail(CN_EINVAL, "%s: the arguments do not fit", class_name);
    return op.results && first ? op.results : first ? cn_list_of(first) : NULL;
}

cn_tensor *cn_operation_call(const char *class_name, const cn_json *config, const cn_json *args,
                             const cn_json *kwargs, cn_operation_resolver resolve, void *context)
{
    cn_list *results = cn_operation_results(class_name, config, args, kwargs, resolve, context);
    return results ? cn_list_item(results, 0) : NULL;
}
