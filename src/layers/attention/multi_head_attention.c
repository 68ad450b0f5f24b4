/* Attention of several heads, each on projections of its own. "Attention Is All You Need", 2017.
 * keras.layers.MultiHeadAttention */
#include <math.h>
#include <string.h>

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

/* "abc,cde->abde": from `bound` letters to `made` ones behind `free` that go through. */
typedef struct equation {
    char text[48], bias[CN_MAX_RANK + 1];
} equation;

static void add_letters(char *text, int first, int count)
{
    char *end = text + strlen(text);
    for (int i = 0; i < count; i++)
        *end++ = (char)('a' + first + i);
    *end = 0;
}

static equation equation_of(int free, int bound, int made)
{
    equation e = {"", ""};
    add_letters(e.text, 0, free + bound);
    strcat(e.text, ",");
    add_letters(e.text, free, bound + made);
    strcat(e.text, "->");
    add_letters(e.text, 0, free);
    add_letters(e.text, free + bound, made);
    add_letters(e.bias, free + bound, made);
    return e;
}

/* The sizes behind `free` axes, of which the batch is not counted. */
static cn_dims open_sizes(int free, cn_dims last)
{
    cn_dims sizes = {{0}};
    for (int i = 0; i < free - 1; i++)
        sizes.d[i] = CN_ANY;
    for (int i = 0; i < cn_dims_count(last); i++)
        sizes.d[free - 1 + i] = last.d[i];
    return sizes;
}

static cn_layer *project(multi_head_attention *self, cn_shape in, int bound, cn_dims last,
                         cn_projection p)
{
    const cn_einsum_dense_options options = CN_PROJECTION_OPTIONS(self);
    int free = in.rank - bound;
    if (free + cn_dims_count(last) > CN_MAX_RANK)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: more than %d axes", CN_MAX_RANK);
    equation e = equation_of(free, bound, cn_dims_count(last));
    p.equation = e.text;
    p.bias_axes = e.bias;
    p.in = in;
    p.out = open_sizes(free, last);
    return cn_project(self, &options, self->use_bias, &p);
}

static cn_layer *project_output(multi_head_attention *self, cn_shape query)
{
    cn_shape in = query;
    cn_dims last = self->output_shape;
    if (!cn_dims_count(last))
        last.d[0] = query.dim[query.rank - 1];
    in.dim[in.rank - 1] = self->num_heads;
    in.dim[in.rank++] = self->value_dim;
    return project(self, in, 2, last,
                   (cn_projection){.attribute = "output_dense", .name = "attention_output"});
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
    cn_shape query, value, key;
    cn_heads *h = &self->heads;
    cn_dims width = {{self->num_heads, self->key_dim}},
            other = {{self->num_heads, self->value_dim}};
    if (!cn_heads_shapes(in, &query, &value, &key) || !settle_axes(self, value.rank + 1))
        return false;
    h->scale = 1 / sqrt((double)self->key_dim);
    h->rate = self->dropout;
    h->window = self->sliding_window;
    h->query = project(self, query, 1, width,
                       (cn_projection){.attribute = "query_dense", .name = "query"});
    h->key = project(self, key, 1, width, (cn_projection){.attribute = "key_dense", .name = "key"});
    if (self->use_gate)
        h->gate = project(
            self, query, 1, other,
            (cn_projection){.attribute = "_gate_dense", .name = "gate", .activation = "sigmoid"});
    h->value = project(self, value, 1, other,
                       (cn_projection){.attribute = "value_dense", .name = "value"});
    if (!h->query || !h->key || !h->value || (self->use_gate && !h->gate) ||
        !cn_heads_build(self, h, value.rank + 1, self->attention_axes, self->seed))
        return false;
    h->output = project_output(self, query);
    return h->output != NULL;
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
