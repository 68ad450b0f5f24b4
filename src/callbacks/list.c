/* Callbacks in a row. keras.callbacks.CallbackList */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "callbacks/callback.h"
#include "saving/state.h"

#define HOOK(name, numbered)                                 \
    {                                                        \
#name, offsetof(cn_callback_methods, name), numbered \
    }
static const struct hook {
    const char *name;
    size_t offset;
    bool numbered;
} hooks[] = {
    HOOK(on_train_begin, false),
    HOOK(on_train_end, false),
    HOOK(on_epoch_begin, true),
    HOOK(on_epoch_end, true),
    HOOK(on_train_batch_begin, true),
    HOOK(on_train_batch_end, true),
    HOOK(on_test_begin, false),
    HOOK(on_test_end, false),
    HOOK(on_test_batch_begin, true),
    HOOK(on_test_batch_end, true),
    HOOK(on_predict_begin, false),
    HOOK(on_predict_end, false),
    HOOK(on_predict_batch_begin, true),
    HOOK(on_predict_batch_end, true),
    HOOK(resume, false),
    HOOK(settled, true),
};

static const cn_callback_methods *methods_of(const cn_callback *callback)
{
    static const cn_callback_methods none = {0};
    return callback->head.cls->methods ? callback->head.cls->methods : &none;
}

static bool wants_batches(const cn_callback *callback)
{
    const cn_callback_methods *methods = methods_of(callback);
    if (methods->wants_batches)
        return methods->wants_batches(callback);
    return methods->on_train_batch_begin || methods->on_train_batch_end;
}

bool cn_callbacks_add(cn_callback_list *list, cn_callback *callback, cn_model *model,
                      const cn_callback_params *params)
{
    if (!callback)
        return false;
    if (!cn_is_a(callback, CN_CALLBACKS))
        return cn_fail(CN_EINVAL, "callbacks: expected a callback");
    if (!cn_mem_reserve(&list->items, &list->capacity, list->count + 1, sizeof *list->items))
        return false;
    list->items[list->count++] = cn_retain(callback);
    callback->model = model;
    callback->params = *params;
    list->batch_hooks = list->batch_hooks || wants_batches(callback);
    return true;
}

static const struct hook *find(size_t offset)
{
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        if (hooks[i].offset == offset)
            return &hooks[i];
    return NULL;
}

static bool run(const struct hook *hook, cn_callback *callback, int64_t number, cn_logs *logs)
{
    const char *at = (const char *)methods_of(callback) + hook->offset;
    cn_hook plain;
    cn_step_hook numbered;
    memcpy(&plain, at, sizeof plain);
    memcpy(&numbered, at, sizeof numbered);
    cn_caller before = cn_caller_now();
    bool ok = !plain || (hook->numbered ? numbered(callback, number, logs) : plain(callback, logs));
    cn_caller_again(&before);
    if (ok)
        return true;
    return cn_fail(CN_ESTATE, "%s: %s returned false", callback->head.cls->name, hook->name);
}

/* Keras hands out logs by name; what a callback adds comes last. They mostly are in order. */
static void sort(cn_logs *logs)
{
    for (size_t i = 1; i < cn_logs_count(logs); i++) {
        cn_log moved = logs->items[i];
        size_t k = i;
        for (; k && strcmp(logs->items[k - 1].name, moved.name) > 0; k--)
            logs->items[k] = logs->items[k - 1];
        if (k < i)
            logs->items[k] = moved;
    }
}

bool cn_callbacks_run(cn_callback_list *list, size_t offset, int64_t number, cn_logs *logs)
{
    const struct hook *hook = find(offset);
    if (!hook)
        return cn_fail(CN_EINTERNAL, "callbacks: there is no such hook");
    sort(logs);
    for (size_t i = 0; i < list->count; i++)
        if (!run(hook, list->items[i], number, logs))
            return false;
    return true;
}

/* Callbacks are known by their class, and by their place among those of it: a list that has got
 * others since finds the state of the old ones. */
bool cn_callbacks_state(cn_callback_list *list, cn_state *state)
{
    bool ok = true;
    for (size_t i = 0; ok && i < list->count; i++) {
        cn_callback *one = list->items[i];
        int before = 0;
        for (size_t k = 0; k < i; k++)
            before += list->items[k]->head.cls == one->head.cls;
        cn_state inside;
        bool there;
        char path[128];
        snprintf(path, sizeof path, "%s_%d", one->head.cls->name, before);
        if (methods_of(one)->state)
            ok = cn_state_group(state, path, &inside, &there) &&
                 (!there || methods_of(one)->state(one, &inside));
    }
    return ok;
}

void cn_callbacks_free(cn_callback_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        list->items[i]->model = NULL;
        cn_release(list->items[i]);
    }
    cn_mem_free(list->items);
    *list = (cn_callback_list){0};
}
