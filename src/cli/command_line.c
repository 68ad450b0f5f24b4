/* Words of the command line to a command and its arguments. */
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const char usage[] =
    "Usage: cornu COMMAND ...\n"
    "  predict  MODEL --data in.npz --output out.npz [--batch-size N]\n"
    "  evaluate MODEL --data d.npz [--batch-size N] [--loss SPEC] [--metrics SPEC]\n"
    "  train    MODEL --data d.npz [--epochs E] [--batch-size B] [--validation v.npz]\n"
    "           [--no-shuffle] [--optimizer SPEC] [--loss SPEC] [--metrics SPEC]\n"
    "           [--class-weight JSON] [--callbacks JSON] [--output trained.keras]\n"
    "           [--history history.json]\n"
    "  summary  MODEL\n"
    "  convert  IN OUT\n"
    "  plot     MODEL -o model.png (.svg, .dot) [--expand-nested] [--rankdir TB or LR]\n"
    "           [--dpi N] [--show-dtype] [--show-layer-activations] [--show-trainable]\n"
    "  serve\n"
    "  help     [NAME]\n"
    "  --version\n"
    "MODEL is a .keras or .h5 file. SPEC is a name, \"adam(1e-3)\", JSON as Keras writes it, or "
    "@FILE.\n";

typedef struct command {
    const char *name;
    command_runner run;
    int words;           /* behind the command: so many, -1: at most one */
    const char *options; /* that it takes */
    const char *needs;   /* the options that must be there */
} command;

static const command commands[] = {
    {"predict", run_predict, 1, "--data --output --batch-size", "--data --output"},
    {"evaluate", run_evaluate, 1, "--data --batch-size --loss --metrics --optimizer", "--data"},
    {"train", run_train, 1,
     "--data --epochs --batch-size --validation --no-shuffle --optimizer --loss --metrics "
     "--class-weight --callbacks --output --history",
     "--data"},
    {"summary", run_summary, 1, "", ""},
    {"convert", run_convert, 2, "", ""},
    {"plot", run_plot, 1,
     "--output -o --expand-nested --rankdir --dpi --show-dtype --show-layer-activations "
     "--show-trainable",
     "--output"},
    {"serve", run_serve, 0, "", ""},
    {"help", run_help, -1, "", ""},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

#define OPTION(name, field)              \
    {                                    \
        name, offsetof(arguments, field) \
    }
struct option {
    const char *name;
    size_t offset;
};
static const struct option options[] = {
    OPTION("--data", data),
    OPTION("--output", output),
    OPTION("-o", output),
    OPTION("--validation", validation),
    OPTION("--optimizer", optimizer),
    OPTION("--loss", loss),
    OPTION("--metrics", metrics),
    OPTION("--class-weight", class_weight),
    OPTION("--callbacks", callbacks),
    OPTION("--history", history),
    OPTION("--epochs", epochs_text),
    OPTION("--batch-size", batch_size_text),
    OPTION("--rankdir", rankdir),
    OPTION("--dpi", dpi_text),
};
static const struct option flags[] = {
    OPTION("--no-shuffle", no_shuffle),
    OPTION("--expand-nested", expand_nested),
    OPTION("--show-dtype", show_dtype),
    OPTION("--show-layer-activations", show_layer_activations),
    OPTION("--show-trainable", show_trainable),
};
enum { OPTIONS = sizeof options / sizeof *options, FLAGS = sizeof flags / sizeof *flags };

static bool among(const char *list, const char *word, size_t length)
{
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, " ");
        if (n == length && !memcmp(at, word, n))
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

int report_usage(const streams *to, const char *message, const char *word)
{
    fprintf(to->err, "%susage: %s%s%s\n", usage, message, *word ? " " : "", word);
    return WRONG_USAGE;
}

/* A whole number of 1 or more; 0: none. */
static int read_count(const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);
    return end != text && !*end && value > 0 && value <= INT_MAX ? (int)value : 0;
}

static const char **field_of(arguments *a, const char *word, size_t length)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strlen(options[i].name) == length && !memcmp(options[i].name, word, length))
            return (const char **)((char *)a + options[i].offset);
    return NULL;
}

/* "--data FILE" or "--data=FILE". */
static int read_option(const command *c, arguments *a, int argc, char **argv, int *i,
                       const streams *to)
{
    const char *word = argv[*i];
    size_t length = strcspn(word, "=");
    if (!among(c->options, word, length))
        return report_usage(to, "unknown option", word);
    for (size_t k = 0; k < FLAGS; k++)
        if (!strcmp(word, flags[k].name)) {
            *(bool *)((char *)a + flags[k].offset) = true;
            return DONE;
        }
    const char **field = field_of(a, word, length);
    if (!field || (!word[length] && *i + 1 >= argc))
        return report_usage(to, "a value is missing behind", word);
    *field = word[length] ? word + length + 1 : argv[++*i];
    return DONE;
}

static int check(const command *c, arguments *a, const streams *to)
{
    if (c->words >= 0 ? a->n_words != c->words : a->n_words > 1)
        return report_usage(to, "expected other arguments for", c->name);
    for (size_t i = 0; i < OPTIONS; i++)
        if (among(c->needs, options[i].name, strlen(options[i].name)) &&
            !*(const char **)((char *)a + options[i].offset))
            return report_usage(to, "missing option", options[i].name);
    const struct count {
        const char *name, *text;
        int otherwise, *count;
    } counts[] = {{"--epochs", a->epochs_text, 1, &a->epochs},
                  {"--batch-size", a->batch_size_text, 32, &a->batch_size},
                  {"--dpi", a->dpi_text, 200, &a->dpi}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const struct count *n = &counts[i];
        *n->count = n->text ? read_count(n->text) : n->otherwise;
        if (!*n->count) {
            char message[64];
            snprintf(message, sizeof message, "expected a number of 1 or more for %s, found",
                     n->name);
            return report_usage(to, message, n->text);
        }
    }
    return DONE;
}

static int run_one(const command *c, int argc, char **argv, const streams *to)
{
    arguments a = {0};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            int status = read_option(c, &a, argc, argv, &i, to);
            if (status)
                return status;
        } else if (a.n_words < 3) {
            a.words[a.n_words++] = argv[i];
        }
    }
    int status = check(c, &a, to);
    if (status)
        return status;
    CN_SCOPE {
        status = c->run(&a, to);
    }
    return status;
}

int run_command(int argc, char **argv, const streams *to)
{
    const char *word = argc > 0 ? argv[0] : "";
    if (!strcmp(word, "--version")) {
        fprintf(to->out, "cornu %s\n", cn_version());
        return DONE;
    }
    if (!strcmp(word, "--help") || (argc == 1 && !strcmp(word, "help"))) {
        fputs(usage, to->out);
        return DONE;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, word))
            return run_one(&commands[i], argc, argv, to);
    return report_usage(to, argc > 0 ? "unknown command" : "expected a command", word);
}
