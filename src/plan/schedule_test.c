/* What the order of steps spares: memory of gradients, and of what they ask of the forward pass. */
#include "base/test.h"
#include "ops/ops.h"
#include "plan/traced.h"

enum { LAYERS = 24 };

typedef struct stack {
    cn_tensor *weights[LAYERS];
} stack;

/* A step of gradient descent through products and relu. */
static bool descend(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    stack *s = user;
    cn_tensor *x = in->items[0];
    cn_list *weights = cn_list_new();
    (void)variant;
    for (int i = 0; i < LAYERS; i++) {
        x = cn_relu(cn_matmul(x, s->weights[i]));
        cn_list_add(weights, s->weights[i]);
    }
    cn_tensor *loss = cn_mean(cn_square(x));
    cn_list *grads = cn_gradients(loss, weights);
    for (int i = 0; grads && i < LAYERS; i++)
        cn_assign(s->weights[i], cn_sub(s->weights[i], cn_mul(0.1, cn_list_item(grads, i))));
    return cn_list_add(outputs, loss);
}

static size_t arena_of(int rows, int width)
{
    stack s;
    size_t bytes = 0;
    CN_SCOPE {
        for (int i = 0; i < LAYERS; i++)
            s.weights[i] = cn_variable(cn_ones(cn_shape(width, width), CN_FLOAT32), "w");
        cn_traced *traced = cn_traced_new(descend, &s, false);
        cn_view x = cn_view_of(NULL, CN_FLOAT32, cn_shape(rows, width));
        cn_plan *plan = traced ? cn_traced_plan(traced, &x, 1, 0) : NULL;
        bytes = plan ? cn_plan_arena_size(plan) : 0;
        cn_traced_free(traced);
    }
    return bytes;
}

TEST(gradients_die_in_their_updates)
{
    const size_t gradient = 128 * 128 * sizeof(float);
    size_t bytes = arena_of(1, 128);
    CHECK(bytes && bytes < 3 * gradient);
}

TEST(activations_alone_wait_for_the_gradient)
{
    const size_t layer = 4096 * 64 * sizeof(float);
    size_t bytes = arena_of(4096, 64);
    CHECK(bytes >= LAYERS * layer && bytes < (LAYERS + 4) * layer); /* the bools: LAYERS / 4 */
}
