/* The product of two inputs sample by sample, summed over one axis of each: (batch, a..., d, b...),
 * (batch, d, c...) -> (batch, a..., b..., c...).  keras.layers.Dot */
#include <string.h>

#include "layers/merging/merge.h"

CN_LAYER_STRUCT(dot_layer, CN_DOT_LAYER, )

static bool init(dot_layer *self)
{
    cn_dims axes = {{self->axes.d[0], self->axes.d[1], self->axes.d[2]}};
    int n = cn_dims_count(axes);
    if (n == 1 || n == 2)
        return true;
    if (!n)
        return cn_fail(CN_EINVAL, "Dot: expected one axis or two, other than 0, for 'axes'");
    return cn_fail(CN_EINVAL, "Dot: expected one axis or two for 'axes'. Received: %d", n);
}

/* The axes of both inputs, not negative. */
static bool axes_of(const dot_layer *self, cn_shape a, cn_shape b, int *axes)
{
    int64_t second = self->axes.d[1] ? self->axes.d[1] : self->axes.d[0];
    return cn_axis(self->axes.d[0], a.rank, &axes[0], "axes") &&
           cn_axis(second, b.rank, &axes[1], "axes");
}

static bool build(dot_layer *self, const cn_shapes *in)
{
    int axes[2];
    if (in->count != 2)
        return cn_fail(CN_EINVAL, "expected exactly 2 inputs. Received %zu inputs", in->count);
    cn_shape a = in->shape[0], b = in->shape[1];
    if (!cn_expect_min_rank(a, 2) || !cn_expect_min_rank(b, 2) || !axes_of(self, a, b, axes))
        return false;
    if (!axes[0] || !axes[1])
        return cn_fail(CN_EINVAL, "expected other axes than 0, which is the batch");
    if (a.dim[axes[0]] != b.dim[axes[1]] && a.dim[axes[0]] >= 0 && b.dim[axes[1]] >= 0)
        return cn_fail(CN_EINVAL,
                       "incompatible input shapes: axis values %lld (at axis %d) != %lld (at axis "
                       "%d). Full input shapes: %s, %s",
                       (long long)a.dim[axes[0]], axes[0], (long long)b.dim[axes[1]], axes[1],
                       cn_shape_text(a), cn_shape_text(b));
    return a.rank + b.rank - 3 <= CN_MAX_RANK ||
           cn_fail(CN_EUNSUPPORTED, "not supported: Dot of shapes %s and %s", cn_shape_text(a),
                   cn_shape_text(b));
}

/* The labels of an input: 'z' is the axis that is summed over, 'y' the batch. Those that stay are
 * appended to `out`. */
static void label(char *text, char first, int rank, int summed, char *out)
{
    size_t kept = strlen(out);
    for (int i = 0; i < rank; i++) {
        text[i] = (char)(i == 0 ? 'y' : i == summed ? 'z' : first + i);
        if (i && i != summed)
            out[kept++] = text[i];
    }
    text[rank] = out[kept] = 0;
}

static cn_tensor *unit(cn_tensor *x, int axis)
{
    cn_tensor *inverse = cn_rsqrt(cn_sum(cn_square(x), {axis}, true));
    return cn_mul(x, cn_minimum(inverse, 1 / cn_epsilon()));
}

static cn_tensor *call(dot_layer *self, const cn_inputs *in)
{
    int axes[2];
    char a[CN_MAX_RANK + 1], b[CN_MAX_RANK + 1], out[2 * CN_MAX_RANK + 2] = "y";
    if (in->count != 2 ||
        !build(self, &(cn_shapes){2, (cn_shape[]){in->x[0]->shape, in->x[1]->shape}, NULL}) ||
        !axes_of(self, in->x[0]->shape, in->x[1]->shape, axes))
        return NULL;
    cn_tensor *x = in->x[0], *y = in->x[1];
    label(a, 'a', x->shape.rank, axes[0], out);
    label(b, 'k', y->shape.rank, axes[1], out);
    if (self->normalize) {
        x = unit(x, axes[0]);
        y = unit(y, axes[1]);
    }
    cn_tensor *product = cn_einsum(cn_fmt("%s,%s->%s", a, b, out), cn_list_of(x, y));
    return product && product->shape.rank == 1 ? cn_expand_dims(product, 1) : product;
}

static bool write_config(const dot_layer *self, cn_json *config)
{
    return cn_write_axis(config, "axes", self->axes);
}

CN_BUILTIN_LAYER(dot_layer, "Dot", NULL, .init = init, .write_config = write_config, .build = build,
                 .call = call, .ends_mask = true)
