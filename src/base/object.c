#include "base/object.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

typedef struct scope {
    struct scope *outer;
    void **items;
    size_t count, capacity;
} scope;

static _Thread_local scope *current;
static _Thread_local scope spare; /* the list of one that has ended, for the next */
/* Scopes inside the current one that could not be opened for lack of memory: what is made in them
 * goes to the current one. */
static _Thread_local int unopened;
static _Thread_local cn_object *dying;
static _Thread_local bool draining;
static void (*end_hook)(void);
static void (*end_all_hooks[16])(void);

static pthread_key_t at_exit_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- memory of small objects ---- */

/* What is freed is kept for the next object of that size: eager code makes hundreds in each turn
 * of a loop. */
enum { UNIT = 16, UNITS = 32, KEPT_OF_EACH = 512 };

static _Thread_local struct {
    cn_object *first;
    int count;
} store[UNITS];

/* Not where a checker wants to see each object's end, nor where tests count. */
static bool use_store(void)
{
#if defined(__SANITIZE_ADDRESS__)
    return false;
#else
    return !cn_mem_watched();
#endif
}

static cn_object *new_block(size_t size)
{
    size_t units = (size + UNIT - 1) / UNIT;
    if (units >= UNITS)
        return cn_mem_calloc(1, size);
    cn_object *object = use_store() ? store[units].first : NULL;
    if (object) {
        store[units].first = object->next;
        store[units].count--;
        memset(object, 0, units * UNIT);
    } else {
        object = cn_mem_calloc(units, UNIT);
    }
    if (object)
        object->block = (uint32_t)units;
    return object;
}

static void free_block(cn_object *object)
{
    uint32_t units = object->block;
    if (!units || !current || store[units].count == KEPT_OF_EACH || !use_store()) {
        cn_mem_free(object);
        return;
    }
    object->next = store[units].first;
    store[units].first = object;
    store[units].count++;
}

static void free_store(void)
{
    for (size_t i = 0; i < UNITS; i++)
        while (store[i].first) {
            cn_object *object = store[i].first;
            store[i].first = object->next;
            store[i].count--;
            cn_mem_free(object);
        }
}

/* ---- letting go ---- */

static void destroy_all(void)
{
    draining = true;
    while (dying) {
        cn_object *object = dying;
        dying = object->next;
        if (object->kind->destroy)
            object->kind->destroy(object);
        free_block(object);
    }
    draining = false;
}

void cn_release(void *pointer)
{
    cn_object *object = pointer;
    if (!object || atomic_fetch_sub_explicit(&object->refs, 1, memory_order_acq_rel) != 1)
        return;
    object->next = dying;
    dying = object;
    if (!draining)
        destroy_all();
}

void *cn_retain(void *object)
{
    if (object)
        atomic_fetch_add_explicit(&((cn_object *)object)->refs, 1, memory_order_relaxed);
    return object;
}

void cn_replace(void *slot, void *object)
{
    void *old;
    memcpy(&old, slot, sizeof old);
    cn_retain(object);
    memcpy(slot, &object, sizeof object);
    cn_release(old);
}

bool cn_list_put(cn_list *list, size_t i, void *item)
{
    if (item)
        cn_replace(&list->items[i], item);
    return item;
}

bool cn_is(const void *object, const cn_kind *kind)
{
    return object && ((const cn_object *)object)->kind == kind;
}

enum { LONG_LIST = 1 << 16 }; /* objects: longer lists are not kept */

static void end_scope(void)
{
    scope *s = current;
    for (size_t i = s->count; i--;)
        cn_release(s->items[i]);
    current = s->outer;
    if (current && s->capacity > spare.capacity && s->capacity <= LONG_LIST) {
        cn_mem_free(spare.items);
        spare = (scope){.items = s->items, .capacity = s->capacity};
    } else {
        cn_mem_free(s->items);
    }
    cn_mem_free(s);
}

static void end_thread(void *unused)
{
    (void)unused;
    while (current)
        end_scope();
    for (size_t i = 0; i < sizeof end_all_hooks / sizeof *end_all_hooks && end_all_hooks[i]; i++)
        end_all_hooks[i]();
    free_store();
    cn_mem_free(spare.items);
    spare = (scope){0};
}

static void end_process(void)
{
    end_thread(NULL);
}

static void prepare(void)
{
    pthread_key_create(&at_exit_key, end_thread);
    atexit(end_process); /* the main thread's key destructors do not run */
}

static bool begin_scope(void)
{
    pthread_once(&once, prepare);
    scope *s = cn_mem_calloc(1, sizeof *s);
    if (!s)
        return false;
    *s = spare;
    spare = (scope){0};
    s->outer = current;
    current = s;
    pthread_setspecific(at_exit_key, s);
    return true;
}

void cn_scope_begin(void)
{
    if (!current)
        begin_scope();
    if (unopened || !begin_scope())
        unopened++;
}

bool cn_scope_close(void)
{
    if (unopened) {
        unopened--;
        return false;
    }
    if (!current || !current->outer)
        return false;
    end_scope();
    return true;
}

void cn_scope_end(void)
{
    if (cn_scope_close() && end_hook)
        end_hook();
}

void cn_scope_on_end(void (*hook)(void))
{
    end_hook = hook;
}

void cn_scope_on_end_all(void (*hook)(void))
{
    size_t i = 0;
    while (end_all_hooks[i])
        i++;
    end_all_hooks[i] = hook;
}

int cn_scope_depth(void)
{
    int depth = 0;
    for (scope *s = current; s; s = s->outer)
        depth++;
    return depth;
}

/* The scope takes over one reference. */
static bool give(scope *s, void *object)
{
    if (s->count == s->capacity &&
        !cn_mem_reserve(&s->items, &s->capacity, s->count + 1, sizeof *s->items))
        return false;
    s->items[s->count++] = object;
    return true;
}

void *cn_object_new(const cn_kind *kind, size_t size)
{
    if (!current && !begin_scope())
        return NULL;
    cn_object *object = new_block(size);
    if (!object)
        return NULL;
    object->kind = kind;
    atomic_init(&object->refs, 1);
    if (give(current, object))
        return object;
    free_block(object);
    return NULL;
}

void cn_scope_end_all(void)
{
    end_thread(NULL);
}

void *cn_keep(void *object)
{
    if (!object || !current)
        return object;
    scope *target = current->outer ? current->outer : current;
    if (!give(target, object))
        return NULL;
    return cn_retain(object);
}

static void destroy_list(void *self)
{
    cn_list *list = self;
    for (size_t i = 0; i < list->count; i++)
        cn_release(list->items[i]);
    cn_mem_free(list->items);
}

const cn_kind cn_list_kind = {"list", destroy_list};

cn_list *cn_list_single(void *item)
{
    return cn_list_make(&item, 1);
}

const cn_list *cn_list_same(const cn_list *list)
{
    return list;
}

cn_list *cn_list_new(void)
{
    return cn_object_new(&cn_list_kind, sizeof(cn_list));
}

bool cn_list_add(cn_list *list, void *item)
{
    if (!list || !item)
        return false;
    if (!cn_mem_reserve(&list->items, &list->capacity, list->count + 1, sizeof *list->items))
        return false;
    list->items[list->count++] = cn_retain(item);
    return true;
}

bool cn_list_add_all(cn_list *list, void *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!cn_list_add(list, items[i]))
            return false;
    return list;
}

void cn_list_cut(cn_list *list, size_t n)
{
    while (list && list->count > n)
        cn_release(list->items[--list->count]);
}

cn_list *cn_list_make(void *const *items, size_t count)
{
    cn_list *list = cn_list_new();
    return cn_list_add_all(list, items, count) ? list : NULL;
}

size_t cn_list_length(const cn_list *list)
{
    return list ? list->count : 0;
}

void *cn_list_item(const cn_list *list, size_t i)
{
    if (!list)
        return NULL;
    if (i >= list->count)
        return cn_fail_null(CN_EINVAL, "list: expected an index below %zu, found %zu", list->count,
                            i);
    return list->items[i];
}

cn_list *cn_list_concat(const cn_list *a, const cn_list *b)
{
    cn_list *list = a && b ? cn_list_make(a->items, a->count) : NULL;
    return list && cn_list_add_all(list, b->items, b->count) ? list : NULL;
}
