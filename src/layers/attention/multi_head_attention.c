/* Attention of several heads, each on projections of its own. "Attention Is All You Need", 2017.
 * keras.layers.MultiHeadAttention */
#include "graph/shape.h"
#include "layers/arguments.h"
#include "layers/attention/heads.h"

CN_LAYER_STRUCT(multi_head_attention, CN_MULTI_HEAD_ATTENTION, cn_heads heads;)

static bool init(multi_head_attention *self)
{
    if (!cn_check_heads("num_heads", self->num_heads) || !cn_check_heads("key_dim", self->key_dim))
        return false;
    if (CN_IS_NONE(self->value_dim))
        self->value_dim = self->key_dim;
    return cn_check_heads("value_dim", self->value_dim) &&
           cn_check_share(self, "dropout", self->dropout) && cn_check_window(self->sliding_window);
}

/* Positive, all but batch, heads and features where none are given. */
static bool settle_axes(multi_head_attention *self, int rank)
{
    int n = cn_axes_count(self->attention_axes);
    for (int i = 0; !n && i < rank - 3; i++)
        self->attention_axes.d[i] = i + 1;
    for (int i = 0; i < n; i++) {
        int64_t *axis = &self->attention_axes.d[i], given = *axis;
        *axis += *axis < 0 ? rank - 1 : 0;
        if (*axis < 1 || *axis > rank - 3)
            return cn_fail(CN_EINVAL, "expected attention_axes of places, 1 to %d, found %lld",
                           rank - 3, (long long)given);
    }
    for (int i = n ? n : rank - 3; i < CN_MAX_RANK; i++)
        self->attention_axes.d[i] = 0;
    return true;
}

static bool build(multi_head_attention *self, const cn_shapes *in)
{
    cn_heads_shapes shapes;
    if (!cn_heads_expect(in, &shapes) || !settle_axes(self, shapes.value.rank + 1))
        return false;
    const cn_heads_plan plan = {
        CN_HEADS_PLAN(self),
        .attributes = {"query_dense", "key_dense", "_gate_dense", "value_dense", "output_dense"},
        .query_heads = self->num_heads,
        .key_heads = self->num_heads,
        .key_dim = self->key_dim,
        .value_dim = self->value_dim,
        .output = self->output_shape,
        .axes = self->attention_axes};
    return cn_heads_build(self, &self->heads, &plan, &shapes);
}

static cn_tensor *call(multi_head_attention *self, const cn_inputs *in)
{
    return cn_heads_call(&self->heads, in, 1);
}

static bool read_config(cn_json *config)
{
    static const char *const shapes[] = {"query_shape", "key_shape", "value_shape"}; /* Keras 2 */
    for (size_t i = 0; i < 3; i++)
        cn_json_free(cn_json_remove(config, shapes[i]));
    return cn_read_open_sizes(config, "output_shape");
}

static bool write_config(const multi_head_attention *self, cn_json *config)
{
    return cn_dims_count(self->output_shape) == 0 ||
           cn_write_open_sizes(config, "output_shape", self->output_shape);
}

CN_BUILTIN_LAYER(multi_head_attention, "MultiHeadAttention", NULL, .init = init, .build = build,
                 .call = call, .read_config = read_config, .write_config = write_config,
                 .activity_of_parts = true, CN_HEADS_CALL)
