/* What several commands need: errors as exit statuses, specs, text of JSON. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

int report(const streams *to)
{
    cn_code code = cn_error_code();
    const char *message = cn_error();
    const char *mark = strstr(message, "not supported: ");
    if (code == CN_EUNSUPPORTED)
        fprintf(to->err, "%s%s\n", mark ? "" : "not supported: ", mark ? mark : message);
    else
        fprintf(to->err, "cornu: %s\n", *message ? message : "failed");
    cn_clear_error();
    switch (code) {
    case CN_EUNSUPPORTED:
        return NOT_SUPPORTED;
    case CN_EINVAL:
    case CN_EFORMAT:
    case CN_ENOTFOUND:
    case CN_EIO:
    case CN_ESTATE:
        return BAD_INPUT;
    default:
        return FAILED;
    }
}

static char *read_text(FILE *file)
{
    size_t size = 0, room = 4096;
    char *text = malloc(room);
    while (text) {
        size += fread(text + size, 1, room - size - 1, file);
        if (size + 1 < room)
            break;
        char *grown = realloc(text, room *= 2);
        if (!grown)
            free(text);
        text = grown;
    }
    if (text)
        text[size] = 0;
    return text;
}

char *spec_text(const char *spec)
{
    if (*spec != '@') {
        char *copy = malloc(strlen(spec) + 1);
        return copy ? strcpy(copy, spec) : NULL;
    }
    FILE *file = fopen(spec + 1, "rb");
    char *text = file ? read_text(file) : NULL;
    if (!text || ferror(file))
        cn_raise(file ? CN_EIO : CN_ENOTFOUND, "cannot read '%s': %s", spec + 1, strerror(errno));
    if (file)
        fclose(file);
    return text;
}

cn_model *compiled_model(const arguments *a)
{
    const char *given[] = {a->optimizer, a->loss, a->metrics};
    char *text[3] = {0};
    bool any = false;
    for (int i = 0; i < 3; i++) {
        any |= given[i] != NULL;
        text[i] = given[i] ? spec_text(given[i]) : NULL;
    }
    cn_model *model = !cn_error_code() ? cn_load_model(a->words[0]) : NULL;
    if (any && model &&
        !cn_recompile(model, .optimizer = text[0], .loss = text[1], .metrics = text[2]))
        model = NULL;
    for (int i = 0; i < 3; i++)
        free(text[i]);
    return model;
}

/* ---- JSON as text ---- */

/* Behind the string that begins at `at`. */
static const char *behind_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        at += *at == '\\' && at[1];
    return at + (*at == '"');
}

const char *list_item(const char *list, size_t i, size_t *n)
{
    const char *at = list + strspn(list, " \t\r\n");
    if (*at != '[')
        return NULL;
    const char *begin = ++at;
    for (int depth = 0; *at;) {
        if (*at == '"') {
            at = behind_string(at);
            continue;
        }
        bool end = !depth && (*at == ',' || *at == ']');
        if (end && !i) {
            *n = (size_t)(at - begin);
            return strspn(begin, " \t\r\n") < *n ? begin : NULL;
        }
        if (end && *at == ']')
            return NULL;
        if (end) {
            i--;
            begin = at + 1;
        }
        depth += (*at == '[' || *at == '{') - (*at == ']' || *at == '}');
        at++;
    }
    return NULL;
}

static void print_number(FILE *out, double value)
{
    if (isnan(value))
        fputs("NaN", out);
    else if (isinf(value))
        fputs(value > 0 ? "Infinity" : "-Infinity", out);
    else
        fprintf(out, "%.17g", value);
}

void print_logs(FILE *out, const struct cn_logs *logs)
{
    fputc('{', out);
    for (size_t i = 0; i < cn_logs_count(logs); i++) {
        cn_str name = cn_logs_name(logs, i);
        size_t width = cn_logs_width(logs, name);
        fprintf(out, "%s\"%s\": %s", i ? ", " : "", name, width > 1 ? "[" : "");
        for (size_t k = 0; k < width; k++) {
            fputs(k ? ", " : "", out);
            print_number(out, cn_logs_at(logs, name, k));
        }
        fputs(width > 1 ? "]" : "", out);
    }
    fputs("}\n", out);
}
