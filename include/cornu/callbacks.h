/* Callbacks: keras.callbacks. Given to cn_fit as .callbacks = {cn_early_stopping(.patience = 3),
 * …}. */
#ifndef CORNU_CALLBACKS_H
#define CORNU_CALLBACKS_H

#include <cornu/class.h>
#include <cornu/models.h>

/* What a hook sees and may change: names and values in order. */
typedef struct cn_logs cn_logs;
/* The value under that name; NaN when there is none (no error). */
CN_API double cn_logs_get(const cn_logs *logs, cn_str name);
/* Adds or changes one: later callbacks and the history see it. */
CN_API bool cn_logs_set(cn_logs *logs, cn_str name, double value);
CN_API size_t cn_logs_count(const cn_logs *logs);
CN_API cn_str cn_logs_name(const cn_logs *logs, size_t i);
CN_API double cn_logs_value(const cn_logs *logs, size_t i);
/* For metrics with several numbers: how many values stand under that name, and the k-th. */
CN_API size_t cn_logs_width(const cn_logs *logs, cn_str name);
CN_API double cn_logs_at(const cn_logs *logs, cn_str name, size_t k);

typedef struct cn_callback cn_callback;
/* What every callback knows: the model it serves, and how it is run. */
typedef struct cn_callback_params {
    int epochs, initial_epoch, verbose;
    int64_t steps; /* in an epoch; -1: not known yet */
} cn_callback_params;

/* Hooks of an own callback; any may be NULL. A hook that returns false ends the training with its
 * error. */
typedef struct cn_callback_options {
    cn_at at;
    bool (*on_train_begin)(cn_model *model, cn_logs *logs, void *user);
    bool (*on_train_end)(cn_model *model, cn_logs *logs, void *user);
    bool (*on_epoch_begin)(cn_model *model, int epoch, cn_logs *logs, void *user);
    bool (*on_epoch_end)(cn_model *model, int epoch, cn_logs *logs, void *user);
    bool (*on_train_batch_begin)(cn_model *model, int64_t batch, cn_logs *logs, void *user);
    bool (*on_train_batch_end)(cn_model *model, int64_t batch, cn_logs *logs, void *user);
    bool (*on_test_begin)(cn_model *model, cn_logs *logs, void *user);
    bool (*on_test_end)(cn_model *model, cn_logs *logs, void *user);
    bool (*on_test_batch_begin)(cn_model *model, int64_t batch, cn_logs *logs, void *user);
    bool (*on_test_batch_end)(cn_model *model, int64_t batch, cn_logs *logs, void *user);
    bool (*on_predict_begin)(cn_model *model, cn_logs *logs, void *user);
    bool (*on_predict_end)(cn_model *model, cn_logs *logs, void *user);
    bool (*on_predict_batch_begin)(cn_model *model, int64_t batch, cn_logs *logs, void *user);
    bool (*on_predict_batch_end)(cn_model *model, int64_t batch, cn_logs *logs, void *user);
    void *user;
} cn_callback_options;
CN_API cn_callback *cn_callback_new(const cn_callback_options *options);
#define cn_callback(...) \
    cn_callback_new(&(cn_callback_options){.user = NULL, .at = CN_AT, __VA_ARGS__})

#endif
