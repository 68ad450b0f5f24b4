#include "metrics/metric.h"

#include <math.h>

#include "base/test.h"
#include "cornu/layer.h"
#include "cornu/losses.h"
#include "graph/trace.h"

static bool near(double got, double want)
{
    return fabs(got - want) <= 1e-6 * (1 + fabs(want));
}

static double result_of(cn_metric *metric)
{
    cn_tensor *result = cn_metric_result(metric);
    return result ? cn_item(result) : NAN;
}

TEST(metric_names)
{
    CN_SCOPE {
        cn_shape one = cn_shape(CN_ANY, 1), ten = cn_shape(CN_ANY, 10), ids = cn_shape(CN_ANY);
        cn_metric *m = cn_metric_for("mse", one, one);
        check_text(cn_metric_name(m), "mse");
        check_text(cn_variable_path(cn_metric_variable(m, 1)), "mean_squared_error/count");
        check_text(cn_metric_name(cn_metric_for("MeanSquaredError", one, one)), "MeanSquaredError");
        check_text(cn_metric_name(cn_metric_for("mse(name=error)", one, one)), "error");
        check_text(cn_metric_name(cn_metric_new("MAE")), "mean_absolute_error");
        m = cn_metric_for("accuracy", ids, one);
        check_text(cn_metric_name(m), "accuracy");
        check_text(cn_class_name(m), "BinaryAccuracy");
        check_text(cn_class_name(cn_metric_for("acc", ids, ten)), "SparseCategoricalAccuracy");
        check_text(cn_class_name(cn_metric_for("Accuracy", one, ten)), "SparseCategoricalAccuracy");
        check_text(cn_class_name(cn_metric_for("acc", ten, ten)), "CategoricalAccuracy");
        check_text(cn_class_name(cn_metric_for("ce", ten, ten)), "CategoricalCrossentropy");
        check_text(cn_metric_name(cn_metric_for("huber", one, one)), "huber");
        check_text(cn_metric_name(cn_metric_new(
                       "{\"module\": \"builtins\", \"class_name\": \"function\", \"config\": "
                       "\"log_cosh\", \"registered_name\": \"function\"}")),
                   "log_cosh");
        CHECK(!cn_metric_new("acuracy"));
        check_error("unknown metric 'acuracy'; did you mean 'accuracy'?");
    }
}

/* 1.5 over the whole set, from batches of different sizes; the next epoch starts anew. */
TEST(metric_forgets_at_reset)
{
    CN_SCOPE {
        cn_metric *mae = cn_metric_new("mae");
        cn_tensor *y = cn_values(cn_shape(3, 1), 0, 0, 0);
        CHECK(cn_metric_update(mae, y, cn_values(cn_shape(3, 1), 1, 1, 1), NULL));
        cn_tensor *last = cn_values(cn_shape(1, 1), 0);
        CHECK(cn_metric_update(mae, last, cn_values(cn_shape(1, 1), 3), NULL));
        CHECK(near(result_of(mae), 1.5));
        CHECK(cn_metric_reset(mae));
        CHECK(result_of(mae) == 0);
        CHECK(cn_metric_update(mae, last, cn_values(cn_shape(1, 1), 7), NULL));
        CHECK(near(result_of(mae), 7));
    }
}

TEST(metric_of_a_masked_prediction)
{
    CN_SCOPE {
        cn_tensor *mask = cn_cast(cn_values(cn_shape(1, 3), 1, 1, 0), CN_BOOL);
        cn_tensor *y = cn_zeros(cn_shape(1, 3, 1), CN_FLOAT32);
        cn_tensor *p = cn_with_mask(cn_values(cn_shape(1, 3, 1), 1, 2, 100), mask);
        cn_metric *mae = cn_metric_new("mae");
        CHECK(cn_metric_update(mae, y, p, NULL));
        CHECK(near(result_of(mae), 1.5));
    }
}

/* Mean needs no y_pred. */
TEST(metric_of_values)
{
    CN_SCOPE {
        cn_metric *mean = cn_metric_new("mean(name=loss)");
        check_text(cn_metric_name(mean), "loss");
        CHECK(cn_metric_update(mean, cn_values(cn_shape(4), 1, 2, 3, 4), NULL, NULL));
        CHECK(near(result_of(mean), 2.5));
        CHECK(!cn_metric_update(cn_metric_new("mae"), NULL, NULL, NULL));
    }
}

TEST(mean_metric_wrapper_of_a_loss)
{
    CN_SCOPE {
        cn_metric *m = cn_metric_new("mean_metric_wrapper(fn=huber(delta=0.5), name=h)");
        cn_tensor *y = cn_values(cn_shape(1, 1), 0), *p = cn_values(cn_shape(1, 1), 2);
        CHECK(cn_metric_update(m, y, p, NULL));
        CHECK(near(result_of(m), .875));
        CHECK(!cn_metric_new("mean_metric_wrapper"));
        check_error("MeanMetricWrapper: the argument 'fn' is required");
    }
}

/* Keras writes a function and its arguments; cosine_similarity is there the loss's, negative. */
TEST(mean_metric_wrapper_as_keras_writes_it)
{
    static const char text[] =
        "{\"module\": \"keras.metrics\", \"class_name\": \"MeanMetricWrapper\", \"config\": "
        "{\"name\": \"h\", \"dtype\": \"float32\", \"fn\": {\"module\": \"builtins\", "
        "\"class_name\": \"function\", \"config\": \"huber\", \"registered_name\": "
        "\"function\"}, \"delta\": 0.5}, \"registered_name\": null}";
    CN_SCOPE {
        cn_metric *m = cn_metric_new(text);
        cn_tensor *y = cn_values(cn_shape(1, 1), 0), *p = cn_values(cn_shape(1, 1), 2);
        CHECK(cn_metric_update(m, y, p, NULL));
        CHECK(near(result_of(m), .875));
        cn_json *want = cn_json_parse(text, sizeof text - 1), *got = cn_instance_serialize(m);
        CHECK(cn_json_equal(want, got));
        cn_json_free(want);
        cn_json_free(got);
        m = cn_metric_new("{\"class_name\": \"function\", \"config\": \"cosine_similarity\"}");
        CHECK(cn_metric_update(m, p, p, NULL));
        CHECK(near(result_of(m), -1));
        check_text(cn_metric_name(m), "cosine_similarity");
    }
}

/* ---- counts at thresholds, against numbers of Keras ---- */

static cn_metric *updated(cn_str spec, cn_tensor *y_true, cn_tensor *y_pred, cn_tensor *weight)
{
    cn_metric *metric = cn_metric_new(spec);
    CHECK(cn_metric_update(metric, y_true, y_pred, weight));
    return metric;
}

static void check_variable(const cn_metric *metric, size_t i, int n, const float *want)
{
    const float *got = metric ? cn_floats(cn_metric_variable(metric, i)) : NULL;
    CHECK(got && check_close(got, want, (size_t)n, 0, 1e-6));
}

/* A prediction of 0 is above no threshold, but above AUC's first, which lies below 0. */
TEST(counts_of_a_prediction_of_zero)
{
    CN_SCOPE {
        cn_tensor *y = cn_values(cn_shape(4), 1, 0, 1, 0);
        cn_tensor *p = cn_values(cn_shape(4), 0, 0, .5, 1);
        cn_metric *m = updated("precision(thresholds=[0, 0.5, 1])", y, p, NULL);
        check_variable(m, 0, 3, (float[]){1, 0, 0});
        check_variable(m, 1, 3, (float[]){1, 1, 0});
        cn_tensor *weight = cn_values(cn_shape(4), 1, 2, 3, 4);
        m = updated("auc(num_thresholds=5)", y, p, weight);
        check_variable(m, 0, 5, (float[]){4, 3, 0, 0, 0});
        check_variable(m, 1, 5, (float[]){6, 4, 4, 4, 0});
        check_variable(m, 2, 5, (float[]){0, 2, 2, 2, 6});
        check_variable(m, 3, 5, (float[]){0, 1, 4, 4, 4});
        CHECK(near(result_of(m), 0.29166666));
    }
}

TEST(precision_of_weighted_rows)
{
    CN_SCOPE {
        cn_tensor *y = cn_values(cn_shape(2, 2), 1, 0, 0, 1);
        cn_tensor *p = cn_values(cn_shape(2, 2), .9, .6, .2, .7);
        cn_metric *m = updated("precision", y, p, cn_values(cn_shape(2), 1, 2));
        CHECK(near(result_of(m), .75));
        m = updated("r2_score(num_regressors=2)", cn_values(cn_shape(4, 1), 1, 2, 3, 4),
                    cn_values(cn_shape(4, 1), 1.1, 2, 2.7, 4.4), NULL);
        CHECK(near(result_of(m), 0.84400004));
        m = updated("io_u(2, [0])", cn_values(cn_shape(4), 0, 0, 1, 1),
                    cn_values(cn_shape(4), 0, 1, 1, 2), cn_values(cn_shape(4), .5, 1, 2, 3));
        CHECK(result_of(m) == 0);
    }
}

/* The function is averaged over batches, the class is right for the whole set. */
TEST(precision_over_batches)
{
    CN_SCOPE {
        cn_metric *m = cn_metric_new("precision");
        cn_tensor *one = cn_values(cn_shape(1), 1), *three = cn_values(cn_shape(3), 0, 0, 0);
        CHECK(cn_metric_update(m, one, one, NULL));
        CHECK(cn_metric_update(m, three, cn_ones(cn_shape(3), CN_FLOAT32), NULL));
        CHECK(near(result_of(m), .25));
        check_text(cn_metric_name(cn_metric_new("precision(name=p)")), "p");
    }
}

/* A step may be traced before the size of its batches is known; states are then assigned to. */
TEST(metrics_of_an_unknown_batch)
{
    static const char *const dense[] = {"mse",
                                        "root_mean_squared_error",
                                        "binary_accuracy",
                                        "categorical_accuracy",
                                        "top_k_categorical_accuracy(2)",
                                        "precision",
                                        "recall(thresholds=[0.2, 0.5])",
                                        "precision(top_k=2, class_id=1)",
                                        "auc",
                                        "auc(multi_label=true)",
                                        "auc(curve=PR, thresholds=[0.3, 0.4])",
                                        "f1_score",
                                        "r2_score",
                                        "binary_io_u",
                                        "pearson_correlation"};
    static const char *const sparse[] = {"sparse_categorical_accuracy",
                                         "sparse_categorical_crossentropy",
                                         "sparse_top_k_categorical_accuracy(2)"};
    enum { DENSE = sizeof dense / sizeof *dense, ALL = DENSE + sizeof sparse / sizeof *sparse };
    CN_SCOPE {
        cn_trace trace = {0};
        REQUIRE(cn_trace_begin(&trace));
        cn_tensor *p = cn_placeholder(cn_shape(CN_ANY, 3), CN_FLOAT32, false);
        cn_tensor *y = cn_placeholder(cn_shape(CN_ANY, 3), CN_FLOAT32, false);
        cn_tensor *labels = cn_placeholder(cn_shape(CN_ANY), CN_INT32, false);
        for (size_t i = 0; i < ALL; i++) {
            cn_metric *m = cn_metric_new(i < DENSE ? dense[i] : sparse[i - DENSE]);
            CHECK(cn_metric_update(m, i < DENSE ? y : labels, p, NULL));
            CHECK(cn_metric_result(m) != NULL);
        }
        cn_trace_end(&trace);
        CHECK(cn_list_length(trace.variables) > ALL);
        cn_trace_free(&trace);
    }
}

TEST(metrics_refuse)
{
    static const char *const refusals[][2] = {
        {"precision(thresholds=[0.5, 2])",
         "Precision: expected thresholds in [0, 1]. Received: thresholds=[0.5, 2]"},
        {"precision(thresholds=[x])", "Precision: expected a number or a list of numbers. "
                                      "Received: thresholds=[\"x\"]"},
        {"auc(curve=ROCK)",
         "AUC: expected a curve that is ROC, PR or PRGAIN. Received: curve=ROCK"},
        {"auc(num_thresholds=1)", "AUC: expected num_thresholds > 1. Received: num_thresholds=1"},
        {"auc(num_labels=2)", "AUC: num_labels is for multi_label=True. Received: num_labels=2, "
                              "multi_label=False"},
        {"sensitivity_at_specificity",
         "SensitivityAtSpecificity: the argument 'specificity' is required"},
        {"recall_at_precision(1.5)",
         "RecallAtPrecision: expected precision in [0, 1]. Received: precision=1.5"},
        {"f1_score(average=all)", "F1Score: expected an average that is none, micro, macro or "
                                  "weighted. Received: average=all"},
        {"fbeta_score(beta=0)", "FBetaScore: expected beta > 0. Received: beta=0"},
        {"mean_io_u(0)", "MeanIoU: expected num_classes > 0. Received: num_classes=0"},
        {"io_u(2)", "IoU: the argument 'target_class_ids' is required"},
        {"io_u(2, [0, 2])", "IoU: expected target_class_ids from 0 to 1. Received: 2"}};
    CN_SCOPE {
        for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
            CHECK(!cn_metric_new(refusals[i][0]));
            check_error(refusals[i][1]);
        }
        cn_tensor *y = cn_ones(cn_shape(3), CN_FLOAT32);
        CHECK(!cn_metric_update(cn_metric_new("f1_score"), y, y, NULL));
        check_error("F1Score: expected y_true and y_pred (samples, classes). Received: "
                    "y_pred.shape=(3,), y_true.shape=(3,)");
        CHECK(!cn_metric_result(cn_metric_new("r2_score")));
        check_error("R2Score: there is no result before the first batch");
    }
}

/* ---- a user's own ---- */

static cn_tensor *hits(cn_tensor *y_true, cn_tensor *y_pred)
{
    return cn_sum(cn_round(cn_clip(cn_mul(y_true, y_pred), 0, 1)));
}

static cn_tensor *precision(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    cn_tensor *said = cn_sum(cn_round(cn_clip(y_pred, 0, 1)));
    return cn_div(hits(y_true, y_pred), cn_add(said, cn_epsilon()));
}

static cn_tensor *recall(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    cn_tensor *there = cn_sum(cn_round(cn_clip(y_true, 0, 1)));
    double weight = cn_arg_float(args, "weight");
    return cn_mul(weight, cn_div(hits(y_true, y_pred), cn_add(there, cn_epsilon())));
}

/* A function's values of batches are averaged; the true recall of the whole set is another. */
static void check_mean_over_batches(void)
{
    cn_metric *m = cn_metric_new("test_recall");
    cn_tensor *y = cn_values(cn_shape(2), 1, 1);
    CHECK(cn_metric_update(m, y, cn_values(cn_shape(2), 1, 1), NULL));
    CHECK(cn_metric_update(m, y, cn_values(cn_shape(2), 0, 0), NULL));
    CHECK(near(result_of(m), .5));
}

TEST(own_metrics)
{
    CHECK(cn_register_metric("test_precision", precision, NULL));
    CHECK(cn_register_metric("test_recall", recall, "weight=1.0"));
    CN_SCOPE {
        cn_tensor *y = cn_values(cn_shape(5), 1, 0, 1, 1, 1);
        cn_tensor *p = cn_values(cn_shape(5), .9, .8, .2, .6, .1);
        cn_metric *first = cn_metric_for("test_precision", cn_shape(5), cn_shape(5));
        cn_metric *second = cn_metric_new("test_recall"), *twice = cn_metric_new("test_recall(2)");
        CHECK(cn_metric_update(first, y, p, NULL) && cn_metric_update(second, y, p, NULL) &&
              cn_metric_update(twice, y, p, NULL));
        CHECK(near(result_of(first), .6666666) && near(result_of(second), .5));
        CHECK(near(result_of(twice), 1));
        check_text(cn_metric_name(first), "test_precision");
        check_text(cn_metric_name(twice), "test_recall");
        check_mean_over_batches();
    }
}
