#include "losses/loss.h"

#include <math.h>

#include "base/test.h"
#include "cornu/layer.h"

static double value_of(cn_str spec, cn_tensor *y_true, cn_tensor *y_pred)
{
    cn_tensor *value = cn_loss_of(spec, y_true, y_pred);
    return value ? cn_item(value) : NAN;
}

static bool near(double got, double want)
{
    return fabs(got - want) <= 1e-6 * (1 + fabs(want));
}

TEST(loss_names)
{
    static const char *const names[] = {"mse",
                                        "MSE",
                                        "mean_squared_error",
                                        "MeanSquaredError",
                                        "mae",
                                        "MAE",
                                        "mape",
                                        "MAPE",
                                        "msle",
                                        "MSLE",
                                        "bce",
                                        "BCE",
                                        "huber",
                                        "log_cosh",
                                        "logcosh",
                                        "cosine_similarity",
                                        "binary_crossentropy",
                                        "categorical_crossentropy",
                                        "sparse_categorical_crossentropy"};
    CN_SCOPE {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            CHECK(cn_loss_new(names[i]) != NULL);
        check_text(cn_loss_new("mse")->name, "mean_squared_error");
        check_text(cn_loss_new("huber")->name, "huber_loss");
        check_text(cn_loss_new("mse(name=error)")->name, "error");
        CHECK(!cn_loss_new("mean_square_error"));
        check_error("unknown loss 'mean_square_error'; did you mean 'mean_squared_error'?");
    }
}

TEST(loss_refuses)
{
    CN_SCOPE {
        CHECK(!cn_loss_new("mse(reduction=summ)"));
        check_error("MeanSquaredError: expected a reduction that is sum_over_batch_size, sum, "
                    "mean, mean_with_sample_weight or none. Received: reduction='summ'; did you "
                    "mean 'sum'?");
        CHECK(!cn_loss_new("categorical_generalized_cross_entropy(q=1)"));
        check_error("CategoricalGeneralizedCrossEntropy: expected 0 < q < 1. Received: q=1");
        cn_tensor *y = cn_ones(cn_shape(2, 3), CN_FLOAT32);
        CHECK(!cn_loss_of("ctc", y, y));
        check_error("ctc: expected y_true (batch, labels) and y_pred (batch, time, classes). "
                    "Received: y_true.shape=(2, 3), y_pred.shape=(2, 3)");
        CHECK(!cn_loss_of("bce", y, cn_ones(cn_shape(2, 4), CN_FLOAT32)));
        check_error("binary_crossentropy: expected y_true and y_pred of the same shape. Received: "
                    "y_true.shape=(2, 3), y_pred.shape=(2, 4)");
        CHECK(!cn_loss_of("sparse_categorical_crossentropy", y, y));
        check_error("sparse_categorical_crossentropy: expected y_true to have y_pred's shape "
                    "without the classes. Received: y_true.shape=(2, 3), y_pred.shape=(2, 3)");
    }
}

TEST(binary_crossentropy_numbers)
{
    CN_SCOPE {
        cn_tensor *one = cn_values(cn_shape(1, 1), 1), *p = cn_values(cn_shape(1, 1), 0.9);
        CHECK(near(value_of("bce", one, p), 0.1053605));
        CHECK(near(value_of("bce(label_smoothing=0.1)", one, p), 0.2152217));
        CHECK(near(value_of("bce(from_logits=true)", one, cn_values(cn_shape(1, 1), 2.1972246)),
                   0.1053605));
        cn_tensor *wrong = cn_values(cn_shape(1, 2), 0, 1);
        CHECK(isfinite(value_of("bce", cn_values(cn_shape(1, 2), 1, 0), wrong)));
    }
}

TEST(sparse_crossentropy_labels)
{
    const char *spec = "sparse_categorical_crossentropy(from_logits=true)";
    CN_SCOPE {
        cn_tensor *logits = cn_values(cn_shape(1, 3), 2, 1, 0);
        CHECK(near(value_of(spec, cn_values(cn_shape(1), 0), logits), 0.4076060));
        CHECK(isnan(value_of(spec, cn_values(cn_shape(1), 3), logits)));
        check_error("sparse_categorical_crossentropy: expected labels from 0 to 2. Received: 3 for "
                    "sample 0");
        CHECK(isnan(value_of(spec, cn_values(cn_shape(1, 1), -1), logits)));
        check_error("sparse_categorical_crossentropy: expected labels from 0 to 2. Received: -1 "
                    "for sample 0");
    }
}

/* The mask of y_pred leaves the mean over what it leaves. */
TEST(loss_with_mask)
{
    CN_SCOPE {
        cn_tensor *mask = cn_cast(cn_values(cn_shape(2, 2), 1, 1, 1, 0), CN_BOOL);
        cn_tensor *y = cn_zeros(cn_shape(2, 2, 1), CN_FLOAT32);
        cn_tensor *p = cn_with_mask(cn_values(cn_shape(2, 2, 1), 1, 2, 3, 100), mask);
        CHECK(near(value_of("mae", y, p), 2));
        CHECK(near(value_of("mae(reduction=sum)", y, p), 6));
        cn_tensor *weight = cn_values(cn_shape(2, 2), 1, 0, 1, 1);
        CHECK(near(cn_item(cn_loss_call(cn_loss_new("mae"), y, p, weight)), 4.0 / 3));
        cn_loss *mean = cn_loss_new("mae(reduction=mean_with_sample_weight)");
        CHECK(near(cn_item(cn_loss_call(mean, y, p, weight)), 2));
    }
}

/* A step may be traced before the size of its batches is known. */
TEST(losses_of_an_unknown_batch)
{
    static const char *const dense[] = {"mse",
                                        "mape",
                                        "msle",
                                        "huber",
                                        "log_cosh",
                                        "cosine_similarity",
                                        "hinge",
                                        "categorical_hinge",
                                        "kld",
                                        "poisson",
                                        "bce",
                                        "binary_focal_crossentropy",
                                        "categorical_crossentropy",
                                        "categorical_focal_crossentropy",
                                        "dice",
                                        "tversky(axis=[1])",
                                        "mae(reduction=mean_with_sample_weight)",
                                        "mae(reduction=none)"};
    static const char *const sparse[] = {
        "sparse_categorical_crossentropy", "circle",
        "sparse_categorical_crossentropy(from_logits=true, ignore_class=1)",
        "categorical_generalized_cross_entropy"};
    enum { DENSE = sizeof dense / sizeof *dense, ALL = DENSE + sizeof sparse / sizeof *sparse };
    CN_SCOPE {
        cn_tensor *p = cn_placeholder(cn_shape(CN_ANY, 3), CN_FLOAT32, false);
        cn_tensor *y = cn_placeholder(cn_shape(CN_ANY, 3), CN_FLOAT32, false);
        cn_tensor *labels = cn_placeholder(cn_shape(CN_ANY), CN_INT32, false);
        cn_tensor *weight = cn_placeholder(cn_shape(CN_ANY), CN_FLOAT32, false);
        for (size_t i = 0; i < ALL; i++) {
            cn_loss *loss = cn_loss_new(i < DENSE ? dense[i] : sparse[i - DENSE]);
            bool whole = cn_loss_new("dice")->head.head.cls == loss->head.head.cls;
            cn_tensor *value = cn_loss_call(loss, i < DENSE ? y : labels, p, whole ? NULL : weight);
            CHECK(value && cn_gradients(value, cn_list_of(p)));
        }
    }
}

/* Two steps, blank and label equally likely: label-label, label-blank and blank-label of the four
 * paths spell it. Three labels do not fit into two steps. */
TEST(ctc_counts_paths)
{
    CN_SCOPE {
        cn_tensor *logits = cn_zeros(cn_shape(1, 2, 2), CN_FLOAT32);
        CHECK(near(value_of("ctc", cn_values(cn_shape(1, 1), 1), logits), -log(.75)));
        cn_tensor *many = cn_values(cn_shape(1, 3), 1, 1, 1);
        CHECK(isinf(value_of("ctc", many, logits)));
        cn_list *grads = cn_gradients(cn_loss_of("ctc", many, logits), cn_list_of(logits));
        CHECK(cn_item(cn_sum(cn_abs(cn_list_item(grads, 0)))) == 0);
        CHECK(isnan(value_of("ctc", cn_values(cn_shape(1, 1), 2), logits)));
        check_error("ctc: expected labels from 0 to 1. Received: 2");
    }
}

/* An embedding without a neighbour of its class counts for nothing, and its gradient is finite. */
TEST(circle_without_neighbours)
{
    CN_SCOPE {
        cn_tensor *labels = cn_values(cn_shape(2), 0, 1);
        cn_tensor *x = cn_values(cn_shape(2, 2), 1, 0, 0, 1);
        cn_tensor *loss = cn_loss_of("circle", labels, x);
        CHECK(cn_item(loss) == 0);
        cn_list *grads = cn_gradients(loss, cn_list_of(x));
        CHECK(cn_item(cn_sum(cn_abs(cn_list_item(grads, 0)))) == 0);
    }
}

/* ---- a user's own ---- */

static cn_tensor *dice(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    double smooth = cn_arg_float(args, "smooth");
    cn_tensor *overlap = cn_sum(cn_mul(y_true, y_pred));
    cn_tensor *both = cn_add(cn_sum(y_true), cn_sum(y_pred));
    return cn_sub(1, cn_div(cn_add(cn_mul(2, overlap), smooth), cn_add(both, smooth)));
}

TEST(two_own_losses_with_parameters)
{
    CHECK(cn_register_loss("test_dice", dice, "smooth=1.0"));
    CN_SCOPE {
        cn_tensor *y = cn_values(cn_shape(4), 1, 0, 1, 1);
        cn_tensor *p = cn_values(cn_shape(4), .9, .2, .8, .4);
        cn_loss *small = cn_loss_new("test_dice(smooth=1e-5)"), *whole = cn_loss_new("test_dice");
        CHECK(near(cn_item(cn_loss_call(small, y, p, NULL)), .2075468));
        CHECK(near(cn_item(cn_loss_call(whole, y, p, NULL)), .1746032));
        check_text(small->name, "test_dice");
        CHECK(!cn_loss_new("test_dice(smoth=1)"));
        check_error("test_dice: unknown argument 'smoth'; did you mean 'smooth'?");
    }
}

/* loss = (1 - e) CE(y, p) + e CE(1 / classes, p) */
static cn_tensor *mix(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    double e = cn_arg_float(args, "e"), classes = (double)cn_dim(y_pred, -1);
    cn_tensor *even = cn_div(cn_ones_like(y_pred), classes);
    cn_tensor *hard = cn_neg(cn_sum(cn_mul(y_true, cn_log(y_pred)), .axis = {-1}));
    cn_tensor *soft = cn_neg(cn_sum(cn_mul(even, cn_log(y_pred)), .axis = {-1}));
    return cn_add(cn_mul(1 - e, hard), cn_mul(e, soft));
}

TEST(own_loss_gets_targets_first)
{
    CHECK(cn_register_loss("test_mix", mix, "e=0.1"));
    CN_SCOPE {
        double p[10], y[10] = {1};
        for (int i = 0; i < 10; i++)
            p[i] = i ? .01 : .91;
        cn_tensor *pred = cn_cast(cn_array(p, CN_FLOAT64, cn_shape(1, 10)), CN_FLOAT32);
        cn_tensor *target = cn_cast(cn_array(y, CN_FLOAT64, cn_shape(1, 10)), CN_FLOAT32);
        CHECK(near(value_of("test_mix", target, pred), .5002880));
    }
}
