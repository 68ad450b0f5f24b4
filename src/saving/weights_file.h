/* The variables of a model in the groups of Keras 3: reading and writing model.weights.h5. */
#ifndef CN_SAVING_WEIGHTS_FILE_H
#define CN_SAVING_WEIGHTS_FILE_H

#include "models/model.h"
#include "saving/mapped_file.h"

/* Weights from a file, and how: see cn_load_weights. */
typedef struct cn_reading {
    cn_model *model;
    cn_mapped_file *file;
    bool skip_mismatch, by_name;
} cn_reading;
/* Reads all variables. Errors: CN_EFORMAT naming layer, variable, what was expected and found. */
bool cn_weights_read(const cn_reading *reading);
/* The optimizer's, where the file has them and they fit; else the optimizer stays as it is, which
 * is no error. False: damaged data. */
bool cn_optimizer_read_state(cn_model *model, cn_mapped_file *file);
/* Adds all groups to a tree, which borrows the variables' memory. */
bool cn_weights_add(cn_model *model, cn_h5_node *root);
bool cn_optimizer_add_state(cn_model *model, cn_h5_node *root);
bool cn_h5_add_variable(cn_h5_node *parent, const char *path, cn_tensor *variable);
bool cn_saved_shape_matches(const cn_tensor *variable, const cn_h5_value *value);
/* Error unless the value's shape is the variable's. */
bool cn_check_saved_shape(const cn_layer *layer, const cn_tensor *variable,
                          const cn_h5_value *value);

/* Adds a line to what cn_load_note says. */
bool cn_note(cn_model *model, const char *format, ...) CN_PRINTF(2, 3);
/* Notes that the file has `found` variables for the optimizer, and not those that it wants. */
bool cn_note_optimizer(cn_model *model, size_t found);

#endif
