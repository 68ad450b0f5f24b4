/* Padding that windows take in, and what they leave: each network runs with the pass and without.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "ops/ops.h"
#include "plan/run_once.h"

enum { CHANNELS = 4, MOST = 1 << 16 };

typedef struct network network;
typedef cn_list *layers(const network *n, cn_tensor *x);

struct network {
    layers *make;
    int axes;
    const char *padding; /* of the window */
    size_t taken;        /* so many pads are */
};

static cn_tensor *pad_in(cn_tensor *x, int64_t before, int64_t after, const char *mode,
                         double value)
{
    int64_t first[CN_MAX_RANK] = {0}, last[CN_MAX_RANK] = {0};
    for (int i = 1; i < x->shape.rank - 1; i++) {
        first[i] = before + (i == 2);
        last[i] = after;
    }
    return cn_pad(x, first, last, mode, value);
}

static cn_tensor *pad(cn_tensor *x, int64_t before, int64_t after)
{
    return pad_in(x, before, after, "constant", 0);
}

static cn_window window_of(const network *n, int64_t size, int64_t stride, int64_t dilation)
{
    cn_window w = {.padding = n->padding};
    for (int i = 0; i < n->axes; i++) {
        w.size.d[i] = (int)size;
        w.strides.d[i] = (int)stride;
        w.dilation.d[i] = (int)dilation;
    }
    return w;
}

static cn_tensor *convolve(const network *n, cn_tensor *x, int64_t stride, int64_t dilation)
{
    cn_shape shape = {.rank = n->axes + 2};
    for (int i = 0; i < n->axes; i++)
        shape.dim[i] = 3;
    shape.dim[n->axes] = shape.dim[n->axes + 1] = CHANNELS;
    cn_window w = window_of(n, 0, stride, dilation);
    return cn_relu(cn_conv(x, filled(shape), &w));
}

static cn_tensor *largest(const network *n, cn_tensor *x, int64_t size, int64_t stride)
{
    cn_window w = window_of(n, size, stride, 1);
    return cn_max_pool(x, &w);
}

static cn_list *convolutions(const network *n, cn_tensor *x)
{
    cn_tensor *y = convolve(n, pad(x, 2, 0), 1, 1), *z = convolve(n, pad(x, 1, 3), 2, 1);
    return cn_list_of(y, z, convolve(n, pad(x, 1, 2), 1, 2), convolve(n, pad(y, 5, 0), 3, 1));
}

static cn_list *depthwise(const network *n, cn_tensor *x)
{
    cn_shape shape = {.rank = n->axes + 2};
    for (int i = 0; i < n->axes; i++)
        shape.dim[i] = 3;
    shape.dim[n->axes] = CHANNELS;
    shape.dim[n->axes + 1] = 1;
    cn_window w = window_of(n, 0, 2, 1);
    return cn_list_of(cn_depthwise_conv(pad(x, 0, 1), filled(shape), &w));
}

static cn_list *pools(const network *n, cn_tensor *x)
{
    return cn_list_of(largest(n, pad(cn_relu(x), 1, 1), 3, 2),
                      largest(n, pad(cn_sigmoid(x), 0, 1), 3, 1),
                      largest(n, pad(cn_square(x), 1, 0), 4, 3),
                      largest(n, pad(convolve(n, x, 1, 1), 0, 1), 3, 2));
}

/* A strided convolution of single pixels behind all that. */
static cn_list *with_strides(const network *n, cn_tensor *x)
{
    cn_shape shape = {.rank = n->axes + 2};
    for (int i = 0; i < n->axes; i++)
        shape.dim[i] = 1;
    shape.dim[n->axes] = shape.dim[n->axes + 1] = CHANNELS;
    cn_window w = window_of(n, 0, 2, 1);
    return cn_list_of(cn_conv(convolve(n, pad(x, 1, 2), 1, 1), filled(shape), &w));
}

/* ---- these stay ---- */

static cn_list *of_something_else(const network *n, cn_tensor *x)
{
    return cn_list_of(convolve(n, pad_in(x, 1, 1, "constant", 1), 1, 1),
                      convolve(n, pad_in(x, 1, 1, "reflect", 0), 1, 1),
                      largest(n, pad_in(cn_relu(x), 1, 1, "constant", -1), 3, 2));
}

static cn_list *around_more_than_pixels(const network *n, cn_tensor *x)
{
    int64_t first[CN_MAX_RANK] = {1}, last[CN_MAX_RANK] = {0};
    cn_shape shape = x->shape;
    last[n->axes + 1] = 1;
    shape.dim[n->axes + 1] = CHANNELS - 1;
    cn_tensor *narrow = cn_mul(3, filled(shape));
    return cn_list_of(
        convolve(n, cn_pad(x, first, (int64_t[CN_MAX_RANK]){0}, "constant", 0), 1, 1),
        convolve(n, cn_pad(cn_relu(narrow), (int64_t[CN_MAX_RANK]){0}, last, "constant", 0), 1, 1));
}

static cn_list *wanted(const network *n, cn_tensor *x)
{
    cn_tensor *y = pad(x, 1, 1), *z = pad(cn_relu(x), 2, 2);
    return cn_list_of(y, convolve(n, y, 1, 1), cn_neg(z), largest(n, z, 3, 2));
}

static cn_list *below_zero(const network *n, cn_tensor *x)
{
    return cn_list_of(largest(n, pad(x, 1, 1), 3, 2), largest(n, pad(cn_tanh(x), 1, 0), 3, 2));
}

/* A window without any pixel of the image. */
static cn_list *wide(const network *n, cn_tensor *x)
{
    return cn_list_of(largest(n, pad(cn_relu(x), 3, 0), 3, 1),
                      largest(n, pad(cn_relu(x), 0, 3), 3, 1));
}

/* The gradients ask for the padded tensor, and for the places of the maxima in their windows. */
static cn_list *trained(const network *n, cn_tensor *x)
{
    cn_tensor *y = cn_relu(x), *z = largest(n, pad(y, 1, 1), 3, 2);
    return cn_gradients(cn_sum(cn_mul(z, z)), cn_list_of(x));
}

static bool body(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    const network *n = user;
    (void)variant;
    return add_outputs(outputs, n->make(n, in->items[0]));
}

static void compare(layers *make, size_t taken)
{
    static float results[2][MOST];
    for (int axes = 1; axes <= 3; axes++)
        for (int same = 0; same < 2; same++)
            CN_SCOPE {
                network n = {make, axes, same ? "same" : "valid", taken};
                cn_shape shape = {.rank = axes + 2, .dim = {2, 6, 7, 5}};
                shape.dim[axes + 1] = CHANNELS;
                cn_tensor *x = filled(shape);
                ((float *)x->value->data)[9] = NAN;
                cn_view view = cn_view_of(NULL, CN_FLOAT32, shape);
                const void *inputs[] = {x->value->data};
                memset(results, 0, sizeof results);
                size_t steps = run_once(body, &n, &view, inputs, 1, results[0]);
                setenv("CORNU_PASSES_OFF", "padding", 1);
                CHECK(run_once(body, &n, &view, inputs, 1, results[1]) == steps + taken);
                unsetenv("CORNU_PASSES_OFF");
                check_close(results[0], results[1], MOST, 1e-5, 1e-5);
            }
}

TEST(padding_that_windows_take_in)
{
    compare(convolutions, 4);
    compare(depthwise, 1);
    compare(pools, 4);
    compare(with_strides, 1);
}

TEST(padding_that_stays)
{
    static layers *const staying[] = {
        of_something_else, around_more_than_pixels, wanted, below_zero, wide, trained};
    for (size_t i = 0; i < sizeof staying / sizeof *staying; i++)
        compare(staying[i], 0);
}
