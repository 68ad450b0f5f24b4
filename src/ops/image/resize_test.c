#include "ops/image/resize.h"

#include "base/test.h"
#include "cornu/image.h"
#include "ops/gradient_check.h"

/* 3, 10, 6, 2, 9, …: (1, height, width, channels) */
static cn_tensor *picture(int64_t height, int64_t width, int64_t channels)
{
    float values[128];
    for (int64_t i = 0; i < height * width * channels; i++)
        values[i] = (float)((i * 7 + 3) % 11);
    return cn_array(values, CN_FLOAT32, cn_shape(1, height, width, channels));
}

static const struct resize_case {
    const char *interpolation;
    bool antialias;
    int64_t from[2], to[2];
    float want[18];
} cases[] = {
    {"nearest", false, {5, 4}, {3, 6}, {3, 10, 10, 6, 2, 2, 4, 0, 0, 7, 3, 3, 5, 1, 1, 8, 4, 4}},
    {"bilinear",
     false,
     {5, 4},
     {3, 6},
     {5, 6.666667f, 7.666667f, 5, 4.166667f, 4, 4, 2, 1.166667f, 5.833334f, 5, 3, 6.666667f,
      4.666667f, 3.222223f, 5.444445f, 5.833333f, 5.666667f}},
    {"bilinear",
     true,
     {5, 4},
     {3, 6},
     {5.571428f, 6.714286f, 7.190476f, 4.523809f, 4.214286f, 4.571428f, 6.444445f, 4.444445f,
      2.796297f, 4.203704f, 5, 5.444445f, 7.142857f, 5.142857f, 3.52381f, 5.047619f, 5.785714f,
      6.142858f}},
    {"bicubic",
     false,
     {5, 4},
     {3, 6},
     {4.563672f, 6.950742f, 8.50308f, 5.024568f, 3.845592f, 3.786295f, 4.263555f, 1.705882f,
      0.6593888f, 6.340611f, 5.294118f, 2.736444f, 6.847692f, 4.490569f, 2.792524f, 5.72927f,
      6.073305f, 5.545218f}},
    {"bicubic",
     true,
     {5, 4},
     {3, 6},
     {5.30162f, 6.840724f, 7.544908f, 4.368981f, 3.958371f, 4.498988f, 7.001712f, 4.519835f,
      2.269745f, 3.915913f, 5.158687f, 5.805264f, 7.370849f, 5.082353f, 3.162215f, 5.166632f,
      5.982806f, 6.145143f}},
    {"lanczos3",
     false,
     {5, 4},
     {3, 6},
     {4.541718f, 7.356306f, 8.885309f, 4.978645f, 3.51705f, 4.183955f, 4.567962f, 1.410758f,
      0.6455427f, 6.35446f, 5.589242f, 2.432037f, 7.300925f, 4.731237f, 2.816264f, 5.382683f,
      6.289418f, 5.746128f}},
    {"lanczos5",
     false,
     {5, 4},
     {3, 6},
     {4.709106f, 7.734506f, 9.229218f, 4.725229f, 3.344792f, 4.72388f, 4.79164f, 1.279312f,
      0.6070998f, 6.392901f, 5.720688f, 2.208359f, 7.718889f, 5.039175f, 2.660572f, 4.930884f,
      6.463424f, 6.02323f}},
    {"lanczos3",
     true,
     {7, 9},
     {2, 3},
     {4.639559f, 5.304755f, 5.320287f, 5.57978f, 4.725204f, 4.555833f}},
    {"lanczos5",
     true,
     {7, 9},
     {2, 3},
     {4.606187f, 5.304521f, 5.315548f, 5.564416f, 4.704717f, 4.587458f}},
    {"nearest", true, {7, 9}, {2, 3}, {7, 6, 5, 6, 5, 4}},
};

/* Keras's numbers with TensorFlow, for either order of the axes. */
TEST(resize_images)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CN_SCOPE {
            const struct resize_case *c = &cases[i];
            cn_tensor *x = picture(c->from[0], c->from[1], 1);
            cn_tensor *y = cn_resize_images(x, {c->to[0], c->to[1]}, c->interpolation,
                                            .antialias = c->antialias);
            cn_tensor *z = cn_resize_images(
                cn_reshape(x, cn_shape(1, c->from[0], c->from[1])), {c->to[0], c->to[1]},
                c->interpolation, .antialias = c->antialias, .data_format = "channels_first");
            REQUIRE(y && z);
            size_t n = (size_t)(c->to[0] * c->to[1]);
            CHECK(cn_shape_equal(y->shape, cn_shape(1, c->to[0], c->to[1], 1)));
            CHECK(cn_shape_equal(z->shape, cn_shape(1, c->to[0], c->to[1])));
            check_close(cn_floats(y), c->want, n, 2e-6, 2e-6);
            check_close(cn_floats(z), c->want, n, 2e-6, 2e-6);
        }
}

#define EXPECT(y, ...)                                                                             \
    do {                                                                                           \
        const float want_[] = {__VA_ARGS__};                                                       \
        cn_tensor *y_ = y;                                                                         \
        REQUIRE(y_ &&cn_size(y_) == (int64_t)(sizeof want_ / sizeof *want_));                      \
        check_close(cn_floats(cn_cast(y_, CN_FLOAT32)), want_, sizeof want_ / sizeof *want_, 2e-6, \
                    2e-6);                                                                         \
    } while (0)

TEST(resize_keeps_proportions)
{
    CN_SCOPE {
        cn_tensor *wide = picture(4, 7, 1), *high = picture(6, 3, 1);
        EXPECT(cn_resize_images(wide, {3, 3}, .crop_to_aspect_ratio = true), 8.333333f, 3.916667f,
               7.13889f, 5.833333f, 3.25f, 5.25f, 4.861111f, 7.166667f, 3.36111f);
        EXPECT(cn_resize_images(wide, {3, 3}, "nearest", .crop_to_aspect_ratio = true), 10, 2, 9, 9,
               1, 8, 3, 6, 2);
        EXPECT(cn_resize_images(high, {4, 4}, .crop_to_aspect_ratio = true), 2, 6.375f, 7.5f, 5,
               1.375f, 5.75f, 6.875f, 4.375f, 0.625f, 5, 6.125f, 3.625f, 0, 4.375f, 5.5f, 3);
        EXPECT(cn_resize_images(wide, {3, 3}, .pad_to_aspect_ratio = true, .fill_value = 2),
               4.833333f, 2, 2.833334f, 6, 4, 5.666668f, 3.166667f, 4, 4.833334f);
        EXPECT(cn_resize_images(high, {4, 4}, .pad_to_aspect_ratio = true, .fill_value = 2),
               2.09375f, 5.375f, 7.25f, 2.46875f, 1.90625f, 3.875f, 5.75f, 2.28125f, 2.0625f,
               4.09375f, 4.25f, 2.09375f, 2.90625f, 7.75f, 2.75f, 1.90625f);
        EXPECT(
            cn_resize_images(high, {4, 4}, "nearest", .pad_to_aspect_ratio = true, .fill_value = 2),
            2, 3, 6, 2, 2, 1, 4, 2, 2, 0, 3, 2, 2, 9, 1, 2);
    }
}

/* TensorFlow's numbers: tf.compat.v1.image.resize_bilinear, resize_nearest_neighbor. */
TEST(resize_between_corners)
{
    CN_SCOPE {
        cn_tensor *x = picture(5, 4, 1);
        EXPECT(cn_resize_images(x, {3, 6}, .half_pixel_centers = false), 3, 7.666667f, 8.666667f, 6,
               3.333333f, 2, 5.666667f, 3, 2.777778f, 5, 4.777778f, 4.666667f, 8.333333f, 5.666667f,
               4.222222f, 4, 6.222222f, 7.333333f);
        EXPECT(cn_resize_images(x, {3, 6}, "nearest", .half_pixel_centers = false), 3, 3, 10, 6, 6,
               2, 9, 9, 5, 1, 1, 8, 10, 10, 6, 2, 2, 9);
        CHECK(!cn_resize_images(x, {3, 6}, "bicubic", .half_pixel_centers = false));
        check_error("cn_resize_images: half_pixel_centers = false is for interpolation 'nearest' "
                    "and 'bilinear' without antialias");
    }
}

TEST(resize_keeps_dtypes)
{
    CN_SCOPE {
        cn_tensor *x = cn_cast(picture(4, 5, 1), CN_UINT8);
        cn_tensor *y = cn_resize_images(x, {2, 3});
        CHECK(cn_dtype_of(y) == CN_UINT8);
        EXPECT(y, 4, 7, 4, 7, 6, 4);
        cn_tensor *edge = cn_array((uint8_t[]){0, 0, 255, 255}, CN_UINT8, cn_shape(1, 4, 1));
        EXPECT(cn_resize_images(edge, {1, 8}, "bicubic"), 0, 0, 0, 52, 203, 255, 255, 255);
        CHECK(cn_dtype_of(cn_resize_images(cn_cast(x, CN_FLOAT64), {2, 3})) == CN_FLOAT64);
        CHECK(cn_resize_images(x, {4, 5}) == x);
    }
}

static cn_tensor *smaller(cn_tensor *const *x)
{
    return cn_resize_images(x[0], {2, 3}, "bicubic", .antialias = true);
}

static cn_tensor *larger(cn_tensor *const *x)
{
    return cn_resize_images(x[0], {5, 4}, "nearest", .data_format = "channels_first");
}

static cn_tensor *padded(cn_tensor *const *x)
{
    return cn_resize_images(x[0], {3, 3}, .pad_to_aspect_ratio = true, .fill_value = 1);
}

TEST(resize_gradients)
{
    CN_SCOPE {
        check_gradients(smaller, gradient_values(cn_shape(4, 5, 2), 1));
        check_gradients(larger, gradient_values(cn_shape(2, 3, 3), 2));
        check_gradients(padded, gradient_values(cn_shape(2, 4, 1), 3));
    }
}

TEST(resize_errors)
{
    CN_SCOPE {
        cn_tensor *x = picture(4, 5, 1);
        CHECK(!cn_resize_images(x, {2, 3}, "linear"));
        check_error("cn_resize_images: expected interpolation 'nearest', 'bilinear', 'bicubic', "
                    "'lanczos3' or 'lanczos5', found 'linear'");
        CHECK(!cn_resize_images(x, {2}));
        check_error("cn_resize_images: expected a size {height, width}, found {2, 0}");
        CHECK(!cn_resize_images(cn_zeros(cn_shape(2, 3), CN_FLOAT32), {2, 3}));
        check_error("cn_resize_images: expected an image (rank 3) or a batch of images (rank 4), "
                    "found shape (2, 3)");
        CHECK(!cn_resize_images(cn_zeros(cn_shape(2, 0, 1), CN_FLOAT32), {2, 3}));
        check_error("cn_resize_images: expected images with pixels, found shape (2, 0, 1)");
        CHECK(!cn_resize_images(x, {2, 3}, .data_format = "last"));
        check_error("cn_resize_images: expected data_format 'channels_last' or 'channels_first', "
                    "found 'last'");
        CHECK(!cn_resize_images(x, {2, 3}, .crop_to_aspect_ratio = true,
                                .pad_to_aspect_ratio = true));
        check_error("cn_resize_images: only one of pad_to_aspect_ratio and crop_to_aspect_ratio "
                    "can be true");
        CHECK(!cn_resize_images(NULL, {2, 3}) && !cn_error_code());
    }
}
