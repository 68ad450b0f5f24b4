/* What is remembered of a training beside variables: values by name, written to a group of an HDF5
 * file or read from it by the same calls. Numbers are attributes, bytes are data sets. */
#ifndef CN_SAVING_STATE_H
#define CN_SAVING_STATE_H

#include "cornu/callbacks.h"
#include "saving/hdf5/hdf5.h"

struct cn_state {
    cn_h5_node *group;
    bool writing;
};

/* A text of the caller's, replaced (owned: cn_mem_free) when it is read. */
bool cn_state_text(cn_state *state, cn_str name, char **text);
/* Bytes of any number, replaced (owned: cn_mem_free) when they are read; while writing they are
 * borrowed until the file is there. */
bool cn_state_blob(cn_state *state, cn_str name, char **bytes, size_t *size);
/* A whole number without a sign. */
bool cn_state_word(cn_state *state, cn_str name, uint64_t *value);
/* Names and values, replaced when they are read. */
bool cn_state_logs(cn_state *state, cn_str name, cn_logs *logs);
/* The state in a group inside; while reading, `*there` says whether the file has it. */
bool cn_state_group(cn_state *state, cn_str path, cn_state *inside, bool *there);

#endif
