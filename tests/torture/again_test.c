/* A call that failed for lack of memory is made again, and all is as if it had not failed: what a
 * model of each kind comes to is the same bit for bit, whichever allocation of whichever call was
 * refused. CORNU_TORTURE=1 refuses each one, CORNU_TORTURE=10 every tenth; else some thirty are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cornu/initializers.h"
#include "cornu/models.h"
#include "cornu/nn.h"
#include "ops/ops.h"
#include "torture/kinds.h"
#include "torture/torture.h"
#include "trainers/trainer.h"

enum { STEPS = 2, ROOM = 4096 };

/* What there is once the first calls are made. */
typedef struct bench {
    const torture_kind *kind;
    cn_model *model;
    cn_optimizer *own;
    cn_metric *metric;
    cn_tensor *x, *y;
    bool unfinished;  /* a fit has failed */
    int64_t before;   /* the steps made before it */
    double seen;      /* what evaluating said */
    float said[ROOM]; /* what was predicted */
    size_t n_said;
    char path[300];
} bench;

/* Numbers that depend on the place alone, for weights: initializers draw others when they are asked
 * again. */
static bool set_numbers(cn_tensor *variable, int seed)
{
    int64_t n = cn_shape_size(variable->shape);
    float *values = calloc((size_t)n + 1, sizeof *values);
    for (int64_t i = 0; i < n; i++)
        values[i] = sinf((float)(i + 7 * seed) * 1.7F) / 2;
    bool ok = variable->dtype != CN_FLOAT32 || cn_set_data(variable, values);
    free(values);
    return ok;
}

/* ---- calls, each of which is complete or is made again ---- */

static bool make(bench *b)
{
    if (!b->x)
        b->x = torture_numbers(b->kind->x);
    b->model = b->x ? b->kind->make() : NULL;
    return b->model;
}

static bool call(bench *b)
{
    bool ok = false;
    CN_SCOPE {
        cn_tensor *y = cn_reset_state(b->model) ? cn_call(b->model, b->x) : NULL;
        ok = y && cn_floats(y);
        if (ok && !b->y) {
            b->y = torture_numbers(y->shape);
            ok = cn_keep(b->y);
        }
    }
    return ok;
}

static bool give_weights(bench *b)
{
    cn_list *weights = cn_trainable_weights(b->model);
    for (size_t i = 0; weights && i < weights->count; i++)
        if (!set_numbers(weights->items[i], (int)i))
            return false;
    return weights;
}

static bool compile(bench *b)
{
    return cn_compile(b->model, b->kind->optimizer ? b->kind->optimizer : "adam(0.01)",
                      .loss = {b->kind->loss ? b->kind->loss : "mse"},
                      .metrics = {"mae", b->kind->metric ? b->kind->metric : "cosine_similarity"});
}

/* Whole steps, each made or not: the optimizer's count tells. */
static bool fit_until(bench *b, int64_t steps)
{
    cn_dataset *data = cn_from_arrays(b->x, b->y);
    cn_optimizer *optimizer = b->model->optimizer;
    int64_t now = cn_iterations(optimizer);
    if (now < 0 || !data)
        return false;
    if (!b->unfinished)
        b->before = now;
    else if (now > b->before) /* what comes behind the last step */
        cn_finalize_weights(optimizer, cn_trainable_weights(b->model));
    b->unfinished = true;
    while (cn_iterations(b->model->optimizer) < steps && !cn_error_code())
        if (!cn_reset_state(b->model) ||
            !cn_fit(b->model, data, .batch_size = 64, .verbose = 0, .shuffle = false))
            return false;
    b->unfinished = false;
    return data && !cn_error_code();
}

static bool fit(bench *b)
{
    return fit_until(b, STEPS);
}

static bool fit_more(bench *b)
{
    return fit_until(b, STEPS + 1);
}

static bool evaluate(bench *b)
{
    cn_logs *logs = cn_reset_state(b->model) ? cn_evaluate(b->model, cn_from_arrays(b->x, b->y),
                                                           .batch_size = 64, .verbose = 0)
                                             : NULL;
    b->seen = logs ? cn_logs_get(logs, "loss") + 3 * cn_logs_get(logs, "mae") : 0;
    return logs;
}

static bool predict(bench *b)
{
    cn_tensor *y = cn_reset_state(b->model) ? cn_predict(b->model, b->x, .batch_size = 64) : NULL;
    const float *said = y ? cn_floats(y) : NULL;
    b->n_said = said ? (size_t)cn_shape_size(y->shape) : 0;
    if (said && CHECK(b->n_said <= ROOM))
        memcpy(b->said, said, b->n_said * sizeof *said);
    return said;
}

static bool save(bench *b)
{
    return cn_save(b->model, b->path);
}

static bool load(bench *b)
{
    return cn_load_weights(b->model, b->path);
}

static bool load_all(bench *b)
{
    cn_model *again = cn_load_model(b->path);
    if (again)
        b->model = again;
    return again;
}

static bool make_own(bench *b)
{
    b->own = cn_optimizer_new("sgd(0.01, momentum=0.9)");
    b->metric = b->own ? cn_metric_new("mae") : NULL;
    return b->metric;
}

/* After a call that failed, which is then made again. */
static bool may_go_on(void)
{
    cn_clear_error();
    return cn_mem_failed();
}

#define AGAIN(call) ((call) || (may_go_on() && (call)))

/* Each of its calls is made again where it failed; and where computing failed, at the scope's end,
 * nothing has been assigned, and all of it is made again. */
static bool own_step(bench *b)
{
    int64_t made = cn_iterations(b->own);
    if (made)
        return made > 0;
    bool ok = false;
    cn_tensor *y, *loss;
    cn_list *weights, *grads;
    CN_SCOPE {
        ok = AGAIN(cn_reset_state(b->model)) &&
             AGAIN((y = cn_call(b->model, b->x, .training = true))) &&
             AGAIN((loss = cn_mean(cn_square(cn_sub(y, b->y))))) &&
             AGAIN((weights = cn_trainable_weights(b->model))) &&
             AGAIN((grads = cn_gradients(loss, weights))) &&
             AGAIN(cn_apply_gradients(b->own, grads, weights));
    }
    return ok && !cn_error_code() && cn_iterations(b->own) == 1;
}

static bool update_metric(bench *b)
{
    bool ok = false;
    CN_SCOPE {
        cn_tensor *value =
            cn_metric_reset(b->metric) && cn_metric_update(b->metric, b->x, b->x, NULL)
                ? cn_metric_result(b->metric)
                : NULL;
        ok = value && cn_floats(value);
    }
    return ok;
}

static const struct {
    const char *name;
    bool (*act)(bench *b);
} calls[] = {
    {"make", make},
    {"call", call},
    {"give_weights", give_weights},
    {"compile", compile},
    {"fit", fit},
    {"evaluate", evaluate},
    {"predict", predict},
    {"save", save},
    {"load_weights", load},
    {"load_model", load_all},
    {"make_own", make_own},
    {"own_step", own_step},
    {"update_metric", update_metric},
    {"fit_more", fit_more},
    {"predict_again", predict},
};
enum { CALLS = sizeof calls / sizeof *calls };

/* ---- what comes of them ---- */

typedef struct digest {
    unsigned char *data;
    size_t size;
} digest;

static void add(digest *d, const void *data, size_t size)
{
    d->data = realloc(d->data, d->size + size + 1);
    memcpy(d->data + d->size, data, size);
    d->size += size;
}

static bool add_variables(digest *d, const cn_list *variables)
{
    for (size_t i = 0; variables && i < variables->count; i++) {
        cn_tensor *one = variables->items[i];
        const void *data = cn_data(one);
        if (!data)
            return false;
        add(d, data, (size_t)cn_shape_size(one->shape) * cn_dtype_size(one->dtype));
    }
    return variables;
}

static digest digest_of(bench *b)
{
    digest d = {0};
    CHECK(add_variables(&d, cn_weights(b->model)) &&
          add_variables(&d, cn_optimizer_variables(b->model->optimizer)) &&
          add_variables(&d, cn_optimizer_variables(b->own)));
    add(&d, &b->seen, sizeof b->seen);
    add(&d, b->said, b->n_said * sizeof *b->said);
    return d;
}

/* All calls, the n-th allocation of one of them refused. False: it has fewer. */
static bool run(const torture_kind *kind, int refused, long n, digest *d)
{
    bool seen = false;
    static bench b;
    b = (bench){.kind = kind};
    snprintf(b.path, sizeof b.path, "%s", cn_test_path("again.keras"));
    CN_SCOPE {
        bool going = true;
        cn_set_random_seed(1);
        for (int i = 0; i < CALLS && going; i++) {
            if (i == refused)
                cn_mem_fail_at(n);
            bool ok = calls[i].act(&b);
            if (i == refused) {
                seen = cn_mem_failed();
                cn_mem_fail_at(-1);
                cn_clear_error();
                ok = ok || (seen && calls[i].act(&b));
            }
            if (!ok) {
                fprintf(stderr, "%s: %s, allocation %ld of %s: %s\n", kind->name, calls[i].name, n,
                        refused < 0 ? "none" : calls[refused].name, cn_error());
                going = CHECK(!"each call comes to something");
            }
        }
        if (going)
            *d = digest_of(&b);
    }
    cn_clear_error();
    return seen;
}

static void check_again(const char *name)
{
    const torture_kind *kind = torture_kinds;
    while (kind->name && strcmp(kind->name, name))
        kind++;
    REQUIRE(kind->name);
    digest want = {0};
    const char *given = getenv("CORNU_TORTURE");
    long before = cn_mem_count();
    run(kind, -1, 0, &want);
    long step = given ? atol(given) : (cn_mem_count() - before) / 30;
    step = step > 0 ? step : 1;
    long refused = 0;
    for (int i = 0; i < CALLS; i++) {
        for (long n = i % step, more = true; more; n += step) {
            digest got = {0};
            more = run(kind, i, n, &got);
            refused += more;
            if (!CHECK(got.size == want.size && !memcmp(got.data, want.data, want.size)))
                fprintf(stderr, "%s: allocation %ld of %s\n", kind->name, n, calls[i].name);
            free(got.data);
        }
        if (given)
            fprintf(stderr, "%s: %ld refused up to the end of %s\n", kind->name, refused,
                    calls[i].name);
    }
    free(want.data);
}

#define CALLS_AGAIN(name)             \
    TEST(calls_are_made_again_##name) \
    {                                 \
        check_again(#name);           \
    }
CALLS_AGAIN(dense)
CALLS_AGAIN(late)
CALLS_AGAIN(conv)
CALLS_AGAIN(lstm)
CALLS_AGAIN(stateful)
CALLS_AGAIN(wrapped)
CALLS_AGAIN(cells)
CALLS_AGAIN(conv_lstm)
CALLS_AGAIN(attention)
CALLS_AGAIN(flow)
CALLS_AGAIN(own)
CALLS_AGAIN(net)
CALLS_AGAIN(adafactor)
CALLS_AGAIN(muon)
CALLS_AGAIN(ftrl)
CALLS_AGAIN(schedule_free)
CALLS_AGAIN(loss_scale)
