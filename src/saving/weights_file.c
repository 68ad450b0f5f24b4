#include "saving/weights_file.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "base/alloc.h"
#include "config/registry.h"
#include "graph/shape.h"
#include "optimizers/optimizer.h"
#include "saving/saveables.h"

static cn_shape shape_of(const cn_h5_value *value)
{
    cn_shape shape = {.rank = (int)value->rank};
    for (size_t i = 0; i < value->rank && i < CN_MAX_RANK; i++)
        shape.dim[i] = (int64_t)value->shape[i];
    return shape;
}

bool cn_saved_shape_matches(const cn_tensor *variable, const cn_h5_value *value)
{
    cn_shape shape = shape_of(value);
    return value->rank <= CN_MAX_RANK && cn_shape_equal(shape, variable->shape);
}

bool cn_check_saved_shape(const cn_layer *layer, const cn_tensor *variable,
                          const cn_h5_value *value)
{
    if (cn_saved_shape_matches(variable, value))
        return true;
    if (value->rank > CN_MAX_RANK)
        return cn_fail(CN_EFORMAT, "a variable of the file has %zu axes", value->rank);
    cn_shape shape = shape_of(value);
    return cn_fail(CN_EFORMAT, "layer '%s': expected shape %s for '%s', the file has %s",
                   layer ? layer->name : "optimizer", cn_shape_text(variable->shape),
                   cn_variable_name(variable), cn_shape_text(shape));
}

/* ---- reading ---- */

static bool read_one(cn_mapped_file *file, const cn_h5_node *group, size_t i, cn_layer *layer,
                     cn_tensor *variable)
{
    char name[24];
    snprintf(name, sizeof name, "%zu", i);
    const cn_h5_node *node = cn_h5_find(group, name);
    if (!node || node->is_group)
        return cn_fail(CN_EFORMAT, "layer '%s': the file has no data set for '%s'", layer->name,
                       cn_variable_name(variable));
    return cn_check_saved_shape(layer, variable, &node->value) &&
           (cn_mapped_assign(file, variable, &node->value) ||
            cn_error_prefix("layer '%s', '%s'", layer->name, cn_variable_name(variable)));
}

static bool fits(const cn_h5_node *group, const cn_list *variables)
{
    if (!group || !group->is_group || group->count != variables->count)
        return false;
    for (size_t i = 0; i < variables->count; i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        const cn_h5_node *node = cn_h5_find(group, name);
        if (!node || node->is_group || !cn_saved_shape_matches(variables->items[i], &node->value))
            return false;
    }
    return true;
}

/* What Keras's layer has not: "seed_generator", where older files of Keras have its state, and
 * "hidden". Keras passes over them, and files may lack them. Owned. */
static char *extra_path(const char *path, const char *name)
{
    return cn_mem_printf("%s%s%s/vars", path, *path ? "/" : "", name);
}

static bool read_extra(cn_mapped_file *file, const char *path, const char *name, cn_layer *layer,
                       const cn_list *variables)
{
    char *place = extra_path(path, name);
    const cn_h5_node *group = place ? cn_h5_find(file->root, place) : NULL;
    cn_mem_free(place);
    bool ok = place && variables;
    for (size_t i = 0; ok && fits(group, variables) && i < variables->count; i++)
        ok = read_one(file, group, i, layer, variables->items[i]);
    return ok;
}

static bool read_extras(cn_mapped_file *file, const char *path, cn_layer *layer)
{
    const struct cn_layer_state *state = layer->state_;
    return (!state->seed ||
            read_extra(file, path, "seed_generator", layer, cn_list_of(state->seed))) &&
           (!state->hidden || read_extra(file, path, "hidden", layer, state->hidden));
}

static bool read_layer(void *context, const char *path, cn_layer *layer, const cn_list *variables)
{
    const cn_reading *r = context;
    cn_mapped_file *file = r->file;
    char *vars = cn_mem_printf("%s%svars", path, *path ? "/" : "");
    const cn_h5_node *group = vars ? cn_h5_find(file->root, vars) : NULL;
    cn_mem_free(vars);
    size_t found = group ? group->count : 0;
    if (r->skip_mismatch && !fits(group, variables) && (found || variables->count))
        return cn_note(r->model, "layer '%s' was skipped: its variables are not those of the file",
                       layer->name);
    if (found != variables->count)
        return cn_fail(CN_EFORMAT, "layer '%s': expected %zu variables, the file has %zu at '%s'",
                       layer->name, variables->count, found, *path ? path : "/");
    for (size_t i = 0; i < variables->count; i++)
        if (!read_one(file, group, i, layer, variables->items[i]))
            return false;
    return read_extras(file, path, layer);
}

bool cn_weights_read(const cn_reading *reading)
{
    return cn_visit_saveables(&reading->model->layer, read_layer, (void *)(uintptr_t)reading);
}

bool cn_note(cn_model *model, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char **note = &model->state_->load_note, *before = *note;
    *note = cn_mem_printf("%s%s%s", before ? before : "", before ? "; " : "", text);
    cn_mem_free(before);
    return *note != NULL;
}

bool cn_note_optimizer(cn_model *model, size_t found)
{
    cn_list *variables = cn_optimizer_variables(model->optimizer);
    if (!variables)
        return false;
    return cn_note(
        model, "the optimizer '%s' starts afresh: it has %zu variables, the file %zu, or others",
        model->optimizer->name, variables->count, found);
}

cn_str cn_load_note(const cn_model *model)
{
    return model ? model->state_->load_note : NULL;
}

bool cn_optimizer_read_state(cn_model *model, cn_mapped_file *file)
{
    const cn_h5_node *group = cn_h5_find(file->root, "optimizer/vars");
    cn_list *variables = cn_optimizer_variables(model->optimizer);
    if (!variables)
        return false;
    if (!fits(group, variables))
        return cn_note_optimizer(model, group ? group->count : 0);
    for (size_t i = 0; i < variables->count; i++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", i);
        if (!cn_mapped_assign(file, variables->items[i], &cn_h5_find(group, name)->value))
            return cn_error_prefix("optimizer");
    }
    return true;
}

/* ---- writing ---- */

bool cn_h5_add_variable(cn_h5_node *parent, const char *path, cn_tensor *variable)
{
    size_t shape[CN_MAX_RANK];
    for (int i = 0; i < variable->shape.rank; i++)
        shape[i] = (size_t)variable->shape.dim[i];
    const void *data = cn_data(variable);
    return data && cn_h5_add_dataset(parent, path, cn_h5_of_dtype(variable->dtype),
                                     (size_t)variable->shape.rank, shape, data);
}

static bool add_numbered(cn_h5_node *group, const cn_list *variables)
{
    bool ok = variables != NULL;
    for (size_t i = 0; ok && i < variables->count; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i);
        ok = cn_h5_add_variable(group, number, variables->items[i]);
    }
    return ok;
}

static bool add_variables(cn_h5_node *root, const char *path, const char *name,
                          const cn_list *variables)
{
    char *vars = cn_mem_printf("%s%svars", path, *path ? "/" : "");
    cn_h5_node *group = vars ? cn_h5_add_group(root, vars) : NULL;
    cn_mem_free(vars);
    return group && cn_h5_set_text(group, "name", name) && add_numbered(group, variables);
}

static bool add_extra(cn_h5_node *root, const char *path, const char *name,
                      const cn_list *variables)
{
    char *place = extra_path(path, name);
    cn_h5_node *group = place ? cn_h5_add_group(root, place) : NULL;
    cn_mem_free(place);
    return group && add_numbered(group, variables);
}

/* Before the first draw there is nothing to go on from, and Keras's file has nothing. */
static bool has_drawn(const cn_tensor *seed)
{
    return seed && ((const uint32_t *)seed->variable->buffer->data)[1];
}

static bool add_layer(void *context, const char *path, cn_layer *layer, const cn_list *variables)
{
    if (!add_variables(context, path, layer->name, variables))
        return false;
    const struct cn_layer_state *state = layer->state_;
    return (!has_drawn(state->seed) ||
            add_extra(context, path, "seed_generator", cn_list_of(state->seed))) &&
           (!state->hidden || add_extra(context, path, "hidden", state->hidden));
}

bool cn_weights_add(cn_model *model, cn_h5_node *root)
{
    return cn_visit_saveables(&model->layer, add_layer, root);
}

/* Optimizers inside of another have groups of their own besides: "optimizer/inner_optimizer", or
 * "optimizer/optimizers/sgd_1" where there are several. */
static char *inner_path(const cn_optimizer *self, const cn_list *inner, size_t i)
{
    const cn_class *cls = ((const cn_instance *)inner->items[i])->cls;
    char name[128];
    unsigned before = 0;
    if (cn_param_find(((const cn_instance *)self)->cls, "inner_optimizer"))
        return cn_mem_strdup("optimizer/inner_optimizer");
    for (size_t k = 0; k < i; k++)
        before += ((const cn_instance *)inner->items[k])->cls == cls;
    cn_snake_case(cls->name, name, sizeof name);
    return before ? cn_mem_printf("optimizer/optimizers/%s_%u", name, before)
                  : cn_mem_printf("optimizer/optimizers/%s", name);
}

static bool add_inner(cn_optimizer *self, cn_h5_node *root)
{
    cn_list *inner = cn_inner_optimizers(self);
    bool ok = inner;
    for (size_t i = 0; ok && i < inner->count; i++) {
        cn_optimizer *one = inner->items[i];
        char *path = inner_path(self, inner, i);
        cn_list *variables = path ? cn_optimizer_variables(one) : NULL;
        ok = variables && add_variables(root, path, one->name, variables);
        cn_mem_free(path);
    }
    return ok;
}

bool cn_optimizer_add_state(cn_model *model, cn_h5_node *root)
{
    cn_optimizer *self = model->optimizer;
    cn_list *variables = cn_optimizer_variables(self);
    return variables && add_variables(root, "optimizer", self->name, variables) &&
           add_inner(self, root);
}
