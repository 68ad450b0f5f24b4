/* Messages and counts are what Keras 3.15 gives for the same values. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/test.h"
#include "callbacks/history.h"
#include "callbacks/path_template.h"
#include "utils/message.h"

/* A training whose val_loss is given and whose weights are the number of the epoch. */
typedef struct story {
    cn_callback_list list;
    cn_model *model;
    cn_logs logs;
    bool ok;
} story;

#define RUN(s, hook, number)                                                                      \
    ((s)->ok =                                                                                    \
         cn_callbacks_run(&(s)->list, offsetof(cn_callback_methods, hook), number, &(s)->logs) && \
         (s)->ok)

static story begin(cn_callback *callback)
{
    story s = {.ok = true};
    s.model = cn_sequential(cn_input(1), cn_dense(1, .use_bias = false));
    s.model->optimizer = cn_retain(cn_optimizer_new("sgd(0.1)"));
    cn_callback_params params = {.epochs = 10, .verbose = 2, .steps = 3};
    CHECK(s.model && cn_callbacks_add(&s.list, callback, s.model, &params));
    cn_say_capture();
    return s;
}

static float *weight(story *s)
{
    return (float *)cn_data(cn_list_item(cn_weights(s->model), 0));
}

/* How many epochs ran. */
static int tell(story *s, const char *name, int count, const double *values)
{
    int epoch = 0;
    RUN(s, on_train_begin, 0);
    while (s->ok && epoch < count && !s->model->stop_training) {
        cn_set_data(cn_list_item(cn_weights(s->model), 0), &(float){(float)epoch});
        RUN(s, on_epoch_begin, epoch);
        cn_logs_set(&s->logs, name, values[epoch]);
        RUN(s, on_epoch_end, epoch);
        epoch++;
    }
    if (s->ok)
        RUN(s, on_train_end, 0);
    return epoch;
}
#define TELL(s, ...) \
    tell(s, "val_loss", sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

static void end(story *s, const char *said)
{
    char *text = cn_say_captured();
    check_text(text, said);
    cn_mem_free(text);
    cn_callbacks_free(&s->list);
    cn_logs_free(&s->logs);
}

TEST(early_stopping_restores_the_best)
{
    story s = begin(cn_early_stopping(.verbose = 1, .restore_best_weights = true));
    CHECK(TELL(&s, .5, .4, .41, .3) == 3 && *weight(&s) == 1);
    end(&s, "Epoch 3: early stopping\n"
            "Restoring model weights from the end of the best epoch: 2.\n");
    s = begin(cn_early_stopping(.patience = 1, .baseline = .3, .verbose = 1,
                                .restore_best_weights = true));
    CHECK(TELL(&s, .5, .4, .35, .34) == 4 && *weight(&s) == 3);
    end(&s, "Restoring model weights from the end of the best epoch: 4.\n");
}

TEST(early_stopping_waits)
{
    story s = begin(cn_early_stopping(.patience = 2, .min_delta = .05, .verbose = 1));
    CHECK(TELL(&s, .5, .46, .44, .40, .39, .38) == 5 && *weight(&s) == 4);
    end(&s, "Epoch 5: early stopping\n");
    s = begin(cn_early_stopping(.patience = 1, .start_from_epoch = 3, .verbose = 1));
    CHECK(TELL(&s, .5, .6, .7, .8, .9, .95) == 5);
    end(&s, "Epoch 5: early stopping\n");
    s = begin(cn_early_stopping(.mode = "max"));
    CHECK(TELL(&s, .5, .6, .6, .8) == 3);
    end(&s, "");
}

TEST(early_stopping_knows_directions)
{
    story s = begin(cn_early_stopping("val_accuracy"));
    CHECK(tell(&s, "val_accuracy", 4, (double[]){.5, .6, .7, .6}) == 4 && s.model->stop_training);
    end(&s, "");
    s = begin(cn_early_stopping("val_mAP"));
    CHECK(tell(&s, "val_mAP", 2, (double[]){.5, .6}) == 1 && !s.ok);
    check_error("EarlyStopping callback received monitor=val_mAP, but Cornu isn't able to "
                "automatically determine whether that metric should be maximized or minimized. "
                "Pass mode='max' in order to monitor based on the highest metric value, or pass "
                "mode='min' in order to use the lowest value.");
    end(&s, "");
    s = begin(cn_early_stopping(.monitor = "loss"));
    CHECK(TELL(&s, 1, 2, 3) == 3);
    end(&s, "UserWarning: Early stopping conditioned on metric `loss` which is not available. "
            "Available metrics are: val_loss\n");
    cn_say_capture();
    CHECK(cn_early_stopping(.mode = "up") != NULL);
    char *text = cn_say_captured();
    check_text(text, "UserWarning: EarlyStopping mode 'up' is unknown, fallback to auto mode.\n");
    cn_mem_free(text);
}

static double rate_of(const story *s)
{
    return cn_learning_rate(s->model->optimizer);
}

TEST(reduce_lr_on_plateau)
{
    story s = begin(cn_reduce_lr_on_plateau());
    CHECK(TELL(&s, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) == 10 && rate_of(&s) == 0.1f);
    CHECK(RUN(&s, on_epoch_end, 10) && fabs(rate_of(&s) - 0.01) < 1e-9);
    CHECK(cn_logs_get(&s.logs, "learning_rate") == 0.1f);
    end(&s, "");
    s = begin(cn_reduce_lr_on_plateau(.patience = 2, .factor = 0.5, .cooldown = 2, .min_lr = 0.04,
                                      .verbose = 1));
    CHECK(TELL(&s, .5, .5, .5, .5, .5, .5, .49995, .4, .4, .4, .4, .4, .4) == 13);
    end(&s, "\nEpoch 3: ReduceLROnPlateau reducing learning rate to 0.05000000074505806.\n"
            "\nEpoch 6: ReduceLROnPlateau reducing learning rate to 0.04.\n");
    CHECK(!cn_reduce_lr_on_plateau(.factor = 1.5));
    check_error("ReduceLROnPlateau does not support a factor >= 1.0. Received factor=1.5");
}

static double warm_up(int epoch, double rate, void *user)
{
    *(double *)user = rate;
    return epoch ? 1e-4 : 1e-5;
}

TEST(learning_rate_scheduler_sets_rates)
{
    double seen = 0;
    story s = begin(cn_learning_rate_scheduler(warm_up, .verbose = 1, .user = &seen));
    CHECK(TELL(&s, 1, 1) == 2 && seen == 1e-5f && rate_of(&s) == 1e-4f);
    CHECK(cn_logs_get(&s.logs, "learning_rate") == 1e-4f);
    end(&s, "\nEpoch 1: LearningRateScheduler setting learning rate to 1e-05.\n"
            "\nEpoch 2: LearningRateScheduler setting learning rate to 0.0001.\n");
    CHECK(!cn_learning_rate_scheduler());
    check_error("LearningRateScheduler: expected a function, found NULL");
}

TEST(callbacks_come_from_configurations)
{
    const char *text = "{\"class_name\": \"EarlyStopping\", \"config\": {\"monitor\": \"loss\", "
                       "\"patience\": 4, \"baseline\": null}}";
    cn_json *json = cn_json_parse(text, strlen(text));
    cn_callback *callback = cn_instance_deserialize(CN_CALLBACKS, json);
    cn_json_free(json);
    REQUIRE(callback);
    json = cn_instance_config(callback);
    CHECK(cn_json_as_int(cn_json_get(json, "patience"), 0) == 4);
    CHECK(cn_json_is(cn_json_get(json, "baseline"), CN_JSON_NULL));
    cn_json_free(json);
}

TEST(terminate_on_nan_stops)
{
    story s = begin(cn_terminate_on_nan());
    CHECK(RUN(&s, on_train_batch_end, 0));
    cn_logs_set(&s.logs, "loss", 1);
    CHECK(RUN(&s, on_train_batch_end, 1) && !s.model->stop_training);
    cn_logs_set(&s.logs, "loss", INFINITY);
    CHECK(s.list.batch_hooks && RUN(&s, on_train_batch_end, 7) && s.model->stop_training);
    end(&s, "Batch 7: Invalid loss, terminating training\n");
    s = begin(cn_terminate_on_nan(true));
    cn_logs_set(&s.logs, "loss", NAN);
    CHECK(!RUN(&s, on_train_batch_end, 2));
    check_error("NaN or Inf loss encountered at batch 2. Loss value: nan. Terminating training "
                "immediately.");
    end(&s, "");
}

static void check_file(const char *path, const char *want)
{
    cn_file_view file = {0};
    char text[1000] = "";
    CHECK(cn_file_open(&file, path) && file.size < sizeof text);
    memcpy(text, file.data, file.size);
    check_text(text, want);
    cn_file_close(&file);
}

TEST(csv_logger_writes_as_keras)
{
    const char *path = cn_test_path("log.csv");
    story s = begin(cn_csv_logger(path));
    cn_logs_set(&s.logs, "loss", 0.5);
    cn_logs_set_many(&s.logs, "each", (double[]){1, 0.25}, 2);
    CHECK(TELL(&s, .1, 1e-7) == 2 && s.ok);
    check_file(path, "epoch,each,loss,val_loss\r\n0,\"\"\"[1.0, 0.25]\"\"\",0.5,0.1\r\n"
                     "1,\"\"\"[1.0, 0.25]\"\"\",0.5,1e-07\r\n");
    end(&s, "");
    path = cn_test_path("append.csv");
    for (int i = 0; i < 2; i++) {
        s = begin(cn_csv_logger(path, .separator = ";", .append = true));
        CHECK(tell(&s, "loss", 1, (double[]){2}) == 1 && s.ok);
        end(&s, "");
    }
    check_file(path, "epoch;loss;val_loss\r\n0;2.0;NA\r\n0;2.0;NA\r\n");
    CHECK(!cn_csv_logger());
    check_error("CSVLogger: the argument 'filename' is required");
}

TEST(history_is_saved)
{
    cn_history *history = cn_history_new();
    story s = begin((cn_callback *)history);
    RUN(&s, on_train_begin, 0);
    cn_logs_set(&s.logs, "loss", 0.5);
    RUN(&s, on_epoch_end, 4);
    cn_logs_set(&s.logs, "val_loss", NAN);
    cn_logs_set_many(&s.logs, "each", (double[]){1, 2}, 2);
    RUN(&s, on_epoch_end, 5);
    const char *path = cn_test_path("history.csv");
    CHECK(cn_history_save(history, path));
    check_file(path, "epoch,loss,val_loss,each\n4,0.5,,\n5,0.5,nan,\"[1.0, 2.0]\"\n");
    path = cn_test_path("history.json");
    CHECK(cn_history_save(history, path));
    check_file(path, "{\"loss\": [0.5, 0.5], \"val_loss\": [NaN], \"each\": [[1.0, 2.0]]}\n");
    path = cn_test_path("history.pkl");
    CHECK(cn_history_save(history, path));
    CHECK(!cn_history_save(history, "history.txt"));
    check_error("cn_history_save: expected a path ending in .csv, .json or .pkl, found "
                "'history.txt'");
    end(&s, "");
}

TEST(progbar_logger_tells_epochs)
{
    story s = begin(cn_progbar_logger_new());
    CHECK(!s.list.batch_hooks);
    RUN(&s, on_train_begin, 0);
    RUN(&s, on_epoch_begin, 1);
    cn_logs_set(&s.logs, "loss", 0.5);
    RUN(&s, on_epoch_end, 1);
    CHECK(s.ok);
    char *said = cn_say_captured();
    CHECK(!strncmp(said, "Epoch 2/10\n3/3 - 0s - ", 22) && strstr(said, "/step - loss: 0.5000\n"));
    CHECK(!strpbrk(said, "\r\b\x1b"));
    cn_mem_free(said);
    cn_say_capture();
    end(&s, "");
}

static void check_path(const char *path, double value, const char *want)
{
    cn_logs logs = {0};
    cn_logs_set(&logs, "val_loss", value);
    char *filled = cn_path_fill(path, 1, 7, &logs);
    check_text(filled ? filled : cn_error(), want);
    cn_clear_error();
    cn_mem_free(filled);
    cn_logs_free(&logs);
}

TEST(paths_are_filled_as_python_does)
{
    check_path("w.{epoch:02d}-{val_loss:.2f}.keras", 0.5, "w.01-0.50.keras");
    check_path("{{{epoch:>4}|{epoch:<4d}|{val_loss:+08.3f}|{val_loss:e}|{val_loss:g}|{val_loss}|"
               "{val_loss:%}|{val_loss:^10.1f}}}.h5",
               0.5, "{   1|1   |+000.500|5.000000e-01|0.5|0.5|50.000000%|   0.5    }.h5");
    check_path("{val_loss:.3}|{val_loss:08}|{epoch:f}|{epoch:+d}|{batch:*^5}", 12345.678,
               "1.23e+04|12345.678|1.000000|+1|**7**");
    check_path("{val_loss:.1f}", -0.25, "-0.2");
    check_path("{val_loss:6.1f}", NAN, "   nan");
    check_path("{acc:.2f}", 1,
               "Failed to format this callback filepath: \"{acc:.2f}\". Reason: 'acc' is none of "
               "epoch, batch, val_loss");
    check_path("{epoch", 1,
               "Failed to format this callback filepath: \"{epoch\". Reason: expected '}' before "
               "end of string");
    check_path("{epoch:q}", 1,
               "Failed to format this callback filepath: \"{epoch:q}\". Reason: invalid format "
               "specifier 'q'");
}
