/* What the tests of this folder share. Included once by each. */
#ifndef CN_SAVING_HDF5_TEST_H
#define CN_SAVING_HDF5_TEST_H

#include <stdbool.h>
#include <stddef.h>

#include "saving/hdf5/hdf5.h"

/* A file in memory. */
typedef struct cn_h5_file {
    unsigned char *data;
    size_t size;
} cn_h5_file;

/* tests/data/hdf5/NAME, which h5py or Keras wrote; freed with free(data). Fails the test where it
 * is missing. */
cn_h5_file cn_h5_fixture(const char *name);
/* The tree laid out as a file; empty when that fails. */
cn_h5_file cn_h5_written(const cn_h5_node *root);
/* Are names, kinds, shapes, values and attributes the same? */
bool cn_h5_same_tree(const cn_h5_node *a, const cn_h5_node *b);

#endif
