#include "plan/cache.h"

#include <pthread.h>
#include <string.h>

#include "base/alloc.h"

typedef struct entry {
    cn_view *views; /* without data */
    size_t n;
    int variant;
    cn_plan *plan; /* held */
    uint64_t used; /* when, for throwing the oldest out */
} entry;

struct cn_plan_cache {
    cn_plan_maker make;
    void *user;
    pthread_mutex_t lock;
    entry *entries;
    size_t count, capacity, most, made;
    uint64_t clock;
};

cn_plan_cache *cn_plan_cache_new(size_t most, cn_plan_maker make, void *user)
{
    cn_plan_cache *cache = cn_mem_calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    cache->make = make;
    cache->user = user;
    cache->most = most;
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

static void forget(entry *e)
{
    cn_mem_free(e->views);
    cn_release(e->plan);
    *e = (entry){0};
}

void cn_plan_cache_free(cn_plan_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->count; i++)
        forget(&cache->entries[i]);
    cn_mem_free(cache->entries);
    pthread_mutex_destroy(&cache->lock);
    cn_mem_free(cache);
}

static bool same_view(const cn_view *a, const cn_view *b)
{
    return a->dtype == b->dtype && a->rank == b->rank &&
           !memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]);
}

static entry *find(cn_plan_cache *cache, const cn_view *views, size_t n, int variant)
{
    for (size_t e = 0; e < cache->count; e++) {
        entry *one = &cache->entries[e];
        bool same = one->n == n && one->variant == variant;
        for (size_t i = 0; same && i < n; i++)
            same = same_view(&one->views[i], &views[i]);
        if (same)
            return one;
    }
    return NULL;
}

/* An empty place: a new one, or the one that was not used for longest. */
static entry *place(cn_plan_cache *cache)
{
    if (cache->count < cache->most)
        return cn_mem_reserve(&cache->entries, &cache->capacity, cache->count + 1,
                              sizeof *cache->entries)
                   ? &cache->entries[cache->count++]
                   : NULL;
    entry *old = cache->entries;
    for (size_t i = 1; i < cache->count; i++)
        if (cache->entries[i].used < old->used)
            old = &cache->entries[i];
    forget(old);
    return old;
}

static entry *add(cn_plan_cache *cache, const cn_view *views, size_t n, int variant)
{
    cn_view *copy = cn_mem_calloc(n, sizeof *copy);
    cn_plan *plan = copy ? cache->make(cache->user, views, n, variant) : NULL;
    entry *e = plan ? place(cache) : NULL;
    if (!e) {
        cn_mem_free(copy);
        cn_release(plan);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        copy[i] = views[i];
    *e = (entry){.views = copy, .n = n, .variant = variant, .plan = plan};
    cache->made++;
    return e;
}

cn_plan *cn_plan_cache_get(cn_plan_cache *cache, const cn_view *views, size_t n, int variant)
{
    if (!cache)
        return NULL;
    pthread_mutex_lock(&cache->lock);
    entry *e = find(cache, views, n, variant);
    if (!e)
        e = add(cache, views, n, variant);
    if (e)
        e->used = ++cache->clock;
    cn_plan *plan = e ? cn_retain(e->plan) : NULL;
    pthread_mutex_unlock(&cache->lock);
    return plan;
}

size_t cn_plan_cache_made(const cn_plan_cache *cache)
{
    return cache->made;
}
