/* Callbacks, inside: one record of hooks, the user's own through the same one. */
#ifndef CN_CALLBACKS_CALLBACK_H
#define CN_CALLBACKS_CALLBACK_H

#include "config/define.h"
#include "cornu/callbacks.h"

/* Logs: names with one value, or several. */
typedef struct cn_log {
    char name[96];
    cn_tensor *tensor; /* what has the values, until somebody looks; held; or NULL */
    double value;      /* the first */
    double *values;    /* all, where there are several; owned; room for `room` */
    size_t width, room;
    size_t set_as; /* how many were set before it; callbacks get logs in the order of names */
} cn_log;
struct cn_logs {
    cn_log *items;
    size_t count, capacity;
};
/* Errors: a name of more than 95 bytes, no values. */
bool cn_logs_set_many(cn_logs *logs, cn_str name, const double *values, size_t width);
void cn_logs_clear(cn_logs *logs); /* keeps the memory */
void cn_logs_free(cn_logs *logs);  /* what it holds: `logs` itself is empty then, and stays */
/* Sets in `to` what `from` has, each name behind `prefix` ("val_"). NULL `from`: nothing. */
bool cn_logs_copy(cn_logs *to, const cn_logs *from, const char *prefix);
/* The same in the order in which `from` got them: metrics as the user gave them. */
bool cn_logs_copy_as_set(cn_logs *to, const cn_logs *from);
/* "loss, accuracy" with `between` for the comma; at most `size` bytes. Returns `text`. */
const char *cn_logs_names(const cn_logs *logs, const char *between, char *text, size_t size);

/* What a fit, evaluate or predict that is not silent shows. */
cn_callback *cn_progbar_logger_new(void);

/* The head of every callback instance. */
struct cn_callback {
    cn_instance head;
    cn_model *model; /* not held: set for the time of a fit */
    cn_callback_params params;
};

typedef bool (*cn_hook)(void *self, cn_logs *logs);
typedef bool (*cn_step_hook)(void *self, int64_t step, cn_logs *logs);
#define CN_CALLBACK_METHODS_(id, self_type)                                                  \
    typedef struct id##_methods {                                                            \
        CN_COMMON_METHODS(self_type)                                                         \
        bool (*on_train_begin)(self_type * self, cn_logs *logs);                             \
        bool (*on_train_end)(self_type * self, cn_logs *logs);                               \
        bool (*on_epoch_begin)(self_type * self, int64_t epoch, cn_logs *logs);              \
        bool (*on_epoch_end)(self_type * self, int64_t epoch, cn_logs *logs);                \
        bool (*on_train_batch_begin)(self_type * self, int64_t batch, cn_logs *logs);        \
        bool (*on_train_batch_end)(self_type * self, int64_t batch, cn_logs *logs);          \
        bool (*on_test_begin)(self_type * self, cn_logs *logs);                              \
        bool (*on_test_end)(self_type * self, cn_logs *logs);                                \
        bool (*on_test_batch_begin)(self_type * self, int64_t batch, cn_logs *logs);         \
        bool (*on_test_batch_end)(self_type * self, int64_t batch, cn_logs *logs);           \
        bool (*on_predict_begin)(self_type * self, cn_logs *logs);                           \
        bool (*on_predict_end)(self_type * self, cn_logs *logs);                             \
        bool (*on_predict_batch_begin)(self_type * self, int64_t batch, cn_logs *logs);      \
        bool (*on_predict_batch_end)(self_type * self, int64_t batch, cn_logs *logs);        \
        /* After all on_train_begin: a training that was interrupted goes on. And when all   \
         * others have seen a batch, or (-1) the end of an epoch. */                         \
        bool (*resume)(self_type * self, cn_logs *logs);                                     \
        bool (*settled)(self_type * self, int64_t batch, cn_logs *logs);                     \
        /* Names what it remembers from epoch to epoch: written to a backup, or read. */     \
        bool (*state)(self_type * self, cn_state *state);                                    \
        /* Does it look at the batches of training, as it is set? NULL: if it has a hook. */ \
        bool (*wants_batches)(const self_type *self);                                        \
    } id##_methods;
CN_CALLBACK_METHODS_(cn_callback, void)

/* The record of a built-in one, after CN_THING(id, cn_callback, TABLE, state): a class without a
 * constructor in C; and with one, whose options the public header has. */
#define CN_CALLBACK_CLASS(id, name, ...) \
    CN_CALLBACK_METHODS_(id, id)         \
    CN_BUILTIN_CLASS(id, CN_CALLBACKS, name, NULL, "keras.callbacks", __VA_ARGS__)
#define CN_PUBLIC_CALLBACK(id, name, ...)                        \
    CN_CALLBACK_CLASS(id, name, __VA_ARGS__)                     \
    cn_callback *cn_##id##_new(const cn_##id##_options *options) \
    {                                                            \
        return cn_instance_new(&cn_##id##_class, options);       \
    }
/* The struct and rows of one whose options the public header has. */
#define CN_CALLBACK_STRUCT(id, table, ...) \
    typedef struct id {                    \
        cn_callback callback;              \
        table(CN_FIELD_) __VA_ARGS__       \
    } id;                                  \
    CN_ROWS(id, table, CN_NO_PARAMS, CN_ROW_)

/* A list of callbacks, called in order. Hooks are named by their offset in cn_callback_methods:
 * cn_callbacks_run(list, offsetof(cn_callback_methods, on_epoch_end), epoch, logs); those without a
 * number ignore it. */
typedef struct cn_callback_list {
    cn_callback **items;
    size_t count, capacity;
    bool batch_hooks; /* does one of them look at the batches of training? then logs are made for
                         each */
} cn_callback_list;
bool cn_callbacks_add(cn_callback_list *list, cn_callback *callback, cn_model *model,
                      const cn_callback_params *params); /* holds it */
/* False with an error recorded when a hook failed; those behind it are not called. `logs` may be
 * NULL; they are put in the order of their names first, as in Keras. */
bool cn_callbacks_run(cn_callback_list *list, size_t hook, int64_t number, cn_logs *logs);
/* Writes what each one remembers, or reads it. */
bool cn_callbacks_state(cn_callback_list *list, cn_state *state);
void cn_callbacks_free(cn_callback_list *list);

#endif
