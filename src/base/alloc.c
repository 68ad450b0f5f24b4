#include "base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"
#include "base/fault.h"

enum { LINE = 64 };

static atomic_long allocations, freed;

/* Counts this allocation and says whether a test wants it to fail. */
static bool refused(void)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
    if (!cn_refused(CN_FAULT_MEMORY))
        return false;
    atomic_fetch_add_explicit(&freed, 1, memory_order_relaxed); /* never was there */
    return true;
}

static void *or_fail(void *block, size_t size)
{
    if (!block)
        cn_fail(CN_ENOMEM, "out of memory: %zu bytes", size);
    return block;
}

void *cn_mem_alloc(size_t size)
{
    return or_fail(refused() ? NULL : malloc(size ? size : 1), size);
}

void *cn_mem_calloc(size_t count, size_t size)
{
    size_t total;
    if (!cn_size_mul(count, size, &total))
        return or_fail(NULL, SIZE_MAX);
    return or_fail(refused() ? NULL : calloc(1, total ? total : 1), total);
}

static void count_freed(const void *block)
{
    if (block)
        atomic_fetch_add_explicit(&freed, 1, memory_order_relaxed);
}

void *cn_mem_realloc(void *old, size_t count, size_t size)
{
    size_t total;
    if (!cn_size_mul(count, size, &total))
        return or_fail(NULL, SIZE_MAX);
    void *block = refused() ? NULL : realloc(old, total ? total : 1);
    if (block)
        count_freed(old);
    return or_fail(block, total);
}

/* Few pages, where the system has large ones, for what is large: weights that are read once at each
 * step otherwise cost a table walk for every 4 KiB. */
void cn_mem_want_large_pages(void *block, size_t size)
{
#ifdef MADV_HUGEPAGE
    (void)madvise(block, size / CN_MEM_PAGE * CN_MEM_PAGE, MADV_HUGEPAGE);
#else
    (void)block, (void)size;
#endif
}

/* The block's true start stands right before the aligned address. */
static void *aligned(size_t size, bool zeros)
{
    size_t align = size >= CN_MEM_LARGE ? CN_MEM_PAGE : LINE, more = align + sizeof(void *);
    if (size > SIZE_MAX - more)
        return or_fail(NULL, size);
    char *block = zeros ? cn_mem_calloc(1, size + more) : cn_mem_alloc(size + more);
    if (!block)
        return NULL;
    uintptr_t at = ((uintptr_t)block + more - 1) & ~(uintptr_t)(align - 1);
    ((void **)at)[-1] = block;
    if (align == CN_MEM_PAGE)
        cn_mem_want_large_pages((void *)at, size);
    return (void *)at;
}

void *cn_mem_alloc_aligned(size_t size)
{
    return aligned(size, false);
}

void *cn_mem_calloc_aligned(size_t size)
{
    return aligned(size, true);
}

void cn_mem_free(void *block)
{
    count_freed(block);
    free(block);
}

void cn_mem_free_aligned(void *block)
{
    if (block)
        cn_mem_free(((void **)block)[-1]);
}

char *cn_mem_strndup(const char *text, size_t length)
{
    if (!text)
        return NULL;
    char *copy = cn_mem_alloc(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

char *cn_mem_strdup(const char *text)
{
    return text ? cn_mem_strndup(text, strlen(text)) : NULL;
}

char *cn_mem_vprintf(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = cn_mem_alloc((size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

char *cn_mem_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = cn_mem_vprintf(format, args);
    va_end(args);
    return text;
}

bool cn_size_mul(size_t a, size_t b, size_t *product)
{
    if (b && a > SIZE_MAX / b)
        return false;
    *product = a * b;
    return true;
}

bool cn_mem_reserve(void *items, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return true;
    size_t grown = *capacity ? *capacity * 2 : 8;
    if (grown < need)
        grown = need;
    void *old;
    memcpy(&old, items, sizeof old);
    void *block = cn_mem_realloc(old, grown, size);
    if (!block)
        return false;
    memcpy(items, &block, sizeof block);
    *capacity = grown;
    return true;
}

void cn_mem_fail_at(long n)
{
    cn_fault_at(CN_FAULT_MEMORY, n, 0);
}

bool cn_mem_failed(void)
{
    return cn_fault_seen(CN_FAULT_MEMORY);
}

bool cn_mem_watched(void)
{
    return cn_fault_watched(CN_FAULT_MEMORY);
}

long cn_mem_live(void)
{
    return atomic_load(&allocations) - atomic_load(&freed);
}

long cn_mem_count(void)
{
    return atomic_load(&allocations);
}
