/* The table of cn_summary, row by row, as Keras draws it 80 columns wide. */
#ifndef CN_MODELS_SUMMARY_TABLE_H
#define CN_MODELS_SUMMARY_TABLE_H

#include "base/text.h"

enum { CN_SUMMARY_COLUMNS = 4 };
/* Layer, output shape, parameters, and (for graphs that are no chain) what it is connected to. */
typedef struct cn_summary_row {
    const char *cell[CN_SUMMARY_COLUMNS];
} cn_summary_row;

void cn_summary_title(cn_text *out, const char *name);
void cn_summary_head(cn_text *out, bool connections);
void cn_summary_add(cn_text *out, bool connections, bool first, const cn_summary_row *row);
void cn_summary_foot(cn_text *out, bool connections);
/* " Total params: 54,410 (212.54 KB)" and a new line; the size is in bits. */
void cn_summary_total(cn_text *out, const char *what, long long count, long long bits);
/* As `form` has a number and its unit, "%.2f %s". */
void cn_summary_size(cn_text *out, const char *form, double bytes);
/* 54410 as "54,410"; into `text`, which holds 32 bytes. */
const char *cn_thousands(long long n, char *text);

#endif
