#include "callbacks/path_template.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"

enum { MAX_WIDTH = 200, MAX_PRECISION = 40 };

typedef struct format {
    char fill, align, sign, type;
    int width, precision; /* -1: none */
} format;

static int number(const char **p)
{
    int n = -1;
    while (isdigit((unsigned char)**p)) {
        n = (n < 0 ? 0 : n) * 10 + (*(*p)++ - '0');
        if (n > MAX_WIDTH)
            n = MAX_WIDTH + 1;
    }
    return n;
}

static bool is_align(char c)
{
    return c && strchr("<>=^", c);
}

/* What stands behind the colon. */
static bool read_format(const char *p, format *f)
{
    *f = (format){.fill = ' ', .align = '>', .precision = -1};
    if (p[0] && is_align(p[1])) {
        f->fill = p[0];
        f->align = p[1];
        p += 2;
    } else if (is_align(*p)) {
        f->align = *p++;
    }
    if (*p && strchr("+- ", *p))
        f->sign = *p++;
    if (*p == '0' && f->fill == ' ') {
        f->fill = '0';
        f->align = '=';
        p++;
    }
    f->width = number(&p);
    if (*p == '.') {
        p++;
        f->precision = number(&p);
        if (f->precision < 0)
            return false;
    }
    if (*p && strchr("defgEFGn%", *p))
        f->type = *p++;
    return !*p && f->width <= MAX_WIDTH && f->precision <= MAX_PRECISION;
}

/* The digits without a sign. */
static void digits_of(double value, const format *f, bool whole, char *text, size_t size)
{
    double magnitude = fabs(value);
    char repr[CN_NUMBER_TEXT], code[8];
    int precision = f->precision < 0 ? 6 : f->precision;
    if (isnan(value))
        snprintf(text, size, "nan");
    else if (isinf(value))
        snprintf(text, size, "inf");
    else if (whole && (!f->type || f->type == 'd' || f->type == 'n'))
        snprintf(text, size, "%.0f", magnitude);
    else if (!f->type && f->precision < 0)
        snprintf(text, size, "%s", cn_double_text(magnitude, repr));
    else if (f->type == '%')
        snprintf(text, size, "%.*f%%", precision, 100 * magnitude);
    else {
        snprintf(code, sizeof code, "%%.*%c", f->type && f->type != 'n' ? f->type : 'g');
        snprintf(text, size, code, precision, magnitude);
    }
}

static bool put_value(cn_text *out, double value, const format *f, bool whole)
{
    char digits[512]; /* a double has 309 digits before the point at most */
    digits_of(value, f, whole, digits, sizeof digits);
    const char *sign = signbit(value) && !isnan(value) ? "-" : f->sign == '+' ? "+" : "";
    if (f->sign == ' ' && !*sign)
        sign = " ";
    int room = f->width - (int)(strlen(sign) + strlen(digits));
    int left = f->align == '>' ? room : f->align == '^' ? room / 2 : 0;
    int inside = f->align == '=' ? room : 0;
    char fill[2] = {f->fill, 0};
    cn_text_repeat(out, fill, left);
    cn_text_add(out, "%s", sign);
    cn_text_repeat(out, fill, inside);
    cn_text_add(out, "%s", digits);
    cn_text_repeat(out, fill, room - (left > 0 ? left : 0) - (inside > 0 ? inside : 0));
    return !out->failed;
}

/* The error of a name that is none: with those that are there. */
static bool refuse(cn_str path, cn_str name, int64_t batch, const cn_logs *logs)
{
    cn_text names = {0};
    cn_text_add(&names, "epoch%s", batch >= 0 ? ", batch" : "");
    for (size_t i = 0; i < cn_logs_count(logs); i++)
        cn_text_add(&names, ", %s", cn_logs_name(logs, i));
    if (!names.failed)
        cn_fail(CN_EINVAL,
                "Failed to format this callback filepath: \"%s\". Reason: '%s' is none of %s", path,
                name, names.text);
    cn_mem_free(names.text);
    return false;
}

/* A field's text, between the braces. */
static bool put_field(cn_text *out, cn_str path, char *field, int64_t epoch, int64_t batch,
                      const cn_logs *logs)
{
    char *colon = strchr(field, ':');
    format f;
    if (!read_format(colon ? colon + 1 : "", &f))
        return cn_fail(CN_EINVAL,
                       "Failed to format this callback filepath: \"%s\". Reason: invalid format "
                       "specifier '%s'",
                       path, colon + 1);
    if (colon)
        *colon = 0;
    if (!strcmp(field, "epoch"))
        return put_value(out, (double)epoch, &f, true);
    if (!cn_logs_width(logs, field) && batch >= 0 && !strcmp(field, "batch"))
        return put_value(out, (double)batch, &f, true);
    if (!cn_logs_width(logs, field))
        return refuse(path, field, batch, logs);
    return f.type == 'd' ? cn_fail(CN_EINVAL,
                                   "Failed to format this callback filepath: \"%s\". Reason: "
                                   "'%s' is no whole number, 'd' cannot show it",
                                   path, field)
                         : put_value(out, cn_logs_get(logs, field), &f, false);
}

static bool fill(cn_text *out, cn_str path, int64_t epoch, int64_t batch, const cn_logs *logs)
{
    for (const char *p = path; *p; p++) {
        if ((*p == '{' || *p == '}') && p[1] == *p)
            p++;
        else if (*p == '{') {
            const char *end = strchr(p, '}');
            char *field = end ? cn_mem_strndup(p + 1, (size_t)(end - p - 1)) : NULL;
            bool ok = field && put_field(out, path, field, epoch, batch, logs);
            cn_mem_free(field);
            if (!end)
                return cn_fail(CN_EINVAL,
                               "Failed to format this callback filepath: \"%s\". Reason: expected "
                               "'}' before end of string",
                               path);
            if (!ok)
                return false;
            p = end;
            continue;
        }
        cn_text_put(out, p, 1);
    }
    return !out->failed;
}

char *cn_path_fill(cn_str path, int64_t epoch, int64_t batch, const cn_logs *logs)
{
    cn_text out = {0};
    cn_text_put(&out, "", 0);
    if (!out.failed && fill(&out, path, epoch, batch, logs))
        return out.text;
    cn_mem_free(out.text);
    return NULL;
}
