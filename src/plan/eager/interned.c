#include "plan/eager/interned.h"

#include "base/alloc.h"
#include "plan/eager/signature_key.h"

enum { KEPT = 64 };

typedef struct entry {
    cn_sig_key key;
    cn_body *body; /* held */
} entry;

typedef struct store {
    cn_signature sig;
    entry kept[KEPT];
    size_t next;
} store;

static _Thread_local store *mine;

static void forget(entry *e)
{
    cn_sig_key_free(&e->key);
    cn_release(e->body);
    *e = (entry){0};
}

static void free_store(void)
{
    for (size_t i = 0; mine && i < KEPT; i++)
        forget(&mine->kept[i]);
    if (mine)
        cn_signature_free(&mine->sig);
    cn_mem_free(mine);
    mine = NULL;
}

__attribute__((constructor)) static void watch_threads(void)
{
    cn_scope_on_end_all(free_store);
}

static entry *find(store *s)
{
    for (entry *e = s->kept; e < s->kept + KEPT; e++)
        if (e->body && cn_sig_key_is(&e->key, &s->sig))
            return e;
    return NULL;
}

static cn_body *add(store *s, cn_body *body)
{
    entry *e = &s->kept[s->next++ % KEPT];
    forget(e);
    if (!cn_sig_key_make(&e->key, &s->sig))
        return NULL;
    /* which variables it was made for says the op's inputs */
    for (size_t i = 0; i < body->params->count; i++)
        cn_replace(&((cn_tensor *)body->params->items[i])->origin, NULL);
    e->body = cn_retain(body);
    return body;
}

cn_body *cn_body_interned(cn_body *body)
{
    if (!body || cn_tracing())
        return body;
    if (!mine && !(mine = cn_mem_calloc(1, sizeof *mine)))
        return NULL;
    if (!cn_signature_body(&mine->sig, body))
        return NULL;
    if (!mine->sig.plain)
        return body;
    entry *e = find(mine);
    return e ? e->body : add(mine, body);
}
