/* BackupAndRestore: every failing write leaves the last backup whole, from which training goes on;
 * damaged and foreign backups are refused. Processes that are killed: tests/note/saving. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/test.h"
#include "callbacks/callback.h"
#include "ops/ops.h"
#include "utils/message.h"

enum { EPOCHS = 3 };

static cn_dataset *data(void)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, 60, 1, CN_FLOAT32)), cn_shape(20, 3));
    return cn_from_arrays(x, cn_cos(cn_sum(x, {1}, .keepdims = true)));
}

static cn_model *fresh(int units)
{
    cn_set_random_seed(4);
    cn_model *model =
        cn_sequential(cn_input(3), cn_dense(units, .activation = "tanh", .name = "first"),
                      cn_dropout(0.5), cn_dense(1, .name = "last"));
    cn_compile(model, "adam(0.05)", .loss = {"mse"}, .metrics = {"mae"});
    return model;
}

static cn_history *train(cn_model *model, const char *folder, int every, bool twice)
{
    return cn_fit(model, data(), .epochs = EPOCHS, .batch_size = 8, .verbose = 0,
                  .callbacks = {{cn_backup_and_restore(folder, .save_freq = every,
                                                       .double_checkpoint = twice),
                                 cn_reduce_lr_on_plateau(.monitor = "loss", .patience = 1)}});
}

/* What an undisturbed training comes to: the first layer's weights and the last loss. */
static void expected(float *weights, double *loss)
{
    CN_SCOPE {
        cn_model *model = fresh(4);
        cn_history *h =
            cn_fit(model, data(), .epochs = EPOCHS, .batch_size = 8, .verbose = 0,
                   .callbacks = {{cn_reduce_lr_on_plateau(.monitor = "loss", .patience = 1)}});
        *loss = cn_history_get(h, "loss", -1);
        memcpy(weights, cn_floats(cn_list_item(cn_weights(model), 0)), 12 * sizeof(float));
    }
}

/* Another try of the program; false where it failed. */
static bool try(const char *folder, int every, bool twice, const float *weights, double loss)
{
    bool ok = false;
    CN_SCOPE {
        cn_model *model = fresh(4);
        cn_history *h = train(model, folder, every, twice);
        ok = h != NULL;
        if (ok) {
            CHECK(cn_history_epochs(h) == EPOCHS);
            CHECK(cn_history_get(h, "loss", -1) == loss);
            CHECK(!memcmp(cn_floats(cn_list_item(cn_weights(model), 0)), weights,
                          12 * sizeof(float)));
        }
    }
    return ok;
}

TEST(backup_outlives_every_failing_write)
{
    char folder[300];
    float weights[12];
    double loss;
    expected(weights, &loss);
    for (int way = 0; way < 2; way++) {
        snprintf(folder, sizeof folder, "%s", cn_test_path(way ? "backup_twice" : "backup"));
        long n = 0;
        for (;; n++) {
            cn_fault_at(CN_FAULT_WRITE, n, ENOSPC);
            bool done = try(folder, way ? 2 : CN_NONE, way, weights, loss);
            bool failed = cn_fault_seen(CN_FAULT_WRITE);
            cn_fault_at(CN_FAULT_WRITE, -1, 0);
            if (!failed) {
                CHECK(done);
                break;
            }
            CHECK(!done && strstr(cn_error(), "No space left on device"));
            cn_clear_error();
            /* the next process goes on from what is there */
            CHECK(try(folder, way ? 2 : CN_NONE, way, weights, loss));
            CHECK(access(folder, F_OK));
        }
        CHECK(n > 3 * EPOCHS);
    }
}

static bool stop(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)logs, (void)user;
    model->stop_training = epoch == 1;
    return true;
}

/* A training that ended at its second epoch, its backup kept. */
static void leave_backup(const char *folder, bool twice)
{
    CN_SCOPE {
        CHECK(cn_fit(fresh(4), data(), .epochs = EPOCHS, .batch_size = 8, .verbose = 0,
                     .callbacks = {{cn_backup_and_restore(folder, .delete_checkpoint = false,
                                                          .double_checkpoint = twice),
                                    cn_callback(.on_epoch_end = stop)}}));
    }
}

TEST(backup_remembers_that_training_has_ended)
{
    char folder[300];
    snprintf(folder, sizeof folder, "%s", cn_test_path("ended"));
    leave_backup(folder, false);
    CN_SCOPE {
        cn_history *h = train(fresh(4), folder, CN_NONE, false);
        CHECK(cn_history_epochs(h) == 2);
    }
}

static void damage(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    REQUIRE(file);
    fseek(file, at, SEEK_SET);
    fwrite("damaged!", 1, 8, file);
    fclose(file);
}

TEST(backup_of_another_model_is_refused)
{
    char folder[300], latest[400], want[900];
    snprintf(folder, sizeof folder, "%s", cn_test_path("other"));
    snprintf(latest, sizeof latest, "%s/latest.weights.h5", folder);
    leave_backup(folder, false);
    CN_SCOPE
        CHECK(!train(fresh(5), folder, CN_NONE, false));
    snprintf(want, sizeof want,
             "%s: layer 'first': expected shape (3, 5) for 'kernel', the file has (3, 4)", latest);
    check_error(want);
    damage(latest, 0);
    CN_SCOPE
        CHECK(!train(fresh(4), folder, CN_NONE, false));
    CHECK(cn_error_code() == CN_EFORMAT && strstr(cn_error(), latest));
    cn_clear_error();
    CHECK(!cn_backup_and_restore(""));
    check_error("Empty `backup_dir` argument passed");
    CHECK(!cn_backup_and_restore("x", .save_freq = 0));
    check_error("Invalid value for argument `save_freq`. Received: save_freq=0. Expected either "
                "'epoch' or an integer value.");
}

TEST(backup_before_a_damaged_one_will_do)
{
    char folder[300], latest[400];
    snprintf(folder, sizeof folder, "%s", cn_test_path("damaged"));
    snprintf(latest, sizeof latest, "%s/latest.weights.h5", folder);
    leave_backup(folder, true);
    damage(latest, 0);
    cn_say_capture();
    CN_SCOPE {
        cn_history *h = train(fresh(4), folder, CN_NONE, true);
        CHECK(cn_history_epochs(h) == EPOCHS); /* the first backup was of a training that went on */
    }
    char *said = cn_say_captured();
    CHECK(said && strstr(said, "BackupAndRestore: "));
    cn_mem_free(said);
}
