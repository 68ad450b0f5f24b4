/* Ten steps of training beside Keras's: losses and metrics after each, then the weights, the
 * optimizer's variables and a prediction. */
#include <stdio.h>
#include <string.h>

#include "optimizers/optimizer.h"
#include "ops/ops.h"
#include "parity/cases.h"
#include "trainers/trainer.h"

enum { STEPS = 10, SIZE = 8 };
/* bfloat16 is off by 2^-9 at most, and a few such roundings follow each other. */
#define MIXED_TOLERANCE 1e-2

typedef struct run {
    const golden_file *file;
    const cn_json *one;
    const cn_json *logs; /* of every step */
    int64_t steps;
    double tolerance;
} run;

/* A Sequential's name precedes its layers' in Keras's paths; the rest is the same. */
static void check_end(const char *want, const char *found)
{
    const char *name = strchr(found, '/') + 1, *at = strstr(want, name);
    if (!at || strcmp(at, name) != 0)
        check_text(found, want);
}

/* From the configuration, with the weights that Keras began with. */
static cn_model *from_config(const golden_file *file, const cn_json *one)
{
    const cn_json *weights = cn_json_get(one, "weights");
    const cn_json *compile = cn_json_get(one, "compile");
    cn_model *model = cn_instance_deserialize(CN_LAYERS, cn_json_get(one, "model"));
    cn_list *variables = model ? cn_weights(model) : NULL;
    if (!CHECK(variables && cn_list_length(variables) == weights->count))
        return NULL;
    for (size_t i = 0; i < weights->count; i++) {
        cn_tensor *variable = cn_list_item(variables, i);
        check_end(cn_json_get(weights->items[i], "path")->string, cn_variable_path(variable));
        cn_assign(variable, golden_array(file, cn_json_get(weights->items[i], "initial")));
    }
    cn_optimizer *optimizer =
        cn_instance_deserialize(CN_OPTIMIZERS, cn_json_get(compile, "optimizer"));
    return cn_trainer_compile(model, optimizer, cn_json_copy(compile)) ? model : NULL;
}

/* x (steps, batch, ...) as (steps * batch, ...). */
static cn_tensor *samples(const run *r, const char *name)
{
    cn_tensor *x = case_array(r->file, r->one, name);
    if (!x)
        return NULL;
    cn_shape shape = {.rank = cn_rank(x) - 1, .dim = {STEPS * SIZE}};
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = cn_dim(x, i + 1);
    return cn_reshape(x, shape);
}

/* Each step's values stand for themselves, as Keras's train_on_batch has them. */
static bool start_anew(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    (void)batch, (void)logs, (void)user;
    return cn_trainer_reset_metrics(cn_trainer_of(model, "parity"));
}

static bool check_logs(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    run *r = user;
    const cn_json *want = cn_json_at(r->logs, (size_t)batch);
    (void)model;
    r->steps++;
    CHECK(cn_logs_count(logs) == want->count);
    for (size_t i = 0; i < want->count; i++) {
        double number = cn_json_as_double(want->items[i], 0);
        double off = cn_logs_get(logs, want->items[i]->key) - number;
        double most = r->tolerance * (1 + number);
        if (off < -most || off > most || off != off) {
            fprintf(stderr, "%s: step %d, %s: off by %g\n", case_id(r->one), (int)batch,
                    want->items[i]->key, off);
            CHECK(!"logs as Keras's");
        }
    }
    return true;
}

static void check_weights(const run *r, cn_model *model)
{
    const cn_json *weights = cn_json_get(r->one, "weights");
    cn_list *variables = cn_weights(model);
    for (size_t i = 0; i < weights->count; i++)
        golden_close_to(r->file, cn_list_item(variables, i),
                        cn_json_get(weights->items[i], "final"), r->tolerance,
                        cn_json_get(weights->items[i], "path")->string);
}

static void check_optimizer(const run *r, cn_model *model)
{
    const cn_json *state = cn_json_get(r->one, "state");
    cn_list *variables = cn_optimizer_variables(model->optimizer);
    if (!CHECK(cn_list_length(variables) == state->count))
        return;
    for (size_t i = 0; i < state->count; i++) {
        const char *path = cn_json_get(state->items[i], "path")->string;
        check_end(path, cn_variable_path(cn_list_item(variables, i)));
        golden_close_to(r->file, cn_list_item(variables, i), cn_json_get(state->items[i], "array"),
                        r->tolerance, path);
    }
}

static void train(const golden_file *file, const cn_json *one, cn_model *model)
{
    bool mixed = !strncmp(case_id(one), "mixed", 5);
    run r = {.file = file,
             .one = one,
             .logs = cn_json_get(one, "logs"),
             .tolerance = mixed ? MIXED_TOLERANCE : 1e-4};
    cn_tensor *x = samples(&r, "x");
    cn_dataset *data = cn_from_arrays(x, samples(&r, "y"), samples(&r, "sample_weight"));
    cn_callback *each = cn_callback(.on_train_batch_begin = start_anew,
                                    .on_train_batch_end = check_logs, .user = &r);
    if (!model || !cn_fit(model, data, .batch_size = SIZE, .shuffle = false, .verbose = 0,
                          .callbacks = {{each}})) {
        fprintf(stderr, "%s: %s\n", case_id(one), cn_error());
        cn_clear_error();
        CHECK(!"trained");
        return;
    }
    CHECK(r.steps == STEPS);
    check_weights(&r, model);
    check_optimizer(&r, model);
    cn_tensor *first = cn_slice(x, cn_fmt(":%d", SIZE));
    cn_tensor *prediction = cn_predict(model, cn_dataset_of(first));
    CHECK(!mixed || cn_dtype_of(prediction) == cn_dtype_of(model->output));
    case_close(file, one, cn_cast(prediction, CN_FLOAT32), "prediction", r.tolerance);
}

/* From the file that Keras saved before training. */
static void train_loaded(const golden_file *file, const cn_json *one)
{
    train(file, one,
          cn_load_model(cn_fmt("%s/tests/parity/golden/%s", CORNU_SOURCE_DIR,
                               cn_json_get(one, "file")->string)));
}

static void train_configured(const golden_file *file, const cn_json *one)
{
    train(file, one, from_config(file, one));
}

TEST(parity_training)
{
    each_case("training", train_configured);
}

TEST(parity_training_of_loaded_models)
{
    each_case("training", train_loaded);
}

TEST(parity_training_in_bfloat16)
{
    each_case("mixed", train_configured);
    each_case("mixed", train_loaded);
}
