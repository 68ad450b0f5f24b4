/* Images in another size: a matrix of weights for the rows and one for the columns, so that the
 * gradient is that of products.  x (..., rows, columns, channels) or (..., rows, columns).
 * keras.ops.image.resize */
#include "ops/image/resize.h"
#include "graph/form.h"

#include <math.h>
#include <string.h>

#include "cornu/image.h"
#include "ops/products.h"

static cn_tensor *side(cn_tensor *x, const cn_resize_spec *spec, int side)
{
    cn_resize_spec one = *spec;
    one.side = side;
    return cn_resize_weights(x, &one);
}

/* All of x's places have their weights in 1; what is missing is the filling's. */
static cn_tensor *filled(cn_tensor *y, cn_tensor *rows, cn_tensor *columns, bool channels_behind,
                         double fill_value)
{
    cn_tensor *share = cn_mul(cn_sum(rows, {1}, .keepdims = true), cn_sum(columns, {1}));
    if (channels_behind)
        share = cn_expand_dims(share, -1);
    return cn_add(y, cn_mul(cn_sub(1, cn_cast(share, cn_dtype_of(y))), fill_value));
}

static bool stays(cn_tensor *x, const cn_resize_spec *spec)
{
    for (int i = 0; i < 2; i++)
        if (spec->size[i] != (spec->factors ? 1 : x->shape.dim[spec->axis[i]]))
            return false;
    return true;
}

/* Rounded to ints, within their range. */
static cn_tensor *back(cn_tensor *y, cn_dtype dtype)
{
    if (cn_dtype_is_int(dtype)) {
        int bits = 8 * (int)cn_dtype_size(dtype);
        bool is_unsigned = dtype >= CN_UINT8;
        double above = ldexp(1, is_unsigned ? bits : bits - 1);
        double most = bits <= 16 ? above - 1 : nextafterf((float)above, 0);
        y = cn_clip(cn_round(y), is_unsigned ? 0 : -above, most);
    }
    return cn_cast(y, dtype);
}

static cn_tensor *weighted(cn_tensor *x, const cn_resize_spec *spec, double fill_value)
{
    cn_dtype compute = cn_compute_float(x->dtype);
    int r = spec->axis[0], c = spec->axis[1];
    bool channels_behind = x->shape.rank > c + 1;
    cn_tensor *rows = cn_cast(side(x, spec, 0), compute), *y = cn_cast(x, compute);
    cn_tensor *columns = cn_cast(side(x, spec, 1), compute);
    if (channels_behind) {
        cn_tensor *wide = cn_matmul(columns, y);        /* (..., rows, new, C) */
        y = cn_matmul(rows, cn_merge_axes(wide, c, 2)); /* (..., new, new * C) */
        y = wide ? cn_split_axis(y, r + 1, wide, c, 2) : NULL;
    } else {
        y = cn_matmul(rows, cn_matmul_t(y, columns, false, true));
    }
    if (spec->fit == CN_FIT_PAD && fill_value != 0)
        y = filled(y, rows, columns, channels_behind, fill_value);
    return back(y, x->dtype);
}

cn_tensor *cn_resize_by(cn_tensor *x, const cn_resize_spec *spec, double fill_value)
{
    if (!x || stays(x, spec))
        return cn_unchanged(x);
    if (spec->interpolation || spec->fit >= CN_FIT_PAD)
        return weighted(x, spec, fill_value);
    cn_resize_spec places = *spec;
    places.places = true;
    cn_tensor *y = cn_gather(x, side(x, &places, 0), spec->axis[0]);
    return cn_gather(y, side(x, &places, 1), spec->axis[1]);
}

static bool set_interpolation(cn_resize_spec *spec, cn_str word)
{
    spec->interpolation = cn_interpolation(word);
    return spec->interpolation >= 0 ||
           cn_fail(CN_EINVAL,
                   "cn_resize_images: expected interpolation 'nearest', 'bilinear', 'bicubic', "
                   "'lanczos3' or 'lanczos5', found '%s'",
                   word ? word : "");
}

static bool set_axes(cn_resize_spec *spec, const cn_tensor *x, cn_str data_format)
{
    int rank = x->shape.rank;
    bool first = data_format && !strcmp(data_format, "channels_first");
    if (data_format && !first && strcmp(data_format, "channels_last") != 0)
        return cn_fail(CN_EINVAL,
                       "cn_resize_images: expected data_format 'channels_last' or "
                       "'channels_first', found '%s'",
                       data_format);
    if (rank != 3 && rank != 4)
        return cn_fail(CN_EINVAL,
                       "cn_resize_images: expected an image (rank 3) or a batch of images (rank "
                       "4), found shape %s",
                       cn_shape_text(x->shape));
    spec->axis[0] = rank - (first ? 2 : 3);
    spec->axis[1] = spec->axis[0] + 1;
    for (int i = 0; i < 2; i++)
        if (!x->shape.dim[spec->axis[i]])
            return cn_fail(CN_EINVAL,
                           "cn_resize_images: expected images with pixels, found shape %s",
                           cn_shape_text(x->shape));
    return true;
}

static const char *truth(bool yes)
{
    return yes ? "true" : "false";
}

/* Keras has a name for it where centres count. */
static cn_tensor *formed(cn_tensor *y, const cn_resize_images_options *o)
{
    if (!o->half_pixel_centers)
        return y;
    return CN_FORMED(y, "Resize", cn_list_of(o->x),
                     "\"size\": %s, \"interpolation\": \"%s\", \"antialias\": %s, "
                     "\"crop_to_aspect_ratio\": %s, \"pad_to_aspect_ratio\": %s, "
                     "\"fill_mode\": \"constant\", \"fill_value\": %.17g, \"data_format\": \"%s\"",
                     cn_ints_text(o->size.d, 2), o->interpolation, truth(o->antialias),
                     truth(o->crop_to_aspect_ratio), truth(o->pad_to_aspect_ratio), o->fill_value,
                     o->data_format ? o->data_format : "channels_last");
}

cn_tensor *cn_resize_images_with(const cn_resize_images_options *options)
{
    const cn_resize_images_options *o = options;
    const int64_t most = 1 << 24;
    cn_resize_spec spec;
    memset(&spec, 0, sizeof spec);
    cn_mark_at(o->at, "cn_resize_images");
    if (!o->x || !set_interpolation(&spec, o->interpolation) ||
        !set_axes(&spec, o->x, o->data_format))
        return NULL;
    for (int i = 0; i < 2; i++) {
        spec.size[i] = o->size.d[i];
        if (spec.size[i] < 1 || spec.size[i] > most)
            return cn_fail_null(CN_EINVAL,
                                "cn_resize_images: expected a size {height, width}, found "
                                "{%lld, %lld}",
                                (long long)o->size.d[0], (long long)o->size.d[1]);
    }
    if (o->crop_to_aspect_ratio && o->pad_to_aspect_ratio)
        return cn_fail_null(CN_EINVAL, "cn_resize_images: only one of pad_to_aspect_ratio and "
                                       "crop_to_aspect_ratio can be true");
    if (!o->half_pixel_centers && (spec.interpolation > 1 || o->antialias))
        return cn_fail_null(CN_EINVAL, "cn_resize_images: half_pixel_centers = false is for "
                                       "interpolation 'nearest' and 'bilinear' without antialias");
    spec.antialias = o->antialias;
    spec.corners = !o->half_pixel_centers;
    spec.fit = o->crop_to_aspect_ratio  ? CN_FIT_CROP
               : o->pad_to_aspect_ratio ? CN_FIT_PAD
                                        : CN_FIT_STRETCH;
    return formed(cn_resize_by(o->x, &spec, o->fill_value), o);
}
