/* What the files of this folder share: the tree's inner calls and the checksum. */
#ifndef CN_SAVING_HDF5_TREE_H
#define CN_SAVING_HDF5_TREE_H

#include "cornu/export.h"
#include "saving/hdf5/hdf5.h"

enum {
    CN_H5_MAX_RANK = 32,
    CN_H5_MAX_DEPTH = 256,    /* of the tree; reading, laying out and freeing recurse as deep */
    CN_H5_MAX_MESSAGE = 65535 /* bytes of an attribute's message */
};

/* A child without a place in `parent` yet; cn_h5_node_free frees what is not in a tree. */
cn_h5_node *cn_h5_node_new(cn_h5_node *parent, const char *name, size_t length);
void cn_h5_node_free(cn_h5_node *node);
/* Puts `child` behind the others; taken also when the call fails. */
bool cn_h5_node_append(cn_h5_node *parent, cn_h5_node *child);
/* The place where a child of that name is (true) or would be (false). */
bool cn_h5_node_place(const cn_h5_node *parent, const char *name, size_t length, size_t *at);
size_t cn_h5_node_depth(const cn_h5_node *node);
void cn_h5_value_clear(cn_h5_value *value);
/* Takes `attribute`'s insides, also when the call fails. */
bool cn_h5_attribute_append(cn_h5_node *node, cn_h5_attribute *attribute);

/* Both return false: "HDF5 object '/a/b': ...", with CN_EFORMAT, and the same for a value. */
bool cn_h5_bad(const cn_h5_node *node, const char *format, ...) CN_PRINTF(2, 3);
bool cn_h5_bad_value(const cn_h5_value *value, int code, const char *format, ...) CN_PRINTF(3, 4);

/* Is the k-th byte of a number its lowest? */
bool cn_h5_host_is_big(void);
/* The checksum of new metadata: Bob Jenkins's lookup3 ("little", seed 0). */
uint32_t cn_h5_checksum(const unsigned char *bytes, size_t n);

/* Walks a text value's elements. `text` is borrowed from the value or the file. */
typedef struct cn_h5_texts {
    const cn_h5_value *value;
    size_t next;
    uint64_t collection,
        object; /* where the last one lay in the file's heap: the next is often behind it */
    const unsigned char *at; /* of a value made by hand: the next one */
    uint64_t steps, bytes;   /* left: a file holds no more than its size */
} cn_h5_texts;
cn_h5_texts cn_h5_texts_begin(const cn_h5_value *value);
bool cn_h5_texts_next(cn_h5_texts *texts, const unsigned char **text, size_t *length);

#endif
