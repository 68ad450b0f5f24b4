/* Each allocation fails while larger things are done: sequences, subclasses with steps of their
 * own, own things by name, files and back, eager loops. */
#include <math.h>
#include <stdio.h>

#include "cornu/initializers.h"
#include "cornu/models.h"
#include "cornu/nn.h"
#include "cornu/plot.h"
#include "cornu/subclass.h"
#include "ops/ops.h"
#include "plan/profile_trace.h"
#include "torture/torture.h"
#include "trainers/trainer.h"

static cn_tensor *numbers(cn_shape shape)
{
    return cn_sin(cn_reshape(cn_arange(0, (double)cn_shape_size(shape), 1, CN_FLOAT32), shape));
}

static bool fits(cn_model *m, cn_tensor *x, cn_tensor *y)
{
    cn_dataset *data = cn_from_arrays(x, y);
    return data && cn_fit(m, data, .epochs = 2, .batch_size = 2, .verbose = 0) &&
           cn_floats(cn_predict(m, x));
}

static bool sequences(void)
{
    cn_tensor *x = numbers(cn_shape(2, 3, 2));
    cn_model *m = cn_sequential(cn_input(3, 2), cn_masking(0.0),
                                cn_bidirectional(cn_gru(1, .return_sequences = true)),
                                cn_time_distributed(cn_dense(1)));
    cn_dataset *data = cn_from_arrays(x, numbers(cn_shape(2, 3, 1)));
    return m && data && cn_compile(m, "sgd", .loss = {"mse"}) && cn_fit(m, data, .verbose = 0);
}

TEST(every_fifth_allocation_of_sequences_fails)
{
    CHECK(torture_every(sequences, 5) > 1000);
}

/* ---- own things ---- */

#define TORTURED(P) P(float, alpha, 0.5, "a factor")
CN_LAYER(tortured, TORTURED, cn_tensor *seen, *w;)

static bool tortured_build(tortured *self, const cn_shapes *in)
{
    int64_t width = in->shape[0].dim[in->shape[0].rank - 1];
    self->w = cn_add_weight(self, "w", cn_shape(width), .initializer = "ones");
    self->seen = cn_add_weight(self, "seen", CN_SCALAR, .initializer = "zeros", .trainable = false);
    return self->w && self->seen;
}

static cn_tensor *tortured_call(tortured *self, const cn_inputs *in)
{
    return cn_assign(self->seen, cn_add(self->seen, 1)) &&
                   cn_add_loss(self, cn_mul(self->alpha, cn_mean(cn_square(self->w))))
               ? cn_mul(in->x[0], self->w)
               : NULL;
}
CN_REGISTER_LAYER(tortured, .build = tortured_build, .call = tortured_call)
#define tortured(...) CN_MAKE(tortured, TORTURED, __VA_ARGS__)

static cn_tensor *scaled(cn_tensor *const *in, const cn_args *args)
{
    return cn_mul(in[0], cn_arg_float(args, "by"));
}

static cn_tensor *squared_error(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    return cn_mul(cn_arg_float(args, "by"), cn_square(cn_sub(y_true, y_pred)));
}

static cn_tensor *most(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_max(cn_abs(cn_sub(y_true, y_pred)));
}

static cn_tensor *bent(cn_tensor *x, const cn_args *args)
{
    (void)args;
    return cn_mul(x, cn_sigmoid(x));
}

static bool register_all(void)
{
    return cn_register_function("tortured_scaled", scaled, "by=2.0") &&
           cn_register_loss("tortured_loss", squared_error, "by=1.0") &&
           cn_register_metric("tortured_most", most, NULL) &&
           cn_register_activation("tortured_bent", bent, NULL);
}

static cn_model *own_model(void)
{
    cn_model *m = cn_sequential(cn_input(2), cn_dense(3, .activation = "tortured_bent"),
                                tortured(.alpha = 0.25), cn_lambda(scaled, .arguments = "by=3.0"),
                                cn_dense(1));
    return m && cn_compile(m, "sgd(0.01, momentum=0.5)", .loss = {"tortured_loss(by=0.5)"},
                           .metrics = {"tortured_most"})
               ? m
               : NULL;
}

static bool own_things(void)
{
    cn_model *m = register_all() ? own_model() : NULL;
    return m && fits(m, numbers(cn_shape(4, 2)), numbers(cn_shape(4, 1)));
}

TEST(each_allocation_of_own_things_fails)
{
    CHECK(torture(own_things) > 1000);
}

static struct {
    cn_model *model;
    char path[300];
} file;

static bool save(void)
{
    return cn_save(file.model, file.path);
}

static bool load(void)
{
    cn_model *again = cn_load_model(file.path);
    return again && cn_floats(cn_predict(again, numbers(cn_shape(2, 2))));
}

TEST(each_allocation_of_files_fails)
{
    static const char *const names[] = {"tortured.keras", "tortured.h5"};
    for (int i = 0; i < 2; i++)
        CN_SCOPE {
            file.model = register_all() ? own_model() : NULL;
            snprintf(file.path, sizeof file.path, "%s", cn_test_path(names[i]));
            REQUIRE(fits(file.model, numbers(cn_shape(4, 2)), numbers(cn_shape(4, 1))));
            CHECK(torture(save) > 500 && torture(load) > 1000);
            CHECK(save() && load());
        }
}

/* ---- a subclass with a step of its own ---- */

#define TORTURED_NET(P) P(int, width, 3, "of the layer inside")
CN_MODEL(tortured_net, TORTURED_NET, cn_layer *first, *last;)

static bool net_init(tortured_net *self)
{
    self->first = cn_add_sublayer(self, "first", cn_dense(self->width, .activation = "tanh"));
    self->last = cn_add_sublayer(self, "last", cn_dense(1));
    return self->first && self->last;
}

static cn_tensor *net_call(tortured_net *self, const cn_inputs *in)
{
    return cn_call(self->last, cn_call(self->first, in->x[0]));
}
CN_REGISTER_MODEL(tortured_net, .init = net_init, .call = net_call)
#define tortured_net(...) CN_MAKE(tortured_net, TORTURED_NET, __VA_ARGS__)

static cn_logs *own_step(cn_model *m, const cn_batch *b, void *user)
{
    (void)user;
    cn_tensor *y = cn_call(m, b->x, .training = true), *loss = cn_compiled_loss(m, b, y);
    cn_list *weights = cn_trainable_weights(m);
    return cn_apply_gradients(m->optimizer, cn_gradients(loss, weights), weights)
               ? cn_compiled_metrics(m, b, y)
               : NULL;
}

static bool subclass(void)
{
    cn_model *m = tortured_net(.width = 2);
    return m && cn_compile(m, "adam", .loss = {"mse"}, .metrics = {"mae"}) &&
           cn_set_train_step(m, own_step, NULL) &&
           fits(m, numbers(cn_shape(4, 2)), numbers(cn_shape(4, 1)));
}

TEST(each_allocation_of_a_subclass_fails)
{
    CHECK(torture(subclass) > 1000);
}

/* ---- eager loops, whose plans are kept ---- */

static bool eager(void)
{
    cn_layer *dense = cn_dense(1);
    cn_optimizer *adam = cn_optimizer_new("adam(0.1)");
    cn_tensor *x = numbers(cn_shape(4, 2)), *y = numbers(cn_shape(4, 1));
    double last = 0;
    for (int step = 0; step < 4; step++)
        CN_SCOPE {
            cn_tensor *loss = cn_mean(cn_square(cn_sub(cn_call(dense, x), y)));
            cn_list *weights = cn_trainable_weights(dense);
            last = cn_apply_gradients(adam, cn_gradients(loss, weights), weights) ? cn_item(loss)
                                                                                  : NAN;
        }
    return last == last;
}

TEST(each_allocation_of_an_eager_loop_fails)
{
    CHECK(torture(eager) > 300);
}

/* ---- looking at a model ---- */

static bool trace(void)
{
    cn_profile_row row = {.name = "matmul", .shapes = "float32(2, 3)"};
    cn_profile_event events[] = {{&row, 0, 7, 1}, {&row, 10, 5, 2}};
    return cn_profile_trace(cn_test_path("trace.json"), events, 2);
}

static bool looks(void)
{
    cn_tensor *a = cn_input(2), *b = cn_input(2);
    cn_tensor *sum = cn_call(cn_add_layer(), a, b);
    cn_model *m =
        cn_functional(cn_list_of(a, b), cn_call(cn_dense(2, .name = "d"), cn_mul(sum, 2)));
    cn_str json = m ? cn_model_to_json(m) : NULL;
    cn_model *again = json ? cn_model_from_json(json) : NULL;
    return again && cn_summary_text(m) && cn_count_params(again) == 6 &&
           cn_plot_model(m, cn_test_path("looks.svg"), .show_shapes = true) &&
           cn_plot_model(m, cn_test_path("looks.dot"), .show_dtype = true) &&
           cn_plot_model(m, cn_test_path("looks.png"), .show_layer_names = true) && trace();
}

TEST(each_allocation_of_looking_at_a_model_fails)
{
    CHECK(torture(looks) > 200);
}
