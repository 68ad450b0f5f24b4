/* y = embeddings[ids].  ids (...), embeddings (input_dim, output_dim), y (..., output_dim).
 * keras.layers.Embedding */
#include "layers/layer.h"
#include "ops/index/gather.h"
#include "utils/message.h"

CN_LAYER_STRUCT(embedding, CN_EMBEDDING, cn_tensor *embeddings;)

static bool expect_positive(const char *name, int size)
{
    return size > 0 ||
           cn_fail(CN_EINVAL, "Embedding: expected %s > 0. Received: %s=%d", name, name, size);
}

static bool init(embedding *self)
{
    if (self->input_length)
        cn_warn("Argument `input_length` is deprecated. Just remove it.");
    return expect_positive("input_dim", self->input_dim) &&
           expect_positive("output_dim", self->output_dim);
}

/* What Keras takes and does not keep. */
static bool read_config(cn_json *config)
{
    cn_json_free(cn_json_remove(config, "input_length"));
    cn_json_free(cn_json_remove(config, "weights"));
    return true;
}

static bool write_config(const embedding *self, cn_json *config)
{
    (void)self;
    cn_json_free(cn_json_remove(config, "input_length"));
    return cn_json_set(config, "quantization_config", cn_json_null());
}

static bool build(embedding *self, const cn_shapes *in)
{
    (void)in;
    self->embeddings = cn_add_weight_of(self, "embeddings", "embeddings",
                                        cn_shape(self->input_dim, self->output_dim));
    return self->embeddings != NULL;
}

static cn_tensor *call(embedding *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0];
    bool ids = x->dtype == CN_INT32 || x->dtype == CN_INT64;
    cn_tensor *rows = cn_checked_ids(ids ? x : cn_cast(x, CN_INT32), self->input_dim, "Embedding");
    return cn_cast(cn_gather(self->embeddings, rows, 0), cn_layer_dtype(self));
}

static cn_tensor *compute_mask(embedding *self, const cn_inputs *in)
{
    return self->mask_zero ? cn_not_equal(in->x[0], 0) : NULL;
}

CN_BUILTIN_LAYER(embedding, "Embedding", NULL, .init = init, .read_config = read_config,
                 .write_config = write_config, .build = build, .call = call,
                 .compute_mask = compute_mask, .keeps_dtype = true, .one_input = true)
