#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/test.h"
#include "cornu/applications.h"
#include "ops/ops.h"

static void check_values(cn_tensor *tensor, const double *want, int64_t n)
{
    const float *got = cn_floats(tensor);
    CHECK(got && cn_size(tensor) == n);
    for (int64_t i = 0; got && i < n; i++)
        CHECK(got[i] > want[i] - 2e-5 && got[i] < want[i] + 2e-5);
}
#define CHECK_VALUES(tensor, ...)                       \
    check_values(tensor, (const double[]){__VA_ARGS__}, \
                 sizeof((double[]){__VA_ARGS__}) / sizeof(double))

/* Numbers of Keras's imagenet_utils.preprocess_input. */
TEST(preprocess_input_in_three_modes)
{
    cn_tensor *x = cn_values(cn_shape(1, 1, 2, 3), 0, 128, 255, 10, 20, 30);
    CHECK_VALUES(cn_preprocess_input(x, "caffe", NULL), 151.061, 11.221, -123.68, -73.939, -96.779,
                 -113.68);
    CHECK_VALUES(cn_preprocess_input(x, "tf", NULL), -1, 0.00392157, 1, -0.92156863, -0.84313725,
                 -0.76470588);
    double torch[] = {-2.11790393, 0.2051822, 2.64, -1.94666386, -1.6855742, -1.28156863};
    check_values(cn_preprocess_input(x, "torch", NULL), torch, 6);
    check_values(cn_preprocess_input(cn_cast(x, CN_UINT8), "torch", NULL), torch, 6);
    cn_tensor *first = cn_transpose(x, {0, 3, 1, 2});
    CHECK_VALUES(cn_preprocess_input(first, "caffe", "channels_first"), 151.061, -73.939, 11.221,
                 -96.779, -123.68, -113.68);
}

TEST(preprocess_input_refuses)
{
    cn_tensor *x = cn_ones(cn_shape(2, 2, 1), CN_FLOAT32);
    CHECK(!cn_preprocess_input(x, "pytorch", NULL));
    check_error("Expected mode to be one of `caffe`, `tf` or `torch`. Received: mode=pytorch");
    CHECK(!cn_preprocess_input(x, "tf", "last"));
    check_error("Expected data_format to be one of `channels_first` or `channels_last`. Received: "
                "data_format=last");
    CHECK(!cn_preprocess_input(x, "caffe", NULL));
    check_error("preprocess_input: expected 3 channels, found shape (2, 2, 1)");
}

static bool put_text(const char *path, const char *text)
{
    cn_file_writer *file = cn_file_begin(path);
    return cn_file_write(file, text, strlen(text)) && cn_file_end(file);
}

TEST(decode_predictions_by_an_index)
{
    const char *path = "/tmp/cornu_class_index.json";
    CHECK(put_text(path, "{\"0\": [\"n01\", \"tench\"], \"1\": [\"n02\", \"goldfish\"], "
                         "\"2\": [\"n03\", \"great_white_shark\"]}"));
    cn_tensor *preds = cn_values(cn_shape(2, 3), 0.25, 0.5, 0.125, 0, 0.25, 0.75);
    const cn_class_score *best = cn_decode_predictions(preds, .top = 2, .class_index = path);
    CHECK(best);
    check_text(best[0].description, "goldfish");
    check_text(best[1].class_name, "n01");
    CHECK(best[0].score == 0.5 && best[1].score == 0.25 && best[2].score == 0.75);
    check_text(best[2].description, "great_white_shark");
    best = cn_decode_predictions(preds, .class_index = path); /* 5 of 3: all */
    check_text(best[5].description, "tench");

    CHECK(!cn_decode_predictions(cn_ones(cn_shape(2, 4), CN_FLOAT32), .class_index = path));
    check_error("`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape "
                "(samples, 3)). Received array with shape: (2, 4)");
    CHECK(!cn_decode_predictions(preds, .top = 0, .class_index = path));
    check_error("decode_predictions: expected top > 0. Received: top=0");
    CHECK(put_text(path, "{\"0\": [\"n01\"], \"1\": 5, \"2\": []}"));
    CHECK(!cn_decode_predictions(preds, .top = 1, .class_index = path));
    check_error("decode_predictions: expected [name, description] for \"1\" in the class index");
    CHECK(put_text(path, "{\"0\": "));
    CHECK(!cn_decode_predictions(preds, .class_index = path));
    CHECK(strstr(cn_error(), path) && cn_error_code() == CN_EFORMAT);
    cn_clear_error();
    unlink(path);
}
