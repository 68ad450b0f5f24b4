/* Attention whose heads share keys and values in groups. "GQA: Training Generalized Multi-Query
 * Transformer Models", 2023.  keras.layers.GroupQueryAttention */
#include <math.h>

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

static cn_layer *project(group_query_attention *self, cn_shape in, int64_t heads, cn_projection p)
{
    const cn_einsum_dense_options options = CN_PROJECTION_OPTIONS(self);
    p.equation = "bqm,muh->bquh";
    p.bias_axes = "uh";
    p.in = in;
    p.out = (cn_dims){{CN_ANY, heads, self->head_dim}};
    return cn_project(self, &options, self->use_bias, &p);
}

static cn_layer *project_output(group_query_attention *self, cn_shape query)
{
    const cn_einsum_dense_options options = CN_PROJECTION_OPTIONS(self);
    const cn_projection p = {
        .attribute = "_output_dense",
        .name = "attention_output",
        .equation = "bquh,uhm->bqm",
        .bias_axes = "m",
        .in = cn_shape(query.dim[0], query.dim[1], self->num_query_heads, self->head_dim),
        .out = {{CN_ANY, query.dim[2]}}};
    return cn_project(self, &options, self->use_bias, &p);
}

static bool build(group_query_attention *self, const cn_shapes *in)
{
    cn_shape query, value, key;
    cn_heads *h = &self->heads;
    int64_t few = self->num_key_value_heads, many = self->num_query_heads;
    if (!cn_heads_shapes(in, &query, &value, &key) || !cn_expect_rank(query, 3) ||
        !cn_expect_rank(value, 3))
        return false;
    h->scale = 1 / sqrt((double)self->head_dim);
    h->rate = self->dropout;
    h->window = self->sliding_window;
    h->query =
        project(self, query, many, (cn_projection){.attribute = "_query_dense", .name = "query"});
    h->key = project(self, key, few, (cn_projection){.attribute = "_key_dense", .name = "key"});
    if (self->use_gate)
        h->gate = project(
            self, query, many,
            (cn_projection){.attribute = "_gate_dense", .name = "gate", .activation = "sigmoid"});
    h->value =
        project(self, value, few, (cn_projection){.attribute = "_value_dense", .name = "value"});
    if (!h->query || !h->key || !h->value || (self->use_gate && !h->gate) ||
        !cn_heads_build(self, h, 4, (cn_axes){{1}}, self->seed))
        return false;
    h->output = project_output(self, query);
    return h->output != NULL;
}

static cn_tensor *call(group_query_attention *self, const cn_inputs *in)
{
    return cn_heads_call(&self->heads, in, self->num_query_heads / self->num_key_value_heads);
}

CN_BUILTIN_LAYER(group_query_attention, "GroupedQueryAttention", "GroupQueryAttention",
                 .init = init, .build = build, .call = call, CN_HEADS_CALL)
