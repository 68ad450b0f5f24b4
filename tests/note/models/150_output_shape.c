/* The output shape of a subclassed model before any data; compiled without metrics. */
#include "check.h"

CN_MODEL(small, CN_NO_PARAMS, cn_layer *dense1, *dense2;)

static bool init(small *self)
{
    self->dense1 = cn_add_sublayer(self, "dense1", cn_dense(32));
    self->dense2 = cn_add_sublayer(self, "dense2", cn_dense(10));
    return self->dense1 && self->dense2;
}

static cn_tensor *call(small *self, const cn_inputs *in)
{
    return cn_call(self->dense2, cn_call(self->dense1, in->x[0]));
}

CN_REGISTER_MODEL(small, .init = init, .call = call)

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = CN_MAKE(small, CN_NO_PARAMS, .name = "small");
    cn_shape shape = cn_compute_output_shape(model, cn_shape(CN_ANY, 20));
    CHECK(shape.rank == 2 && shape.dim[0] == CN_ANY && shape.dim[1] == 10);
    cn_compile(model, "adam", .loss = {"categorical_crossentropy"});
    cn_history *h = cn_fit(
        model,
        cn_from_arrays(cn_ones(cn_shape(4, 20), CN_FLOAT32), cn_ones(cn_shape(4, 10), CN_FLOAT32)),
        .verbose = 0);
    CHECK(cn_history_count(h) == 1);
    TEXT(cn_history_name(h, 0), "loss");
}
