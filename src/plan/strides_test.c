/* Strides that move up, and those that stay: each network runs with the pass and without. */
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "ops/ops.h"
#include "plan/internal.h"
#include "plan/run_once.h"

enum { CHANNELS = 6, MOST = 1 << 16 };

typedef struct network network;
typedef cn_list *blocks(const network *n, cn_tensor *x);

struct network {
    blocks *make;
    int axes;
    int64_t size;
    const char *padding;
    cn_dims stride; /* of the readers */
    bool moves;
};

/* The window's strides and dilation are cut to the axes that there are. */
static cn_tensor *convolve(const network *n, cn_tensor *x, int64_t size, cn_window window)
{
    for (int i = n->axes; i < 3; i++)
        window.strides.d[i] = window.dilation.d[i] = 0;
    cn_shape shape = {.rank = n->axes + 2};
    for (int i = 0; i < n->axes; i++)
        shape.dim[i] = size;
    shape.dim[n->axes] = CHANNELS / (window.groups ? window.groups : 1);
    shape.dim[n->axes + 1] = CHANNELS;
    return cn_conv(x, filled(shape), &window);
}

static cn_tensor *row(void)
{
    return filled(cn_shape(CHANNELS));
}

/* A convolution with all that goes into it but a sum and relu. */
static cn_tensor *layer(const network *n, cn_tensor *x, int64_t size)
{
    cn_tensor *y = convolve(n, x, size, (cn_window){.padding = n->padding});
    return cn_add(cn_mul(cn_add(y, row()), cn_neg(row())), row());
}

static cn_tensor *reader(const network *n, cn_tensor *y)
{
    return cn_add(convolve(n, y, 1, (cn_window){.strides = n->stride}), row());
}

static cn_list *readers(const network *n, cn_tensor *y)
{
    cn_window same = {.strides = n->stride, .padding = "same"};
    return cn_list_of(cn_relu(reader(n, y)), convolve(n, y, 1, same));
}

static cn_list *straight(const network *n, cn_tensor *x)
{
    cn_tensor *y = cn_relu(layer(n, cn_relu(layer(n, x, 1)), 3));
    return readers(n, cn_relu(layer(n, y, 1)));
}

/* What is added is read by others as well, and lies before. */
static cn_list *residual(const network *n, cn_tensor *x)
{
    cn_tensor *first = cn_relu(layer(n, x, 1)), *y = cn_relu(layer(n, first, 1));
    y = layer(n, cn_relu(convolve(n, y, 3, (cn_window){.padding = "same"})), 1);
    return readers(n, cn_relu(cn_add(first, y)));
}

/* What is added, a convolution too, is made of fewer pixels as well. */
static cn_list *shortcut(const network *n, cn_tensor *x)
{
    cn_tensor *y = cn_relu(layer(n, x, 3)), *z = layer(n, x, 3);
    return readers(n, cn_relu(cn_add(layer(n, y, 1), z)));
}

/* Of the sum of a network's input, which has no pixels to spare. */
static cn_list *input_added(const network *n, cn_tensor *x)
{
    cn_window same = {.padding = "same"};
    return readers(n, cn_relu(cn_add(convolve(n, x, 3, same), x)));
}

/* Its readers, too, make fewer pixels, and read each at first. */
static cn_list *added_to_itself(const network *n, cn_tensor *x)
{
    cn_tensor *y = cn_relu(layer(n, x, 3));
    return readers(n, cn_relu(cn_add(layer(n, y, 1), y)));
}

static cn_list *dilated_groups(const network *n, cn_tensor *x)
{
    cn_window dilated = {.dilation = {{2, 2, 2}}, .groups = 3, .padding = n->padding};
    cn_window alone = {.groups = CHANNELS, .padding = n->padding};
    cn_tensor *y = cn_relu(convolve(n, x, 3, dilated));
    return readers(n, convolve(n, cn_relu(convolve(n, y, 3, alone)), 1, (cn_window){.groups = 2}));
}

static cn_list *strided_before(const network *n, cn_tensor *x)
{
    cn_window window = {.strides = {{2, 2, 2}}, .padding = n->padding};
    return readers(n, cn_relu(convolve(n, x, 3, window)));
}

static cn_list *causal(const network *n, cn_tensor *x)
{
    return readers(n, cn_relu(convolve(n, x, 3, (cn_window){.padding = "causal"})));
}

/* ---- these stay ---- */

static cn_list *of_other_strides(const network *n, cn_tensor *x)
{
    cn_tensor *y = cn_relu(layer(n, x, 3));
    return cn_list_of(reader(n, y), convolve(n, y, 1, (cn_window){.strides = {{3, 3, 3}}}));
}

static cn_list *of_whole_windows(const network *n, cn_tensor *x)
{
    cn_window window = {.strides = n->stride, .padding = "same"};
    return cn_list_of(convolve(n, layer(n, x, 3), 3, window));
}

static cn_list *wanted(const network *n, cn_tensor *x)
{
    cn_tensor *y = cn_relu(layer(n, x, 3));
    return cn_list_of(reader(n, y), y);
}

static cn_list *read_by_others(const network *n, cn_tensor *x)
{
    cn_tensor *y = cn_relu(layer(n, x, 3));
    return cn_list_of(reader(n, y), cn_sum(y));
}

/* relu's gradient asks where y was positive. */
static cn_list *trained(const network *n, cn_tensor *x)
{
    cn_list *ys = readers(n, cn_relu(layer(n, x, 3)));
    cn_tensor *loss = cn_sum(cn_mul(cn_nth(ys, 0), cn_nth(ys, 1)));
    return cn_gradients(loss, cn_list_of(x));
}

static bool body(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    const network *n = user;
    (void)variant;
    return add_outputs(outputs, n->make(n, in->items[0]));
}

/* How many numbers the convolutions of its plan make. */
static int64_t made_by_convolutions(const network *n, const cn_view *x)
{
    cn_traced *traced = cn_traced_new(body, (void *)n, false);
    const cn_plan *plan = cn_traced_plan(traced, x, 1, 0);
    int64_t made = 0;
    for (size_t i = 0; plan && i < plan->n_steps; i++) {
        const cn_step *step = &plan->steps[i];
        if (!strcmp(step->name, "conv"))
            made += plan->views[step->view + (size_t)step->args.n_in].size;
    }
    cn_traced_free(traced);
    return made;
}

static void compare(const network *n)
{
    static float results[2][MOST];
    cn_shape shape = {.rank = n->axes + 2, .dim = {2}};
    for (int i = 1; i <= n->axes; i++)
        shape.dim[i] = n->size + i;
    shape.dim[n->axes + 1] = CHANNELS;
    const void *x = filled(shape)->value->data;
    cn_view view = cn_view_of(NULL, CN_FLOAT32, shape);
    memset(results, 0, sizeof results);
    run_once(body, (void *)n, &view, &x, 1, results[0]);
    int64_t made = made_by_convolutions(n, &view);
    setenv("CORNU_PASSES_OFF", "strides", 1);
    run_once(body, (void *)n, &view, &x, 1, results[1]);
    int64_t all = made_by_convolutions(n, &view);
    unsetenv("CORNU_PASSES_OFF");
    CHECK(n->moves ? made < all : made == all);
    check_close(results[0], results[1], MOST, 1e-5, 1e-5);
}

TEST(strides_that_move_up)
{
    static blocks *const moving[] = {straight,        residual,       shortcut,      input_added,
                                     added_to_itself, dilated_groups, strided_before};
    for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
        for (int axes = 1; axes <= 3; axes++)
            for (int64_t size = 7; size <= 8; size++)
                for (int valid = 0; valid < 2; valid++)
                    CN_SCOPE {
                        network n = {moving[i],   axes, size, valid ? "valid" : "same",
                                     {{2, 2, 2}}, true};
                        compare(&n);
                        n.stride = (cn_dims){{2, 1, 3}};
                        compare(&n);
                    }
    CN_SCOPE
        compare(&(network){causal, 1, 9, "same", {{2}}, true});
}

TEST(strides_that_stay)
{
    static blocks *const staying[] = {of_other_strides, of_whole_windows, wanted, read_by_others,
                                      trained};
    for (size_t i = 0; i < sizeof staying / sizeof *staying; i++)
        for (int axes = 1; axes <= 3; axes++)
            CN_SCOPE
                compare(&(network){staying[i], axes, 7, "same", {{2, 2, 2}}, false});
}

/* The last block of a stage and the two readers, as ResNet has them: a quarter of the pixels is
 * made by what comes after the first convolution. */
TEST(strides_of_a_residual_block)
{
    CN_SCOPE {
        network n = {residual, 2, 7, "same", {{2, 2}}, true};
        cn_view x = cn_view_of(NULL, CN_FLOAT32, cn_shape(1, 8, 8, CHANNELS));
        CHECK(made_by_convolutions(&n, &x) == (64 + 64 + 16 + 16 + 16 + 16) * CHANNELS);
    }
}
