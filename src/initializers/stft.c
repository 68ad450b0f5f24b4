/* Kernels whose convolution is a short-time Fourier transform: windowed cosines or sines.
 * (frame, 1, frequencies); kernel[t, 0, f] = window[t] cos(2 pi t f / length) / scale, with
 * length = 2 (frequencies - 1); sines are negative. keras.initializers.STFT */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "graph/shape.h"
#include "initializers/initializer.h"
#include "ops/ops.h"

static const double pi = 3.14159265358979323846;

/* Sums of cosines: a[0] - a[1] cos(x) + a[2] cos(2 x) - …, x from 0 to 2 pi. */
typedef struct window {
    const char *name;
    double a[5];
} window;

static const window windows[] = {
    {"hann", {0.5, 0.5}},
    {"hamming", {0.54, 0.46}},
    {"blackman", {0.42, 0.5, 0.08}},
    {"nuttall", {0.3635819, 0.4891775, 0.1365995, 0.0106411}},
    {"blackmanharris", {0.35875, 0.48829, 0.14128, 0.01168}},
    {"flattop", {0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368}},
    {"boxcar", {1}},
    {NULL, {1}},
};

#define STFT(P)                                                                                    \
    P(cn_str, side, "real", "real: cosines; imag: sines")                                          \
    P(cn_str, window, "hann", "hann, hamming, blackman, nuttall, blackmanharris, flattop, boxcar") \
    P(cn_str, scaling, "density", "density, spectrum or none")                                     \
    P(bool, periodic, false, "the window's last element is left out")
CN_THING(stft, cn_instance, STFT, const window *shape; bool imaginary;)

static bool init(stft *self)
{
    self->shape = windows;
    while (self->shape->name && (!self->window || strcmp(self->shape->name, self->window) != 0))
        self->shape++;
    self->imaginary = self->side && !strcmp(self->side, "imag");
    if (!self->imaginary && (!self->side || strcmp(self->side, "real") != 0))
        return cn_fail(CN_EINVAL, "side should be 'real' or 'imag', not %s",
                       self->side ? self->side : "None");
    if (self->window && !self->shape->name)
        return cn_fail(CN_EUNSUPPORTED, "not supported: STFT's window '%s'", self->window);
    return !self->scaling || !strcmp(self->scaling, "density") ||
           !strcmp(self->scaling, "spectrum") ||
           cn_fail(CN_EINVAL,
                   "Scaling is invalid, it must be `None`, 'density' or 'spectrum'. Received "
                   "scaling=%s",
                   self->scaling);
}

static double weight(const stft *self, int64_t t, int64_t frame)
{
    double last = (double)(self->periodic ? frame : frame - 1), value = 0;
    for (int k = 0; k < 5; k++)
        value += (k & 1 ? -1 : 1) * self->shape->a[k] *
                 cos(last > 0 ? 2 * pi * k * (double)t / last : pi);
    return frame > 1 ? value : 1;
}

static double scale(const stft *self, int64_t frame)
{
    double sum = 0, squares = 0;
    for (int64_t t = 0; t < frame; t++) {
        double w = weight(self, t, frame);
        sum += fabs(w);
        squares += w * w;
    }
    if (!self->window || !self->scaling)
        return 1;
    return !strcmp(self->scaling, "density") ? sqrt(squares) : sum;
}

static cn_tensor *call(stft *self, cn_shape shape, cn_dtype dtype)
{
    if (shape.rank != 3 || shape.dim[1] != 1 || cn_shape_size(shape) < 0)
        return cn_fail_null(CN_EINVAL, "STFT: expected shape (frame, 1, frequencies), found %s",
                            cn_shape_text(shape));
    int64_t frame = shape.dim[0], n = shape.dim[2], length = 2 * (n - 1);
    double *values = cn_mem_calloc((size_t)cn_shape_size(shape), sizeof *values);
    if (!values)
        return NULL;
    double by = scale(self, frame);
    for (int64_t t = 0; t < frame; t++)
        for (int64_t f = 0; f < n; f++) {
            double x =
                2 * pi * (double)(length ? t * f % length : 0) / (double)(length ? length : 1);
            values[t * n + f] = (self->imaginary ? -sin(x) : cos(x)) * weight(self, t, frame) / by;
        }
    cn_tensor *kernel = cn_cast(cn_array(values, CN_FLOAT64, shape), dtype);
    cn_mem_free(values);
    return kernel;
}

CN_INITIALIZER(stft, "STFT", "stft STFTInitializer", .init = init, .call = call)
