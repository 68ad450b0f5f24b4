/* Attention whose heads share keys and values in groups. "GQA: Training Generalized Multi-Query
 * Transformer Models", 2023.  keras.layers.GroupQueryAttention */
#include "layers/arguments.h"
#include "layers/attention/heads.h"

CN_LAYER_STRUCT(group_query_attention, CN_GROUP_QUERY_ATTENTION, cn_heads heads;)

static bool init(group_query_attention *self)
{
    if (!cn_check_heads("head_dim", self->head_dim) ||
        !cn_check_heads("num_query_heads", self->num_query_heads) ||
        !cn_check_heads("num_key_value_heads", self->num_key_value_heads))
        return false;
    if (self->num_query_heads % self->num_key_value_heads)
        return cn_fail(CN_EINVAL, "`num_query_heads` must be divisible by `num_key_value_heads`.");
    return cn_check_share(self, "dropout", self->dropout) && cn_check_window(self->sliding_window);
}

static bool build(group_query_attention *self, const cn_shapes *in)
{
    cn_heads_shapes shapes;
    if (!cn_heads_expect(in, &shapes) || !cn_expect_rank(shapes.query, 3) ||
        !cn_expect_rank(shapes.value, 3))
        return false;
    const cn_heads_plan plan = {CN_HEADS_PLAN(self),
                                .attributes = {"_query_dense", "_key_dense", "_gate_dense",
                                               "_value_dense", "_output_dense"},
                                .query_heads = self->num_query_heads,
                                .key_heads = self->num_key_value_heads,
                                .key_dim = self->head_dim,
                                .value_dim = self->head_dim,
                                .axes = {{1}}};
    return cn_heads_build(self, &self->heads, &plan, &shapes);
}

static cn_tensor *call(group_query_attention *self, const cn_inputs *in)
{
    return cn_heads_call(&self->heads, in, self->num_query_heads / self->num_key_value_heads);
}

CN_BUILTIN_LAYER(group_query_attention, "GroupedQueryAttention", "GroupQueryAttention",
                 .init = init, .build = build, .call = call, CN_HEADS_CALL)
