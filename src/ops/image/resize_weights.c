/* How much each place of an axis counts for each place of the resized axis: rows of a matrix, or
 * for the nearest place its number alone. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "ops/image/resize.h"

const char *const cn_interpolations[] = {"nearest",  "bilinear", "bicubic",
                                         "lanczos3", "lanczos5", NULL};
enum { NEAREST, BILINEAR, BICUBIC, LANCZOS3, LANCZOS5 };

int cn_interpolation(const char *name)
{
    for (int i = 0; name && cn_interpolations[i]; i++)
        if (!strcmp(name, cn_interpolations[i]))
            return i;
    return -1;
}

/* ---- the filters, by distance ---- */

static double triangle(double x)
{
    return x < 1 ? 1 - x : 0;
}

/* Keys's cubic with a = -1/2. */
static double cubic(double x)
{
    if (x >= 2)
        return 0;
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
}

static double lanczos(double x, double radius)
{
    const double pi = 3.14159265358979323846;
    if (x > radius)
        return 0;
    return x <= 1e-3 ? 1 : radius * sin(pi * x) * sin(pi * x / radius) / (pi * pi * x * x);
}

static double filter(int interpolation, double x)
{
    if (interpolation == BICUBIC)
        return cubic(x);
    return interpolation == BILINEAR ? triangle(x) : lanczos(x, interpolation == LANCZOS3 ? 3 : 5);
}

static const double radius_of[] = {0.5, 1, 2, 3, 5};

/* ---- where the axis is read ---- */

/* The stretch of the axis that becomes the new one; what lies outside of [0, dim) is filled. */
typedef struct window {
    int64_t begin, length, dim, size;
} window;

static window window_of(const cn_resize_spec *spec, const int64_t *dim)
{
    int side = spec->side;
    int64_t size[2];
    for (int i = 0; i < 2; i++)
        size[i] = spec->factors ? spec->size[i] * dim[i] : spec->size[i];
    window w = {0, dim[side], dim[side], size[side]};
    if (spec->fit == CN_FIT_STRETCH)
        return w;
    if (spec->fit == CN_FIT_CENTER && dim[0] >= size[0] && dim[1] >= size[1])
        return (window){(w.dim - w.size) / 2, w.size, w.dim, w.size};
    float fitting = (float)(dim[1 - side] * size[side]) / (float)size[1 - side];
    int64_t length = (int64_t)fitting;
    if (spec->fit != CN_FIT_PAD) {
        w.length = length > w.dim ? w.dim : length < 1 ? 1 : length;
        w.begin = (w.dim - w.length) / 2;
    } else if (length > w.dim) { /* as much on either side */
        w.begin = -((length - w.dim) / 2);
        w.length = w.dim - 2 * w.begin;
    }
    return w;
}

static int64_t nearest(const cn_resize_spec *spec, const window *w, int64_t i)
{
    float scale = (float)w->length / (float)w->size; /* in float, since it decides ties */
    int64_t place = (int64_t)floorf(((float)i + (spec->corners ? 0 : 0.5f)) * scale);
    return w->begin + (place < w->length ? place : w->length - 1);
}

/* The weights of the i-th new place into row[0..dim), which is zero. */
static void fill_row(float *row, const cn_resize_spec *spec, const window *w, int64_t i)
{
    double scale = (double)w->length / (double)w->size;
    double wide = spec->antialias && scale > 1 ? scale : 1;
    double radius = radius_of[spec->interpolation] * wide;
    double half = spec->corners ? 0 : 0.5, centre = ((double)i + half) * scale - half;
    if (spec->interpolation == BICUBIC && !spec->antialias) /* TensorFlow has them in a table */
        centre = floor(centre) + rint((centre - floor(centre)) * 1024) / 1024;
    int64_t first = (int64_t)ceil(centre - radius), last = (int64_t)floor(centre + radius);
    first = first < 0 ? 0 : first;
    last = last >= w->length ? w->length - 1 : last;
    double sum = 0;
    for (int64_t k = first; k <= last; k++)
        sum += filter(spec->interpolation, fabs((double)k - centre) / wide);
    double norm = fabs(sum) >= 1000 * (double)FLT_MIN ? 1 / sum : 1;
    for (int64_t k = first; k <= last; k++) {
        int64_t place = w->begin + k;
        double weight = filter(spec->interpolation, fabs((double)k - centre) / wide) * norm;
        if (place >= 0 && place < w->dim)
            row[place] = (float)weight;
    }
}

static void fill(void *out, const cn_resize_spec *spec, const int64_t *dim)
{
    window w = window_of(spec, dim);
    if (spec->places) {
        for (int64_t i = 0; i < w.size; i++)
            ((int32_t *)out)[i] = (int32_t)nearest(spec, &w, i);
        return;
    }
    memset(out, 0, (size_t)(w.size * w.dim) * sizeof(float));
    for (int64_t i = 0; i < w.size; i++) {
        float *row = (float *)out + i * w.dim;
        int64_t place = spec->interpolation == NEAREST ? nearest(spec, &w, i) : 0;
        if (spec->interpolation != NEAREST)
            fill_row(row, spec, &w, i);
        else if (place >= 0 && place < w.dim)
            row[place] = 1;
    }
}

/* ---- the op ---- */

static bool weights_infer(const cn_tensor *node, cn_results *results)
{
    const cn_resize_spec *spec = CN_ATTRS(cn_resize_spec, node);
    int64_t dim = node->inputs[0]->shape.dim[spec->axis[spec->side]];
    int64_t size = spec->size[spec->side];
    if (spec->factors)
        size = dim < 0 ? CN_ANY : size * dim;
    results->shape[0] = spec->places ? cn_shape(size) : cn_shape(size, dim);
    results->dtype[0] = spec->places ? CN_INT32 : CN_FLOAT32;
    return true;
}

static bool weights_run(const cn_kernel_args *args)
{
    const cn_resize_spec *spec = args->attrs;
    const int64_t *dim = args->in[0].dim;
    fill(args->out[0].data, spec, (int64_t[]){dim[spec->axis[0]], dim[spec->axis[1]]});
    return true;
}

const cn_op cn_op_resize_weights = {.name = "resize_weights",
                                    .traits = CN_NO_GRADIENT,
                                    .attrs = sizeof(cn_resize_spec),
                                    .infer = weights_infer,
                                    .run = weights_run};

cn_tensor *cn_resize_weights(cn_tensor *x, const cn_resize_spec *spec)
{
    cn_tensor *node = cn_apply1(&cn_op_resize_weights, x, spec);
    if (!node)
        return NULL;
    int64_t dim[] = {x->shape.dim[spec->axis[0]], x->shape.dim[spec->axis[1]]};
    if (dim[0] < 0 || dim[1] < 0)
        return node;
    size_t size = (size_t)cn_shape_size(node->shape) * cn_dtype_size(node->dtype);
    cn_buffer *buffer = cn_buffer_new(size);
    if (buffer)
        fill(buffer->data, spec, dim);
    return buffer ? cn_constant(buffer, node->shape, node->dtype) : NULL;
}
