/* Whole models as files: .keras and .h5. */
#ifndef CN_SAVING_MODEL_FILE_H
#define CN_SAVING_MODEL_FILE_H

#include "models/model.h"
#include "saving/weights_file.h"

/* Does `path` end with `end`, capitals or not? */
bool cn_ends_with(const char *path, const char *end);

/* From a .keras archive, which must not have been read yet. */
cn_model *cn_keras_read(cn_mapped_file *file, bool compile);
/* Without the state of its optimizer where that is not wanted. */
bool cn_keras_write(cn_model *model, const char *path, bool optimizer);
/* From an .h5 file. */
cn_model *cn_h5_model_read(cn_mapped_file *file, bool compile);
bool cn_h5_model_write(cn_model *model, const char *path, bool optimizer);
/* Only the weights, of a file with "model_weights" or layer names at its root. */
bool cn_h5_weights_read(const cn_reading *reading);

/* The model of a configuration; where weights follow they are left zero. */
cn_model *cn_model_of_config(const cn_json *config, bool weights_follow);
/* {"module", "class_name", "config", …, "compile_config"}; owned. */
cn_json *cn_model_config(cn_model *model);
/* Writes a tree as a file that replaces `path`. */
bool cn_h5_save(const cn_h5_node *root, const char *path);

/* What files say of who wrote them. */
#define CN_KERAS_VERSION "3.15.1"

#endif
