/* One training by fit's steps, by an own train_step, by an own step that is traced, and by one in
 * eager code. A perceptron 784-128-10 with dropout in batches of 32, Adam:
 *
 *     loops REPEATS    microseconds of a step: the best of the repeats, of 100 steps each; and the
 *                      memory that the process holds after ten repeats and in the end
 */
#include <cornu.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 32, STEPS = 100, FEATURES = 784, CLASSES = 10 };

typedef struct training {
    cn_model *model;
    cn_optimizer *adam;
    cn_list *vars;
    cn_loss *loss;
    cn_function *traced;
    cn_tensor *x, *y;
} training;

static cn_list *step(cn_tensor *const *in, void *user)
{
    training *t = user;
    cn_tensor *logits = cn_call(t->model, in[0], .training = true);
    cn_tensor *loss = cn_loss_call(t->loss, in[1], logits, NULL);
    cn_apply_gradients(t->adam, cn_gradients(loss, t->vars), t->vars);
    return cn_list_of(loss);
}

static training make(void)
{
    training t = {
        .model = cn_sequential(cn_input(FEATURES), cn_dense(128, .activation = "relu"),
                               cn_dropout(0.2), cn_dense(CLASSES)),
        .adam = cn_optimizer_new("adam"),
        .loss = cn_loss_new("sparse_categorical_crossentropy(from_logits=true)"),
        .x = cn_random_uniform(cn_shape(BATCH * STEPS, FEATURES), -1, 1, CN_FLOAT32, NULL)};
    t.vars = cn_trainable_weights(t.model);
    /* the class is in the first column: units that never learn would end in denormal numbers */
    t.y = cn_floor(cn_mul(cn_add(cn_slice(t.x, ":, :1"), 1), CLASSES / 2.0));
    cn_compute(cn_list_of(t.x, t.y));
    return t;
}

static void by_fit(training *t)
{
    cn_fit(t->model, cn_from_arrays(t->x, t->y), .batch_size = BATCH, .verbose = 0,
           .shuffle = false);
}

static cn_logs *own_step(cn_model *model, const cn_batch *batch, void *user)
{
    training *t = user;
    cn_tensor *loss = cn_compiled_loss(model, batch, cn_call(model, batch->x, .training = true));
    cn_apply_gradients(model->optimizer, cn_gradients(loss, t->vars), t->vars);
    return cn_logs_of({"loss", loss});
}

static void traced(training *t)
{
    CN_EACH (batch, cn_batch_dataset(cn_from_arrays(t->x, t->y), BATCH, false))
        cn_run(t->traced, batch->x, batch->y);
}

static void eager(training *t)
{
    CN_EACH (batch, cn_batch_dataset(cn_from_arrays(t->x, t->y), BATCH, false))
        step((cn_tensor *[]){batch->x, batch->y}, t);
}

/* and with a look at each loss, for which the old weights stay beside the new ones */
static void looking(training *t)
{
    CN_EACH (batch, cn_batch_dataset(cn_from_arrays(t->x, t->y), BATCH, false))
        cn_item(cn_nth(step((cn_tensor *[]){batch->x, batch->y}, t), 0));
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static long resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * 4;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(training *t);
    } ways[] = {{"fit", by_fit},
                {"own train_step", by_fit},
                {"traced", traced},
                {"eager", eager},
                {"eager, looking", looking}};
    enum { WAYS = sizeof ways / sizeof *ways };
    double best[WAYS];
    long memory = 0;
    training all[WAYS];
    cn_on_error(cn_die);
    for (int i = 0; i < WAYS; i++) {
        all[i] = make();
        all[i].traced = cn_traced_function(step, &all[i]);
        best[i] = 1e9;
    }
    for (int i = 0; i < 2; i++)
        cn_compile(all[i].model, "adam",
                   .loss = {"sparse_categorical_crossentropy(from_logits=true)"});
    cn_set_train_step(all[1].model, own_step, &all[1]);
    for (int r = 0; argc == 2 && r < atoi(argv[1]); r++) {
        for (int i = 0; i < WAYS; i++)
            CN_SCOPE {
                double start = now();
                ways[i].run(&all[i]);
                double time = (now() - start) / STEPS;
                best[i] = time < best[i] ? time : best[i];
            }
        memory = r == 9 ? resident() : memory;
    }
    for (int i = 0; i < WAYS; i++)
        printf("%-16s %.2f\n", ways[i].name, best[i]);
    printf("memory, KiB      %ld, %ld\n", memory, resident());
}
