#include "base/shelf.h"

#include <pthread.h>

#include "base/alloc.h"

enum {
    LINE = 64,
    SHELF = 32 << 20, /* as large as malloc never takes from its heap, which it would fill */
    LEAST = 1 << 14,
};

struct cn_shelf {
    char *data;
    size_t used, things;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static cn_shelf *current; /* the one that has room; it is not empty */

static cn_shelf *new_shelf(void)
{
    cn_shelf *made = cn_mem_calloc(1, sizeof *made);
    if (made && (made->data = cn_mem_calloc_aligned(SHELF)))
        return made;
    cn_mem_free(made);
    return NULL;
}

void *cn_shelve(size_t size, cn_shelf **shelf)
{
    void *at = NULL;
    *shelf = NULL;
    if (size < LEAST || size >= CN_MEM_LARGE)
        return cn_mem_calloc_aligned(size);
    size = (size + LINE - 1) / LINE * LINE;
    pthread_mutex_lock(&lock);
    cn_shelf *on = current && current->used + size <= SHELF ? current : new_shelf();
    if (on) {
        current = *shelf = on;
        at = on->data + on->used;
        on->used += size;
        on->things++;
    }
    pthread_mutex_unlock(&lock);
    return at;
}

void cn_unshelve(void *data, cn_shelf *shelf)
{
    if (!shelf) {
        cn_mem_free_aligned(data);
        return;
    }
    pthread_mutex_lock(&lock);
    bool empty = !--shelf->things;
    if (empty && current == shelf)
        current = NULL;
    pthread_mutex_unlock(&lock);
    if (!empty)
        return;
    cn_mem_free_aligned(shelf->data);
    cn_mem_free(shelf);
}
