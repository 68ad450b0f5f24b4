#include "models/model_config.h"
bool cn_functional_write(const cn_model *model, cn_json *config)
{
    (void)model;
    (void)config;
    return cn_fail(CN_EUNSUPPORTED, "not supported: writing functional models");
}
