/* What a training needs to go on and Keras's files have no place for: a group "training" beside the
 * weights, which Keras passes over. */
#ifndef CN_SAVING_TRAINING_STATE_H
#define CN_SAVING_TRAINING_STATE_H

#include "models/model.h"
#include "saving/mapped_file.h"

/* The optimizer's state, where the model has one, the order of the data, moving averages. */
bool cn_training_add(cn_model *model, cn_h5_node *root);
/* The latter two. */
bool cn_training_read(cn_model *model, cn_mapped_file *file);

/* A whole training in the midst of a fit: all that, weights, optimizer, seeds, metrics, where it
 * stands and what its callbacks remember. The file replaces `path` whole or not at all. */
bool cn_backup_write(cn_model *model, const char *path);
/* Goes on from it. Errors: CN_ENOTFOUND, CN_EFORMAT where it is damaged or of another model. */
bool cn_backup_read(cn_model *model, const char *path);

#endif
