/* predict, evaluate, summary, plot, convert. */
#include <string.h>

#include "cli.h"

/* Half precisions are written as float32. */
static cn_tensor *widened(cn_tensor *y)
{
    cn_dtype dtype = cn_dtype_of(y);
    return dtype == CN_FLOAT16 || dtype == CN_BFLOAT16 ? cn_cast(y, CN_FLOAT32) : y;
}

/* The outputs under their names; of two with one name the later counts. */
static cn_list *named_outputs(cn_model *model, cn_tensor *y, cn_str *names, size_t most)
{
    size_t count = cn_list_length(model->outputs);
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < count; i++) {
        bool again = false;
        for (size_t k = i + 1; k < count; k++)
            again |= !strcmp(cn_model_output_name(model, i), cn_model_output_name(model, k));
        if (again || cn_list_length(list) >= most)
            continue;
        names[cn_list_length(list)] = cn_model_output_name(model, i);
        if (!cn_list_add(list, widened(count > 1 ? cn_nth(y, i) : y)))
            return NULL;
    }
    if (count == 1)
        names[0] = "y";
    return list;
}

static bool save_outputs(cn_model *model, cn_tensor *y, const char *path)
{
    enum { MOST = 64 };
    cn_str names[MOST];
    cn_list *outputs = named_outputs(model, y, names, MOST);
    return outputs && cn_save_arrays(path, names, outputs);
}

int run_predict(const arguments *a, const streams *to)
{
    cn_model *model = cn_load_model(a->words[0], .compile = false);
    cn_dataset *data = model ? inputs_of(model, a->data) : NULL;
    cn_tensor *y = data ? cn_predict(model, data, .batch_size = a->batch_size) : NULL;
    return y && save_outputs(model, y, a->output) ? DONE : report(to);
}

int run_evaluate(const arguments *a, const streams *to)
{
    cn_model *model = compiled_model(a);
    cn_dataset *data = model ? samples_of(model, a->data) : NULL;
    struct cn_logs *logs =
        data ? cn_evaluate(model, data, .batch_size = a->batch_size, .verbose = 0) : NULL;
    if (!logs)
        return report(to);
    print_logs(to->out, logs);
    return DONE;
}

int run_summary(const arguments *a, const streams *to)
{
    cn_model *model = cn_load_model(a->words[0]);
    cn_str text = model ? cn_summary_text(model) : NULL;
    if (!text)
        return report(to);
    fputs(text, to->out);
    return DONE;
}

int run_plot(const arguments *a, const streams *to)
{
    cn_model *model = cn_load_model(a->words[0], .compile = false);
    bool done =
        model &&
        cn_plot_model(model, a->output, .show_shapes = true, .show_layer_names = true,
                      .show_dtype = a->show_dtype, .rankdir = a->rankdir ? a->rankdir : "TB",
                      .dpi = a->dpi, .show_layer_activations = a->show_layer_activations,
                      .show_trainable = a->show_trainable, .expand_nested = a->expand_nested);
    return done ? DONE : report(to);
}

int run_convert(const arguments *a, const streams *to)
{
    cn_model *model = cn_load_model(a->words[0]);
    return model && cn_save(model, a->words[1]) ? DONE : report(to);
}
