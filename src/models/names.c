/* What inputs and outputs are called from outside: by data, targets, weights and logs. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "models/model.h"
#include "models/structure.h"

static const char *plain_name(const cn_model *model, const cn_json *structure, bool output,
                              size_t i)
{
    const char *key = cn_structure_key(structure, i);
    if (key)
        return key;
    return output ? cn_output_name(model, i) : cn_input_name(model, i);
}

/* A name that was there already gets _1, _2, … */
static cn_str numbered_name(const cn_model *model, const cn_json *structure, bool output, size_t i)
{
    const char *name = plain_name(model, structure, output, i);
    unsigned before = 0;
    for (size_t k = 0; k < i; k++)
        before += !strcmp(plain_name(model, structure, output, k), name);
    if (!before)
        return name;
    char *text = cn_mem_printf("%s_%u", name, before);
    const char *kept = text ? cn_intern(text) : NULL;
    cn_mem_free(text);
    return kept;
}

cn_str cn_model_input_name(cn_model *model, size_t i)
{
    if (!model || !model->inputs || i >= model->inputs->count)
        return NULL;
    return numbered_name(model, model->state_->input_structure, false, i);
}

cn_str cn_model_output_name(cn_model *model, size_t i)
{
    if (!model || !model->outputs || i >= model->outputs->count)
        return NULL;
    return numbered_name(model, model->state_->output_structure, true, i);
}
