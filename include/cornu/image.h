/* Operations on images: keras.ops.image. */
#ifndef CORNU_IMAGE_H
#define CORNU_IMAGE_H

#include <cornu/ops.h>

typedef struct cn_resize_images_options {
    cn_at at;
    cn_tensor *x;
    cn_dims size; /* {height, width} */
    cn_str interpolation CN_OTHERWISE("bilinear");
    bool antialias;            /* smooth first where the images become smaller */
    bool crop_to_aspect_ratio; /* the largest window of the new proportions, from the middle */
    bool pad_to_aspect_ratio;  /* the whole image in the middle, `fill_value` beside it */
    double fill_value;
    cn_str data_format; /* "channels_last" (also NULL) or "channels_first" */
} cn_resize_images_options;
/* Images (height, width, C) or (N, height, width, C) in another size. interpolation: "nearest",
 * "bilinear", "bicubic", "lanczos3" or "lanczos5", between centres of pixels; numbers as with
 * TensorFlow. The dtype stays; ints are rounded. keras.ops.image.resize */
CN_API cn_tensor *cn_resize_images_with(const cn_resize_images_options *options);
#define cn_resize_images(...)                                                        \
    (CN_MARK("cn_resize_images"), cn_resize_images_with(&(cn_resize_images_options){ \
                                      .interpolation = "bilinear", .at = CN_AT, __VA_ARGS__}))

#endif
