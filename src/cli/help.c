/* help NAME: the parameters of a class as its table has them. */
#include <string.h>

#include "cli.h"

static const char *type_name(cn_type type)
{
    static const char *const names[] = {
        "int",         "float",       "bool",       "text", "sizes",    "axes",   "activation",
        "initializer", "regularizer", "constraint", "spec", "function", "layers", "shape"};
    static const cn_type types[] = {
        CN_TYPE_int,           CN_TYPE_float,          CN_TYPE_bool,
        CN_TYPE_cn_str,        CN_TYPE_cn_dims,        CN_TYPE_cn_axes,
        CN_TYPE_cn_activation, CN_TYPE_cn_initializer, CN_TYPE_cn_regularizer,
        CN_TYPE_cn_constraint, CN_TYPE_cn_spec,        CN_TYPE_cn_lambda_function,
        CN_TYPE_cn_layers,     CN_TYPE_cn_shape_param};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i] == type)
            return names[i];
    return "";
}

/* As Python would have it: "{{2}}" is 2. */
static const char *default_text(const cn_param *p, char *text, size_t size)
{
    static const char *const words[][2] = {
        {"CN_REQUIRED", "required"},
        {"CN_REQUIRED_SIZES", "required"},
        {"CN_REQUIRED_LAYERS", "required"},
        {"CN_NO_SIZES", "None"},
        {"CN_ALL_AXES", "None"},
        {"CN_NONE", "None"},
        {"NULL", "None"},
    };
    const char *c = cn_param_default(p);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(c, words[i][0]))
            return words[i][1];
    size_t length = strcspn(c + strspn(c, "{"), "}");
    snprintf(text, size, "%.*s", (int)length, c + strspn(c, "{"));
    return text;
}

static void print_class(FILE *out, const cn_class *cls)
{
    fprintf(out, "%s%s%s\n", cls->built_in ? cls->package : "", cls->built_in ? "." : "",
            cls->name);
    if (!cls->params) {
        if (cls->family == CN_METRICS)
            fprintf(out, "  of each batch; logged is the mean over batches, not the metric of the "
                         "whole set\n");
        const char *arguments = cls->defaults;
        if (arguments && *arguments)
            fprintf(out, "  %s\n", arguments);
        return;
    }
    for (const cn_param *p = NULL; (p = cn_param_next(cls, p)) != NULL;) {
        char text[64];
        fprintf(out, "  %-26s %-12s %-18s %s\n", p->name, type_name(p->type),
                default_text(p, text, sizeof text), cn_param_doc(p));
    }
}

int run_help(const arguments *a, const streams *to)
{
    bool found = false;
    for (int family = 0; family < CN_FAMILY_COUNT; family++) {
        const cn_class *cls = cn_class_find((cn_family)family, a->words[0]);
        cn_clear_error();
        if (cls)
            print_class(to->out, cls);
        found |= cls != NULL;
    }
    if (found)
        return DONE;
    (void)cn_class_find(CN_LAYERS, a->words[0]);
    return report(to);
}
