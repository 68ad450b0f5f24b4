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
    bool half_pixel_centers CN_OTHERWISE(true); /* false: places as TensorFlow 1 had them */
} cn_resize_images_options;
/* Images (height, width, C) or (N, height, width, C) in another size. interpolation: "nearest",
 * "bilinear", "bicubic", "lanczos3" or "lanczos5", between centres of pixels; numbers as with
 * TensorFlow. The dtype stays; ints are rounded. keras.ops.image.resize
 * half_pixel_centers = false, for "nearest" and "bilinear", measures between the pixels' upper left
 * corners: what K.resize_images gave with TensorFlow 1. */
CN_API cn_tensor *cn_resize_images_with(const cn_resize_images_options *options);
#define cn_resize_images(...)                           \
    (CN_MARK("cn_resize_images"),                       \
     cn_resize_images_with(&(cn_resize_images_options){ \
         .interpolation = "bilinear", .half_pixel_centers = true, .at = CN_AT, __VA_ARGS__}))

/* ---- boxes ---- */

typedef struct cn_nms_options {
    cn_at at;
    cn_tensor *boxes, *scores;
    int64_t max_output_size;
    double iou_threshold CN_OTHERWISE(0.5);     /* more overlap than this with a better box: out */
    double score_threshold CN_OTHERWISE(-1e38); /* only boxes of a higher score */
    bool pad_to_max_output_size; /* (max_output_size,), zeros behind, and cn_nth 1: how many */
} cn_nms_options;
/* The places, int32 (how many,), of the best boxes, best first, that overlap no better one too
 * much: boxes (N, 4) by two opposite corners (y, x, y, x) in any order, scores (N,). Equal scores:
 * the lower place first. tf.image.non_max_suppression
 *
 *     cn_tensor *keep = cn_non_max_suppression(boxes, scores, 20, .iou_threshold = 0.5); */
CN_API cn_tensor *cn_non_max_suppression_with(const cn_nms_options *options);
#define cn_non_max_suppression(...)                 \
    (CN_MARK("cn_non_max_suppression"),             \
     cn_non_max_suppression_with(&(cn_nms_options){ \
         .iou_threshold = 0.5, .score_threshold = -1e38, .at = CN_AT, __VA_ARGS__}))

typedef struct cn_combined_nms_options {
    cn_at at;
    cn_tensor *boxes, *scores;
    int64_t max_output_size_per_class, max_total_size;
    double iou_threshold CN_OTHERWISE(0.5);
    double score_threshold CN_OTHERWISE(-1e38);
    bool pad_per_class;                 /* at most classes * max_output_size_per_class results */
    bool clip_boxes CN_OTHERWISE(true); /* to [0, 1] */
} cn_combined_nms_options;
/* The same for each class of each image, then the best of all classes: boxes (N, boxes, 1 or
 * classes, 4), scores (N, boxes, classes) -> boxes (N, max_total_size, 4), scores, classes (N,
 * max_total_size), float32 with zeros behind, and how many are valid, int32 (N,): cn_nth 0 to 3.
 * tf.image.combined_non_max_suppression */
CN_API cn_tensor *cn_combined_non_max_suppression_with(const cn_combined_nms_options *options);
#define cn_combined_non_max_suppression(...)                                                   \
    (CN_MARK("cn_combined_non_max_suppression"),                                               \
     cn_combined_non_max_suppression_with(&(cn_combined_nms_options){.iou_threshold = 0.5,     \
                                                                     .score_threshold = -1e38, \
                                                                     .clip_boxes = true,       \
                                                                     .at = CN_AT,              \
                                                                     __VA_ARGS__}))

#endif
