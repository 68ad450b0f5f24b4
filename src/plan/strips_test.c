/* Gradients that are computed where an optimizer's step needs them: the same bits as gradients that
 * lie in memory, for any number of threads. */
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "cornu/config.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"
#include "plan/internal.h"
#include "plan/traced.h"

enum { BATCH = 24, LONGEST = 300, DOWN = 203, ACROSS = 85, SIZE = DOWN * ACROSS, STEPS = 2 };

typedef enum shown { NOTHING, GRADIENT, LENGTH } shown;

typedef struct training {
    const char *optimizer;
    int64_t batch;
    bool turned; /* the inputs: (features, batch) */
    shown shows;
    int strips;
    cn_optimizer *made;
    cn_list *weights;
} training;

static bool train(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    const training *t = user;
    (void)variant;
    cn_tensor *grad = cn_matmul_t(cn_list_item(in, 0), cn_list_item(in, 1), !t->turned, t->turned);
    if (t->shows && !cn_list_add(outputs, t->shows == GRADIENT ? grad : cn_sum(cn_square(grad))))
        return false;
    return cn_apply_gradients(t->made, cn_list_of(grad), t->weights);
}

static cn_shape shape_of(const training *t, int64_t features)
{
    return t->turned ? cn_shape(features, t->batch) : cn_shape(t->batch, features);
}

static int strips_of(const cn_plan *plan)
{
    int strips = 0;
    for (size_t s = 0; s < plan->n_steps; s++)
        strips += plan->steps[s].cluster && plan->steps[s].cluster->strips;
    return strips;
}

/* The weights after some steps; how many gradients were made in strips, and their plan's arena. */
static int run_steps(training *t, float *end, size_t *arena)
{
    static float x[LONGEST * DOWN], dy[LONGEST * ACROSS], shown[SIZE];
    int strips = 0;
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        x[i] = (float)((i * 31 + 7) % 101) / 64 - 0.75F;
    for (size_t i = 0; i < sizeof dy / sizeof *dy; i++)
        dy[i] = (float)(i * 17 % 89) / 32 - 1.5F;
    x[5] = 1e30F; /* sums that are not finite */
    dy[t->turned ? 3 * t->batch : 3] = 1e30F;
    CN_SCOPE {
        cn_tensor *weight = cn_variable(cn_full(cn_shape(DOWN, ACROSS), 0.5, CN_FLOAT32));
        const cn_view views[] = {cn_view_of(NULL, CN_FLOAT32, shape_of(t, DOWN)),
                                 cn_view_of(NULL, CN_FLOAT32, shape_of(t, ACROSS))};
        t->made = cn_optimizer_new(t->optimizer);
        t->weights = cn_list_of(weight);
        cn_traced *traced = cn_traced_new(train, t, false);
        cn_plan *plan = cn_traced_plan(traced, views, 2, 0);
        cn_plan_run *run = cn_plan_begin(plan);
        for (int i = 0; i < STEPS; i++)
            CHECK(run && cn_plan_execute(run, (const void *[]){x, dy}, (void *[]){shown}));
        strips = strips_of(plan);
        *arena = cn_plan_arena_size(plan);
        memcpy(end, cn_floats(weight), sizeof *end * (size_t)(DOWN * ACROSS));
        cn_plan_end(plan, run);
        cn_traced_free(traced);
    }
    return strips;
}

/* The arena's size with strips. */
static size_t check_training(training t)
{
    static float with[SIZE], without[SIZE];
    size_t arena = 0, more;
    for (int threads = 1; threads <= 3; threads++) {
        cn_set_num_threads(threads);
        CHECK(run_steps(&t, with, &arena) == t.strips);
        setenv("CORNU_PASSES_OFF", "strips", 1);
        CHECK(run_steps(&t, without, &more) == 0);
        unsetenv("CORNU_PASSES_OFF");
        CHECK(with[5 * ACROSS + 3] != 0.5F && !memcmp(with, without, sizeof with));
        CHECK(arena <= more);
    }
    cn_set_num_threads(0);
    return arena;
}

TEST(strips_change_no_bit)
{
    training adam = {.optimizer = "adam", .batch = BATCH, .strips = 1};
    CHECK(check_training(adam) < SIZE); /* no gradient in memory */
    check_training((training){.optimizer = "adam", .batch = BATCH, .turned = true, .strips = 1});
    check_training((training){.optimizer = "sgd(0.1, momentum=0.9)", .batch = 33, .strips = 1});
    check_training((training){.optimizer = "adamw(weight_decay=0.1)", .batch = 7, .strips = 1});
    check_training((training){.optimizer = "rmsprop(clipvalue=0.5)", .batch = 64, .strips = 1});
    check_training((training){.optimizer = "adam", .batch = 256, .strips = 1});
}

TEST(gradients_that_others_read_are_no_strips)
{
    check_training((training){.optimizer = "adam", .batch = BATCH, .shows = GRADIENT});
    check_training((training){.optimizer = "adam", .batch = BATCH, .shows = LENGTH});
    check_training((training){.optimizer = "adam(clipnorm=1)", .batch = BATCH});
    check_training((training){.optimizer = "adam", .batch = LONGEST}); /* long sums */
}
