#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/test.h"
#include "callbacks/history.h"

TEST(logs_keep_names_in_order)
{
    cn_logs logs = {0};
    CHECK(isnan(cn_logs_get(&logs, "loss")) && isnan(cn_logs_get(NULL, "loss")));
    CHECK(cn_logs_set(&logs, "loss", 2) && cn_logs_set(&logs, "accuracy", 0.5));
    CHECK(cn_logs_set(&logs, "loss", 1) && cn_logs_count(&logs) == 2);
    check_text(cn_logs_name(&logs, 0), "loss");
    CHECK(cn_logs_value(&logs, 0) == 1 && cn_logs_get(&logs, "accuracy") == 0.5);
    CHECK(cn_logs_set_many(&logs, "confusion", (double[]){1, 2, 3}, 3));
    CHECK(cn_logs_width(&logs, "confusion") == 3 && cn_logs_at(&logs, "confusion", 2) == 3);
    CHECK(cn_logs_get(&logs, "confusion") == 1 && isnan(cn_logs_at(&logs, "confusion", 3)));
    CHECK(cn_logs_width(&logs, "none") == 0 && cn_logs_name(&logs, 3) == NULL);
    char names[64];
    check_text(cn_logs_names(&logs, ",", names, sizeof names), "loss,accuracy,confusion");
    cn_logs again = {0};
    CHECK(cn_logs_copy(&again, &logs, "val_") && cn_logs_at(&again, "val_confusion", 1) == 2);
    cn_logs_clear(&logs);
    CHECK(cn_logs_count(&logs) == 0 && cn_logs_set(&logs, "loss", 3));
    char name[97];
    memset(name, 'a', 96);
    name[96] = 0;
    CHECK(!cn_logs_set(&logs, name, 1));
    cn_clear_error();
    cn_logs_free(&logs);
    cn_logs_free(&again);
}

static bool at_epoch_end(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    char *trace = user;
    (void)model;
    sprintf(trace + strlen(trace), "e%d ", epoch);
    return cn_logs_set(logs, "lr", 0.1 * (epoch + 1));
}

static bool at_batch_end(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    char *trace = user;
    (void)model;
    sprintf(trace + strlen(trace), "b%d:%g ", (int)batch, cn_logs_get(logs, "loss"));
    return batch < 2;
}

TEST(callbacks_run_in_order)
{
    char trace[200] = "", second[200] = "";
    cn_callback_list list = {0};
    cn_callback_params params = {.epochs = 2};
    cn_history *history = cn_history_new();
    CHECK(cn_callbacks_add(&list, cn_callback(.on_epoch_end = at_epoch_end, .user = trace), NULL,
                           &params));
    CHECK(!list.batch_hooks);
    CHECK(cn_callbacks_add(&list, cn_callback(.on_train_batch_end = at_batch_end, .user = second),
                           NULL, &params));
    CHECK(list.batch_hooks);
    CHECK(cn_callbacks_add(&list, (cn_callback *)history, NULL, &params));
    CHECK(!cn_callbacks_add(&list, NULL, NULL, &params));
    cn_logs logs = {0};
    cn_logs_set(&logs, "loss", 0.25);
#define RUN(hook, number) \
    cn_callbacks_run(&list, offsetof(cn_callback_methods, hook), number, &logs)
    CHECK(RUN(on_train_begin, 0) && RUN(on_train_batch_end, 0) && RUN(on_train_batch_end, 1));
    CHECK(RUN(on_epoch_end, 0) && RUN(on_epoch_end, 1));
    check_text(trace, "e0 e1 ");
    check_text(second, "b0:0.25 b1:0.25 ");
    CHECK(!RUN(on_train_batch_end, 2));
    check_error("Callback: on_train_batch_end returned false");
    /* what a callback adds to the logs is in the history */
    CHECK(cn_history_epochs(history) == 2 && cn_history_count(history) == 2);
    check_text(cn_history_name(history, 1), "lr");
    CHECK(cn_history_get(history, "lr", -1) == 0.2 && cn_history_min(history, "lr") == 0.1);
    CHECK(cn_history_max(history, "lr") == 0.2 && isnan(cn_history_get(history, "lr", 2)));
    CHECK(isnan(cn_history_max(history, "none")));
    cn_logs_free(&logs);
    cn_callbacks_free(&list);
}
