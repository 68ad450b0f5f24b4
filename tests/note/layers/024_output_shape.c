/* A layer may say its shape; without that it is found by running call without values, and
 * cn_summary says so. What it says wrongly is an error. */
#include "check.h"

#define PAIRS(P) P(int, width, 2, "what compute_output_shape says")
CN_LAYER(pairs, PAIRS, )

static bool output_shape(pairs *self, const cn_shapes *in, cn_shape *shape)
{
    *shape = cn_shape(in->shape[0].dim[0], self->width);
    return true;
}

static cn_tensor *call(pairs *self, const cn_inputs *in)
{
    (void)self;
    return cn_slice(in->x[0], ":, :2");
}

CN_REGISTER_LAYER(pairs, .call = call, .compute_output_shape = output_shape)
#define pairs(...) CN_MAKE(pairs, PAIRS, __VA_ARGS__)

#define HALVES(P)
CN_LAYER(halves, HALVES, )

static cn_tensor *call_halves(halves *self, const cn_inputs *in)
{
    (void)self;
    return cn_slice(in->x[0], ":, ::2");
}

CN_REGISTER_LAYER(halves, .call = call_halves)
#define halves(...) CN_MAKE(halves, HALVES, __VA_ARGS__)

int main(void)
{
    cn_tensor *y = cn_call(halves(), cn_input(6));
    CHECK(cn_dim(y, 0) == CN_ANY && cn_dim(y, 1) == 3);
    CHECK(cn_compute_output_shape(halves(), cn_shape(CN_ANY, 8)).dim[1] == 4);

    /* cn_summary says which layers' shapes were found so */
    cn_model *model = cn_sequential(cn_input(8), halves(.name = "first"), pairs(), cn_dense(3),
                                    halves(.name = "last"));
    cn_str text = cn_summary_text(model);
    cn_str line = text ? strstr(text, " Output shape inferred") : NULL;
    CHECK(line && !strcmp(line, " Output shape inferred by a dry run of call: first, last\n"));
    text = cn_summary_text(cn_sequential(cn_input(8), pairs(), cn_dense(3)));
    CHECK(text && !strstr(text, "inferred")); /* each layer says its shape */

    y = cn_call(pairs(), cn_input(6));
    CHECK(cn_dim(y, 1) == 2);
    y = cn_call(pairs(), cn_input(CN_ANY)); /* what call alone would not know */
    CHECK(cn_dim(y, 1) == 2);

    CHECK(!cn_call(pairs(3, .name = "p"), cn_ones(cn_shape(4, 6), CN_FLOAT32)));
    CHECK(strstr(cn_error(), "pairs 'p': compute_output_shape says (4, 3), but call returned the "
                             "shape (4, 2)"));
}
