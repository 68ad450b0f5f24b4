/* The configurations of models, as Keras's files have them. */
#ifndef CN_MODELS_MODEL_CONFIG_H
#define CN_MODELS_MODEL_CONFIG_H

#include "models/model.h"

/* Adds "layers", "input_layers", "output_layers" to what the table gives. */
bool cn_functional_write(const cn_model *model, cn_json *config);
void *cn_functional_from_config(const cn_json *config);
bool cn_sequential_write(const cn_model *model, cn_json *config);
void *cn_sequential_from_config(const cn_json *config);

#endif
