#include "models/shown.h"

#include <string.h>

#include "config/registry.h"
#include "graph/form.h"
#include "models/graph_op.h"
#include "models/operation.h"
#include "utils/message.h"

cn_tensor *cn_shown_node(cn_tensor *tensor)
{
    return tensor->op == &cn_op_nth ? tensor->inputs[0] : tensor;
}

bool cn_is_shown(const cn_tensor *tensor)
{
    return tensor->symbolic && tensor->op != &cn_op_nth && tensor->op != &cn_op_tuple;
}

void *cn_shown_maker(cn_tensor *node)
{
    cn_call_record *record = cn_record_of(node);
    return record ? (void *)record->layer : (void *)node;
}

size_t cn_shown_inputs(cn_tensor *node)
{
    cn_call_record *record = cn_record_of(node);
    size_t count = 0;
    for (int i = 0; i < cn_form_count(node) && !record; i++)
        count += cn_form_input(node, i)->symbolic;
    return record ? record->inputs->count : count;
}

cn_tensor *cn_shown_input(cn_tensor *node, size_t i)
{
    cn_call_record *record = cn_record_of(node);
    for (int k = 0; k < cn_form_count(node) && !record; k++)
        if (cn_form_input(node, k)->symbolic && !i--)
            return cn_form_input(node, k);
    return record ? record->inputs->items[i] : NULL;
}

bool cn_shown_is_op(const void *object)
{
    return cn_is(object, &cn_tensor_kind);
}

/* "add", "add_1" for the second op of that kind. */
static void add_op_name(cn_text *out, const cn_list *shown, const cn_tensor *op)
{
    const char *kind = cn_graph_op_class(op);
    char name[128];
    int before = 0;
    for (size_t i = 0; i < shown->count && shown->items[i] != op; i++)
        before +=
            cn_shown_is_op(shown->items[i]) && !strcmp(cn_graph_op_class(shown->items[i]), kind);
    cn_snake_case(kind, name, sizeof name);
    cn_text_add(out, before ? "%s_%d" : "%s", name, before);
}

void cn_shown_name(cn_text *out, const cn_list *shown, const void *object)
{
    if (cn_shown_is_op(object))
        add_op_name(out, shown, object);
    else
        cn_text_add(out, "%s", ((const cn_layer *)object)->name);
}

void cn_shown_class(cn_text *out, const void *object)
{
    cn_text_add(out, "%s",
                cn_shown_is_op(object)    ? cn_graph_op_class(object)
                : cn_is_operation(object) ? cn_operation_class_name(object)
                                          : cn_class_name(object));
}

void cn_shown_shape(cn_text *out, cn_shape shape)
{
    cn_text_add(out, "(");
    for (int i = 0; i < shape.rank; i++) {
        cn_text_add(out, i ? ", " : "");
        if (shape.dim[i] < 0)
            cn_text_add(out, "None");
        else
            cn_text_add(out, "%lld", (long long)shape.dim[i]);
    }
    cn_text_add(out, ")");
}

void cn_shown_results(cn_text *out, const cn_results *results)
{
    for (int i = 0; i < results->count; i++) {
        cn_text_add(out, i ? ", " : results->count > 1 ? "[" : "");
        cn_shown_shape(out, results->shape[i]);
    }
    cn_text_add(out, results->count > 1 ? "]" : "");
}

void cn_shown_shapes(cn_text *out, const cn_tensor *node)
{
    if (node->results && node->results->count > 1)
        cn_shown_results(out, node->results);
    else
        cn_shown_shape(out, node->shape);
}
