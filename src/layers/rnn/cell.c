#include "layers/rnn/cell.h"

bool cn_is_cell(const void *layer)
{
    return cn_is_a(layer, CN_LAYERS) && cn_methods_of(layer)->state_size;
}

int cn_cell_states(const cn_layer *cell, cn_shape sizes[CN_MAX_STATES])
{
    int count = cn_methods_of(cell)->state_size(cell, sizes);
    if (count < 1 || count > CN_MAX_STATES)
        cn_fail(CN_EINVAL, "the cell '%s': expected 1 to %d states, found %d", cell->name,
                CN_MAX_STATES, count);
    return count < 1 || count > CN_MAX_STATES ? -1 : count;
}

/* (batch, 1, …): of x, whatever it holds. */
static cn_tensor *batch_of(cn_tensor *x, int rank)
{
    int64_t start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK], step[CN_MAX_RANK] = {0};
    cn_shape column = {.rank = rank, .dim = {CN_DIM(0)}};
    for (int i = 0; i < CN_MAX_RANK; i++)
        size[i] = i ? 1 : CN_ANY;
    for (int i = 1; i < rank; i++)
        column.dim[i] = 1;
    return cn_regroup(cn_strided_slice(x, start, size, step), column);
}

cn_tensor *cn_batch_zeros(cn_tensor *x, cn_shape rest, cn_dtype dtype)
{
    cn_shape shape = x ? cn_shape_insert(rest, 0, x->shape.dim[0]) : CN_SCALAR;
    if (!x || shape.dim[0] != CN_ANY)
        return x ? cn_zeros(shape, dtype) : NULL;
    return cn_broadcast_to(cn_cast(cn_zeros_like(batch_of(x, shape.rank)), dtype), shape);
}

cn_list *cn_cell_zeros(const cn_layer *cell, cn_tensor *x)
{
    cn_shape sizes[CN_MAX_STATES];
    int count = cn_cell_states(cell, sizes);
    cn_list *list = count > 0 ? cn_list_new() : NULL;
    for (int i = 0; list && i < count; i++)
        if (!cn_list_add(list, cn_batch_zeros(x, sizes[i], cn_variable_dtype(cell))))
            return NULL;
    return list;
}

bool cn_cell_begin(cn_layer *cell, cn_tensor *x, bool training)
{
    const cn_layer_methods *methods = cn_methods_of(cell);
    return x && (!methods->begin || methods->begin(cell, x, training));
}

cn_list *cn_cell_project(cn_layer *cell, cn_tensor *x)
{
    const cn_layer_methods *methods = cn_methods_of(cell);
    if (!methods->project)
        return x ? cn_list_of(x) : NULL;
    cn_mixed_call mixed;
    cn_mixed_begin(&mixed, cell);
    cn_tensor *y = methods->project(cell, cn_autocast(cell, x));
    cn_mixed_end(&mixed, cell);
    return cn_results_of(y);
}

cn_list *cn_cell_step(cn_layer *cell, const cn_list *in, bool training)
{
    cn_shape sizes[CN_MAX_STATES];
    int count = cn_cell_states(cell, sizes);
    if (count < 0 || !in)
        return NULL;
    cn_list *y = cn_results_of(
        cn_methods_of(cell)->step
            ? cn_call_bare(cell, cn_methods_of(cell)->step, in, NULL, training, NULL)
            : cn_call_with(cell, &(cn_call_options){.inputs = in, .training = training}));
    if (y && y->count == 1 && count == 1) /* the output is the state */
        return cn_list_of(y->items[0], y->items[0]);
    if (y && y->count != (size_t)count + 1)
        return cn_fail_null(CN_EINVAL,
                            "the cell '%s': expected its output and %d states from a call, found "
                            "%zu tensors",
                            cell->name, count, y->count);
    return y;
}

cn_tensor *cn_cell_call(void *self, const cn_inputs *in)
{
    cn_layer *cell = self;
    cn_shape sizes[CN_MAX_STATES];
    int count = cn_cell_states(cell, sizes);
    if (count < 0 || in->count != (size_t)count + 1)
        return cn_fail_null(CN_EINVAL, "expected an input and %d states, found %zu tensors", count,
                            in->count);
    cn_list *states = cn_list_make((void *const *)(in->x + 1), in->count - 1);
    cn_list *x =
        cn_cell_begin(cell, in->x[0], in->training) ? cn_cell_project(cell, in->x[0]) : NULL;
    cn_list *y = x && states ? cn_cell_step(cell, cn_list_concat(x, states), in->training) : NULL;
    return cn_tuple(y);
}
