/* Arrays of an .npz file as inputs, targets and sample weights of a model. */
#include <string.h>

#include "cli.h"

/* The count of a model's inputs; a Sequential that does not know its input yet has one. */
static size_t count_of(const cn_list *tensors)
{
    return tensors ? cn_list_length(tensors) : 1;
}

static cn_str named(cn_str name)
{
    return name ? name : "";
}

static cn_list *read_inputs(cn_model *model, cn_arrays *arrays)
{
    size_t count = count_of(model->inputs);
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < count; i++) {
        cn_str name = named(cn_model_input_name(model, i));
        if (count == 1 && (cn_arrays_has(arrays, "x") || !*name))
            name = "x";
        if (!cn_list_add(list, cn_arrays_get(arrays, name)))
            return NULL;
    }
    return list;
}

cn_dataset *inputs_of(cn_model *model, const char *path)
{
    cn_arrays *arrays = cn_load_arrays(path);
    cn_list *inputs = arrays ? read_inputs(model, arrays) : NULL;
    return inputs ? cn_from_arrays(.xs = inputs) : NULL;
}

/* "y" for one output, else "y_<output>". In a buffer of this thread. */
static const char *array_name(cn_model *model, cn_arrays *arrays, const char *prefix, size_t i)
{
    static _Thread_local char text[512];
    size_t count = count_of(model->outputs);
    if (count == 1 && cn_arrays_has(arrays, prefix))
        return prefix;
    snprintf(text, sizeof text, "%s_%s", prefix, named(cn_model_output_name(model, i)));
    return count == 1 && !cn_arrays_has(arrays, text) ? prefix : text;
}

static cn_list *read_targets(cn_model *model, cn_arrays *arrays)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < count_of(model->outputs); i++)
        if (!cn_list_add(list, cn_arrays_get(arrays, array_name(model, arrays, "y", i))))
            return NULL;
    return list;
}

static bool has_weights(cn_model *model, cn_arrays *arrays)
{
    for (size_t i = 0; i < count_of(model->outputs); i++)
        if (cn_arrays_has(arrays, array_name(model, arrays, "sample_weight", i)))
            return true;
    return false;
}

/* Outputs without weights of their own count fully; one array for all serves each. */
static cn_list *read_weights(cn_model *model, cn_arrays *arrays, int64_t samples)
{
    cn_list *list = cn_list_new();
    bool own = has_weights(model, arrays);
    for (size_t i = 0; list && i < count_of(model->outputs); i++) {
        const char *name = own ? array_name(model, arrays, "sample_weight", i) : "sample_weight";
        cn_tensor *weight = cn_arrays_has(arrays, name) ? cn_arrays_get(arrays, name)
                                                        : cn_ones(cn_shape(samples), CN_FLOAT32);
        if (!cn_list_add(list, weight))
            return NULL;
    }
    return list;
}

cn_dataset *samples_of(cn_model *model, const char *path)
{
    cn_arrays *arrays = cn_load_arrays(path);
    cn_list *inputs = arrays ? read_inputs(model, arrays) : NULL;
    cn_list *targets = inputs ? read_targets(model, arrays) : NULL;
    if (!targets)
        return NULL;
    cn_list *weights = NULL;
    if (has_weights(model, arrays) || cn_arrays_has(arrays, "sample_weight")) {
        cn_shape shape = cn_shape_of(cn_list_item(inputs, 0));
        weights = read_weights(model, arrays, shape.rank ? shape.dim[0] : 0);
        if (!weights)
            return NULL;
    }
    return cn_from_arrays(.xs = inputs, .ys = targets, .sample_weights = weights);
}
