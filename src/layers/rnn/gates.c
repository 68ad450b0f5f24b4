/* What cells of dense gates share. */
#include <string.h>

#include "layers/rnn/cell.h"

bool cn_check_units(const void *layer, int units, double dropout, double recurrent)
{
    if (units <= 0)
        return cn_fail(CN_EINVAL, "%s: expected units > 0. Received: units=%d",
                       cn_class_name(layer), units);
    return cn_check_share(layer, "dropout", dropout) &&
           cn_check_share(layer, "recurrent_dropout", recurrent);
}

bool cn_gates_init(cn_gates *gates, int count, int units, double dropout, double recurrent)
{
    if (!cn_check_units(gates, units, dropout, recurrent))
        return false;
    gates->count = count;
    gates->units = units;
    gates->dropout = dropout;
    gates->recurrent_dropout = recurrent;
    gates->per_gate = count > 1 && recurrent > 0; /* as Keras has it */
    return (dropout == 0 && recurrent == 0) || cn_add_seed(gates);
}

bool cn_gates_build(cn_gates *gates, const cn_shapes *in, bool use_bias, const cn_shape *bias)
{
    const cn_shape *x = in->shape;
    if (x->rank < 2 || x->dim[x->rank - 1] < 0)
        return cn_fail(CN_EINVAL, "expected an input whose last axis is known, found shape %s",
                       cn_shape_text(*x));
    int64_t features = x->dim[x->rank - 1], width = gates->count * gates->units;
    gates->kernel = cn_add_weight_of(gates, "kernel", "kernel", cn_shape(features, width));
    gates->recurrent_kernel =
        cn_add_weight_of(gates, "recurrent_kernel", "recurrent", cn_shape(gates->units, width));
    if (use_bias)
        gates->bias = cn_add_weight_of(gates, "bias", "bias", *bias);
    return gates->kernel && gates->recurrent_kernel && (gates->bias || !use_bias);
}

/* A share of 1 leaves out nothing, as in Keras. */
bool cn_draw_masks(void *cell, cn_tensor **masks, const cn_mask_draw *d)
{
    cn_dtype dtype = cn_layer_dtype(cell);
    cn_shape shape = cn_shape_insert(d->shape, 0, CN_ANY);
    memset(masks, 0, (size_t)d->count * sizeof *masks);
    if (!d->training || d->rate <= 0 || d->rate >= 1)
        return true;
    cn_tensor *like = cn_batch_zeros(d->x, d->shape, dtype);
    for (int i = 0; i < d->count; i++) {
        cn_tensor *kept = !i || d->different ? cn_random_bernoulli(shape, 1 - d->rate, dtype, like,
                                                                   cn_layer_seed(cell))
                                             : NULL;
        masks[i] = kept ? cn_div(kept, 1 - d->rate) : masks[0];
    }
    return masks[d->count - 1];
}

bool cn_gates_begin(void *self, cn_tensor *x, bool training)
{
    cn_gates *gates = self;
    cn_mask_draw draw = {.count = gates->count,
                         .different = gates->per_gate,
                         .x = x,
                         .training = training,
                         .shape = cn_shape(gates->kernel->shape.dim[0]),
                         .rate = gates->dropout};
    if (!cn_draw_masks(gates, gates->input_masks, &draw))
        return false;
    draw.shape = cn_shape(gates->units);
    draw.rate = gates->recurrent_dropout;
    return cn_draw_masks(gates, gates->state_masks, &draw);
}

cn_tensor *cn_gate_part(const cn_gates *gates, cn_tensor *weight, int gate)
{
    int64_t start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK], step[CN_MAX_RANK] = {0};
    if (!weight || gates->count == 1)
        return weight;
    for (int i = 0; i < CN_MAX_RANK; i++)
        size[i] = CN_ANY;
    start[weight->shape.rank - 1] = gate * gates->units;
    size[weight->shape.rank - 1] = gates->units;
    return cn_strided_slice(weight, start, size, step);
}

static cn_tensor *masked(cn_tensor *x, cn_tensor *mask)
{
    return mask ? cn_mul(x, mask) : x;
}

cn_tensor *cn_gate_state(cn_gates *gates, cn_tensor *h, int gate)
{
    return masked(h, gates->state_masks[gate]);
}

cn_tensor *cn_gate_of_state(cn_gates *gates, cn_tensor *h, int gate)
{
    return cn_matmul(cn_gate_state(gates, h, gate),
                     cn_gate_part(gates, gates->recurrent_kernel, gate));
}

/* x kernel. Where gates have masks of their own, a gate at a time. */
static cn_tensor *product(const cn_gates *gates, cn_tensor *x, cn_tensor *const *masks,
                          cn_tensor *kernel)
{
    if (masks[0] == masks[gates->count - 1])
        return cn_matmul(masked(x, masks[0]), kernel);
    cn_list *list = cn_list_new();
    for (int g = 0; list && g < gates->count; g++)
        if (!cn_list_add(list, cn_matmul(masked(x, masks[g]), cn_gate_part(gates, kernel, g))))
            return NULL;
    return cn_concat(list, -1);
}

cn_tensor *cn_gates_of_input(cn_gates *gates, cn_tensor *x, cn_tensor *bias)
{
    if (!x || !cn_expect_dim(x->shape, x->shape.rank - 1, gates->kernel->shape.dim[0]))
        return NULL;
    cn_tensor *y = product(gates, x, gates->input_masks, gates->kernel);
    return bias ? cn_add(y, bias) : y;
}

cn_tensor *cn_gates_of_state(cn_gates *gates, cn_tensor *h)
{
    return product(gates, h, gates->state_masks, gates->recurrent_kernel);
}

bool cn_unit_forget_bias(cn_tensor *bias, int64_t units)
{
    bool ok = false;
    CN_INNER_SCOPE
    {
        int64_t start[CN_MAX_RANK] = {units}, size = units;
        cn_tensor *forget = cn_ones(cn_shape(size), bias->dtype);
        cn_tensor *value = cn_slice_update(bias, start, forget);
        ok = value && cn_set_data(bias, cn_data(value));
    }
    return ok;
}
