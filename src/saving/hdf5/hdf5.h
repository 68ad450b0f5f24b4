/* HDF5, the part of it that Keras's files are made of: read from memory, written as a stream.
 *
 * A file is a tree of groups and data sets, both with attributes. cn_h5_open makes the tree of a
 * file that lies in memory; cn_h5_new and the add and set calls make one by hand; cn_h5_image_new
 * lays a tree out as a file. Children are kept in the order of their names (bytewise), as h5py
 * visits them.
 *
 * Read: superblocks 0 to 3, old and new object headers, symbol tables, link messages, dense links
 * and attributes, compact, contiguous and chunked data (whole; shuffled, deflated), integers,
 * floats, h5py's bool, Keras's bfloat16, fixed and variable-length strings. Nothing outside the
 * file is ever touched: soft and external links, external storage and virtual data sets are refused
 * when somebody asks for their value. The file is not trusted: a damaged one is an error, never
 * more.
 *
 * Errors: CN_EFORMAT (damaged; the message names the object), CN_EUNSUPPORTED, CN_EINVAL,
 * CN_ENOMEM. */
#ifndef CN_SAVING_HDF5_H
#define CN_SAVING_HDF5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum cn_h5_kind {
    CN_H5_UNREADABLE, /* `refusal` says why */
    CN_H5_BOOL,
    CN_H5_INT8,
    CN_H5_INT16,
    CN_H5_INT32,
    CN_H5_INT64,
    CN_H5_UINT8,
    CN_H5_UINT16,
    CN_H5_UINT32,
    CN_H5_UINT64,
    CN_H5_FLOAT16,
    CN_H5_BFLOAT16,
    CN_H5_FLOAT32,
    CN_H5_FLOAT64,
    CN_H5_STRING, /* text of a fixed width, `width` bytes each */
    CN_H5_TEXT,   /* text of any length */
    CN_H5_OPAQUE  /* `width` bytes that mean nothing to us */
} cn_h5_kind;

typedef struct cn_h5_node cn_h5_node;
typedef struct cn_h5_value cn_h5_value;
typedef struct cn_h5_attribute cn_h5_attribute;

/* What a data set or an attribute holds. `data` is as the file (or the caller) has it, of any
 * alignment and perhaps of foreign byte order: see cn_h5_is_native and cn_h5_copy. */
struct cn_h5_value {
    cn_h5_kind kind;
    size_t width;  /* bytes of an element in `data` */
    size_t rank;   /* 0: a scalar */
    size_t *shape; /* `rank` of them */
    size_t count;  /* elements */
    const unsigned char *data;
    size_t size; /* of `data`, in bytes */
    const char *refusal;
    /* The rest is ours. */
    bool swapped;           /* the bytes are in the other order than this machine's */
    unsigned padding;       /* of CN_H5_STRING: 0 ends at NUL, 1 NULs behind, 2 spaces behind */
    void *owned;            /* what `data` points to, where it is not borrowed */
    const cn_h5_node *node; /* whose value */
    const char *attribute;  /* of which name; NULL: the data set itself */
};

struct cn_h5_attribute {
    char *name;
    cn_h5_value value;
};

struct cn_h5_node {
    char *name; /* "" for the root */
    cn_h5_node *parent;
    bool is_group;
    cn_h5_value value; /* of a data set */
    cn_h5_node **children;
    size_t count;
    cn_h5_attribute *attributes;
    size_t attribute_count;
    /* The rest is ours. */
    size_t capacity, attribute_capacity;
    struct cn_h5_source *source; /* the file; the root owns it */
    uint64_t address;            /* of the object header */
};

/* Strings of a value. Owned: cn_h5_strings_free. */
typedef struct cn_h5_strings {
    char **items; /* NUL-terminated */
    size_t count;
} cn_h5_strings;

/* The root of the file in data[0 .. size), which is borrowed as long as the tree lives. Owned:
 * cn_h5_free. */
cn_h5_node *cn_h5_open(const unsigned char *data, size_t size);
/* The root of a new, empty tree. Owned: cn_h5_free. */
cn_h5_node *cn_h5_new(void);
/* Frees the whole tree of a root. */
void cn_h5_free(cn_h5_node *root);

/* The object at "layers/dense/vars/0" below `from`, borrowed; NULL without an error when there is
 * none. */
cn_h5_node *cn_h5_find(const cn_h5_node *from, const char *path);
/* The attribute of that name, borrowed until the next set; NULL without an error when there is
 * none. */
const cn_h5_value *cn_h5_attribute_find(const cn_h5_node *node, const char *name);
/* "/layers/dense/vars/0". Owned: cn_mem_free. */
char *cn_h5_path(const cn_h5_node *node);

/* Bytes of an element in this machine's memory; 0 for text, opaque and unreadable ones. */
size_t cn_h5_kind_size(cn_h5_kind kind);
/* "float32", as NumPy and Keras say. */
const char *cn_h5_kind_name(cn_h5_kind kind);
/* May `data` be used as it is (but for its alignment)? */
bool cn_h5_is_native(const cn_h5_value *value);
/* Fails, with the reason, where a value cannot be read. NULL: false without a new error. */
bool cn_h5_readable(const cn_h5_value *value);
/* Writes the `count` elements in this machine's order to `out` (count * cn_h5_kind_size bytes). */
bool cn_h5_copy(const cn_h5_value *value, void *out);
/* The first element as an integer (of an integer or bool) or a number (of float32 and float64 too).
 */
bool cn_h5_int(const cn_h5_value *value, int64_t *out);
bool cn_h5_double(const cn_h5_value *value, double *out);
/* The first element of a text value. Owned: cn_mem_free. */
char *cn_h5_text(const cn_h5_value *value);
/* All elements of a text value; an empty value of any kind is no strings, as h5py writes []. */
bool cn_h5_strings_read(const cn_h5_value *value, cn_h5_strings *out);
void cn_h5_strings_free(cn_h5_strings *strings);
/* Keras's name lists: the attribute `name`, or `name`0, `name`1 ... where it was too long for one.
 * Fails with CN_EFORMAT when there is neither. */
bool cn_h5_names(const cn_h5_node *node, const char *name, cn_h5_strings *out);

/* The group at `path` below `parent`, made (with those between) where it is missing; borrowed. */
cn_h5_node *cn_h5_add_group(cn_h5_node *parent, const char *path);
/* A new data set of numbers at `path`, groups between made too. `data` (in this machine's order) is
 * borrowed until the tree is freed. bfloat16 gets Keras's attribute. Borrowed. */
cn_h5_node *cn_h5_add_dataset(cn_h5_node *parent, const char *path, cn_h5_kind kind, size_t rank,
                              const size_t *shape, const void *data);
/* Attributes; one of that name is replaced, values are copied. Text is of variable length;
 * an empty list is an empty float64 array, as h5py makes it. */
bool cn_h5_set_text(cn_h5_node *node, const char *name, const char *text);
bool cn_h5_set_strings(cn_h5_node *node, const char *name, const char *const *items, size_t count);
bool cn_h5_set_int(cn_h5_node *node, const char *name, int64_t number);
bool cn_h5_set_double(cn_h5_node *node, const char *name, double number);
bool cn_h5_set_bool(cn_h5_node *node, const char *name, bool truth);
bool cn_h5_set_numbers(cn_h5_node *node, const char *name, cn_h5_kind kind, size_t rank,
                       const size_t *shape, const void *data);
/* cn_h5_set_strings; a list of over 64,512 bytes, were all as long as the longest, is split as
 * Keras does into `name`0, `name`1 ..., with strings of that width. */
bool cn_h5_set_names(cn_h5_node *node, const char *name, const char *const *items, size_t count);

/* A tree laid out as a file: superblock 2, data aligned to 64 bytes. It borrows the tree, which
 * must not change any more. Owned: cn_h5_image_free. */
typedef struct cn_h5_image cn_h5_image;
cn_h5_image *cn_h5_image_new(const cn_h5_node *root);
uint64_t cn_h5_image_size(const cn_h5_image *image);
/* Hands the file's bytes to `sink`, in order; stops with false when it returns false. May be
 * repeated. */
typedef bool (*cn_h5_sink)(void *context, const void *bytes, size_t n);
bool cn_h5_image_write(const cn_h5_image *image, cn_h5_sink sink, void *context);
void cn_h5_image_free(cn_h5_image *image);

#endif
