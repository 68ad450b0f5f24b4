/* Memory with values. Large blocks that are freed are kept for the next buffer of their size, for
 * each thread apart: fresh memory would cost a page fault for every 4 KiB. */
#include "base/alloc.h"
#include "base/shelf.h"
#include "graph/tensor.h"

enum { SPARES = 32, LARGE = 1 << 15, MOST_SPARE = 1 << 26 }; /* blocks; bytes: of one, of all */
enum { TINY = 16 }; /* bytes: numbers stand behind the buffer itself */

typedef struct spare {
    void *data;
    size_t size;
} spare;

static _Thread_local struct {
    spare item[SPARES]; /* the one kept longest first */
    size_t count, bytes;
} spares;

static spare take_out(size_t i)
{
    spare one = spares.item[i];
    spares.bytes -= one.size;
    spares.count--;
    for (; i < spares.count; i++)
        spares.item[i] = spares.item[i + 1];
    return one;
}

static void *take(size_t size)
{
    for (size_t i = spares.count; size >= LARGE && i--;)
        if (spares.item[i].size == size)
            return take_out(i).data;
    return cn_mem_alloc_aligned(size);
}

/* A thread without scopes has no end at which its spares would be freed. */
static void give(void *data, size_t size)
{
    if (!data || size < LARGE || size > MOST_SPARE || !cn_scope_depth()) {
        cn_mem_free_aligned(data);
        return;
    }
    while (spares.count == SPARES || spares.bytes + size > MOST_SPARE)
        cn_mem_free_aligned(take_out(0).data);
    spares.item[spares.count++] = (spare){data, size};
    spares.bytes += size;
}

static void free_spares(void)
{
    while (spares.count)
        cn_mem_free_aligned(take_out(spares.count - 1).data);
}

__attribute__((constructor)) static void watch_threads(void)
{
    cn_scope_on_end_all(free_spares);
}

static void destroy(void *self)
{
    cn_buffer *buffer = self;
    if (buffer->data == buffer + 1)
        return;
    if (buffer->shelf)
        cn_unshelve(buffer->data, buffer->shelf);
    else if (!buffer->owner)
        give(buffer->data, buffer->size);
    else if (buffer->owner != buffer)
        cn_release(buffer->owner);
}

const cn_kind cn_buffer_kind = {"buffer", destroy};

static cn_buffer *new_buffer(size_t size, bool zeros)
{
    size_t behind = size <= TINY ? TINY : 0;
    cn_buffer *buffer = cn_object_new(&cn_buffer_kind, sizeof *buffer + behind);
    if (!buffer)
        return NULL;
    buffer->size = size;
    buffer->data = behind ? buffer + 1 : zeros ? cn_shelve(size, &buffer->shelf) : take(size);
    return buffer->data ? buffer : NULL;
}

cn_buffer *cn_buffer_new(size_t size)
{
    return new_buffer(size, false);
}

cn_buffer *cn_buffer_zeros(size_t size)
{
    return new_buffer(size, true);
}

cn_buffer *cn_buffer_borrow(void *data, size_t size, void *owner)
{
    cn_buffer *buffer = cn_object_new(&cn_buffer_kind, sizeof *buffer);
    if (!buffer)
        return NULL;
    buffer->size = size;
    buffer->data = data;
    buffer->owner = owner ? cn_retain(owner) : buffer; /* itself: nobody's */
    return buffer;
}
