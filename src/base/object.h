/* Reference-counted objects and the scopes that own them; see cornu/object.h. */
#ifndef CN_BASE_OBJECT_H
#define CN_BASE_OBJECT_H

#include <stdatomic.h>

#include "cornu/object.h"

typedef struct cn_kind {
    const char *name;
    void (*destroy)(
        void *object); /* releases what it holds; the memory itself is freed by the caller */
} cn_kind;

/* The first member of every object. */
typedef struct cn_object {
    const cn_kind *kind;
    struct cn_object *next; /* among those that wait to be destroyed */
    atomic_int refs;
    uint32_t block; /* the size of its memory, in units of the store of freed objects; 0: large */
} cn_object;

struct cn_list {
    cn_object object;
    void **items;
    size_t count, capacity;
};

extern const cn_kind cn_list_kind;

/* A zeroed object of `size` bytes, held by the current scope alone. NULL: no memory. */
void *cn_object_new(const cn_kind *kind, size_t size);
void *cn_retain(void *object); /* NULL in, NULL out; returns the object */
void cn_release(void *object); /* NULL is fine; never recurses, however long the chain */
bool cn_is(const void *object, const cn_kind *kind);
/* Lets go of *slot and holds `object` in its place. */
void cn_replace(void *slot, void *object);
/* Appends items that do not lie in the list itself; false at the first NULL, and for no list. */
bool cn_list_add_all(cn_list *list, void *const *items, size_t count);
/* Takes what is beyond the first n items away again. */
void cn_list_cut(cn_list *list, size_t n);
/* Puts `item` in the i-th place of a list; false for NULL, which stands for an error. */
bool cn_list_put(cn_list *list, size_t i, void *item);

/* Ends a scope that nobody sees outside: what was assigned goes on waiting. False: there was none.
 */
bool cn_scope_close(void);
#define CN_INNER_SCOPE \
    for (int cn_once_ = (cn_scope_begin(), 1); cn_once_; cn_once_ = (cn_scope_close(), 0))
/* Ends all scopes of this thread. */
void cn_scope_end_all(void);
int cn_scope_depth(void); /* how many scopes this thread has open */
/* A hook that runs when a scope has ended, and one for when all of a thread's have: up to 8 of
 * those. */
void cn_scope_on_end(void (*hook)(void));
void cn_scope_on_end_all(void (*hook)(void));

#endif
