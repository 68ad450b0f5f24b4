/* Layers in files: {"module", "class_name", "config", "registered_name", "build_config", …}, or in
 * .h5 files {"class_name", "config"}. */
#ifndef CN_MODELS_LAYER_CONFIG_H
#define CN_MODELS_LAYER_CONFIG_H

#include "config/shape_json.h"
#include "layers/layer.h"

/* The layer or operation of a file. An object that the file shares between models is one layer. */
cn_layer *cn_layer_of_json(const cn_json *object);
/* Around the reading or writing of a whole file: what is shared within it. */
void cn_sharing_begin(void);
void cn_sharing_end(void);
/* With "build_config"; owned. */
cn_json *cn_layer_to_json(cn_layer *layer);

#endif
