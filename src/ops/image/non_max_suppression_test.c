/* The numbers come from TensorFlow 2.21. */
#include "base/test.h"
#include "cornu/flow.h"
#include "cornu/image.h"
#include "ops/gradient_check.h"

/* (7 i² + 5 i + 3) mod `modulus`, divided. */
static cn_tensor *numbers(cn_shape shape, int modulus, float by)
{
    int64_t n = cn_shape_size(shape);
    cn_buffer *buffer = cn_buffer_new((size_t)n * sizeof(float));
    for (int64_t i = 0; buffer && i < n; i++)
        ((float *)buffer->data)[i] = (float)((7 * i * i + 5 * i + 3) % modulus) / by;
    return cn_constant(buffer, shape, CN_FLOAT32);
}

TEST(non_max_suppression_as_tensorflow)
{
    CN_SCOPE {
        cn_tensor *boxes = numbers(cn_shape(40, 4), 97, 97),
                  *scores = numbers(cn_shape(40), 101, 101);
        check_tensor(
            cn_non_max_suppression(boxes, scores, 12, .iou_threshold = 0.3, .score_threshold = 0.1),
            cn_shape(12), 19, 38, 11, 17, 27, 30, 8, 23, 34, 28, 37, 35);
        check_tensor(cn_non_max_suppression(boxes, scores, 50, .iou_threshold = 0), cn_shape(7), 19,
                     11, 17, 35, 36, 15, 24);
        cn_tensor *padded = cn_non_max_suppression(boxes, scores, 9, .iou_threshold = 0,
                                                   .pad_to_max_output_size = true);
        check_tensor(padded, cn_shape(9), 19, 11, 17, 35, 36, 15, 24, 0, 0);
        CHECK(cn_item(cn_nth(padded, 1)) == 7);
        check_tensor(cn_non_max_suppression(boxes, scores, 0), cn_shape(0), 0);
    }
}

TEST(non_max_suppression_of_several_classes)
{
    CN_SCOPE {
        cn_tensor *boxes = numbers(cn_shape(2, 20, 3, 4), 97, 80),
                  *scores = numbers(cn_shape(2, 20, 3), 103, 103);
        cn_tensor *r = cn_combined_non_max_suppression(boxes, scores, 4, 9, .iou_threshold = 0.2,
                                                       .score_threshold = 0.3);
        check_tensor(cn_round(cn_mul(cn_nth(r, 1), 103)), cn_shape(2, 9), 102, 101, 100, 100, 98,
                     97, 95, 90, 89, 102, 101, 100, 100, 98, 97, 95, 90, 89);
        check_tensor(cn_nth(r, 2), cn_shape(2, 9), 1, 2, 0, 2, 0, 0, 0, 2, 1, 2, 1, 0, 1, 0, 0, 0,
                     1, 2);
        check_tensor(cn_nth(r, 3), cn_shape(2), 9, 9);
        check_tensor(cn_round(cn_mul(cn_slice(cn_nth(r, 0), "0, :3"), 80)), cn_shape(3, 4), 40, 23,
                     20, 31, 66, 1, 47, 10, 40, 71, 19, 78);
        r = cn_combined_non_max_suppression(cn_slice(boxes, ":, :, :1"), scores, 3, 20,
                                            .iou_threshold = 0.2, .score_threshold = 0.5,
                                            .pad_per_class = true, .clip_boxes = false);
        CHECK(cn_dim(cn_nth(r, 0), 1) == 9);
        float sum = (float)cn_item(cn_sum(cn_nth(r, 0)));
        check_close(&sum, &(float){38.86250305F}, 1, 1e-6, 0);
    }
}

/* A class with most of the best boxes needs more of them than are looked for at first. */
TEST(non_max_suppression_with_a_class_ahead)
{
    CN_SCOPE {
        cn_tensor *boxes = numbers(cn_shape(1, 300, 1, 4), 1009, 1009),
                  *scores = numbers(cn_shape(1, 300, 5), 103, 103),
                  *ahead = cn_values(cn_shape(5), 0, 0, .6, 0, 0);
        scores = cn_add(scores, ahead);
        cn_tensor *few =
                      cn_combined_non_max_suppression(boxes, scores, 200, 90, .iou_threshold = 0.7),
                  *all = cn_combined_non_max_suppression(boxes, scores, 200, 1000,
                                                         .iou_threshold = 0.7);
        cn_tensor *ours = cn_equal(cn_nth(few, 2), 2);
        CHECK(cn_item(cn_sum(cn_cast(ours, CN_INT32))) > 90 / 6 * 2 + 8 + 10);
        for (int i = 0; i < 3; i++)
            CHECK(cn_item(cn_all(
                cn_equal(cn_nth(few, i), cn_slice(cn_nth(all, i), i ? ":, :90" : ":, :90, :")))));
        cn_tensor *alone = cn_non_max_suppression(
            cn_reshape(boxes, cn_shape(300, 4)),
            cn_reshape(cn_slice(scores, "..., 2"), cn_shape(300)), 200, .iou_threshold = 0.7);
        cn_tensor *own = cn_boolean_mask(cn_reshape(cn_nth(few, 1), cn_shape(90)),
                                         cn_reshape(ours, cn_shape(90)));
        cn_tensor *best = cn_gather(cn_slice(scores, "0, :, 2"), alone, 0);
        for (int i = 0; i < (int)cn_dim(own, 0); i++)
            CHECK(((const float *)cn_data(own))[i] == ((const float *)cn_data(best))[i]);
    }
}

TEST(non_max_suppression_refuses)
{
    CN_SCOPE {
        cn_tensor *boxes = cn_zeros(cn_shape(3, 4), CN_FLOAT32),
                  *scores = cn_zeros(cn_shape(2), CN_FLOAT32);
        CHECK(!cn_non_max_suppression(boxes, scores, 1));
        check_error(
            "cn_non_max_suppression: expected boxes (N, 4) and scores (N,), found (3, 4) and "
            "(2,)");
        CHECK(!cn_non_max_suppression(boxes, scores, -1));
        check_error("cn_non_max_suppression: expected max_output_size >= 0, found -1");
        CHECK(!cn_non_max_suppression(boxes, scores, 1, .iou_threshold = 2));
        check_error("cn_non_max_suppression: expected iou_threshold in [0, 1], found 2");
        CHECK(!cn_combined_non_max_suppression(boxes, scores, 1, 1));
        check_error(
            "cn_combined_non_max_suppression: expected boxes (N, boxes, 1 or classes, 4) and "
            "scores (N, boxes, classes), found (3, 4) and (2,)");
    }
}
