/* The program's parts: the command line, arrays for models, and the commands. */
#ifndef CN_CLI_CLI_H
#define CN_CLI_CLI_H

#include <stdio.h>

#include <cornu.h>

/* Exit statuses. */
enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2, NOT_SUPPORTED = 3, BAD_INPUT = 4 };

/* What the command line says; texts are borrowed, NULL where nothing was said. */
typedef struct arguments {
    const char *words[3]; /* those that are no options */
    int n_words;
    const char *data, *output, *validation, *optimizer, *loss, *metrics, *class_weight, *callbacks,
        *history, *rankdir;
    const char *epochs_text, *batch_size_text, *dpi_text;
    int epochs, batch_size, dpi;
    bool no_shuffle, expand_nested, show_dtype, show_layer_activations, show_trainable;
} arguments;

/* Where a command writes: the terminal, or an answer of `serve`. */
typedef struct streams {
    FILE *out, *err;
} streams;

typedef int (*command_runner)(const arguments *a, const streams *to);
int run_predict(const arguments *a, const streams *to);
int run_evaluate(const arguments *a, const streams *to);
int run_train(const arguments *a, const streams *to);
int run_summary(const arguments *a, const streams *to);
int run_plot(const arguments *a, const streams *to);
int run_convert(const arguments *a, const streams *to);
int run_help(const arguments *a, const streams *to);
int run_serve(const arguments *a, const streams *to);

/* One command line; the exit status. */
int run_command(int argc, char **argv, const streams *to);

/* ---- for commands ---- */

/* Says what went wrong as one line, and the status that belongs to it. */
int report(const streams *to);
int report_usage(const streams *to, const char *message, const char *word);
/* The text of a SPEC: itself, or the contents of @FILE. Owned: free. NULL: an error was recorded.
 */
char *spec_text(const char *spec);
/* The file's arrays as data for the model; NULL with an error recorded. */
cn_dataset *inputs_of(cn_model *model, const char *path);
cn_dataset *samples_of(cn_model *model, const char *path);
/* Loads a model for training or evaluation, changed as the command line says. */
cn_model *compiled_model(const arguments *a);
/* The i-th element of a JSON list in text: its length in *n; NULL behind the last. */
const char *list_item(const char *list, size_t i, size_t *n);
void print_logs(FILE *out, const struct cn_logs *logs);

#endif
