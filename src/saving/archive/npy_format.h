/* What reading and writing .npy share: the header's contents. */
#ifndef CN_SAVING_NPY_FORMAT_H
#define CN_SAVING_NPY_FORMAT_H

#include "saving/archive/npy.h"

typedef struct cn_npy_header {
    cn_npy_type type;
    bool fortran_order, big_endian;
    bool wide;        /* text: 4 bytes a character ('U'), not 1 ('S') */
    size_t item_size; /* bytes of an element in the file */
    int rank;
    int64_t shape[CN_NPY_RANK];
} cn_npy_header;

/* Parses the header's text, a Python dict of 'descr', 'fortran_order' and 'shape'. */
bool cn_npy_parse_header(cn_npy_header *header, const char *text, size_t length, const char *label);

/* The number of elements; false when it, or its bytes, cannot be counted. An axis of 0 makes 0, but
 * the others are checked all the same: nobody's product of them may overflow. */
bool cn_npy_count(const int64_t *shape, int rank, size_t item_size, size_t *count);

/* NumPy's name of a dtype without its byte order ("f4"); NULL for text. */
const char *cn_npy_type_name(cn_npy_type type);

#endif
