/* Automatic names, counted for each thread's session, and strings that live as long as the program.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "layers/layer.h"

typedef struct counter {
    struct counter *next;
    unsigned count;
    char prefix[];
} counter;

static _Thread_local counter *counters;

static counter *counter_of(const char *prefix)
{
    for (counter *c = counters; c; c = c->next)
        if (!strcmp(c->prefix, prefix))
            return c;
    counter *c = cn_mem_calloc(1, sizeof *c + strlen(prefix) + 1);
    if (!c)
        return NULL;
    strcpy(c->prefix, prefix);
    c->next = counters;
    return counters = c;
}

const char *cn_unique_name(const char *prefix)
{
    static _Thread_local char text[160];
    counter *c = counter_of(prefix);
    if (!c)
        return NULL;
    if (c->count)
        snprintf(text, sizeof text, "%s_%u", prefix, c->count);
    else
        snprintf(text, sizeof text, "%s", prefix);
    c->count++;
    return text;
}

void cn_forget_names(void)
{
    while (counters) {
        counter *next = counters->next;
        cn_mem_free(counters);
        counters = next;
    }
}

/* Counters end with their thread. */
__attribute__((constructor)) static void watch_threads(void)
{
    cn_scope_on_end_all(cn_forget_names);
}

void cn_clear_session(void)
{
    cn_scope_end_all();
    cn_forget_names();
}

typedef struct interned {
    struct interned *next;
    char text[];
} interned;

enum { BUCKETS = 256 };
static interned *table[BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void forget_interned(void)
{
    for (int i = 0; i < BUCKETS; i++)
        while (table[i]) {
            interned *next = table[i]->next;
            cn_mem_free(table[i]);
            table[i] = next;
        }
    cn_forget_names();
}

static void prepare(void)
{
    atexit(forget_interned);
}

const char *cn_intern(const char *text)
{
    unsigned hash = 5381;
    for (const char *c = text; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    pthread_once(&once, prepare);
    pthread_mutex_lock(&lock);
    interned *entry = table[hash % BUCKETS];
    while (entry && strcmp(entry->text, text))
        entry = entry->next;
    if (!entry && (entry = cn_mem_alloc(sizeof *entry + strlen(text) + 1))) {
        strcpy(entry->text, text);
        entry->next = table[hash % BUCKETS];
        table[hash % BUCKETS] = entry;
    }
    pthread_mutex_unlock(&lock);
    return entry ? entry->text : NULL;
}
