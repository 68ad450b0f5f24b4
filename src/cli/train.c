/* train: fit on the arrays of a file, and what became of it. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { MOST_CLASSES = 1 << 20 };

/* {"0": 1.5, "1": 0.5}: weights by class, 1 for those that are not named. The count, or -1. */
static int read_class_weights(const char *text, double **weights)
{
    int count = 0;
    *weights = NULL;
    const char *at = text + strspn(text, " \t\r\n");
    if (*at++ != '{')
        return -1;
    for (;;) {
        at += strspn(at, " \t\r\n,");
        if (*at == '}')
            return count;
        char *end;
        long label = *at == '"' ? strtol(at + 1, &end, 10) : -1;
        if (label < 0 || label >= MOST_CLASSES || *end != '"')
            return -1;
        at = end + 1 + strspn(end + 1, " \t\r\n:");
        double weight = strtod(at, &end);
        if (end == at)
            return -1;
        at = end;
        if (label >= count) {
            double *grown = realloc(*weights, sizeof *grown * ((size_t)label + 1));
            if (!grown)
                return -1;
            *weights = grown;
            while (count <= label)
                grown[count++] = 1;
        }
        (*weights)[label] = weight;
    }
}

/* Each object of the list is a callback's spec. */
static bool read_callbacks(const char *text, cn_callback_array *callbacks)
{
    size_t n;
    const char *item;
    for (size_t i = 0; (item = list_item(text, i, &n)); i++) {
        char *spec = i < CN_MAX_CALLBACKS ? malloc(n + 1) : NULL;
        if (!spec)
            return false;
        memcpy(spec, item, n);
        spec[n] = 0;
        callbacks->c[i] = cn_callback_of(spec + strspn(spec, " \t\r\n"));
        free(spec);
        if (!callbacks->c[i])
            return false;
    }
    return true;
}

static bool fit(const arguments *a, cn_model *model, const cn_fit_options *given)
{
    cn_fit_options options = *given;
    cn_dataset *data = samples_of(model, a->data);
    options.validation_data = a->validation && data ? samples_of(model, a->validation) : NULL;
    if (!data || (a->validation && !options.validation_data))
        return false;
    cn_history *history = cn_fit_with(model, data, &options);
    return history && (!a->output || cn_save(model, a->output)) &&
           (!a->history || cn_history_save(history, a->history));
}

int run_train(const arguments *a, const streams *to)
{
    double *weights = NULL;
    cn_fit_options options = {CN_FIT_DEFAULTS_.batch_size = a->batch_size};
    options.epochs = a->epochs;
    options.verbose = 0;
    options.shuffle = !a->no_shuffle;
    if (a->class_weight && (options.classes = read_class_weights(a->class_weight, &weights)) < 0) {
        free(weights);
        return report_usage(to, "expected a JSON object for --class-weight, found",
                            a->class_weight);
    }
    options.class_weight = weights;
    cn_model *model = compiled_model(a);
    bool ok = model && (!a->callbacks || read_callbacks(a->callbacks, &options.callbacks)) &&
              fit(a, model, &options);
    free(weights);
    return ok ? DONE : report(to);
}
