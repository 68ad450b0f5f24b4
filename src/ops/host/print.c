/* An identity that prints when it is computed. tf.Print
 *
 * Inputs are x, what is printed, and the bytes of the message. */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/alloc.h"
#include "base/number.h"
#include "cornu/host.h"
#include "ops/ops.h"

/* ---- who gets the lines ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static cn_print_handler handler;
static void *handler_user;

void cn_on_print(cn_print_handler function, void *user)
{
    pthread_mutex_lock(&lock);
    handler = function;
    handler_user = user;
    pthread_mutex_unlock(&lock);
}

static void deliver(const char *line)
{
    pthread_mutex_lock(&lock);
    cn_print_handler function = handler;
    void *user = handler_user;
    pthread_mutex_unlock(&lock);
    if (function)
        function(line, user);
    else
        fprintf(stderr, "%s\n", line);
}

/* ---- a line ---- */

typedef struct line {
    char *text;
    size_t length, capacity;
    const cn_view *x;
    int64_t next, limit; /* values written, and to be written */
    bool failed;
} line;

static void put(line *l, const char *text, size_t n)
{
    l->failed = l->failed || !cn_mem_reserve(&l->text, &l->capacity, l->length + n + 1, 1);
    if (l->failed)
        return;
    memcpy(l->text + l->length, text, n);
    l->length += n;
    l->text[l->length] = 0;
}

static void put_value(line *l)
{
    char text[CN_NUMBER_TEXT];
    cn_dtype from = l->x->dtype, to = cn_dtype_is_float(from) ? CN_FLOAT64 : CN_INT64;
    const void *at = (const char *)l->x->data + (size_t)l->next++ * cn_dtype_size(from);
    union {
        double number;
        int64_t integer;
    } value;
    cn_loop_cast(from, to)(&value, &at, 1, (int32_t[]){from, to});
    if (to == CN_INT64)
        snprintf(text, sizeof text, "%lld", (long long)value.integer);
    else if (from == CN_FLOAT64)
        snprintf(text, sizeof text, "%.15g", value.number);
    else
        snprintf(text, sizeof text, "%.6g", value.number);
    put(l, text, strlen(text));
}

/* Axes from `axis` on, as long as values are left: "[1 2][3...]". */
static void put_axis(line *l, int axis)
{
    const cn_view *x = l->x;
    bool last = axis == x->rank - 1;
    for (int64_t i = 0; i < x->dim[axis] && l->next < l->limit; i++) {
        put(l, last ? " " : "[", !last || i);
        if (last)
            put_value(l);
        else
            put_axis(l, axis + 1);
        put(l, "]", !last);
        if (last && axis && l->next == l->limit && i + 1 < x->dim[axis])
            put(l, "...", 3);
    }
}

static void put_array(line *l, const cn_view *x, int64_t limit)
{
    l->x = x;
    l->next = 0;
    l->limit = limit < 0 || limit > x->size ? x->size : limit;
    put(l, "[", 1);
    if (x->rank)
        put_axis(l, 0);
    else if (l->limit)
        put_value(l);
    put(l, "...", l->limit < x->size ? 3 : 0);
    put(l, "]", 1);
}

/* ---- the op ---- */

typedef struct print_attrs {
    int64_t summarize;
} print_attrs;

static bool print_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

static bool print_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    (void)node;
    dx[0] = dy[0];
    return true;
}

static bool print_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0], *message = &args->in[args->n_in - 1];
    line l = {0};
    put(&l, message->data, (size_t)message->size);
    for (int i = 1; i + 1 < args->n_in; i++)
        put_array(&l, &args->in[i], ((const print_attrs *)args->attrs)->summarize);
    if (!l.failed)
        deliver(l.text);
    cn_mem_free(l.text);
    if (x->size)
        memcpy(args->out[0].data, x->data, (size_t)x->size * cn_dtype_size(x->dtype));
    return !l.failed;
}

const cn_op cn_op_print = {.name = "print",
                           .traits = CN_IMPURE | CN_FALLIBLE,
                           .attrs = sizeof(print_attrs),
                           .infer = print_infer,
                           .vjp = print_vjp,
                           .run = print_run};

cn_tensor *cn_print_with(const cn_print_options *options)
{
    cn_tensor *x = options->x;
    cn_str message = options->message ? options->message : "";
    cn_list *inputs = x ? cn_list_of(x) : NULL;
    inputs = cn_list_concat(inputs, options->data ? options->data : inputs);
    if (!inputs ||
        !cn_list_add(inputs, cn_array(message, CN_UINT8, cn_shape((int64_t)strlen(message)))))
        return NULL;
    return cn_apply(&cn_op_print, (cn_tensor *const *)inputs->items, (int)inputs->count,
                    &(print_attrs){options->summarize});
}
