/* What layers of several heads are made of. */
#include <math.h>
#include <string.h>

#include "graph/shape.h"
#include "layers/arguments.h"
#include "layers/attention/heads.h"

enum { KEY = 2, SEEN = 4 }; /* inputs */

/* ---- what is checked ---- */

bool cn_check_heads(const char *name, int64_t value)
{
    return value > 0 || cn_fail(CN_EINVAL,
                                "Received an invalid value for argument `%s`, expected a positive "
                                "integer. Received: %s=%lld",
                                name, name, (long long)value);
}

bool cn_check_window(int64_t window)
{
    return CN_IS_NONE(window) || window > 0 ||
           cn_fail(CN_EINVAL,
                   "`sliding_window` must be `None` or a positive integer. Received: "
                   "sliding_window=%lld",
                   (long long)window);
}

/* All but the first and the last. */
static bool same_places(cn_shape a, cn_shape b)
{
    bool same = a.rank == b.rank;
    for (int i = 1; same && i < a.rank - 1; i++)
        same = a.dim[i] == b.dim[i];
    return same;
}

bool cn_heads_expect(const cn_shapes *in, cn_heads_shapes *shapes)
{
    if (in->count < 2 || in->count > SEEN)
        return cn_fail(CN_EINVAL,
                       "expected a query, a value, perhaps a key and perhaps an attention mask. "
                       "Received %zu input(s)",
                       in->count);
    bool key = in->count > KEY && in->shape[KEY].rank;
    *shapes = (cn_heads_shapes){in->shape[0], in->shape[1], in->shape[key ? KEY : 1]};
    if (!cn_expect_min_rank(shapes->query, 3) || !cn_expect_min_rank(shapes->value, 3))
        return false;
    return same_places(shapes->value, shapes->key) ||
           cn_fail(CN_EINVAL,
                   "All dimensions of `value` and `key`, except the last one, must be equal. "
                   "Received: value_shape=%s and key_shape=%s",
                   cn_shape_text(shapes->value), cn_shape_text(shapes->key));
}

/* ---- equations ---- */

static bool is_among(cn_axes axes, int n, int axis)
{
    for (int i = 0; i < n; i++)
        if (axes.d[i] == axis)
            return true;
    return false;
}

/* Query "abcd", key and value with letters of their own along the axes of attention, "aecd";
 * scores: the other axes (batch and heads), those of the query, those of the key. */
static void write_equations(cn_heads *h, int rank, cn_axes axes)
{
    char target[CN_MAX_RANK + 1] = "", source[CN_MAX_RANK + 1] = "", scores[2 * CN_MAX_RANK] = "";
    int n = 0;
    char fresh = (char)('a' + rank);
    for (int i = 0; i < rank; i++) {
        target[i] = (char)('a' + i);
        source[i] = is_among(axes, h->axes, i) ? fresh++ : target[i];
        if (source[i] == target[i] && i < rank - 1)
            scores[n++] = target[i];
    }
    for (int i = 0; i < h->axes; i++)
        scores[n++] = target[axes.d[i]];
    for (int i = 0; i < h->axes; i++)
        scores[n++] = source[axes.d[i]];
    strcat(strcat(strcat(strcat(strcpy(h->products, source), ","), target), "->"), scores);
    strcat(strcat(strcat(strcat(strcpy(h->sums, scores), ","), source), "->"), target);
}

/* ---- projections ---- */

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

typedef enum part { QUERY, KEYS, GATE, VALUE, OUTPUT } part;

/* The last axes of `in`, one or (of the output) two, become `last`. */
static cn_layer *project(void *layer, const cn_heads_plan *plan, part which, cn_shape in,
                         cn_dims last)
{
    static const char *const names[] = {"query", "key", "gate", "value", "attention_output"};
    int bound = which == OUTPUT ? 2 : 1, free = in.rank - bound, made = cn_dims_count(last);
    cn_einsum_dense_options options = plan->options;
    cn_dtype dtype = cn_layer_dtype(layer);
    if (free + made > CN_MAX_RANK)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: more than %d axes", CN_MAX_RANK);
    equation e = equation_of(free, bound, made);
    options.equation = e.text;
    options.output_shape = open_sizes(free, last);
    options.bias_axes = plan->use_bias ? e.bias : NULL;
    options.activation = which == GATE ? "sigmoid" : NULL;
    options.name = names[which];
    cn_layer *projection =
        cn_add_sublayer(layer, plan->attributes[which], cn_einsum_dense_new(&options));
    return projection && cn_layer_build(projection, &(cn_shapes){1, &in, &dtype}) ? projection
                                                                                  : NULL;
}

static cn_layer *project_output(void *layer, const cn_heads_plan *plan, cn_shape query)
{
    cn_shape in = query;
    cn_dims last = plan->output;
    if (!cn_dims_count(last))
        last.d[0] = query.dim[query.rank - 1];
    in.dim[in.rank - 1] = plan->query_heads;
    in.dim[in.rank++] = plan->value_dim;
    return project(layer, plan, OUTPUT, in, last);
}

/* ---- all of it ---- */

static bool weigh(void *layer, cn_heads *h, const cn_heads_plan *plan, int rank)
{
    cn_str dtype = ((cn_layer *)layer)->dtype;
    h->axes = cn_axes_count(plan->axes);
    if (rank + h->axes > CN_MAX_RANK)
        return cn_fail(CN_EUNSUPPORTED, "not supported: attention scores of more than %d axes",
                       CN_MAX_RANK);
    write_equations(h, rank, plan->axes);
    for (int i = 0; i < h->axes; i++)
        h->last.d[i] = i - h->axes;
    /* Keras has a layer for it, which counts among those with names */
    h->softmax =
        cn_add_sublayer(layer, "_softmax", cn_softmax_layer(.axis = h->last, .dtype = dtype));
    h->dropout = cn_add_sublayer(layer, "_dropout_layer",
                                 cn_dropout(h->rate, .seed = (int)plan->seed, .dtype = dtype));
    return h->softmax && h->dropout;
}

bool cn_heads_build(void *layer, cn_heads *h, const cn_heads_plan *plan, const cn_heads_shapes *in)
{
    cn_dims query = {{plan->query_heads, plan->key_dim}}, key = {{plan->key_heads, plan->key_dim}};
    cn_dims value = {{plan->key_heads, plan->value_dim}},
            gate = {{plan->query_heads, plan->value_dim}};
    h->scale = 1 / sqrt((double)plan->key_dim);
    h->rate = plan->dropout;
    h->window = plan->window;
    h->query = project(layer, plan, QUERY, in->query, query);
    h->key = project(layer, plan, KEYS, in->key, key);
    if (plan->use_gate)
        h->gate = project(layer, plan, GATE, in->query, gate);
    h->value = project(layer, plan, VALUE, in->value, value);
    if (!h->query || !h->key || !h->value || (plan->use_gate && !h->gate) ||
        !weigh(layer, h, plan, in->value.rank + 1))
        return false;
    h->output = project_output(layer, plan, in->query);
    return h->output != NULL;
}
