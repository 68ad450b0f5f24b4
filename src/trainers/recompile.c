/* Changing a compiled model's settings one by one. */
#include <string.h>

#include "base/alloc.h"
#include "callbacks/callback.h"
#include "trainers/trainer.h"

/* A spec as settings have it: a plain name, or an object. Owned. */
static cn_json *setting_of(cn_family family, const char *spec)
{
    if (*spec == '{' || *spec == '[')
        return cn_json_parse(spec, strlen(spec));
    return strchr(spec, '(') ? cn_spec_serialize(family, spec) : cn_json_string(spec);
}

/* The length of the first of several specs with commas between. */
static size_t first_length(const char *specs)
{
    size_t n = 0;
    int depth = 0;
    for (; specs[n] && (depth || specs[n] != ','); n++)
        depth += (specs[n] == '(') - (specs[n] == ')');
    return n;
}

static cn_json *metrics_setting(const char *specs)
{
    if (*specs == '{' || *specs == '[')
        return cn_json_parse(specs, strlen(specs));
    cn_json *list = cn_json_list();
    bool ok = list != NULL;
    while (ok && *specs) {
        size_t n = first_length(specs);
        char *one = cn_mem_strndup(specs + strspn(specs, " "), n - strspn(specs, " "));
        ok = one && (!*one || cn_json_add(list, setting_of(CN_METRICS, one)));
        cn_mem_free(one);
        specs += n + (specs[n] == ',');
    }
    if (ok)
        return list;
    cn_json_free(list);
    return NULL;
}

static cn_json *changed(const cn_json *settings, const cn_recompile_options *o)
{
    cn_json *copy = settings ? cn_json_copy(settings) : cn_json_object();
    bool ok = copy && (!o->loss || cn_json_set(copy, "loss", setting_of(CN_LOSSES, o->loss))) &&
              (!o->metrics || cn_json_set(copy, "metrics", metrics_setting(o->metrics)));
    if (ok)
        return copy;
    cn_json_free(copy);
    return NULL;
}

bool cn_recompile_with(cn_model *model, const cn_recompile_options *o)
{
    if (!model)
        return false;
    const cn_trainer *old = model->state_->trainer;
    cn_optimizer *optimizer = model->optimizer;
    if (o->optimizer || !optimizer)
        optimizer = cn_optimizer_new(o->optimizer ? o->optimizer : "rmsprop");
    cn_json *settings = optimizer ? changed(old ? old->settings : NULL, o) : NULL;
    return settings && cn_trainer_compile(model, optimizer, settings);
}

bool cn_is_compiled(const cn_model *model)
{
    return model && model->state_->trainer;
}
