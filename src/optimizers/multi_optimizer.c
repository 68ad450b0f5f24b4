/* Several optimizers, each for the weights whose path matches its pattern, and one for the others.
 *     {"class_name": "OptimizerMap", "config": {"default_optimizer": …,
 *      "optimizer_map": {"conv/.*": …}}}
 * keras.optimizers.MultiOptimizer, OptimizerMap */
#include <string.h>

#include "base/error.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"
#include "optimizers/path_pattern.h"

#define MULTI(P) P(cn_str, optimizer_map, NULL, "an OptimizerMap, as JSON")
/* The last of `all` is for the others; patterns[i] belongs to all[i]. */
CN_OPTIMIZER(multi_optimizer, MULTI, cn_list *all; cn_json * patterns;)

static bool add(multi_optimizer *self, const cn_json *config)
{
    cn_optimizer *one = cn_instance_deserialize(CN_OPTIMIZERS, config);
    if (!one)
        return false;
    const cn_optimizer_methods *methods = cn_optimizer_methods_of(one);
    if (methods->inner)
        return cn_fail(CN_EINVAL, "%s cannot be used inside an MultiOptimizer.",
                       ((cn_instance *)one)->cls->name);
    one->loss_scale_factor = self->optimizer.loss_scale_factor;
    return cn_list_add(self->all, one);
}

static bool read_map(multi_optimizer *self, const cn_json *map)
{
    const cn_json *config = cn_json_get(map, "config");
    const cn_json *patterns = cn_json_get(config, "optimizer_map");
    const cn_json *others = cn_json_get(config, "default_optimizer");
    if (!others)
        return cn_fail(CN_EINVAL, "MultiOptimizer: expected an OptimizerMap for 'optimizer_map'");
    self->patterns = cn_json_list();
    for (size_t i = 0; patterns && i < patterns->count; i++)
        if (!cn_path_check(patterns->items[i]->key) ||
            !cn_json_add(self->patterns, cn_json_string(patterns->items[i]->key)) ||
            !add(self, patterns->items[i]))
            return false;
    return add(self, others);
}

static bool init(multi_optimizer *self)
{
    const char *text = self->optimizer_map ? self->optimizer_map : "null";
    cn_json *map = cn_json_parse(text, strlen(text));
    self->all = cn_retain(cn_list_new());
    bool ok = map && self->all && read_map(self, map);
    cn_json_free(map);
    return ok;
}

static void destroy(multi_optimizer *self)
{
    cn_release(self->all);
    cn_json_free(self->patterns);
}

static cn_json *write_map(const multi_optimizer *self)
{
    cn_json *map = cn_json_parse(self->optimizer_map, strlen(self->optimizer_map));
    cn_json *config = cn_json_get(map, "config"), *patterns = cn_json_get(config, "optimizer_map");
    size_t n = self->all->count - 1;
    bool ok = config &&
              cn_json_set(config, "default_optimizer", cn_instance_serialize(self->all->items[n]));
    for (size_t i = 0; ok && i < n; i++)
        ok = cn_json_set(patterns, self->patterns->items[i]->string,
                         cn_instance_serialize(self->all->items[i]));
    if (ok)
        return map;
    cn_json_free(map);
    return NULL;
}

/* Keras writes its own parameters alone. */
static bool write(const multi_optimizer *self, cn_json *config)
{
    static const char *const kept[] = {"name", "optimizer_map", "loss_scale_factor"};
    for (size_t i = config->count; i--;) {
        bool keep = false;
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
            keep = keep || !strcmp(config->items[i]->key, kept[k]);
        if (!keep)
            cn_json_free(cn_json_remove(config, config->items[i]->key));
    }
    return cn_json_set(config, "optimizer_map", write_map(self));
}

/* The place of the weight's optimizer; -1 with an error. */
static long place_of(const multi_optimizer *self, const cn_tensor *weight)
{
    const char *path = weight->variable->path;
    size_t n = self->patterns->count;
    long found = (long)n;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(self->patterns->items[i]->string, path))
            return (long)i;
    for (size_t i = 0; i < n; i++) {
        if (!cn_path_match(self->patterns->items[i]->string, path))
            continue;
        if (found != (long)n) {
            cn_fail(CN_EINVAL, "Multiple optimizers assigned to variable %s.", path);
            return -1;
        }
        found = (long)i;
    }
    return found;
}

/* The members of `items` (weights, or what belongs to them) whose weight goes to optimizer k. */
static cn_list *part(const multi_optimizer *self, const cn_list *items, const cn_list *weights,
                     size_t k)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < weights->count; i++) {
        long place = place_of(self, weights->items[i]);
        if (place < 0 || (place == (long)k && !cn_list_add(list, items->items[i])))
            return NULL;
    }
    return list;
}

static bool build(multi_optimizer *self, const cn_list *weights)
{
    for (size_t k = 0; k < self->all->count; k++) {
        cn_list *own = part(self, weights, weights, k);
        if (!own || (own->count && !cn_optimizer_build(self->all->items[k], own)))
            return false;
    }
    return true;
}

static bool apply(multi_optimizer *self, const cn_list *grads, const cn_list *weights)
{
    for (size_t k = 0; k < self->all->count; k++) {
        cn_list *own = part(self, weights, weights, k), *g = part(self, grads, weights, k);
        if (!own || !g || !cn_apply_inner(self->all->items[k], g, own))
            return false;
    }
    return cn_count_step(&self->optimizer);
}

static cn_list *inner(const multi_optimizer *self)
{
    return cn_list_make(self->all->items, self->all->count);
}

CN_BUILTIN_OPTIMIZER(multi_optimizer, "MultiOptimizer", "multioptimizer", .init = init,
                     .destroy = destroy, .write_config = write, .build = build, .inner = inner,
                     .apply = apply)
