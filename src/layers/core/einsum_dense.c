/* y = activation(einsum(equation, x, kernel) + bias).  keras.layers.EinsumDense */

#include <string.h>

#include "layers/arguments.h"
#include "ops/ops.h"

CN_LAYER_STRUCT(einsum_dense, CN_EINSUM_DENSE, cn_tensor *kernel, *bias;)

enum { LETTERS = CN_MAX_RANK + 1 };

/* The three terms without "...", which stands for the first or the last axes of x and y. */
typedef struct terms {
    char x[LETTERS], kernel[LETTERS], y[LETTERS];
    bool left, right; /* where "..." was */
} terms;

/* A term up to `end`; returns what follows it, or NULL. */
static const char *read_term(const char *at, const char *end, char *letters, bool *left,
                             bool *right)
{
    size_t n = 0, stop = strlen(end);
    *left = *right = false;
    for (; stop ? strncmp(at, end, stop) != 0 : *at != 0; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (!strncmp(at, "...", 3)) {
            *(n ? right : left) = true;
            at += 2;
        } else if (letter && n < LETTERS - 1 && !*right) {
            letters[n++] = *at;
        } else {
            return NULL;
        }
    }
    letters[n] = 0;
    return n ? at + stop : NULL;
}

static bool read_equation(const char *equation, terms *t)
{
    bool kernel_left, kernel_right, y_left, y_right;
    const char *at = equation ? read_term(equation, ",", t->x, &t->left, &t->right) : NULL;
    at = at ? read_term(at, "->", t->kernel, &kernel_left, &kernel_right) : NULL;
    at = at ? read_term(at, "", t->y, &y_left, &y_right) : NULL;
    return (at && !kernel_left && !kernel_right && y_left == t->left && y_right == t->right &&
            !(t->left && t->right)) ||
           cn_fail(CN_EINVAL,
                   "EinsumDense: invalid einsum equation '%s'. Equations must be in the form "
                   "[X],[Y]->[Z], ...[X],[Y]->...[Z], or [X]...,[Y]->[Z]...",
                   equation ? equation : "None");
}

static bool init(einsum_dense *self)
{
    terms t;
    return read_equation(self->equation, &t);
}

static bool read_config(cn_json *config)
{
    return cn_read_open_sizes(config, "output_shape");
}

static bool write_config(const einsum_dense *self, cn_json *config)
{
    return cn_write_open_sizes(config, "output_shape", self->output_shape) &&
           cn_json_set(config, "quantization_config", cn_json_null());
}

/* Sizes by letter. */
typedef struct sizes {
    int64_t of[128];
    bool known[128];
} sizes;

/* The whole output's sizes under its letters: the batch is x's, the others are given. */
static bool output_sizes(const einsum_dense *self, const terms *t, cn_shape x, int elided,
                         sizes *out)
{
    int n = cn_dims_count(self->output_shape), skip = t->left && elided ? 1 : 0;
    int letters = (int)strlen(t->y);
    memset(out, 0, sizeof *out);
    if (n + 1 - skip != letters)
        return cn_fail(CN_EINVAL,
                       "expected an output_shape of %d sizes for equation '%s', found %d",
                       letters - 1 + skip, self->equation, n);
    for (int i = 0; i < letters; i++) {
        int given = skip ? i : i - 1;
        out->of[(int)t->y[i]] = given < 0 ? x.dim[0] : self->output_shape.d[given];
        out->known[(int)t->y[i]] = true;
    }
    return true;
}

static bool input_sizes(const einsum_dense *self, const terms *t, cn_shape x, int elided,
                        const sizes *out, sizes *in)
{
    memset(in, 0, sizeof *in);
    for (int i = 0; t->x[i]; i++) {
        int letter = t->x[i];
        int64_t size = x.dim[t->left ? i + elided : i], other = out->of[letter];
        in->of[letter] = size;
        in->known[letter] = true;
        if (out->known[letter] && other >= 0 && size >= 0 && other != size)
            return cn_fail(CN_EINVAL,
                           "input shape and output shape do not match at shared dimension '%c' of "
                           "'%s'. Input shape is %s, output size is %lld",
                           letter, self->equation, cn_shape_text(x), (long long)other);
    }
    for (int i = 0; t->y[i]; i++)
        if (!in->known[(int)t->y[i]] && !strchr(t->kernel, t->y[i]))
            return cn_fail(CN_EINVAL,
                           "dimension '%c' of the output of '%s' is neither in the input nor in "
                           "the kernel",
                           t->y[i], self->equation);
    return true;
}

static bool kernel_shape(const einsum_dense *self, const terms *t, const sizes *in,
                         const sizes *out, cn_shape *shape)
{
    *shape = (cn_shape){.rank = (int)strlen(t->kernel)};
    for (int i = 0; i < shape->rank; i++) {
        int letter = t->kernel[i];
        if (!in->known[letter] && !out->known[letter])
            return cn_fail(CN_EINVAL,
                           "dimension '%c' of the kernel of '%s' is neither in the input nor in "
                           "the output",
                           letter, self->equation);
        shape->dim[i] = in->known[letter] ? in->of[letter] : out->of[letter];
        if (shape->dim[i] < 0)
            return cn_fail(CN_EINVAL, "expected a known size for dimension '%c' of '%s'", letter,
                           self->equation);
    }
    return true;
}

/* From the first letter with a bias to the last one of the output, 1 where there is none. */
static bool bias_shape(const einsum_dense *self, const terms *t, const sizes *in, const sizes *out,
                       int elided, cn_shape *shape)
{
    *shape = CN_SCALAR;
    for (const char *axis = self->bias_axes; *axis; axis++)
        if (!strchr(t->y, *axis))
            return cn_fail(CN_EINVAL,
                           "bias dimension '%c' was requested, but is not part of the output '%s'",
                           *axis, t->y);
    const char *first = strpbrk(t->y, self->bias_axes);
    for (; first && *first; first++) {
        int64_t size = 1;
        if (strchr(self->bias_axes, *first))
            size = out->of[(int)*first] >= 0 ? out->of[(int)*first] : in->of[(int)*first];
        if (size < 0)
            return cn_fail(CN_EINVAL, "expected a known size for dimension '%c' of '%s'", *first,
                           self->equation);
        shape->dim[shape->rank++] = size;
    }
    for (int i = 0; t->right && i < elided && shape->rank < CN_MAX_RANK; i++)
        shape->dim[shape->rank++] = 1;
    return true;
}

static bool build(einsum_dense *self, const cn_shapes *in)
{
    terms t;
    sizes x, y;
    cn_shape kernel, bias, input = in->shape[0];
    if (!read_equation(self->equation, &t))
        return false;
    int elided = input.rank - (int)strlen(t.x);
    if (elided < 0 || (elided && !t.left && !t.right))
        return cn_fail(CN_EINVAL, "equation '%s' does not fit an input of shape %s", self->equation,
                       cn_shape_text(input));
    if (!output_sizes(self, &t, input, elided, &y) ||
        !input_sizes(self, &t, input, elided, &y, &x) || !kernel_shape(self, &t, &x, &y, &kernel))
        return false;
    self->kernel = cn_add_weight_of(self, "kernel", "kernel", kernel);
    if (!self->bias_axes || !self->kernel)
        return self->kernel != NULL;
    if (!bias_shape(self, &t, &x, &y, elided, &bias))
        return false;
    self->bias = cn_add_weight_of(self, "bias", "bias", bias);
    return self->bias != NULL;
}

/* Whose gradient is that of what it shows. */
static bool is_view(const cn_tensor *y)
{
    return y->op->traits & CN_VIEW && !(y->op->traits & CN_NO_GRADIENT) && y->n_inputs;
}

/* What `y` shows, as it is. */
static cn_tensor *shown_by(cn_tensor *y)
{
    while (is_view(y))
        y = y->inputs[0];
    return y;
}

/* The views of `y` of what stands for what it shows. */
static cn_tensor *show(const cn_tensor *y, cn_tensor *instead)
{
    cn_tensor *inputs[] = {instead, y->n_inputs > 1 ? y->inputs[1] : NULL};
    if (!is_view(y))
        return instead;
    inputs[0] = show(y->inputs[0], instead);
    return cn_apply(y->op, inputs, y->n_inputs, y->attrs);
}

/* Does the bias repeat with y's last axes as a whole? */
static bool is_whole(cn_shape bias, cn_shape y)
{
    bool whole = bias.rank <= y.rank;
    for (int i = 1; i <= bias.rank && whole; i++)
        whole = bias.dim[bias.rank - i] == y.dim[y.rank - i];
    return whole;
}

/* y + bias. The product behind y takes a bias in that is a number for each of its columns, so that
 * comes before the views that give y its shape. */
static cn_tensor *add_bias(cn_tensor *y, cn_tensor *bias)
{
    const cn_tensor *shown = y ? shown_by(y) : NULL;
    int64_t columns = cn_shape_size(bias->shape);
    if (!y || shown == y || !shown->shape.rank || !is_whole(bias->shape, y->shape) ||
        shown->shape.dim[shown->shape.rank - 1] != columns)
        return cn_add(y, bias);
    return show(y, cn_add((cn_tensor *)shown, cn_reshape(bias, cn_shape(columns))));
}

static cn_tensor *call(einsum_dense *self, const cn_inputs *in)
{
    cn_tensor *y = cn_einsum(self->equation, cn_list_of(in->x[0], self->kernel));
    return cn_activate(self->activation, self->bias ? add_bias(y, self->bias) : y);
}

CN_BUILTIN_LAYER(einsum_dense, "EinsumDense", NULL, .init = init, .write_config = write_config,
                 .read_config = read_config, .build = build, .call = call, .one_input = true,
                 .ends_mask = true)
