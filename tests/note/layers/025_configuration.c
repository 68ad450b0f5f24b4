/* A layer's parameters are its configuration: load_model makes it again. One that was given more
 * than they say is refused, and so is a file whose class this program does not have. Weights alone
 * can be loaded without. */
#include "check.h"

#define SCALE(P) P(float, by, 2.0, "the factor")
CN_LAYER(scale, SCALE, cn_tensor *offset;)

static bool build(scale *self, const cn_shapes *in)
{
    self->offset = cn_add_weight(self, "offset", cn_shape(in->shape[0].dim[1]),
                                 .initializer = "random_normal");
    return self->offset;
}

static cn_tensor *call(scale *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    for (size_t i = 0; i < cn_list_length(self->layer.layers); i++)
        x = cn_call(cn_list_item(self->layer.layers, i), x);
    return cn_add(cn_mul(x, self->by), self->offset);
}

CN_REGISTER_LAYER(scale, .build = build, .call = call)
#define scale(...) CN_MAKE(scale, SCALE, __VA_ARGS__)

int main(void)
{
    cn_model *model = cn_sequential(cn_input(3), scale(.by = 0.25));
    cn_tensor *x = cn_values(cn_shape(1, 3), 1, -2, 3);
    CHECK(cn_save(model, "scale.keras"));
    cn_model *again = cn_load_model("scale.keras");
    CHECK(again);
    CHECK(!memcmp(cn_floats(cn_predict(model, x)), cn_floats(cn_predict(again, x)),
                  3 * sizeof(float)));

    cn_layer *full = scale(.name = "full"); /* what its options do not say */
    CHECK(cn_add_sublayer(full, "inner", cn_dense(3, .name = "inner")));
    model = cn_sequential(cn_input(3), full);
    CHECK(!cn_save(model, "full.keras"));
    CHECK(cn_error_code() == CN_EUNSUPPORTED);
    CHECK(strstr(cn_error(), "scale 'full' was given the layer 'inner' after it was made, and "
                             "therefore must have the methods write_config and from_config"));
    cn_clear_error();
    CHECK(cn_save_weights(model, "full.weights.h5"));
    cn_layer *other = scale();
    CHECK(cn_add_sublayer(other, "inner", cn_dense(3)));
    again = cn_sequential(cn_input(3), other);
    CHECK(cn_load_weights(again, "full.weights.h5"));
    CHECK(!memcmp(cn_floats(cn_predict(model, x)), cn_floats(cn_predict(again, x)),
                  3 * sizeof(float)));

    CHECK(!cn_model_from_json(
        "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [{\"module\": "
        "null, \"class_name\": \"MLPBlock\", \"config\": {\"name\": \"m\"}, \"registered_name\": "
        "\"MLPBlock\"}]}}"));
    CHECK(cn_error_code() == CN_ENOTFOUND);
    CHECK(strstr(cn_error(), "unknown layer 'MLPBlock', a class of a user's own: the program must "
                             "register it before, CN_REGISTER_LAYER(MLPBlock, …)"));
}
