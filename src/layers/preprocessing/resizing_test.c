#include "layers/check_layer.h"
#include "ops/gradient_check.h"

static const cn_shape any_image = {4, {CN_ANY, CN_ANY, CN_ANY, 3}},
                      small_image = {4, {CN_ANY, 3, 2, 3}};

TEST(resizing)
{
    CN_SCOPE {
        check_layer(cn_resizing(3, 2), .in = cn_shape(2, 6, 5, 3), .out = cn_shape(2, 3, 2, 3),
                    .open = any_image, .open_out = small_image);
        check_layer(cn_resizing(3, 2, "bicubic", .pad_to_aspect_ratio = true, .fill_value = 1),
                    .in = cn_shape(2, 6, 5, 3), .out = cn_shape(2, 3, 2, 3), .open = any_image,
                    .open_out = small_image);
        check_layer(cn_resizing(3, 2, "nearest", .data_format = "channels_first"),
                    .in = cn_shape(2, 3, 6, 5), .out = cn_shape(2, 3, 3, 2));
        cn_tensor *bytes = cn_array((uint8_t[]){0, 100, 201, 50}, CN_UINT8, cn_shape(1, 4, 1));
        cn_tensor *y = cn_call(cn_resizing(1, 2), bytes);
        CHECK(cn_dtype_of(y) == CN_UINT8);
        check_tensor(y, cn_shape(1, 2, 1), 50, 126);
        CHECK(!cn_resizing(0, 2));
        check_error("Resizing: expected height, width > 0. Received: height=0, width=2");
        CHECK(!cn_resizing(1, 2, "linear"));
        check_error("Resizing: expected \"nearest\" or \"bilinear\" or \"bicubic\" or \"lanczos3\" "
                    "or \"lanczos5\" for 'interpolation'. Received: interpolation=linear");
        CHECK(!cn_resizing(1, 2, .fill_mode = "reflect"));
        check_error("Resizing: expected \"constant\" for 'fill_mode'. Received: fill_mode=reflect");
        CHECK(!cn_resizing(1, 2, .crop_to_aspect_ratio = true, .pad_to_aspect_ratio = true));
        check_error("Resizing: only one of pad_to_aspect_ratio and crop_to_aspect_ratio can be "
                    "true");
    }
}

TEST(center_crop)
{
    CN_SCOPE {
        check_layer(cn_center_crop(3, 2), .in = cn_shape(2, 6, 5, 3), .out = cn_shape(2, 3, 2, 3),
                    .open = any_image, .open_out = small_image);
        check_layer(cn_center_crop(3, 2, .data_format = "channels_first"),
                    .in = cn_shape(2, 3, 6, 5), .out = cn_shape(2, 3, 3, 2));
        cn_tensor *x = counting_values(cn_shape(5, 4, 1), CN_FLOAT32);
        check_tensor(cn_call(cn_center_crop(2, 2), x), cn_shape(2, 2, 1), 5, 6, 9, 10);
        /* too small: the largest window of those proportions, in that size */
        check_tensor(cn_call(cn_center_crop(8, 8), x), cn_shape(8, 8, 1), 0, 0.25, 0.75, 1.25, 1.75,
                     2.25, 2.75, 3, 1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4, 3, 3.25, 3.75, 4.25,
                     4.75, 5.25, 5.75, 6, 5, 5.25, 5.75, 6.25, 6.75, 7.25, 7.75, 8, 7, 7.25, 7.75,
                     8.25, 8.75, 9.25, 9.75, 10, 9, 9.25, 9.75, 10.25, 10.75, 11.25, 11.75, 12, 11,
                     11.25, 11.75, 12.25, 12.75, 13.25, 13.75, 14, 12, 12.25, 12.75, 13.25, 13.75,
                     14.25, 14.75, 15);
        CHECK(!cn_center_crop(2, -1));
        check_error("CenterCrop: expected height, width > 0. Received: height=2, width=-1");
        CHECK(!cn_call(cn_center_crop(2, 2), cn_zeros(cn_shape(2, 2), CN_FLOAT32)));
        cn_clear_error();
    }
}
