/* A model of your own: its class is its network. Handwritten digits again, by two branches that
 * share nothing but their input.
 *
 *     subclass [digits.npz] */
#include <cornu.h>
#include <stdio.h>

#ifndef DIGITS
#define DIGITS "examples/data/digits.npz"
#endif

#define TWO_WAYS(P)                                        \
    P(int, units, 32, "width of the branch that is dense") \
    P(float, rate, 0.3, "how much of the other is dropped")
CN_MODEL(two_ways, TWO_WAYS, cn_layer *scale, *conv, *pool, *flat, *drop, *wide, *both, *top;)

static bool init(two_ways *self)
{
    self->scale = cn_add_sublayer(self, "scale", cn_rescaling(1.0 / 16));
    self->conv = cn_add_sublayer(self, "conv", cn_conv2d(32, {3, 3}, .activation = "relu"));
    self->pool = cn_add_sublayer(self, "pool", cn_max_pooling2d({2, 2}));
    self->flat = cn_add_sublayer(self, "flat", cn_flatten());
    self->drop = cn_add_sublayer(self, "drop", cn_dropout(self->rate));
    self->wide = cn_add_sublayer(self, "wide", cn_dense(self->units, .activation = "relu"));
    self->both = cn_add_sublayer(self, "both", cn_concatenate());
    self->top = cn_add_sublayer(self, "top", cn_dense(10, .activation = "softmax"));
    return self->scale && self->conv && self->pool && self->flat && self->drop && self->wide &&
           self->both && self->top;
}

static cn_tensor *call(two_ways *self, const cn_inputs *in)
{
    cn_tensor *x = cn_call(self->scale, in->x[0]);
    cn_tensor *near = cn_call(self->flat, cn_call(self->pool, cn_call(self->conv, x)));
    cn_tensor *far = cn_call(self->wide, cn_call(self->flat, x)); /* a layer may be used twice */
    return cn_call(self->top, cn_call(self->both, cn_call(self->drop, near), far));
}

CN_REGISTER_MODEL(two_ways, .init = init, .call = call)
#define two_ways(...) CN_MAKE(two_ways, TWO_WAYS, __VA_ARGS__)

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_dataset *all = cn_load_npz(argc > 1 ? argv[1] : DIGITS);
    cn_dataset *train = cn_take(all, 1437), *test = cn_skip(all, 1437);
    cn_model *model = two_ways(.units = 64);
    cn_compile(model, "adam(2e-3)", .loss = {"sparse_categorical_crossentropy"},
               .metrics = {"accuracy"});
    cn_fit(model, train, .epochs = 20, .batch_size = 64, .verbose = 0);
    cn_summary(model); /* now that it has seen data */

    cn_save(model, "two_ways.keras");
    cn_model *again = cn_load_model("two_ways.keras");
    double accuracy = cn_logs_get(cn_evaluate(again, test, .verbose = 0), "accuracy");
    printf("loaded: test accuracy %s 96 %%\n", accuracy > 0.96 ? "above" : "below");
    return 0;
}
