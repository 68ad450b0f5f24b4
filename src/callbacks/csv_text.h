/* Lines of comma-separated values, as Python's csv module writes them. */
#ifndef CN_CALLBACKS_CSV_TEXT_H
#define CN_CALLBACKS_CSV_TEXT_H

#include "base/text.h"
#include "callbacks/callback.h"

typedef struct cn_csv_line {
    cn_text text;
    bool started;
    const char *separator;
} cn_csv_line;

/* Appends a field, in quotes where it needs them. */
void cn_csv_text(cn_csv_line *line, const char *text);
/* A number as Python shows it; a log's value, or "[1.0, 2.0]" where it has several; `missing` where
 * there is none. */
void cn_csv_number(cn_csv_line *line, double value);
void cn_csv_log(cn_csv_line *line, const cn_logs *logs, cn_str name, const char *missing,
                const char *quote);
/* Ends the line; false when memory ran out. */
bool cn_csv_end(cn_csv_line *line, const char *newline);

#endif
