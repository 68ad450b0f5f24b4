/* IDX files, the format of MNIST: two zero bytes, a type, the number of axes, the sizes, the data;
 * big-endian, plain or gzipped. Nothing in a file is believed before it is checked. Errors: EFORMAT
 * for a damaged file, EUNSUPPORTED where it is gzipped and zlib is missing, EIO, ENOTFOUND, ENOMEM.
 */
#ifndef CN_DATASETS_IDX_H
#define CN_DATASETS_IDX_H

#include <stddef.h>

#include "cornu/tensor.h"

/* The array of a file, or of its bytes, of which `label` tells the name in messages. */
cn_tensor *cn_idx_load(const char *path);
cn_tensor *cn_idx_parse(const void *data, size_t size, const char *label);

#endif
