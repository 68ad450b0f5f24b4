#include "models/summary_table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { MAX_LINES = 64, LINE_WIDTH = 80 };

/* The columns' widths, with a blank on either side; how Keras's table turns out at 80 columns. */
static const int chain[] = {33, 24, 15}, graph[] = {21, 19, 12, 19};

static int columns_of(bool connections)
{
    return connections ? 4 : 3;
}

static int width_of(bool connections, int column)
{
    return (connections ? graph : chain)[column];
}

/* ---- breaking lines ---- */

/* Part of a text. */
typedef struct piece {
    const char *at;
    size_t bytes;
} piece;

static int cells(const char *at, size_t bytes)
{
    int count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += (at[i] & 0xC0) != 0x80;
    return count;
}

/* The bytes of the first `count` characters. */
static size_t bytes_of(const char *at, size_t bytes, int count)
{
    size_t i = 0;
    while (i < bytes && (count > 0 || (at[i] & 0xC0) == 0x80)) {
        count -= (at[i] & 0xC0) != 0x80;
        i++;
    }
    return i;
}

/* Where lines start. */
typedef struct breaks {
    const char *at[MAX_LINES];
    int count;
} breaks;

static void start_line(breaks *b, const char *text, const char *at)
{
    if (at != text && b->count < MAX_LINES)
        b->at[b->count++] = at;
}

/* A word with the blanks behind it that fits on no line: it gets one of its own, to be cut; or
 * (folded) several. What it takes of the last one. */
static int place_long(breaks *b, const char *text, piece word, int width, bool fold)
{
    while (fold && cells(word.at, word.bytes) > width) {
        start_line(b, text, word.at);
        size_t head = bytes_of(word.at, word.bytes, width);
        word.at += head;
        word.bytes -= head;
    }
    start_line(b, text, word.at);
    return cells(word.at, word.bytes);
}

static void break_lines(breaks *b, const char *text, int width, bool fold)
{
    int used = 0;
    for (const char *p = text; *p;) {
        size_t word = strcspn(p, " "), all = word + strspn(p + word, " ");
        int length = cells(p, word);
        if (width - used >= length) {
            used += cells(p, all);
        } else if (length > width) {
            used = place_long(b, text, (piece){p, all}, width, fold);
        } else {
            start_line(b, text, p);
            used = cells(p, all);
        }
        p += all;
    }
}

/* The i-th line. */
static piece line_at(const breaks *b, const char *text, int i)
{
    const char *from = i ? b->at[i - 1] : text;
    const char *to = i < b->count ? b->at[i] : text + strlen(text);
    return (piece){from, (size_t)(to - from)};
}

/* ---- drawing ---- */

static void put_cell(cn_text *out, piece line, int width, bool right)
{
    while (line.bytes && line.at[line.bytes - 1] == ' ')
        line.bytes--;
    int length = cells(line.at, line.bytes);
    cn_text_repeat(out, " ", 1 + (right ? width - length : 0));
    if (length > width) {
        cn_text_put(out, line.at, bytes_of(line.at, line.bytes, width - 1));
        cn_text_add(out, "\u2026");
        length = width;
    } else {
        cn_text_put(out, line.at, line.bytes);
    }
    cn_text_repeat(out, " ", 1 + (right ? 0 : width - length));
}

static void put_row(cn_text *out, bool connections, const cn_summary_row *row, const char *bar)
{
    breaks b[CN_SUMMARY_COLUMNS] = {{{0}, 0}};
    int lines = 1, columns = columns_of(connections);
    for (int i = 0; i < columns; i++) {
        break_lines(&b[i], row->cell[i], width_of(connections, i) - 2, false);
        if (b[i].count + 1 > lines)
            lines = b[i].count + 1;
    }
    for (int k = 0; k < lines; k++) {
        for (int i = 0; i < columns; i++) {
            piece line = k <= b[i].count ? line_at(&b[i], row->cell[i], k) : (piece){"", 0};
            cn_text_add(out, "%s", bar);
            put_cell(out, line, width_of(connections, i) - 2, i == 2);
        }
        cn_text_add(out, "%s\n", bar);
    }
}

static void put_rule(cn_text *out, bool connections, const char *const corners[4])
{
    for (int i = 0; i < columns_of(connections); i++) {
        cn_text_add(out, "%s", corners[i ? 2 : 0]);
        cn_text_repeat(out, corners[1], width_of(connections, i));
    }
    cn_text_add(out, "%s\n", corners[3]);
}

void cn_summary_title(cn_text *out, const char *name)
{
    cn_text title = {0};
    cn_text_add(&title, "Model: \"%s\"", name);
    out->failed = out->failed || title.failed;
    if (title.failed)
        return;
    breaks b = {{0}, 0};
    break_lines(&b, title.text, LINE_WIDTH, true);
    for (int i = 0; i <= b.count; i++) {
        piece line = line_at(&b, title.text, i);
        cn_text_put(out, line.at, line.bytes);
        cn_text_add(out, "\n");
    }
    cn_mem_free(title.text);
}

void cn_summary_head(cn_text *out, bool connections)
{
    static const char *const above[] = {"\u250f", "\u2501", "\u2533", "\u2513"};
    static const char *const below[] = {"\u2521", "\u2501", "\u2547", "\u2529"};
    static const cn_summary_row names = {
        {"Layer (type)", "Output Shape", "Param #", "Connected to"}};
    put_rule(out, connections, above);
    put_row(out, connections, &names, "\u2503");
    put_rule(out, connections, below);
}

void cn_summary_add(cn_text *out, bool connections, bool first, const cn_summary_row *row)
{
    static const char *const between[] = {"\u251c", "\u2500", "\u253c", "\u2524"};
    if (!first)
        put_rule(out, connections, between);
    put_row(out, connections, row, "\u2502");
}

void cn_summary_foot(cn_text *out, bool connections)
{
    static const char *const end[] = {"\u2514", "\u2500", "\u2534", "\u2518"};
    put_rule(out, connections, end);
}

const char *cn_thousands(long long n, char *text)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", n), k = 0;
    for (int i = 0; i < length; i++) {
        if (i && isdigit((unsigned char)digits[i - 1]) && (length - i) % 3 == 0)
            text[k++] = ',';
        text[k++] = digits[i];
    }
    text[k] = 0;
    return text;
}

void cn_summary_size(cn_text *out, const char *form, double bytes)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    int unit = 0;
    while (unit < 5 && bytes / 1024 >= 1) {
        bytes /= 1024;
        unit++;
    }
    cn_text_add(out, form, bytes, units[unit]);
}

void cn_summary_total(cn_text *out, const char *what, long long count, long long bits)
{
    char number[32];
    cn_text_add(out, " %s params: %s", what, cn_thousands(count, number));
    cn_summary_size(out, " (%.2f %s)\n", (double)bits / 8);
}
