/* The writer's inside: bytes that grow, and the walks over the tree. */
#ifndef CN_SAVING_HDF5_WRITE_H
#define CN_SAVING_HDF5_WRITE_H

#include "saving/hdf5/tree.h"

/* The first failure is remembered and checked once. */
typedef struct cn_h5_bytes {
    unsigned char *bytes;
    size_t size, capacity;
    bool failed;
} cn_h5_bytes;

void cn_h5_put_bytes(cn_h5_bytes *b, const void *bytes, size_t n);
/* The n lowest bytes of `number`, lowest first, n <= 8. */
void cn_h5_put(cn_h5_bytes *b, uint64_t number, unsigned n);
void cn_h5_put_zeros(cn_h5_bytes *b, size_t n);
/* Overwrites n bytes at `at`, which were put before. */
void cn_h5_patch(cn_h5_bytes *b, size_t at, uint64_t number, unsigned n);
/* The checksum of what was put since `start`. */
void cn_h5_put_checksum(cn_h5_bytes *b, size_t start);

typedef struct cn_h5_writer {
    cn_h5_bytes *out;
    uint64_t start; /* where out->bytes[0] lies in the file */
    uint64_t data;  /* where the data before the next data set ends */
    /* Where each string went, in the order of the walk: address (8 bytes), index (4), length (4).
     */
    cn_h5_bytes places;
    size_t next_place;
    bool in_collection; /* of strings, which starts at `collection` in `out` and has `objects` */
    size_t collection;
    unsigned objects;
} cn_h5_writer;

enum { CN_H5_PLACE = 16, CN_H5_ALIGN = 64 };

/* The next multiple of CN_H5_ALIGN, where data starts. */
uint64_t cn_h5_aligned(uint64_t at);

/* Puts the tree's strings of variable length into global heap collections. */
bool cn_h5_write_strings(cn_h5_writer *w, const cn_h5_node *root);
/* Puts the headers of the tree; `*address` is the root's. */
bool cn_h5_write_object(cn_h5_writer *w, const cn_h5_node *node, uint64_t *address);
void cn_h5_write_type(cn_h5_bytes *b, const cn_h5_value *value);
void cn_h5_write_space(cn_h5_bytes *b, const cn_h5_value *value);

#endif
