/* A subclassed model has no graph: what needs one says so. Its options are its configuration, so
 * that it can be saved, unless it was given layers that they do not name. */
#include "check.h"

CN_MODEL(pair, CN_NO_PARAMS, cn_layer *a, *b;)
CN_MODEL(saved_pair, CN_NO_PARAMS, cn_layer *a, *b;)

static cn_tensor *call(pair *self, const cn_inputs *in)
{
    return cn_call(self->b, cn_call(self->a, in->x[0]));
}

static cn_tensor *call_saved(saved_pair *self, const cn_inputs *in)
{
    return cn_call(self->b, cn_call(self->a, in->x[0]));
}

static void *read_config(const cn_json *config);

static bool write_config(const saved_pair *self, cn_json *config)
{
    return cn_config_set_layer(config, "a", self->a) && cn_config_set_layer(config, "b", self->b);
}

CN_REGISTER_MODEL(pair, .call = call)
CN_REGISTER_MODEL(saved_pair, .call = call_saved, .write_config = write_config,
                  .from_config = read_config)

static cn_model *new_saved_pair(cn_layer *a, cn_layer *b)
{
    saved_pair *self = (saved_pair *)CN_MAKE(saved_pair, CN_NO_PARAMS, .name = NULL);
    self->a = cn_add_sublayer(self, "a", a);
    self->b = cn_add_sublayer(self, "b", b);
    return &self->model;
}

static void *read_config(const cn_json *config)
{
    return new_saved_pair(cn_config_layer(config, "a"), cn_config_layer(config, "b"));
}

/* Fails, and says why in these words. */
#define FAILS(failed, words)              \
    do {                                  \
        CHECK(failed);                    \
        CHECK(strstr(cn_error(), words)); \
        cn_clear_error();                 \
    } while (0)

int main(void)
{
    cn_tensor *x = cn_ones(cn_shape(2, 3), CN_FLOAT32);
    pair *self = (pair *)CN_MAKE(pair, CN_NO_PARAMS, .name = "pair");
    self->a = cn_add_sublayer(self, "a", cn_dense(4));
    self->b = cn_add_sublayer(self, "b", cn_dense(2));
    cn_model *model = &self->model;
    CHECK(cn_predict(model, x));
    FAILS(!cn_get_input(model),
          "The layer 'pair' has never been called and thus has no defined input");
    FAILS(!cn_get_output(model), "has no defined output");
    FAILS(!cn_model_to_json(model), "write_config and from_config");
    FAILS(!cn_save(model, "pair.keras"), "write_config and from_config");
    CHECK(!note_exists("pair.keras"));
    FAILS(!cn_save(model, "pair.h5"), "needs a functional or Sequential model");
    CHECK(cn_save_weights(model, "pair.weights.h5")); /* weights alone need none of it */
    CHECK(cn_load_weights(model, "pair.weights.h5"));

    cn_model *saved = new_saved_pair(cn_dense(4), cn_dense(2)); /* the methods are supplied */
    cn_tensor *y = cn_predict(saved, x);
    CHECK(cn_save(saved, "saved.keras"));
    cn_model *again = cn_load_model("saved.keras");
    CHECK(again && !memcmp(cn_floats(cn_predict(again, x)), cn_floats(y), 4 * sizeof(float)));
    CHECK(!cn_error_code());
}
