/* What a model was compiled with, as files have it: Keras's compile_config, and the training_config
 * of .h5 files. */
#ifndef CN_SAVING_COMPILE_SETTINGS_H
#define CN_SAVING_COMPILE_SETTINGS_H

#include "models/model.h"

/* Compiles the model; an empty object or null: leaves it as it is. Errors: unknown or
 * unsupported classes. */
bool cn_compile_settings_apply(cn_model *model, const cn_json *settings);
/* Makes the optimizer's variables where the model has its weights. */
bool cn_build_optimizer(cn_model *model);
/* {"optimizer", "loss", …} owned; an empty object for a model that is not compiled. */
cn_json *cn_compile_settings(const cn_model *model);
/* The same in the form of .h5 files, or NULL without an error when the model is not compiled. */
cn_json *cn_training_config(const cn_model *model);
/* From that form to the other; owned. */
cn_json *cn_settings_of_training_config(const cn_json *config);
/* A copy in which objects are {"class_name", "config"} alone; owned. */
cn_json *cn_plain_objects(const cn_json *value);

#endif
