/* The reader's inside. All reading goes through a cursor, which knows its end: past it everything
 * is 0 and `ok` turns false, so a structure is read whole and then judged once. Bytes are paid for
 * from a budget of a few times the file's size: a file whose structures overlap or point in circles
 * runs out of it. */
#ifndef CN_SAVING_HDF5_READ_H
#define CN_SAVING_HDF5_READ_H

#include "saving/hdf5/tree.h"

#define CN_H5_NOWHERE UINT64_MAX /* an address that the file leaves undefined */

typedef struct cn_h5_source {
    const unsigned char *data;
    size_t size;
    unsigned offset_size, length_size; /* bytes of an address and of a size: 2, 4 or 8 */
    uint64_t budget;
} cn_h5_source;

typedef struct cn_h5_cursor {
    const unsigned char *at, *end;
    bool ok;
} cn_h5_cursor;

/* The n lowest-first bytes of a number, n <= 8. */
uint64_t cn_h5_take(cn_h5_cursor *c, unsigned n);
/* The next n bytes, borrowed; NULL when there are fewer. */
const unsigned char *cn_h5_take_bytes(cn_h5_cursor *c, uint64_t n);
/* A cursor over the next n bytes. */
cn_h5_cursor cn_h5_take_part(cn_h5_cursor *c, uint64_t n);
bool cn_h5_take_signature(cn_h5_cursor *c, const char *four);
uint64_t cn_h5_take_address(cn_h5_cursor *c, const cn_h5_source *s);
uint64_t cn_h5_take_length(cn_h5_cursor *c, const cn_h5_source *s);
size_t cn_h5_left(const cn_h5_cursor *c);

/* A cursor over the file's bytes [address, address + n), not paid for; `ok` is false outside the
 * file. */
cn_h5_cursor cn_h5_peek(const cn_h5_source *s, uint64_t address, uint64_t n);
/* The same, paid for; fails with a message about `what`. */
bool cn_h5_pay(cn_h5_source *s, const cn_h5_node *node, const char *what, uint64_t address,
               uint64_t n, cn_h5_cursor *c);
/* Do the last four bytes of [start, start + n) hold the checksum of those before? */
bool cn_h5_checksum_fits(const unsigned char *start, size_t n);

/* A message of an object header. */
typedef struct cn_h5_message {
    unsigned type, flags;
    cn_h5_cursor body;
} cn_h5_message;
typedef bool (*cn_h5_visit)(void *context, const cn_h5_message *message);
/* Visits the messages of the object header at node->address, continuations too. */
bool cn_h5_each_message(cn_h5_node *node, cn_h5_visit visit, void *context);

/* Each fills its part of `value`; what is sound but not for us makes it CN_H5_UNREADABLE with a
 * reason. False: damaged, with an error. */
bool cn_h5_read_type(cn_h5_value *value, cn_h5_cursor *c);
bool cn_h5_read_space(cn_h5_value *value, cn_h5_cursor *c, const cn_h5_source *s);
/* `filters` is the message that lists them, or NULL. */
bool cn_h5_read_layout(cn_h5_value *value, cn_h5_cursor *c, cn_h5_source *s, cn_h5_cursor *filters);
bool cn_h5_read_chunks(cn_h5_value *value, cn_h5_cursor *c, cn_h5_source *s, cn_h5_cursor *filters);
void cn_h5_refuse(cn_h5_value *value, const char *reason);

typedef struct cn_h5_filters {
    bool shuffle, deflate;
} cn_h5_filters;
bool cn_h5_read_filters(cn_h5_value *value, cn_h5_cursor *c, cn_h5_filters *filters);
/* The `size` bytes of a chunk that is stored in n bytes. Owned: cn_mem_free. */
unsigned char *cn_h5_unfilter(const cn_h5_value *value, cn_h5_filters filters,
                              const unsigned char *bytes, size_t n, size_t size);

/* Appends the attribute of a message, or the children of a group. */
bool cn_h5_read_attribute(cn_h5_node *node, cn_h5_cursor *c);
bool cn_h5_read_symbols(cn_h5_node *group, cn_h5_cursor *c);
bool cn_h5_read_link(cn_h5_node *group, cn_h5_cursor *c);
/* Appends a child that the n bytes of `name` call; NULL with an error when they cannot be a name.
 */
cn_h5_node *cn_h5_read_child(cn_h5_node *group, const unsigned char *name, size_t n,
                             uint64_t address);

/* Reads the object at node->address into `node`, and all that is below it. */
bool cn_h5_read_object(cn_h5_node *node);

/* What a link info or attribute info message points to: calls `read` for each object of the heap.
 */
bool cn_h5_read_dense(cn_h5_node *node, uint64_t heap, uint64_t tree, unsigned record_type,
                      bool (*read)(cn_h5_node *, cn_h5_cursor *));
/* Calls `visit` for each record of the B-tree (version 2) at `address`, which holds records of
 * `type`. */
bool cn_h5_each_record(cn_h5_node *node, uint64_t address, unsigned type,
                       bool (*visit)(void *, cn_h5_cursor), void *context);

#endif
