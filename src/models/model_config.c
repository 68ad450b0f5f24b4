#include "models/model_config.h"
bool cn_functional_write(const cn_model *model, cn_json *config)
{
    (void)model;
    (void)config;
    return true;
}
void *cn_functional_from_config(const cn_json *config)
{
    (void)config;
    return NULL;
}
bool cn_sequential_write(const cn_model *model, cn_json *config)
{
    (void)model;
    (void)config;
    return true;
}
void *cn_sequential_from_config(const cn_json *config)
{
    (void)config;
    return NULL;
}
