/* Gradients of rows: sums by lists, in clusters with what reads them and apart from it. */
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "ops/gradient_check.h"
#include "ops/index/gather.h"
#include "optimizers/optimizer.h"
#include "plan/traced.h"

enum { ROWS = 90, WIDTH = 100, IDS = 28, ROOM = ROWS * WIDTH, STEPS = 4 };

/* Some rows are met several times, others never; some from the end. */
static int32_t id_of(int k)
{
    return k % 5 ? k * k % 31 : k % 2 ? 7 - ROWS : ROWS - 1;
}

static cn_tensor *ids(void)
{
    int32_t all[IDS];
    for (int k = 0; k < IDS; k++)
        all[k] = id_of(k);
    return cn_array(all, CN_INT32, cn_shape(4, IDS / 4));
}

/* What flows into the rows: whole numbers, whose sums are exact. */
static float flow(int i)
{
    return (float)(i % 23 - 9);
}

static void sums_by_hand(float *sums)
{
    memset(sums, 0, ROOM * sizeof *sums);
    for (int i = 0; i < IDS * WIDTH; i++)
        sums[(id_of(i / WIDTH) + ROWS) % ROWS * WIDTH + i % WIDTH] += flow(i);
}

static cn_tensor *flows(cn_dtype dtype)
{
    float all[IDS * WIDTH];
    for (int i = 0; i < IDS * WIDTH; i++)
        all[i] = flow(i);
    return cn_cast(cn_array(all, CN_FLOAT32, cn_shape(4, IDS / 4, WIDTH)), dtype);
}

static cn_tensor *gradient(cn_tensor *x, cn_tensor *dy)
{
    cn_tensor *y = cn_sum(cn_mul(cn_gather(x, ids(), 0), dy));
    return cn_list_item(cn_gradients(y, cn_list_of(x)), 0);
}

TEST(row_sums_of_all_dtypes)
{
    const cn_dtype dtypes[] = {CN_FLOAT32, CN_FLOAT64, CN_BFLOAT16};
    float sums[ROOM];
    sums_by_hand(sums);
    for (size_t i = 0; i < 3; i++)
        CN_SCOPE {
            cn_tensor *x = cn_zeros(cn_shape(ROWS, WIDTH), dtypes[i]);
            cn_tensor *g = gradient(x, flows(dtypes[i]));
            CHECK(g && g->dtype == dtypes[i]);
            check_close(cn_floats(cn_cast(g, CN_FLOAT32)), sums, ROOM, 0, 0);
        }
}

static cn_tensor *squares(cn_tensor *const *x)
{
    int32_t at[] = {2, 0, 2, -1};
    return cn_square(cn_gather(x[0], cn_array(at, CN_INT32, cn_shape(2, 2)), 0));
}

/* All of them read as a whole what is no larger than the sum. */
static cn_tensor *in_place(cn_tensor *const *x)
{
    int32_t at[] = {2, 0, 2};
    cn_tensor *places = cn_array(at, CN_INT32, cn_shape(3, 1));
    return cn_square(cn_scatter(places, cn_mul(x[0], 3), cn_shape(3, 17)));
}

TEST(row_sums_have_gradients)
{
    CN_SCOPE {
        check_gradients(squares, gradient_values(cn_shape(3, 17), 1));
        check_gradients(in_place, gradient_values(cn_shape(3, 17), 1));
    }
}

TEST(row_sums_refuse_what_is_outside)
{
    CN_SCOPE {
        cn_tensor *x = cn_zeros(cn_shape(2, 16), CN_FLOAT32);
        cn_tensor *at = cn_array(((int32_t[]){0, 2}), CN_INT32, cn_shape(2));
        cn_tensor *y = cn_sum(cn_gather(x, at, 0));
        CHECK(!cn_data(cn_list_item(cn_gradients(y, cn_list_of(x)), 0)));
        check_error("cn_gather: the index 2 at (1,) is outside axis 0 of size 2");
    }
}

/* ---- optimizers ---- */

typedef struct moved {
    cn_optimizer *optimizer;
    cn_tensor *weight;
    bool by_rows;
} moved;

static bool move(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    const moved *m = user;
    cn_tensor *dy = in->items[0], *g = m->by_rows ? gradient(m->weight, dy) : dy;
    (void)variant;
    (void)outputs;
    return cn_apply_gradients(m->optimizer, cn_list_of(g), cn_list_of(m->weight));
}

/* The weight after some steps; is its gradient kept nowhere? */
static bool run_steps(const char *spec, bool by_rows, const void *in, float *end)
{
    bool alone = false;
    CN_SCOPE {
        cn_tensor *weight = cn_variable(cn_full(cn_shape(ROWS, WIDTH), 0.5, CN_FLOAT32));
        moved m = {cn_optimizer_new(spec), weight, by_rows};
        cn_shape shape = by_rows ? cn_shape(4, IDS / 4, WIDTH) : cn_shape(ROWS, WIDTH);
        cn_view view = cn_view_of(NULL, CN_FLOAT32, shape);
        cn_traced *t = cn_traced_new(move, &m, false);
        cn_plan *plan = cn_traced_plan(t, &view, 1, 0);
        cn_plan_run *run = cn_plan_begin(plan);
        for (int i = 0; i < STEPS; i++)
            CHECK(run && cn_plan_execute(run, &in, NULL));
        alone = cn_plan_arena_size(plan) < ROOM * sizeof(float);
        memcpy(end, cn_floats(weight), ROOM * sizeof *end);
        cn_plan_end(plan, run);
        cn_traced_free(t);
    }
    return alone;
}

/* As by a gradient of all rows, to the bit. */
static void check_steps(const char *spec, bool alone)
{
    float sums[ROOM], dense[ROOM], by_rows[ROOM];
    sums_by_hand(sums);
    run_steps(spec, false, sums, dense);
    CN_SCOPE {
        CHECK(run_steps(spec, true, cn_data(flows(CN_FLOAT32)), by_rows) == alone);
    }
    CHECK(dense[ROOM - 1] != 0.5F && !memcmp(dense, by_rows, sizeof dense));
}

TEST(optimizers_read_sums_of_rows)
{
    check_steps("adam", true);
    check_steps("sgd(0.1)", true);
    check_steps("adam(clipvalue=2)", true);
    check_steps("adagrad", true);
    check_steps("nadam", true);
    check_steps("adam(gradient_accumulation_steps=2)", true);
    check_steps("sgd(0.1, momentum=0.9, nesterov=true)", true);
    check_steps("rmsprop(centered=true)", true);
    check_steps("adamw(weight_decay=0.1)", false);
    check_steps("lion", true);
    check_steps("adam(use_ema=true, ema_momentum=0.9)", false);
    check_steps("adam(clipnorm=1)", false);
    check_steps("adam(global_clipnorm=1)", false);
    check_steps("lamb", false);
    check_steps("muon", false);
    setenv("CORNU_PASSES_OFF", "fuse", 1);
    check_steps("adam", false);
    unsetenv("CORNU_PASSES_OFF");
}

/* ---- rows in another order ---- */

TEST(checked_ids_change_places_before_rows_are_taken)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(ROWS, 2), CN_FLOAT32);
        cn_tensor *rows = cn_gather(x, cn_checked_ids(cn_abs(ids()), ROWS, "ids"), 0);
        cn_tensor *y = cn_swapaxes(rows, 0, 1);
        CHECK(!strcmp(cn_swapaxes(rows, 1, 2)->op->name, "transpose"));
        REQUIRE(y && cn_data(y));
        CHECK(!strcmp(y->op->name, "gather"));
        for (int i = 0; i < IDS * 2; i++)
            CHECK(cn_floats(y)[i] ==
                  (float)(2 * abs(id_of(i / 2 % 4 * (IDS / 4) + i / 8)) + i % 2));
    }
}
