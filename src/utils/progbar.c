#include "utils/progbar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "callbacks/callback.h"
#include "utils/message.h"

enum { WIDTH = 20 };
static const double interval = 0.05; /* seconds between drawings */

/* A line that is being put together. */
typedef struct line {
    cn_text text;
    bool colour;
} line;

static void colour(line *l, const char *code)
{
    if (l->colour)
        cn_text_add(&l->text, "\x1b[%sm", code);
}

/* How wide it looks: escapes and the later bytes of a character take no place. */
static int visible(const char *text)
{
    int width = 0;
    for (const char *p = text; p && *p; p++) {
        if (*p == '\x1b')
            p = strchr(p, 'm');
        else if ((*p & 0xC0) != 0x80)
            width++;
    }
    return width;
}

static double now(void)
{
    return 1e-9 * (double)cn_nanoseconds();
}

bool cn_progbar_begin(cn_progbar *bar, int64_t target, int verbose, bool terminal,
                      double (*clock)(void))
{
    cn_progbar_end(bar);
    *bar = (cn_progbar){
        .target = target, .verbose = verbose, .terminal = terminal, .clock = clock ? clock : now};
    bar->start = bar->clock();
    bar->last_update = -INFINITY;
    bar->values = cn_mem_calloc(1, sizeof *bar->values);
    return bar->values != NULL;
}

void cn_progbar_end(cn_progbar *bar)
{
    if (bar->values)
        cn_logs_free(bar->values);
    cn_mem_free(bar->values);
    bar->values = NULL;
}

/* Seconds a step takes; the first one, which prepares much, does not count if there are more. */
static double step_duration(cn_progbar *bar, int64_t current, double at)
{
    if (!current)
        return 0;
    double each = bar->stepped && current > 1 ? (at - bar->first_step) / (double)(current - 1)
                                              : (at - bar->start) / (double)current;
    if (current == 1) {
        bar->stepped = true;
        bar->first_step = at;
    }
    return each;
}

static void add_step_time(line *l, double each)
{
    if (each >= 1 || each == 0)
        cn_text_add(&l->text, " %.0fs/step", each);
    else if (each >= 1e-3)
        cn_text_add(&l->text, " %.0fms/step", each * 1e3);
    else
        cn_text_add(&l->text, " %.0fus/step", each * 1e6);
}

static double mean(const cn_logs *logs, size_t i)
{
    const cn_log *log = &logs->items[i];
    double sum = 0;
    for (size_t k = 0; k < log->width; k++)
        sum += cn_logs_at(logs, log->name, k);
    return sum / (double)log->width;
}

/* Small values in scientific notation; in a line of verbose 2, negative ones too, as in Keras. */
static void add_values(line *l, const cn_progbar *bar)
{
    for (size_t i = 0; i < cn_logs_count(bar->values); i++) {
        double value = mean(bar->values, i), size = bar->verbose == 1 ? fabs(value) : value;
        cn_text_add(&l->text, " - %s:", cn_logs_name(bar->values, i));
        if (isnan(value))
            cn_text_add(&l->text, " nan");
        else
            cn_text_add(&l->text, size > 1e-3 ? " %.4f" : " %.4e", value);
    }
}

static int digits(int64_t n)
{
    int count = 1;
    for (; n >= 10; n /= 10)
        count++;
    return count;
}

static void add_bar(line *l, const cn_progbar *bar, int64_t current)
{
    if (bar->target <= 0) {
        cn_text_add(&l->text, "%7lld/Unknown", (long long)current);
        return;
    }
    colour(l, "1");
    cn_text_add(&l->text, "%*lld/%lld", digits(bar->target), (long long)current,
                (long long)bar->target);
    colour(l, "0");
    cn_text_add(&l->text, " ");
    int done = (int)(WIDTH * ((double)current / (double)bar->target));
    if (done > 0) {
        colour(l, "32");
        cn_text_repeat(&l->text, "\u2501", done);
        colour(l, "0");
    }
    colour(l, "37");
    cn_text_repeat(&l->text, "\u2501", WIDTH - done);
    colour(l, "0");
}

/* What is left to do, or, at the end, what was needed. */
static void add_time(line *l, const cn_progbar *bar, int64_t current, double each, double elapsed,
                     bool last)
{
    cn_text_add(&l->text, " ");
    colour(l, "1");
    double left = each * (double)(bar->target - current);
    long long s = (long long)left;
    if (bar->target <= 0 || last)
        cn_text_add(&l->text, "%.0fs", elapsed);
    else if (left > 3600)
        cn_text_add(&l->text, "%lld:%02lld:%02lld", s / 3600, s % 3600 / 60, s % 60);
    else if (left > 60)
        cn_text_add(&l->text, "%lld:%02lld", s / 60, s % 60);
    else
        cn_text_add(&l->text, "%llds", s);
    colour(l, "0");
}

static bool put(line *l)
{
    bool ok = !l->text.failed;
    if (ok)
        cn_say("%s", l->text.text);
    cn_mem_free(l->text.text);
    return ok;
}

static bool draw(cn_progbar *bar, int64_t current, double each, double at, bool last)
{
    line l = {.colour = bar->terminal};
    if (bar->terminal) {
        cn_text_repeat(&l.text, "\b", bar->width);
        cn_text_add(&l.text, "\r");
    }
    size_t before = l.text.length;
    add_bar(&l, bar, current);
    add_time(&l, bar, current, each, at - bar->start, last);
    add_step_time(&l, each);
    add_values(&l, bar);
    int width = l.text.failed ? 0 : visible(l.text.text + before);
    if (bar->width > width)
        cn_text_add(&l.text, "%*s", bar->width - width, "");
    if (last)
        cn_text_add(&l.text, "\n");
    bar->width = width;
    return put(&l);
}

static bool sum_up(cn_progbar *bar, int64_t current, double each, double at)
{
    line l = {0};
    cn_text_add(&l.text, "%*lld/%lld - %.0fs -", digits(bar->target), (long long)current,
                (long long)bar->target, at - bar->start);
    add_step_time(&l, each);
    add_values(&l, bar);
    cn_text_add(&l.text, "\n");
    return put(&l);
}

bool cn_progbar_update(cn_progbar *bar, int64_t current, const cn_logs *values, bool last)
{
    if (!bar->values || !cn_logs_copy(bar->values, values, ""))
        return false;
    double at = bar->clock(), each = step_duration(bar, current, at);
    if (bar->verbose == 1) {
        if (!last && (!bar->terminal || at - bar->last_update < interval))
            return true;
        bar->last_update = at;
        return draw(bar, current, each, at, last);
    }
    return bar->verbose != 2 || !last || bar->target <= 0 || sum_up(bar, current, each, at);
}
