/* Where Keras 3 puts the variables of a model in model.weights.h5: "layers/dense_1/vars/0". Groups
 * are named by class, numbered within their list; layers inside of others by their attribute.
 * Keras: saving_lib._save_state */
#ifndef CN_SAVING_SAVEABLES_H
#define CN_SAVING_SAVEABLES_H

#include "layers/layer.h"

/* One layer (or the model itself, at the path "") and its own variables; false stops the walk. */
typedef bool (*cn_saveable_visitor)(void *context, const char *path, cn_layer *layer,
                                    const cn_list *variables);
bool cn_visit_saveables(cn_layer *model, cn_saveable_visitor visit, void *context);

#endif
