/* (batch, ..., a), (batch, ..., b) -> (batch, ..., a + b).  keras.layers.Concatenate */
#include "layers/merging/merge.h"

CN_LAYER_STRUCT(concatenate, CN_CONCATENATE, )

static bool build(concatenate *self, const cn_shapes *in)
{
    cn_shape first = in->shape[0];
    int axis;
    if (!cn_axis(self->axis, first.rank, &axis, "axis"))
        return false;
    for (size_t i = 1; i < in->count; i++) {
        cn_shape shape = in->shape[i];
        bool same = shape.rank == first.rank;
        if (same)
            shape.dim[axis] = first.dim[axis];
        if (!same || !cn_shape_matches(first, shape))
            return cn_fail(
                CN_EINVAL,
                "expected inputs with matching shapes except for the concatenation axis. "
                "Received: input_shape=%s",
                cn_shapes_text(in->count, in->shape));
    }
    return true;
}

static cn_tensor *call(concatenate *self, const cn_inputs *in)
{
    cn_list *list = cn_list_make((void *const *)in->x, in->count);
    return list ? cn_concat(list, self->axis) : NULL;
}

/* The masks one after the other too, an input without one being kept whole; a place is kept where
 * something along the last axis is. */
static cn_tensor *compute_mask(concatenate *self, const cn_inputs *in)
{
    cn_list *masks = cn_list_new();
    bool some = false;
    for (size_t i = 0; masks && i < in->count; i++) {
        cn_tensor *x = in->x[i], *mask = in->masks[i];
        some |= mask != NULL;
        if (!mask)
            mask = cn_cast(cn_ones_like(x), CN_BOOL);
        else if (mask->shape.rank < x->shape.rank)
            mask = cn_broadcast_like(cn_cast(cn_expand_dims(mask, -1), CN_BOOL), x);
        if (!cn_list_add(masks, mask))
            return NULL;
    }
    return some ? cn_any(cn_concat(masks, self->axis), {-1}) : NULL;
}

CN_BUILTIN_LAYER(concatenate, "Concatenate", NULL, .build = build, .call = call,
                 .compute_mask = compute_mask)
