/* help NAME: the parameters of a class as its table has them. */
#include <string.h>

#include "cli.h"

static const char *type_name(cn_type type)
{
    static const char *const names[] = {"int",         "float",      "bool",       "text",
                                        "sizes",       "axes",       "activation", "initializer",
                                        "regularizer", "constraint", "spec"};
    static const cn_type types[] = {
        CN_TYPE_int,           CN_TYPE_float,          CN_TYPE_bool,
        CN_TYPE_cn_str,        CN_TYPE_cn_dims,        CN_TYPE_cn_axes,
        CN_TYPE_cn_activation, CN_TYPE_cn_initializer, CN_TYPE_cn_regularizer,
        CN_TYPE_cn_constraint, CN_TYPE_cn_spec};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i] == type)
            return names[i];
    return "";
}

static const char *default_text(const cn_param *p)
{
    if (!strcmp(cn_param_default(p), "CN_REQUIRED"))
        return "required";
    return !strcmp(cn_param_default(p), "NULL") || !strcmp(cn_param_default(p), "CN_NONE")
               ? "None"
               : cn_param_default(p);
}

static void print_class(FILE *out, const cn_class *cls)
{
    fprintf(out, "%s%s%s\n", cls->module ? cls->module : "", cls->module ? "." : "", cls->name);
    if (!cls->params) {
        if (cls->arguments && *cls->arguments)
            fprintf(out, "  %s\n", cls->arguments);
        return;
    }
    for (const cn_param *p = cls->params(); p->name; p++)
        fprintf(out, "  %-26s %-12s %-18s %s\n", p->name, type_name(p->type), default_text(p),
                cn_param_doc(p));
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
