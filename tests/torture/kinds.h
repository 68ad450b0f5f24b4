/* Small models of many kinds, own layers, losses and optimizers among them, for tests that refuse
 * allocations. Their dropout has seeds of its own, since a call that is made again draws others. */
#ifndef TORTURE_KINDS_H
#define TORTURE_KINDS_H

#include "cornu/flow.h"
#include "cornu/models.h"
#include "cornu/subclass.h"
#include "ops/ops.h"

typedef struct torture_kind {
    const char *name;
    cn_shape x;
    cn_model *(*make)(void);
    const char *optimizer, *loss, *metric; /* NULL: usual ones */
} torture_kind;

static inline cn_tensor *torture_numbers(cn_shape shape)
{
    return cn_sin(cn_reshape(cn_arange(0, (double)cn_shape_size(shape), 1, CN_FLOAT32), shape));
}

/* ---- layers on tables ---- */

static cn_model *dense_model(void)
{
    return cn_sequential(cn_input(3),
                         cn_dense(4, .activation = "tanh", .kernel_regularizer = "l2(0.01)"),
                         cn_batch_normalization(), cn_dropout(0.25, .seed = 3),
                         cn_dense(2, .kernel_constraint = "max_norm(1)"));
}

/* Its weights come with its first call. */
static cn_model *late_model(void)
{
    return cn_sequential(cn_dense(3, .activation = "PReLU"), cn_layer_normalization(), cn_dense(1));
}

static cn_model *conv_model(void)
{
    return cn_sequential(cn_input(6, 6, 2), cn_conv2d(3, {3, 3}, .padding = "same"),
                         cn_batch_normalization(), cn_max_pooling2d({2, 2}),
                         cn_separable_conv2d(2, {2, 2}), cn_global_average_pooling2d(),
                         cn_dense(2));
}

/* ---- sequences ---- */

static cn_model *lstm_model(void)
{
    return cn_sequential(
        cn_input(4, 2),
        cn_lstm(3, .dropout = 0.2, .recurrent_dropout = 0.25, .seed = 4, .return_sequences = true),
        cn_time_distributed(cn_dense(2)), cn_lstm(2));
}

static cn_model *stateful_model(void)
{
    return cn_sequential(cn_input(3, 2, .batch_size = 4),
                         cn_gru(3, .stateful = true, .return_sequences = true),
                         cn_simple_rnn(2, .stateful = true));
}

static cn_model *wrapped_model(void)
{
    return cn_sequential(cn_input(3, 2), cn_masking(0.0),
                         cn_bidirectional(cn_lstm(2, .return_sequences = true)),
                         cn_bidirectional(cn_gru(2), .merge_mode = "sum"), cn_dense(1));
}

static cn_model *cells_model(void)
{
    return cn_sequential(
        cn_input(3, 2),
        cn_rnn(cn_list_of(cn_lstm_cell(2), cn_gru_cell(3)), .return_sequences = true),
        cn_rnn(cn_simple_rnn_cell(2)));
}

static cn_model *conv_lstm_model(void)
{
    return cn_sequential(cn_input(2, 4, 4, 1), cn_conv_lstm2d(2, {3, 3}), cn_flatten(),
                         cn_dense(1));
}

static cn_model *attention_model(void)
{
    cn_tensor *x = cn_input(3, 4);
    cn_tensor *a = cn_call(cn_attention(.use_scale = true, .dropout = 0.2, .seed = 2), x, x);
    cn_tensor *h =
        cn_call(cn_multi_head_attention(2, 2), a, x, .arguments = "use_causal_mask=true");
    cn_tensor *b = cn_call(cn_additive_attention(), h, x);
    return cn_functional(x, cn_call(cn_dense(1), cn_call(cn_add_layer(), b, cn_mul(x, 2))));
}

/* ---- control flow ---- */

static cn_list *flow_step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    (void)user;
    cn_tensor *h = cn_tanh(cn_add(carry[0], x[0]));
    return cn_list_of(h, cn_square(h));
}

static cn_tensor *flow_more(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_less(v[0], 2);
}

static cn_list *flow_scale(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(cn_add(v[0], 1), cn_mul(v[1], 1.5));
}

static cn_tensor *flow_bend(cn_tensor *x, void *user)
{
    (void)user;
    return cn_mul(x, cn_sigmoid(x));
}

/* x (batch, 3) */
static cn_tensor *flow(cn_tensor *const *in, const cn_args *args)
{
    (void)args;
    cn_tensor *x = in[0];
    cn_list *kept = cn_scan(flow_step, {cn_mul(cn_sum(x, {0}), 0)}, {x});
    cn_list *grown = cn_while_loop(flow_more, flow_scale, {cn_zeros(CN_SCALAR, CN_INT32), x});
    cn_tensor *bent = cn_map_slices(flow_bend, x, NULL);
    cn_tensor *some = cn_boolean_mask(x, cn_greater(x, 0.25));
    return kept && grown
               ? cn_add(cn_add(cn_nth(kept, 1), cn_nth(grown, 1)), cn_add(bent, cn_sum(some)))
               : NULL;
}

static cn_model *flow_model(void)
{
    return cn_register_function("torture_flow", flow, NULL)
               ? cn_sequential(cn_input(3), cn_dense(3), cn_lambda(flow), cn_dense(1))
               : NULL;
}

/* ---- own things ---- */

#define TORTURE_OWN(P) P(float, alpha, 0.5, "a factor")
CN_LAYER(torture_own, TORTURE_OWN, cn_tensor *seen, *w; cn_layer * inner;)

static bool torture_own_build(torture_own *self, const cn_shapes *in)
{
    int64_t width = in->shape[0].dim[in->shape[0].rank - 1];
    self->w = cn_add_weight(self, "w", cn_shape(width), .initializer = "ones");
    self->inner = cn_add_sublayer(self, "inner", cn_dense(2, .activation = "tanh"));
    self->seen = cn_add_weight(self, "seen", CN_SCALAR, .initializer = "zeros", .trainable = false);
    return self->w && self->inner && self->seen && cn_layer_build(self->inner, in);
}

static cn_tensor *torture_own_call(torture_own *self, const cn_inputs *in)
{
    if (in->training && !cn_assign(self->seen, cn_add(self->seen, 1)))
        return NULL;
    return cn_add_loss(self, cn_mul(self->alpha, cn_mean(cn_square(self->w))))
               ? cn_call(self->inner, cn_mul(in->x[0], self->w))
               : NULL;
}
CN_REGISTER_LAYER(torture_own, .build = torture_own_build, .call = torture_own_call)
#define torture_own(...) CN_MAKE(torture_own, TORTURE_OWN, __VA_ARGS__)

#define TORTURE_SGD(P) P(cn_spec, learning_rate, "0.01", "the rate, or a schedule")
CN_OPTIMIZER(torture_sgd, TORTURE_SGD, cn_tensor *longest;)

static bool torture_sgd_build(torture_sgd *self, const cn_list *weights)
{
    self->longest = cn_add_variable(self, "longest", CN_SCALAR, CN_FLOAT32);
    for (size_t i = 0; i < cn_list_length(weights) && self->longest; i++)
        if (!cn_add_slot(self, cn_list_item(weights, i), "sum"))
            return false;
    return self->longest;
}

static bool torture_sgd_update(torture_sgd *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *sum = cn_slot(self, w, "sum"), *next = cn_add(sum, g);
    return cn_assign(self->longest, cn_maximum(self->longest, cn_max(cn_abs(g)))) &&
           cn_assign(sum, next) && cn_assign(w, cn_sub(w, cn_mul(next, rate)));
}
CN_REGISTER_OPTIMIZER(torture_sgd, .build = torture_sgd_build, .update = torture_sgd_update)

static cn_tensor *torture_scaled(cn_tensor *const *in, const cn_args *args)
{
    const double *by = cn_arg_user(args);
    return cn_mul(in[0], by ? *by : 2);
}

static cn_tensor *torture_error(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    return cn_mul(cn_arg_float(args, "by"), cn_square(cn_sub(y_true, y_pred)));
}

static cn_tensor *torture_most(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_max(cn_abs(cn_sub(y_true, y_pred)));
}

static bool torture_register(void)
{
    return cn_register_function("torture_scaled", torture_scaled, NULL) &&
           cn_register_loss("torture_error", torture_error, "by=1.0") &&
           cn_register_metric("torture_most", torture_most, NULL);
}

/* What the layer frees, also when it could not be made. */
static double *torture_user(void)
{
    double *by = malloc(sizeof *by);
    if (by)
        *by = 2;
    return by;
}

static cn_model *own_model(void)
{
    return torture_register()
               ? cn_sequential(cn_input(3), torture_own(.alpha = 0.25),
                               cn_lambda(torture_scaled, .user = torture_user(), .free_user = free),
                               cn_dense(1))
               : NULL;
}

#define TORTURE_NET(P) P(int, width, 3, "of the layer inside")
CN_MODEL(torture_net, TORTURE_NET, cn_layer *first, *last;)

static bool torture_net_init(torture_net *self)
{
    self->first = cn_add_sublayer(self, "first", cn_dense(self->width, .activation = "tanh"));
    self->last = cn_add_sublayer(self, "last", cn_dense(1));
    return self->first && self->last;
}

static cn_tensor *torture_net_call(torture_net *self, const cn_inputs *in)
{
    return cn_call(self->last, cn_call(self->first, in->x[0]));
}
CN_REGISTER_MODEL(torture_net, .init = torture_net_init, .call = torture_net_call)
#define torture_net(...) CN_MAKE(torture_net, TORTURE_NET, __VA_ARGS__)

static cn_model *net_model(void)
{
    return torture_net(.width = 2);
}

static cn_model *small_model(void)
{
    return cn_sequential(cn_input(3), cn_dense(2, .activation = "tanh"), cn_dense(1));
}

static const torture_kind torture_kinds[] = {
    {"dense", {2, {6, 3}}, dense_model, NULL, NULL, NULL},
    {"late", {2, {5, 3}}, late_model, "nadam(0.01, use_ema=true)", "huber", NULL},
    {"conv", {4, {3, 6, 6, 2}}, conv_model, "rmsprop(0.01, centered=true)", NULL, NULL},
    {"lstm", {3, {3, 4, 2}}, lstm_model, NULL, NULL, NULL},
    {"stateful", {3, {4, 3, 2}}, stateful_model, "sgd(0.1, momentum=0.5)", NULL, NULL},
    {"wrapped", {3, {4, 3, 2}}, wrapped_model, NULL, NULL, NULL},
    {"cells", {3, {4, 3, 2}}, cells_model, NULL, NULL, NULL},
    {"conv_lstm", {5, {3, 2, 4, 4, 1}}, conv_lstm_model, NULL, NULL, NULL},
    {"attention", {3, {4, 3, 4}}, attention_model, NULL, NULL, NULL},
    {"flow", {2, {4, 3}}, flow_model, NULL, NULL, NULL},
    {"own", {2, {4, 3}}, own_model, "torture_sgd(0.02)", "torture_error(by=0.5)", "torture_most"},
    {"net",
     {2, {4, 3}},
     net_model,
     "adam_w(0.01, gradient_accumulation_steps=2)",
     NULL,
     "precision(thresholds=[0.1, 0.2])"},
    {"adafactor", {2, {4, 3}}, small_model, "adafactor", NULL, NULL},
    {"muon", {2, {4, 3}}, small_model, "muon", NULL, "r2_score"},
    {"ftrl",
     {2, {4, 3}},
     small_model,
     "ftrl(exponential_decay(0.1, 10, 0.9))",
     NULL,
     "root_mean_squared_error"},
    {"schedule_free", {2, {4, 3}}, small_model, "schedule_free_adam_w", NULL, NULL},
    {"loss_scale", {2, {4, 3}}, small_model, "loss_scale_optimizer(adam(0.01))", NULL, NULL},
    {NULL, {0}, NULL, NULL, NULL, NULL},
};

#endif
