#include "plan/profile.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "plan/ceilings.h"

enum { EVENTS = 100000, SHOWN = 40 };

typedef cn_profile_row row;
typedef cn_profile_event event;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *trace_path; /* NULL: nobody wants a profile */
static row *rows;
static event *events;
static atomic_int n_events, n_threads;
static int64_t beginning;
static _Thread_local int thread;     /* its number from 1 on; 0: it has none yet */
static _Thread_local int64_t inside; /* time of what ran inside of the step that runs */

static void at_exit(void)
{
    cn_profile_report(stderr);
    int n = atomic_load(&n_events);
    cn_on_error(NULL); /* the program's end is not changed by it */
    cn_clear_error();
    if (!events || !cn_profile_trace(trace_path, events, n < EVENTS ? n : EVENTS))
        fprintf(stderr, "cornu: no trace: %s\n", events ? cn_error() : "out of memory");
    else
        fprintf(stderr, "trace, for ui.perfetto.dev or chrome://tracing: %s\n", trace_path);
}

static void start(void)
{
    const char *text = getenv("CORNU_PROFILE");
    if (!text || !*text || strcmp(text, "0") == 0)
        return;
    events = cn_mem_calloc(EVENTS, sizeof *events);
    beginning = cn_nanoseconds();
    trace_path = strcmp(text, "1") == 0 ? "cornu-trace.json" : text;
    atexit(at_exit);
}

bool cn_profiling(void)
{
    pthread_once(&once, start);
    return trace_path;
}

/* ---- rows ---- */

static bool same_layer(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static row *find_row(const char *name, const char *shapes, const char *layer)
{
    row *r = rows;
    while (r && !(strcmp(r->name, name) == 0 && strcmp(r->shapes, shapes) == 0 &&
                  same_layer(r->layer, layer)))
        r = r->next;
    return r;
}

/* Takes both texts. */
static row *add_row(char *name, char *shapes, const char *layer)
{
    row *r = cn_mem_calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->name = name;
    r->shapes = shapes;
    r->layer = layer ? cn_mem_strdup(layer) : NULL;
    r->best = INT64_MAX;
    r->next = rows;
    return rows = r;
}

static row *row_of(const cn_plan *plan, const cn_step *step)
{
    cn_text name = {0}, shapes = {0};
    cn_step_name(step, &name);
    cn_step_shapes(plan, step, &shapes);
    row *found = NULL, *made = NULL;
    if (!name.failed && !shapes.failed) {
        found = find_row(name.text, shapes.text, step->layer);
        made = found ? NULL : add_row(name.text, shapes.text, step->layer);
    }
    if (!made) {
        cn_mem_free(name.text);
        cn_mem_free(shapes.text);
    }
    return found ? found : made;
}

void cn_profile_plan(cn_plan *plan)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < plan->n_steps; i++)
        plan->steps[i].profile = row_of(plan, &plan->steps[i]);
    pthread_mutex_unlock(&lock);
}

/* ---- times ---- */

static double bytes_of(const cn_view *views, int n)
{
    double bytes = 0;
    for (int i = 0; i < n; i++)
        if (views[i].data && views[i].size > 0)
            bytes += (double)views[i].size * (double)cn_dtype_size(views[i].dtype);
    return bytes;
}

static double flops_of(const cn_step *step, const cn_kernel_args *args)
{
    if (step->cluster)
        return (double)(step->cluster->n * step->cluster->row) *
               (double)((size_t)step->cluster->n_ops + step->cluster->strip_work);
    return step->flops ? step->flops(args) : 0;
}

static void add(_Atomic double *sum, double value)
{
    double old = atomic_load_explicit(sum, memory_order_relaxed);
    while (!atomic_compare_exchange_weak(sum, &old, old + value))
        ;
}

static void keep_best(atomic_llong *best, long long time)
{
    long long old = atomic_load_explicit(best, memory_order_relaxed);
    while (time < old && !atomic_compare_exchange_weak(best, &old, time))
        ;
}

static void put_event(const row *r, int64_t begin, int64_t nanoseconds)
{
    if (!thread)
        thread = 1 + atomic_fetch_add(&n_threads, 1);
    if (!events || atomic_load(&n_events) >= EVENTS)
        return;
    int at = atomic_fetch_add(&n_events, 1);
    if (at < EVENTS)
        events[at] = (event){r, begin - beginning, nanoseconds, thread};
}

bool cn_profile_step(const cn_step *step, const cn_kernel_args *args)
{
    int64_t outer = inside, begin = cn_nanoseconds();
    inside = 0;
    bool ok = step->run(args);
    int64_t time = cn_nanoseconds() - begin;
    row *r = step->profile;
    if (r) {
        atomic_fetch_add(&r->calls, 1);
        atomic_fetch_add(&r->nanoseconds, time - inside);
        keep_best(&r->best, time - inside);
        add(&r->flops, flops_of(step, args));
        add(&r->bytes, bytes_of(args->in, args->n_in) + bytes_of(args->out, args->n_out));
        put_event(r, begin, time);
    }
    inside = outer + time;
    return ok;
}

/* ---- the table ---- */

static int more_expensive(const void *a, const void *b)
{
    long long x = (*(row *const *)a)->nanoseconds, y = (*(row *const *)b)->nanoseconds;
    return (x < y) - (x > y);
}

/* The rows that ran, sorted; *n of them. Owned. */
static row **sorted_rows(size_t *n, double *total)
{
    *n = 0;
    *total = 0;
    for (row *r = rows; r; r = r->next)
        *n += r->calls > 0;
    row **list = cn_mem_calloc(*n, sizeof *list);
    size_t at = 0;
    for (row *r = rows; list && r; r = r->next)
        if (r->calls > 0 && at < *n) {
            list[at++] = r;
            *total += 1e-9 * (double)r->nanoseconds;
        }
    if (list)
        qsort(list, *n, sizeof *list, more_expensive);
    return list;
}

static double share(double done, double ceiling)
{
    return ceiling > 0 ? 100 * done / ceiling : 0;
}

/* Of the time in kernels, percent that the ceilings ask for. */
static double needed(row *const *list, size_t n, cn_ceilings top)
{
    double need = 0, total = 0;
    if (!(top.flops > 0 && top.bytes > 0))
        return 0;
    for (size_t i = 0; i < n; i++) {
        double seconds = 1e-9 * (double)list[i]->nanoseconds;
        double products = list[i]->flops / top.flops, memory = list[i]->bytes / top.bytes;
        need += fmin(seconds, fmax(products, memory));
        total += seconds;
    }
    return share(need, total);
}

static void print_row(const row *r, double total, cn_ceilings top, FILE *file)
{
    double seconds = 1e-9 * (double)r->nanoseconds, safe = seconds > 0 ? seconds : 1e-9;
    double flops = r->flops / safe, bytes = r->bytes / safe;
    double of_flops = share(flops, top.flops), of_bytes = share(bytes, top.bytes);
    fprintf(file, "%10.3f %5.1f%% %8lld %10.2f %10.2f %8.2f %8.2f %5.0f%%  %s%s%s%s  %s\n",
            1e3 * seconds, share(seconds, total), (long long)r->calls,
            1e6 * seconds / (double)r->calls, 1e-3 * (double)r->best, 1e-9 * flops, 1e-9 * bytes,
            of_flops > of_bytes ? of_flops : of_bytes, r->name, r->layer ? " [" : "",
            r->layer ? r->layer : "", r->layer ? "]" : "", r->shapes);
}

void cn_profile_report(FILE *file)
{
    size_t n;
    double total;
    pthread_mutex_lock(&lock);
    row **list = sorted_rows(&n, &total);
    if (list && n) {
        cn_ceilings top = cn_measure_ceilings();
        fprintf(file,
                "kernels: %.3f s; ceilings: %.1f GFLOP/s in matrix products, %.1f GB/s from and to "
                "memory (caches are faster), which ask for %.0f%% of the time\n%10s %6s %8s %10s "
                "%10s %8s %8s %6s  kernel\n",
                total, 1e-9 * top.flops, 1e-9 * top.bytes, needed(list, n, top), "ms", "share",
                "calls", "us each", "us best", "GFLOP/s", "GB/s", "of top");
        for (size_t i = 0; i < n && i < SHOWN; i++)
            print_row(list[i], total, top, file);
        if (n > SHOWN)
            fprintf(file, "and %zu more\n", n - SHOWN);
    }
    cn_mem_free(list);
    pthread_mutex_unlock(&lock);
}
