/* A callback of the user's own hooks. keras.callbacks.Callback, LambdaCallback */
#include "callbacks/callback.h"

CN_THING(own_callback, cn_callback, CN_NO_PARAMS, cn_callback_options hooks;)
CN_CALLBACK_METHODS_(own_callback, own_callback)

#define PLAIN(hook)                                                  \
    static bool hook(own_callback *self, cn_logs *logs)              \
    {                                                                \
        const cn_callback_options *o = &self->hooks;                 \
        return !o->hook || o->hook(self->head.model, logs, o->user); \
    }
#define NUMBERED(hook, type)                                                       \
    static bool hook(own_callback *self, int64_t number, cn_logs *logs)            \
    {                                                                              \
        const cn_callback_options *o = &self->hooks;                               \
        return !o->hook || o->hook(self->head.model, (type)number, logs, o->user); \
    }
PLAIN(on_train_begin)
PLAIN(on_train_end)
NUMBERED(on_epoch_begin, int)
NUMBERED(on_epoch_end, int)
NUMBERED(on_train_batch_begin, int64_t)
NUMBERED(on_train_batch_end, int64_t)
PLAIN(on_test_begin)
PLAIN(on_test_end)
NUMBERED(on_test_batch_begin, int64_t)
NUMBERED(on_test_batch_end, int64_t)
PLAIN(on_predict_begin)
PLAIN(on_predict_end)
NUMBERED(on_predict_batch_begin, int64_t)
NUMBERED(on_predict_batch_end, int64_t)

static bool wants_batches(const own_callback *self)
{
    return self->hooks.on_train_batch_begin || self->hooks.on_train_batch_end;
}

static bool state(own_callback *self, cn_state *values)
{
    const cn_callback_options *o = &self->hooks;
    return !o->state || o->state(self->head.model, values, o->user);
}

static const own_callback_methods methods = {.on_train_begin = on_train_begin,
                                             .on_train_end = on_train_end,
                                             .on_epoch_begin = on_epoch_begin,
                                             .on_epoch_end = on_epoch_end,
                                             .on_train_batch_begin = on_train_batch_begin,
                                             .on_train_batch_end = on_train_batch_end,
                                             .on_test_begin = on_test_begin,
                                             .on_test_end = on_test_end,
                                             .on_test_batch_begin = on_test_batch_begin,
                                             .on_test_batch_end = on_test_batch_end,
                                             .on_predict_begin = on_predict_begin,
                                             .on_predict_end = on_predict_end,
                                             .on_predict_batch_begin = on_predict_batch_begin,
                                             .on_predict_batch_end = on_predict_batch_end,
                                             .state = state,
                                             .wants_batches = wants_batches};

static const cn_class own_class = {.family = CN_CALLBACKS,
                                   .name = "Callback",
                                   .params = own_callback_params,
                                   .defaults = &own_callback_defaults,
                                   .size = sizeof(own_callback),
                                   .methods = &methods};

cn_callback *cn_callback_new(const cn_callback_options *options)
{
    own_callback *self = cn_instance_new(&own_class, NULL);
    if (!self)
        return NULL;
    self->hooks = *options;
    return &self->head;
}

cn_callback *cn_callback_of(cn_str spec)
{
    return cn_instance_of_spec(CN_CALLBACKS, spec);
}
