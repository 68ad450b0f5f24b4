/* The weights of .h5 files: a group for each layer of the model, whose attribute "weight_names"
 * names the data sets; trainable weights first. */
#ifndef CN_SAVING_H5_LAYERS_H
#define CN_SAVING_H5_LAYERS_H

#include "saving/weights_file.h"

/* Layers with weights are matched in order, as Keras does, or by name where that was asked for. */
bool cn_h5_layers_read(const cn_reading *reading, const cn_h5_node *group);
bool cn_h5_layers_add(cn_model *model, cn_h5_node *group);
/* Data sets under the variables' paths, and their names in "weight_names". */
bool cn_h5_add_named(cn_h5_node *group, const cn_list *variables);

#endif
