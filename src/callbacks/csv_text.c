#include "callbacks/csv_text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/number.h"

static void put(cn_csv_line *line, const char *text, size_t length)
{
    cn_text_put(&line->text, text, length);
}

void cn_csv_text(cn_csv_line *line, const char *text)
{
    if (line->started)
        put(line, line->separator, strlen(line->separator));
    line->started = true;
    if (!strpbrk(text, "\"\r\n") && !strstr(text, line->separator)) {
        put(line, text, strlen(text));
        return;
    }
    put(line, "\"", 1);
    for (const char *p = text; *p; p++)
        put(line, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
    put(line, "\"", 1);
}

void cn_csv_number(cn_csv_line *line, double value)
{
    char text[CN_NUMBER_TEXT];
    cn_csv_text(line, cn_double_text(value, text));
}

void cn_csv_log(cn_csv_line *line, const cn_logs *logs, cn_str name, const char *missing,
                const char *quote)
{
    size_t width = cn_logs_width(logs, name);
    if (width == 0)
        cn_csv_text(line, missing);
    if (width == 1)
        cn_csv_number(line, cn_logs_get(logs, name));
    if (width < 2)
        return;
    cn_csv_line inner = {.separator = ", "};
    for (size_t k = 0; k < width; k++)
        cn_csv_number(&inner, cn_logs_at(logs, name, k));
    char *text =
        inner.text.failed ? NULL : cn_mem_printf("%s[%s]%s", quote, inner.text.text, quote);
    line->text.failed = line->text.failed || !text;
    if (text)
        cn_csv_text(line, text);
    cn_mem_free(inner.text.text);
    cn_mem_free(text);
}

bool cn_csv_end(cn_csv_line *line, const char *newline)
{
    put(line, newline, strlen(newline));
    line->started = false;
    return !line->text.failed;
}
