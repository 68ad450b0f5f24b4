#include "base/scratch.h"

#include <pthread.h>

#include "base/alloc.h"

_Static_assert(CN_SCRATCH + CN_SCRATCH_SPLIT >= CN_MEM_LARGE, "on large pages");

static _Thread_local void *mine;
static pthread_key_t at_end; /* its destructor frees the block of a thread that ends */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool have_key;

static void make_key(void)
{
    have_key = !pthread_key_create(&at_end, cn_mem_free_aligned);
}

void *cn_scratch(void)
{
    if (mine)
        return mine;
    pthread_once(&once, make_key);
    void *block = cn_mem_alloc_aligned(CN_SCRATCH + CN_SCRATCH_SPLIT);
    if (block && have_key)
        pthread_setspecific(at_end, block);
    return mine = block;
}

void *cn_scratch_split(void)
{
    return (char *)mine + CN_SCRATCH;
}

void cn_scratch_lend(void *block)
{
    mine = block;
}
