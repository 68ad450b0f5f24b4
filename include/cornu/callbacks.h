/* Callbacks: keras.callbacks. Given to cn_fit as .callbacks = {cn_early_stopping(.patience = 3),
 * …}. */
#ifndef CORNU_CALLBACKS_H
#define CORNU_CALLBACKS_H

#include <cornu/class.h>
#include <cornu/models.h>

/* What a hook sees and may change, and what a step gives: names and values in order. */
typedef struct cn_logs cn_logs;
/* The value under that name; NaN when there is none (no error). */
CN_API double cn_logs_get(const cn_logs *logs, cn_str name);
/* Adds or changes one: later callbacks and the history see it. */
CN_API bool cn_logs_set(cn_logs *logs, cn_str name, double value);
/* New logs, empty, or of tensors, which are computed when somebody looks:
 * cn_logs_of({"loss", cn_metric_result(mean)}, {"norm", norm}). */
typedef struct cn_named {
    cn_str name;
    cn_tensor *value;
} cn_named;
CN_API cn_logs *cn_logs_new(void);
CN_API cn_logs *cn_logs_make(const cn_named *values, size_t count);
#define cn_logs_of(...) \
    cn_logs_make((cn_named[]){__VA_ARGS__}, sizeof((cn_named[]){__VA_ARGS__}) / sizeof(cn_named))
/* Adds or changes one, whose value is that tensor's. */
CN_API bool cn_logs_set_tensor(cn_logs *logs, cn_str name, cn_tensor *value);
/* How many names there are; the i-th name and value (NULL and NaN outside). */
CN_API size_t cn_logs_count(const cn_logs *logs);
CN_API cn_str cn_logs_name(const cn_logs *logs, size_t i);
CN_API double cn_logs_value(const cn_logs *logs, size_t i);
/* For metrics with several numbers: how many values stand under that name, and the k-th. */
CN_API size_t cn_logs_width(const cn_logs *logs, cn_str name);
CN_API double cn_logs_at(const cn_logs *logs, cn_str name, size_t k);

typedef struct cn_callback cn_callback;
/* The callback of a spec: "early_stopping(patience=3)", or JSON with "class_name" and "config". */
CN_API cn_callback *cn_callback_of(cn_str spec);
/* What every callback knows: the model it serves, and how it is run. */
typedef struct cn_callback_params {
    int epochs, initial_epoch, verbose;
    int64_t steps; /* in an epoch; -1: not known yet */
} cn_callback_params;

/* What a callback remembers from one epoch to the next, for cn_backup_and_restore: each call names
 * a value, which is written when a backup is made, and set when a training goes on from it (where
 * the backup has it). Errors: the value there is of another kind or size. */
typedef struct cn_state cn_state;
CN_API bool cn_state_int(cn_state *state, cn_str name, int64_t *value);
CN_API bool cn_state_float(cn_state *state, cn_str name, double *value);
CN_API bool cn_state_bool(cn_state *state, cn_str name, bool *value);
CN_API bool cn_state_bytes(cn_state *state, cn_str name, void *bytes, size_t size);

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
    /* What it remembers, by cn_state_int and its like. */
    bool (*state)(cn_model *model, cn_state *state, void *user);
    void *user;
} cn_callback_options;
CN_API cn_callback *cn_callback_new(const cn_callback_options *options);
#define cn_callback(...) \
    cn_callback_new(&(cn_callback_options){.user = NULL, .at = CN_AT, __VA_ARGS__})

/* ---- Keras's own ---- */

#define CN_MAKE_CALLBACK_(id, table, ...) \
    (CN_MARK("cn_" #id), cn_##id##_new(CN_GIVEN_(id, table(CN_DEFAULT_), __VA_ARGS__)))

#define CN_EARLY_STOPPING(P)                                                                    \
    P(cn_str, monitor, "val_loss", "the value to watch")                                        \
    P(float, min_delta, 0, "a change that is not larger is none")                               \
    P(int, patience, 0, "epochs without improvement after which training stops")                \
    P(int, verbose, 0, "1: say so")                                                             \
    P(cn_str, mode, "auto", "min, max, or auto: by the name")                                   \
    P(float, baseline, CN_NONE, "what must be reached")                                         \
    P(bool, restore_best_weights, false, "go back to the weights of the best epoch at the end") \
    P(int, start_from_epoch, 0, "epochs to wait before watching")
CN_OPTIONS(early_stopping, CN_EARLY_STOPPING, CN_NO_PARAMS)
/* Stops training when a value has stopped improving. Errors, while training: mode "auto" and a
 * metric of unknown direction. keras.callbacks.EarlyStopping */
CN_API cn_callback *cn_early_stopping_new(const cn_early_stopping_options *options);
#define cn_early_stopping(...) CN_MAKE_CALLBACK_(early_stopping, CN_EARLY_STOPPING, __VA_ARGS__)

#define CN_MODEL_CHECKPOINT(P)                                                              \
    P(cn_str, filepath, NULL, "the file, \"w.{epoch:02d}-{val_loss:.2f}.keras\"; required") \
    P(cn_str, monitor, "val_loss", "the value to watch")                                    \
    P(int, verbose, 0, "1: say so")                                                         \
    P(bool, save_best_only, false, "save after improvements only")                          \
    P(bool, save_weights_only, false, "weights instead of the whole model")                 \
    P(cn_str, mode, "auto", "min, max, or auto: by the name")                               \
    P(int, save_freq, CN_NONE, "batches between savings; None: after each epoch")           \
    P(float, initial_value_threshold, CN_NONE, "the best value so far")                     \
    P(int, period, 1, "epochs between savings")
CN_OPTIONS(model_checkpoint, CN_MODEL_CHECKPOINT, CN_NO_PARAMS)
/* Saves the model, or its weights, as it trains; folders are made. Errors: a file name that does
 * not end in .keras or .h5 (weights: .weights.h5); while training: as cn_early_stopping, a name in
 * the file's that is not logged, and what saving may bring. keras.callbacks.ModelCheckpoint */
CN_API cn_callback *cn_model_checkpoint_new(const cn_model_checkpoint_options *options);
#define cn_model_checkpoint(...) \
    CN_MAKE_CALLBACK_(model_checkpoint, CN_MODEL_CHECKPOINT, __VA_ARGS__)

#define CN_BACKUP_AND_RESTORE(P)                                                  \
    P(cn_str, backup_dir, NULL, "the folder of the backup; required")             \
    P(int, save_freq, CN_NONE, "batches between backups; None: after each epoch") \
    P(bool, double_checkpoint, false, "keep the backup before the last one too")  \
    P(bool, delete_checkpoint, true, "remove the backup when training has ended")
CN_OPTIONS(backup_and_restore, CN_BACKUP_AND_RESTORE, CN_NO_PARAMS)
/* Keeps a backup of the training, and goes on from one that it finds: a program that was killed
 * and is started again ends with the weights that it would have had, bit for bit. The backup has
 * the weights, the optimizer's state, seeds, metrics, moving averages, the place in the data, the
 * history, and what the other callbacks remember; each replaces the one before whole or not at
 * all. Data must come as they came (cn_shuffle's order is restored, a generator is read over).
 * Errors: no folder; while training: a backup of another model, and what writing files may bring.
 * keras.callbacks.BackupAndRestore */
CN_API cn_callback *cn_backup_and_restore_new(const cn_backup_and_restore_options *options);
#define cn_backup_and_restore(...) \
    CN_MAKE_CALLBACK_(backup_and_restore, CN_BACKUP_AND_RESTORE, __VA_ARGS__)

#define CN_REDUCE_LR_ON_PLATEAU(P)                                              \
    P(cn_str, monitor, "val_loss", "the value to watch")                        \
    P(float, factor, 0.1, "what the learning rate is multiplied with")          \
    P(int, patience, 10, "epochs without improvement after which that happens") \
    P(int, verbose, 0, "1: say so")                                             \
    P(cn_str, mode, "auto", "min, max, or auto: by the name")                   \
    P(float, min_delta, 1e-4, "a change that is not larger is none")            \
    P(int, cooldown, 0, "epochs to wait after a reduction")                     \
    P(float, min_lr, 0, "the least learning rate")
CN_OPTIONS(reduce_lr_on_plateau, CN_REDUCE_LR_ON_PLATEAU, CN_NO_PARAMS)
/* Reduces the learning rate when a value has stopped improving; logs "learning_rate". Errors:
 * a factor of 1 or more; while training: as cn_early_stopping, and a learning rate that follows a
 * schedule. keras.callbacks.ReduceLROnPlateau */
CN_API cn_callback *cn_reduce_lr_on_plateau_new(const cn_reduce_lr_on_plateau_options *options);
#define cn_reduce_lr_on_plateau(...) \
    CN_MAKE_CALLBACK_(reduce_lr_on_plateau, CN_REDUCE_LR_ON_PLATEAU, __VA_ARGS__)

/* The learning rate of an epoch (from 0), of the present one. */
typedef double (*cn_rate_function)(int epoch, double rate, void *user);
typedef struct cn_learning_rate_scheduler_options {
    cn_at at;
    cn_rate_function schedule;
    int verbose;
    void *user;
} cn_learning_rate_scheduler_options;
/* Sets the learning rate at the beginning of each epoch; logs "learning_rate" at its end. Error: no
 * function. keras.callbacks.LearningRateScheduler */
CN_API cn_callback *
cn_learning_rate_scheduler_new(const cn_learning_rate_scheduler_options *options);
#define cn_learning_rate_scheduler(...)     \
    (CN_MARK("cn_learning_rate_scheduler"), \
     cn_learning_rate_scheduler_new(        \
         &(cn_learning_rate_scheduler_options){.user = NULL, .at = CN_AT, __VA_ARGS__}))

#define CN_CSV_LOGGER(P)                            \
    P(cn_str, filename, NULL, "the file; required") \
    P(cn_str, separator, ",", "between values")     \
    P(bool, append, false, "go on with a file that exists")
CN_OPTIONS(csv_logger, CN_CSV_LOGGER, CN_NO_PARAMS)
/* Writes a line of values after each epoch. keras.callbacks.CSVLogger */
CN_API cn_callback *cn_csv_logger_new(const cn_csv_logger_options *options);
#define cn_csv_logger(...) CN_MAKE_CALLBACK_(csv_logger, CN_CSV_LOGGER, __VA_ARGS__)

#define CN_TERMINATE_ON_NAN(P) P(bool, raise_error, false, "fail instead of stopping")
CN_OPTIONS(terminate_on_nan, CN_TERMINATE_ON_NAN, CN_NO_PARAMS)
/* Stops training at a loss that is no finite number. keras.callbacks.TerminateOnNaN */
CN_API cn_callback *cn_terminate_on_nan_new(const cn_terminate_on_nan_options *options);
#define cn_terminate_on_nan(...) \
    CN_MAKE_CALLBACK_(terminate_on_nan, CN_TERMINATE_ON_NAN, __VA_ARGS__)

#endif
