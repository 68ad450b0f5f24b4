/* Less of the spatial axes.  x (batch, spatial..., channels).
 * keras.layers.Cropping2D, Cropping3D */
#include "layers/reshaping/cropping.h"

#include "ops/ops.h"
#include "ops/movement/slice.h"

cn_tensor *cn_crop(const void *layer, cn_tensor *x, const cn_dims *margins, cn_str data_format)
{
    int n = cn_spatial_rank(layer), first = cn_first_spatial(data_format);
    if (!cn_expect_rank(x->shape, n + 2))
        return NULL;
    cn_slice_spec spec = cn_slice_whole(x->shape.rank);
    for (int i = 0; i < n; i++) {
        int64_t before = margins->d[2 * i], after = margins->d[2 * i + 1];
        int64_t size = x->shape.dim[first + i];
        if (size >= 0 && before + after >= size)
            return cn_fail_null(CN_EINVAL,
                                "expected cropping smaller than the input along axis %d. Received: "
                                "input shape %s, cropping=(%lld, %lld)",
                                first + i, cn_shape_text(x->shape), (long long)before,
                                (long long)after);
        spec.axis[first + i] = (cn_range){before, after ? -after : CN_UNSET, 1, CN_ANY};
    }
    return cn_slice_by(x, &spec);
}

static bool read_config(cn_json *config)
{
    return cn_read_sizes(config, "cropping");
}

#define CROPPING(id, table, name)                                                            \
    CN_LAYER_STRUCT(id, table, )                                                             \
    static bool id##_init(id *self)                                                          \
    {                                                                                        \
        return cn_set_margins(self, "cropping", &self->cropping, cn_spatial_rank(self)) &&   \
               cn_set_data_format(self, &self->data_format);                                 \
    }                                                                                        \
    static bool id##_write_config(const id *self, cn_json *config)                           \
    {                                                                                        \
        return cn_write_margins(config, "cropping", &self->cropping, cn_spatial_rank(self)); \
    }                                                                                        \
    static cn_tensor *id##_call(id *self, const cn_inputs *in)                               \
    {                                                                                        \
        return cn_crop(self, in->x[0], &self->cropping, self->data_format);                  \
    }                                                                                        \
    CN_BUILTIN_LAYER(id, name, NULL, .init = id##_init, .write_config = id##_write_config,   \
                     .read_config = read_config, .call = id##_call, .one_input = true,       \
                     .ends_mask = true)
CROPPING(cropping2d, CN_CROPPING2D, "Cropping2D")
CROPPING(cropping3d, CN_CROPPING3D, "Cropping3D")
