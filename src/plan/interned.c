#include "plan/interned.h"

#include <string.h>

#include "base/alloc.h"
#include "plan/signature.h"

enum { KEPT = 64 };

typedef struct entry {
    uint64_t hash, *words;
    size_t n_words;
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
    cn_mem_free(e->words);
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
    const cn_signature *sig = &s->sig;
    for (entry *e = s->kept; e < s->kept + KEPT; e++)
        if (e->body && e->hash == sig->hash && e->n_words == sig->n_words &&
            !memcmp(e->words, sig->words, sig->n_words * sizeof *sig->words))
            return e;
    return NULL;
}

static cn_body *add(store *s, cn_body *body)
{
    const cn_signature *sig = &s->sig;
    entry *e = &s->kept[s->next++ % KEPT];
    forget(e);
    e->words = cn_mem_alloc(sig->n_words * sizeof *sig->words);
    if (!e->words)
        return NULL;
    memcpy(e->words, sig->words, sig->n_words * sizeof *sig->words);
    e->n_words = sig->n_words;
    e->hash = sig->hash;
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
