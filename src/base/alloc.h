/* Memory: every allocation of the library comes through here, so that tests can count them and make
 * each fail in turn. A failing call records CN_ENOMEM and returns NULL. */
#ifndef CN_BASE_ALLOC_H
#define CN_BASE_ALLOC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "cornu/export.h"

/* Uninitialised memory of `size` bytes (never NULL for size 0 unless it fails). Owned: cn_mem_free.
 */
void *cn_mem_alloc(size_t size);
/* Zeroed memory for `count` things of `size` bytes; an overflowing product fails like lack of
 * memory. */
void *cn_mem_calloc(size_t count, size_t size);
/* Resizes to `count` things of `size` bytes; on failure the old block stays valid and NULL returns.
 */
void *cn_mem_realloc(void *old, size_t count, size_t size);
/* Aligned blocks of so many bytes have large pages of their own, where the system has them. */
enum { CN_MEM_LARGE = 4 << 20 };
/* Asks for them for other memory than these, where they fit into it. */
enum { CN_MEM_PAGE = 2 << 20 };
void cn_mem_want_large_pages(void *block, size_t size);
/* 64-byte aligned, uninitialised; freed with cn_mem_free_aligned. */
void *cn_mem_alloc_aligned(size_t size);
/* The same, of zeros; large blocks cost no memory before they are written. */
void *cn_mem_calloc_aligned(size_t size);
void cn_mem_free(void *block);
void cn_mem_free_aligned(void *block);
/* A copy of `text`; NULL in, NULL out (without an error). Owned: cn_mem_free. */
char *cn_mem_strdup(const char *text);
char *cn_mem_strndup(const char *text, size_t length);
/* A formatted string. Owned: cn_mem_free. */
char *cn_mem_printf(const char *format, ...) CN_PRINTF(1, 2);
char *cn_mem_vprintf(const char *format, va_list args);

/* False when a * b does not fit. */
bool cn_size_mul(size_t a, size_t b, size_t *product);

/* Makes `*items` (of `*capacity` things of `size` bytes) hold at least `need`; grows by doubling.
 */
bool cn_mem_reserve(void *items, size_t *capacity, size_t need, size_t size);

/* For tests: the n-th allocation from now fails (n from 0; -1: none); has it failed; how many so
 * far, and how many of those have not been freed. */
void cn_mem_fail_at(long n);
bool cn_mem_failed(void);
bool cn_mem_watched(void); /* is one to fail? */
long cn_mem_count(void);
long cn_mem_live(void);

#endif
