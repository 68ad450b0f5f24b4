#include "layers/check_layer.h"

#include <math.h>

#include "base/alloc.h"
#include "ops/ops.h"

typedef struct place {
    const cn_layer_check *check;
    const char *file;
    int line;
} place;

#define HOLDS(condition) cn_test_check(condition, #condition, at->file, at->line)

bool cn_check_config(cn_layer *layer, const char *name, const char *want, const char *file,
                     int line)
{
    cn_json *config = layer ? cn_instance_config(layer) : NULL;
    const cn_json *member = cn_json_get(config, name);
    char *text = member ? cn_json_text(member, 0) : NULL;
    bool ok = cn_test_text(text ? text : "absent", want, file, line);
    cn_mem_free(text);
    cn_json_free(config);
    return ok;
}

/* Another layer of the same configuration. */
static cn_layer *copy_of(cn_layer *layer, const place *at)
{
    cn_json *config = cn_instance_serialize(layer);
    cn_layer *copy = config ? cn_instance_deserialize(CN_LAYERS, config) : NULL;
    cn_json *again = copy ? cn_instance_serialize(copy) : NULL;
    bool same = again && cn_json_equal(config, again);
    cn_json_free(config);
    cn_json_free(again);
    return HOLDS(same) ? copy : NULL;
}

static cn_tensor *symbol(cn_shape shape, bool open_batch)
{
    if (open_batch && shape.rank)
        shape.dim[0] = CN_ANY;
    return cn_placeholder(shape, CN_FLOAT32, true);
}

static void check_symbols(cn_layer *layer, const place *at)
{
    const cn_layer_check *c = at->check;
    for (int open = 0; open < 2; open++) {
        cn_layer *copy = copy_of(layer, at);
        cn_tensor *second = c->in2.rank ? symbol(c->in2, open) : NULL;
        cn_tensor *y = copy ? cn_call(copy, symbol(c->in, open), second) : NULL;
        cn_shape want = c->out;
        if (open)
            want.dim[0] = CN_ANY;
        if (HOLDS(y != NULL))
            cn_test_text(cn_shape_text(y->shape), cn_shape_text(want), at->file, at->line);
    }
    cn_layer *copy = c->open.rank ? copy_of(layer, at) : NULL;
    cn_tensor *y = copy ? cn_call(copy, symbol(c->open, false)) : NULL;
    if (copy && HOLDS(y != NULL))
        cn_test_text(cn_shape_text(y->shape), cn_shape_text(c->open_out), at->file, at->line);
}

static double half_square_sum(cn_layer *layer, const cn_list *x, const cn_layer_check *c,
                              cn_tensor **loss)
{
    cn_tensor *y = cn_call(layer, .inputs = x, .training = c->training);
    *loss = cn_sum(cn_square(y));
    return cn_item(*loss);
}

/* One small step of gradient descent. */
static void check_step(cn_layer *layer, const cn_list *x, const place *at)
{
    cn_tensor *loss;
    double before = half_square_sum(layer, x, at->check, &loss);
    cn_list *weights = cn_trainable_weights(layer);
    cn_list *grads = cn_gradients(loss, cn_list_concat(weights, x));
    if (!HOLDS(grads != NULL))
        return;
    for (size_t i = 0; i < cn_list_length(grads); i++)
        HOLDS(!cn_is_none(cn_list_item(grads, i)));
    for (size_t i = 0; i < cn_list_length(weights); i++) {
        cn_tensor *w = cn_list_item(weights, i);
        cn_assign(w, cn_sub(w, cn_mul(cn_list_item(grads, i), 1e-4)));
    }
    double after = half_square_sum(layer, x, at->check, &loss);
    HOLDS(isfinite(before) && isfinite(after));
    if (!at->check->no_step)
        HOLDS(after <= before);
}

static void check_values(cn_layer *layer, const place *at)
{
    const cn_layer_check *c = at->check;
    cn_list *x = cn_list_of(cn_random_uniform(c->in, -1, 1, CN_FLOAT32, cn_seed(1)));
    if (c->in2.rank)
        cn_list_add(x, cn_random_uniform(c->in2, -1, 1, CN_FLOAT32, cn_seed(2)));
    cn_tensor *y = cn_call(layer, .inputs = x, .training = c->training);
    if (!HOLDS(y && cn_data(y)))
        return;
    cn_test_text(cn_shape_text(y->shape), cn_shape_text(c->out), at->file, at->line);
    HOLDS(cn_list_length(cn_trainable_weights(layer)) == c->trainable);
    HOLDS(cn_list_length(cn_non_trainable_weights(layer)) == c->fixed);
    check_step(layer, x, at);
}

bool cn_check_layer(cn_layer *layer, const cn_layer_check *check, const char *file, int line)
{
    place here = {check, file, line}, *at = &here;
    if (!HOLDS(layer != NULL))
        return false;
    CN_SCOPE {
        cn_set_random_seed(3);
        check_symbols(layer, at);
        check_values(layer, at);
    }
    return HOLDS(!cn_error_code());
}
