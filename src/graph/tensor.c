#include "graph/tensor.h"

#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/trace.h"

static atomic_uint_fast64_t next_id = 1;
static _Thread_local const char *current_layer;
_Thread_local unsigned cn_marks;
static _Thread_local cn_applied applied;

static void destroy_variable(cn_variable_state *variable)
{
    if (!variable)
        return;
    cn_mem_free(variable->name);
    cn_mem_free(variable->path);
    cn_mem_free(variable->regularizer);
    cn_mem_free(variable->constraint);
    cn_release(variable->buffer);
    cn_release(variable->kept);
    cn_mem_free(variable);
}

static void destroy_tensor(void *self)
{
    cn_tensor *tensor = self;
    for (int i = 0; i < tensor->n_inputs; i++)
        cn_release(tensor->inputs[i]);
    for (int i = 0; i < cn_extras_of(tensor->op)->bodies; i++)
        cn_release(((void **)tensor->attrs)[i]);
    destroy_variable(tensor->variable);
    if (tensor->origin && tensor->origin->variable->snapshot == tensor)
        tensor->origin->variable->snapshot = NULL;
    cn_release(tensor->origin);
    cn_mem_free(tensor->results);
    cn_release(tensor->value);
    cn_release(tensor->mask);
    cn_release(tensor->form);
    cn_release(tensor->keras_history);
}

const cn_kind cn_tensor_kind = {"tensor", destroy_tensor};

/* A bare node with room for its inputs and attributes behind it. */
static cn_tensor *node_new(const cn_op *op, cn_tensor *const *inputs, int n_inputs,
                           const void *attrs)
{
    size_t head = (sizeof(cn_tensor) + 15) & ~(size_t)15;
    size_t list = ((size_t)n_inputs * sizeof(cn_tensor *) + 15) & ~(size_t)15;
    cn_tensor *tensor = cn_object_new(&cn_tensor_kind, head + list + op->attrs);
    if (!tensor)
        return NULL;
    tensor->op = op;
    tensor->layer = current_layer;
    tensor->marks = (unsigned char)cn_marks;
    tensor->inputs = (cn_tensor **)((char *)tensor + head);
    for (int i = 0; i < n_inputs; i++) {
        cn_tensor *input = cn_trace_read(inputs[i]);
        if (!input)
            return NULL;
        tensor->inputs[tensor->n_inputs++] = cn_retain(input);
        tensor->symbolic |= input->symbolic;
    }
    tensor->id = atomic_fetch_add_explicit(&next_id, 1, memory_order_relaxed);
    if (op->attrs) {
        tensor->attrs = (char *)tensor + head + list;
        memcpy(tensor->attrs, attrs, op->attrs);
        for (int i = 0; i < cn_extras_of(op)->bodies; i++)
            cn_retain(((void **)tensor->attrs)[i]);
    }
    return tensor;
}

void cn_results_copy(cn_results *to, const cn_results *from)
{
    to->count = from->count;
    memcpy(to->shape, from->shape, (size_t)from->count * sizeof *from->shape);
    memcpy(to->dtype, from->dtype, (size_t)from->count * sizeof *from->dtype);
}

/* A copy in one block. */
static cn_results *keep_results(const cn_results *from)
{
    size_t n = (size_t)from->count;
    cn_results *results = cn_mem_alloc(sizeof *results + n * (sizeof(cn_shape) + sizeof(cn_dtype)));
    if (!results)
        return NULL;
    results->shape = (cn_shape *)(results + 1);
    results->dtype = (cn_dtype *)(results->shape + n);
    cn_results_copy(results, from);
    return results;
}

bool cn_results_known(const cn_tensor *tensor)
{
    for (int i = 0; tensor->results && i < tensor->results->count; i++)
        if (!cn_shape_known(tensor->results->shape[i]))
            return false;
    return cn_shape_known(tensor->shape);
}

cn_tensor *cn_apply(const cn_op *op, cn_tensor *const *inputs, int n_inputs, const void *attrs)
{
    for (int i = 0; i < n_inputs; i++)
        if (!inputs[i])
            return NULL;
    cn_tensor *tensor = node_new(op, inputs, n_inputs, attrs);
    cn_results_room room;
    cn_results results = CN_RESULTS(&room);
    if (!tensor || !op->infer(tensor, &results))
        return NULL;
    tensor->shape = room.shape[0];
    tensor->dtype = room.dtype[0];
    if (results.count > 1 && !(tensor->results = keep_results(&results)))
        return NULL;
    bool late = op->traits & CN_LATE && !tensor->symbolic && !cn_tracing();
    if (late && !cn_results_known(tensor) && !cn_settle_shape(tensor))
        return NULL;
    return applied ? applied(tensor) : tensor;
}

void cn_apply_then(cn_applied then)
{
    applied = then;
}

cn_tensor *cn_apply_epilogue(const cn_tensor *product, cn_tensor *const *inputs, int n_inputs,
                             int32_t epilogue)
{
    cn_tensor *made = cn_apply(product->op, inputs, n_inputs, product->attrs);
    if (!made)
        return NULL;
    made->marks = product->marks;
    memcpy((char *)made->attrs + cn_extras_of(made->op)->epilogue - 1, &epilogue, sizeof epilogue);
    return made;
}

cn_tensor *cn_tensor_again(const cn_tensor *tensor, cn_tensor *const *inputs)
{
    cn_tensor *again = node_new(tensor->op, inputs, tensor->n_inputs, tensor->attrs);
    if (!again)
        return NULL;
    again->shape = tensor->shape;
    again->dtype = tensor->dtype;
    again->weak = tensor->weak;
    again->layer = tensor->layer;
    again->marks = tensor->marks;
    if (tensor->results && !(again->results = keep_results(tensor->results)))
        return NULL;
    return again;
}

cn_tensor *cn_apply1(const cn_op *op, cn_tensor *x, const void *attrs)
{
    return cn_apply(op, &x, 1, attrs);
}

cn_tensor *cn_apply2(const cn_op *op, cn_tensor *a, cn_tensor *b, const void *attrs)
{
    return cn_apply(op, (cn_tensor *[]){a, b}, 2, attrs);
}

const char *cn_layer_being_called(const char *name)
{
    const char *before = current_layer;
    current_layer = name;
    return before;
}

uint64_t cn_next_tensor(void)
{
    return atomic_load_explicit(&next_id, memory_order_relaxed);
}

/* ---- leaves ---- */

const cn_op cn_op_placeholder = {.name = "placeholder", .traits = CN_LEAF};
const cn_op cn_op_constant = {.name = "constant", .traits = CN_LEAF};
const cn_op cn_op_variable = {.name = "variable", .traits = CN_LEAF};
const cn_op cn_op_none = {.name = "none", .traits = CN_LEAF};

static cn_tensor *leaf(const cn_op *op, const cn_shape *shape, cn_dtype dtype)
{
    cn_tensor *tensor = node_new(op, NULL, 0, NULL);
    if (tensor) {
        tensor->shape = *shape;
        tensor->dtype = dtype;
    }
    return tensor;
}

cn_tensor *cn_placeholder_(const cn_shape *shape, cn_dtype dtype, bool symbolic)
{
    cn_tensor *tensor = leaf(&cn_op_placeholder, shape, dtype);
    if (tensor)
        tensor->symbolic = symbolic;
    return tensor;
}

cn_tensor *cn_constant_(cn_buffer *buffer, const cn_shape *shape, cn_dtype dtype)
{
    cn_tensor *tensor = buffer ? leaf(&cn_op_constant, shape, dtype) : NULL;
    if (tensor)
        tensor->value = cn_retain(buffer);
    return tensor;
}

cn_tensor *cn_none(void)
{
    return leaf(&cn_op_none, &CN_SCALAR, CN_NO_DTYPE);
}

bool cn_is_none(const cn_tensor *tensor)
{
    return tensor && tensor->op == &cn_op_none;
}

/* ---- results beyond the first ---- */

typedef struct nth_attrs {
    int64_t index;
} nth_attrs;

static bool nth_infer(const cn_tensor *node, cn_results *results)
{
    int64_t i = CN_ATTRS(nth_attrs, node)->index;
    results->shape[0] = node->inputs[0]->results->shape[i];
    results->dtype[0] = node->inputs[0]->results->dtype[i];
    return true;
}

const cn_op cn_op_nth = {.name = "nth", .attrs = sizeof(nth_attrs), .infer = nth_infer};

static bool tuple_infer(const cn_tensor *node, cn_results *results)
{
    results->count = node->n_inputs;
    for (int i = 0; i < node->n_inputs; i++) {
        results->shape[i] = node->inputs[i]->shape;
        results->dtype[i] = node->inputs[i]->dtype;
    }
    return true;
}

/* Never computed: whoever reads it reads one of its inputs. */
const cn_op cn_op_tuple = {.name = "tuple", .infer = tuple_infer};

cn_tensor *cn_tuple(const cn_list *tensors)
{
    if (!tensors || tensors->count == 0)
        return NULL;
    if (tensors->count == 1)
        return tensors->items[0];
    if (tensors->count > CN_MAX_OUTPUTS)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: more than %d results", CN_MAX_OUTPUTS);
    return cn_apply(&cn_op_tuple, (cn_tensor *const *)tensors->items, (int)tensors->count, NULL);
}

cn_list *cn_results_of_node(cn_tensor *node)
{
    cn_list *list = node ? cn_list_new() : NULL;
    size_t count = node && node->results ? (size_t)node->results->count : 1;
    for (size_t i = 0; list && i < count; i++)
        if (!cn_list_add(list, cn_nth_result(node, i)))
            return NULL;
    return list;
}

cn_list *cn_results_of(cn_tensor *tensor)
{
    bool several = tensor && (tensor->op == &cn_op_tuple || tensor->keras_history);
    return several ? cn_results_of_node(tensor) : cn_list_of(tensor);
}

cn_tensor *cn_nth_result(cn_tensor *tensor, size_t i)
{
    size_t count = tensor && tensor->results ? (size_t)tensor->results->count : 1;
    if (!tensor)
        return NULL;
    if (i >= count)
        return cn_fail_null(CN_EINVAL, "cn_nth: expected an index below %zu, found %zu", count, i);
    if (tensor->op == &cn_op_tuple)
        return tensor->inputs[i];
    return i == 0 ? tensor : cn_apply1(&cn_op_nth, tensor, &(nth_attrs){(int64_t)i});
}

/* ---- facts ---- */

cn_shape cn_shape_of(const cn_tensor *tensor)
{
    return tensor ? tensor->shape : CN_SCALAR;
}

cn_dtype cn_dtype_of(const cn_tensor *tensor)
{
    return tensor ? tensor->dtype : CN_NO_DTYPE;
}

int cn_rank(const cn_tensor *tensor)
{
    return tensor ? tensor->shape.rank : 0;
}

int64_t cn_dim(const cn_tensor *tensor, int axis)
{
    int i;
    return tensor && cn_axis(axis, tensor->shape.rank, &i, "cn_dim") ? tensor->shape.dim[i] : 0;
}

int64_t cn_size(const cn_tensor *tensor)
{
    return tensor ? cn_shape_size(tensor->shape) : 0;
}

cn_view cn_view_of(void *data, cn_dtype dtype, cn_shape shape)
{
    cn_view view = {.data = data, .dtype = dtype, .rank = shape.rank, .size = cn_shape_size(shape)};
    memcpy(view.dim, shape.dim, sizeof view.dim);
    return view;
}
