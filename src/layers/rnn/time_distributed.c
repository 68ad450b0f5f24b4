/* A layer at each step.  x (batch, steps, …) -> (batch, steps, …).  keras.layers.TimeDistributed
 *
 * Where each sample goes its own way through the layer, steps are nothing but more samples, and
 * all are done at once. Where that is not known, one step follows the other, as in Keras: with the
 * statistics of a batch normalization in training, with states and losses, in own classes. */
#include <string.h>

#include "cornu/flow.h"
#include "graph/trace.h"
#include "layers/arguments.h"
#include "layers/rnn/steps.h"
#include "models/model.h"
#include "models/operation.h"
#include "ops/ops.h"

typedef struct time_distributed {
    cn_layer base;
    CN_TIME_DISTRIBUTED(CN_FIELD_)
} time_distributed;
CN_LAYER_METHODS_(time_distributed, time_distributed)
CN_OWN_ROWS(time_distributed, CN_TIME_DISTRIBUTED, CN_LAYER_PARAMS, name)

static bool init(time_distributed *self)
{
    if (!cn_is_a(self->layer, CN_LAYERS))
        return cn_fail(CN_EINVAL, "TimeDistributed: expected a layer for 'layer'");
    return cn_add_sublayer(self, "layer", self->layer);
}

static bool check_input(cn_shape x)
{
    return x.rank >= 3 ||
           cn_fail(CN_EINVAL,
                   "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 "
                   "dimensions, received: %s",
                   cn_shape_text(x));
}

static bool build(time_distributed *self, const cn_shapes *in)
{
    if (!check_input(in->shape[0]))
        return false;
    cn_shape step = cn_shape_remove(in->shape[0], 1);
    return cn_layer_build(self->layer, &(cn_shapes){1, &step, in->dtype});
}

/* As in Keras: the layer's function alone, without the penalty for its output. */
static cn_list *call_layer(cn_layer *layer, cn_tensor *x, cn_tensor *mask, bool training,
                           cn_list *losses)
{
    cn_list *in = cn_list_of(x);
    cn_tensor *y =
        in ? cn_call_bare(layer, cn_methods_of(layer)->call, in, mask, training, losses) : NULL;
    return y ? cn_results_of(y) : NULL;
}

/* ---- all steps at once ---- */

static bool is_seed(const cn_list *layers, const void *variable)
{
    for (size_t i = 0; i < layers->count; i++)
        if (((cn_layer *)layers->items[i])->state_->seed == variable)
            return true;
    return false;
}

/* Built-in layers alone, and no operation between them, which might do anything. */
static bool is_plain(const cn_list *layers)
{
    for (size_t i = 0; i < layers->count; i++) {
        cn_layer *layer = layers->items[i];
        const cn_model *model = cn_is_model(layer) ? (cn_model *)layer : NULL;
        if (!((const cn_instance *)layer)->cls->built_in || cn_methods_of(layer)->mixes_samples)
            return false;
        for (size_t k = 0; model && k < model->state_->walk.count; k++) {
            const cn_call_record *record = model->state_->walk.nodes[k]->keras_history;
            const cn_tensor *node = model->state_->walk.nodes[k];
            if (node->op != &cn_op_nth && (!record || cn_is_operation(record->layer)))
                return false;
        }
    }
    return true;
}

/* Does a call write nothing but seeds, and add no losses? A look at one of which nothing stays;
 * false: it failed. */
static bool look(cn_layer *layer, const cn_list *layers, cn_tensor *x, cn_tensor *mask,
                 bool training, bool *pure)
{
    bool ok = false;
    CN_INNER_SCOPE
    {
        cn_trace trace;
        cn_list *losses = cn_list_new();
        if (losses && cn_trace_begin(&trace)) {
            ok = call_layer(layer, x, mask, training, losses) != NULL;
            *pure = !losses->count;
            cn_trace_end(&trace);
            for (size_t i = 0; i < trace.variables->count; i++)
                *pure &= is_seed(layers, trace.variables->items[i]);
            cn_trace_free(&trace);
        }
    }
    return ok;
}

/* ---- one step after the other ---- */

typedef struct steps {
    cn_layer *layer;
    bool training, masked, losses;
} steps;

static cn_list *step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    (void)carry;
    steps *s = user;
    cn_list *losses = cn_list_new();
    cn_list *y =
        losses ? call_layer(s->layer, x[0], s->masked ? x[1] : NULL, s->training, losses) : NULL;
    s->losses = losses && losses->count;
    return y && (!s->losses || cn_list_add(y, cn_sum_all(losses))) ? y : NULL;
}

static cn_list *one_by_one(time_distributed *self, cn_tensor *x, cn_tensor *mask, bool training)
{
    steps s = {.layer = self->layer, .training = training, .masked = mask};
    cn_list *xs = cn_list_of(cn_swapaxes(x, 0, 1));
    if (!xs || (mask && !cn_list_add(xs, cn_swapaxes(mask, 0, 1))))
        return NULL;
    cn_list *y = cn_scan(step, .xs_list = xs, .user = &s);
    if (y && s.losses) {
        size_t last = y->count - 1;
        y = cn_add_loss(self, y->items[last]) ? cn_list_make(y->items, last) : NULL;
    }
    for (size_t i = 0; y && i < y->count; i++)
        if (!cn_list_put(y, i, cn_swapaxes(y->items[i], 0, 1)))
            return NULL;
    return y;
}

static cn_list *at_once(time_distributed *self, cn_tensor *x, cn_tensor *folded, cn_tensor *mask,
                        bool training)
{
    cn_list *y = call_layer(self->layer, folded, mask, training, NULL);
    for (size_t i = 0; y && i < y->count; i++)
        if (!cn_list_put(y, i, cn_unfold_steps(y->items[i], x)))
            return NULL;
    return y;
}

/* ---- the call ---- */

static bool check_mask(const cn_tensor *mask, const cn_tensor *x)
{
    cn_shape m = mask->shape;
    if (m.rank < 2)
        return cn_fail(
            CN_EINVAL,
            "The `mask` passed to the `TimeDistributed` layer must be at least 2D (e.g., "
            "`(batch_size, timesteps)`), but it has %d dimension(s) with shape %s.",
            m.rank, cn_shape_text(m));
    for (int i = 0; i < 2; i++)
        if (m.dim[i] != x->shape.dim[i] && m.dim[i] >= 0 && x->shape.dim[i] >= 0)
            return cn_fail(
                CN_EINVAL,
                "The `mask` passed to the `TimeDistributed` layer has a shape %s that is "
                "incompatible with the input shape %s.",
                cn_shape_text(m), cn_shape_text(x->shape));
    return true;
}

static cn_tensor *call(time_distributed *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0], *mask = in->mask;
    cn_list *layers = cn_all_layers(self->layer);
    if (!layers || !check_input(x->shape) || (mask && !check_mask(mask, x)))
        return NULL;
    if (mask && mask->shape.rank < 3)
        mask = NULL; /* of steps: it says nothing of what is in them */
    cn_tensor *folded = cn_fold_steps(x), *folded_mask = mask ? cn_fold_steps(mask) : NULL;
    bool together = is_plain(layers);
    if (together && !look(self->layer, layers, folded, folded_mask, in->training, &together))
        return NULL;
    return cn_tuple(together ? at_once(self, x, folded, folded_mask, in->training)
                             : one_by_one(self, x, mask, in->training));
}

CN_BUILTIN_LAYER(time_distributed, "TimeDistributed", NULL, .init = init, .build = build,
                 .call = call, .one_input = true)
