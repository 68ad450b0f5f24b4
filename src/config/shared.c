/* Instances that are only asked: what stands in a spec is read once, not at each step of a loop. */
#include <string.h>

#include "base/alloc.h"
#include "config/instance.h"

enum { KEPT = 16 };

typedef struct entry {
    cn_family family;
    char *spec;
    cn_instance *instance; /* held */
} entry;

static _Thread_local entry kept[KEPT];
static _Thread_local size_t next;

static void forget(entry *e)
{
    cn_mem_free(e->spec);
    cn_release(e->instance);
    *e = (entry){0};
}

static void forget_all(void)
{
    for (size_t i = 0; i < KEPT; i++)
        forget(&kept[i]);
}

__attribute__((constructor)) static void watch_threads(void)
{
    cn_scope_on_end_all(forget_all);
}

/* A user's own may count how often it is made. */
void *cn_instance_shared(cn_family family, cn_str spec)
{
    for (size_t i = 0; spec && i < KEPT; i++)
        if (kept[i].instance && kept[i].family == family && !strcmp(kept[i].spec, spec))
            return kept[i].instance;
    cn_instance *made = cn_instance_of_spec(family, spec);
    char *copy = made && made->cls->built_in ? cn_mem_strdup(spec) : NULL;
    if (!copy)
        return made;
    entry *e = &kept[next++ % KEPT];
    forget(e);
    *e = (entry){family, copy, cn_retain(made)};
    return made;
}
