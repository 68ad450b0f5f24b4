/* NumPy's array files (.npy, versions 1 to 3). Nothing in a file is believed before it is checked.
 * Errors: EFORMAT for a damaged file, EUNSUPPORTED for other dtypes (complex, records, objects) and
 * more than 8 axes, EIO, ENOTFOUND, ENOMEM. */
#ifndef CN_SAVING_NPY_H
#define CN_SAVING_NPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum cn_npy_type {
    CN_NPY_BOOL,
    CN_NPY_INT8,
    CN_NPY_INT16,
    CN_NPY_INT32,
    CN_NPY_INT64,
    CN_NPY_UINT8,
    CN_NPY_UINT16,
    CN_NPY_UINT32,
    CN_NPY_UINT64,
    CN_NPY_FLOAT16,
    CN_NPY_FLOAT32,
    CN_NPY_FLOAT64,
    CN_NPY_TEXT
} cn_npy_type;

enum { CN_NPY_RANK = 8 };

typedef struct cn_npy {
    cn_npy_type type;
    int rank; /* 0: one element, no axes */
    int64_t shape[CN_NPY_RANK];
    size_t count; /* elements */
    void *data; /* in C order and the machine's byte order, aligned to 64 bytes; for text: unused */
    char **strings; /* for text: `count` of UTF-8 without NUL inside; else NULL */
} cn_npy;

/* The bytes of an element; 0 for text. */
size_t cn_npy_item_size(cn_npy_type type);

/* Reads a file, or its bytes, of which `label` tells the name in messages. Big-endian and
 * Fortran-ordered data are turned. Owned: cn_npy_free; who takes `data` over (leaving NULL) frees
 * it with cn_mem_free_aligned. */
cn_npy *cn_npy_load(const char *path);
cn_npy *cn_npy_parse(const void *data, size_t size, const char *label);
void cn_npy_free(cn_npy *array);

/* Writes bytes as np.save does, through `sink`, which is called until it returns false. `array` is
 * read only; `count` is computed from the shape. Fails: EINVAL for a bad rank, shape or text that
 * is not UTF-8. */
typedef bool (*cn_npy_sink)(void *context, const void *data, size_t size);
bool cn_npy_write(const cn_npy *array, cn_npy_sink sink, void *context);
/* Writes a file, which replaces `path` whole or not at all. */
bool cn_npy_save(const char *path, const cn_npy *array);

#endif
