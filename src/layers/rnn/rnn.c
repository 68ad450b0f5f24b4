/* A cell along a sequence.  x (batch, steps, …) -> the cell's last output, or those of all steps.
 * keras.layers.RNN
 *
 * The steps are a scan over x in time-major order. What the cell does with x before it needs the
 * states is done for all steps at once, before. */
#include "layers/rnn/rnn.h"

#include <string.h>

#include "base/alloc.h"
#include "cornu/flow.h"
#include "graph/trace.h"
#include "layers/rnn/steps.h"

/* ---- making ---- */

/* The activations are the cell's, and so are layers that stand for them. */
static void let_go(cn_layer *layer)
{
    struct cn_layer_state *state = layer->state_;
    while (layer->layers->count)
        cn_release(layer->layers->items[--layer->layers->count]);
    while (state->n_attributes)
        cn_mem_free(state->attributes[--state->n_attributes]);
}

bool cn_rnn_hold(cn_rnn_head *self, void *cell, int rank)
{
    self->rank = rank;
    let_go(&self->layer);
    self->cell = cn_add_sublayer(self, "cell", cell);
    return self->cell;
}

void cn_rnn_destroy(void *self)
{
    cn_release(((cn_rnn_head *)self)->states);
}

/* ---- states that stay ---- */

static bool make_states(cn_rnn_head *self, cn_shape x)
{
    cn_shape sizes[CN_MAX_STATES];
    int count = cn_cell_states(self->cell, sizes);
    if (count < 0)
        return false;
    if (x.dim[0] < 0)
        return cn_fail(CN_EINVAL,
                       "When using `stateful=True` in a RNN, the batch size must be static. Found "
                       "dynamic batch size: sequence.shape=%s",
                       cn_shape_text(x));
    cn_list *list = cn_list_new();
    for (int i = 0; list && i < count; i++) {
        cn_shape shape = cn_shape_insert(sizes[i], 0, x.dim[0]);
        if (!cn_list_add(
                list, cn_variable_make("rnn_state", shape, cn_variable_dtype(self->cell), false)))
            return false;
    }
    self->states = cn_retain(list);
    return list;
}

bool cn_rnn_reset_state(void *self)
{
    const cn_list *states = ((cn_rnn_head *)self)->states;
    for (size_t i = 0; states && i < states->count; i++) {
        cn_tensor *state = states->items[i];
        if (!cn_assign(state, cn_zeros(state->shape, state->dtype)))
            return false;
    }
    return true;
}

static cn_list *states_now(const cn_rnn_head *self, cn_shape x)
{
    cn_list *list = cn_list_new();
    int64_t batch = ((cn_tensor *)self->states->items[0])->shape.dim[0];
    if (x.dim[0] >= 0 && x.dim[0] != batch)
        return cn_fail_null(CN_EINVAL,
                            "If an RNN is stateful, the batch size of the input sequences must be "
                            "the same as the batch size of the initial state. Expected batch size: "
                            "%lld. Received batch size: %lld",
                            (long long)batch, (long long)x.dim[0]);
    for (size_t i = 0; list && i < self->states->count; i++)
        if (!cn_list_add(list, cn_value_now(self->states->items[i])))
            return NULL;
    return list;
}

static bool assign_states(const cn_rnn_head *self, const cn_list *states)
{
    for (size_t i = 0; self->states && i < self->states->count; i++)
        if (!cn_assign((cn_tensor *)self->states->items[i], (cn_tensor *)states->items[i]))
            return false;
    return true;
}

static bool check_rank(const cn_rnn_head *self, cn_shape x)
{
    return self->rank ? cn_expect_rank(x, self->rank) : cn_expect_min_rank(x, 3);
}

bool cn_rnn_build(void *layer, const cn_shapes *in)
{
    cn_rnn_head *self = layer;
    cn_shape x = in->shape[0];
    if (!check_rank(self, x))
        return false;
    cn_shape step = cn_shape_remove(x, 1);
    return cn_layer_build(self->cell, &(cn_shapes){1, &step, in->dtype}) &&
           (!cn_flag(self, "stateful") || make_states(self, x));
}

/* ---- the steps ---- */

typedef struct run {
    cn_rnn_head *self;
    cn_layer *cell;
    bool training, sequences, zeros;
    cn_tensor *mask; /* (steps, batch, …), or NULL */
    size_t inputs, states;
    bool own_output; /* the output is not the first state itself */
    bool carries;    /* the output so far, after the states */
    bool losses;     /* what the cell added to the loss is the last thing kept */
} run;

/* The mask with axes of size 1 behind, so that it broadcasts over x. */
static cn_tensor *mask_for(cn_tensor *mask, const cn_tensor *x)
{
    while (mask && mask->shape.rank < x->shape.rank)
        mask = cn_expand_dims(mask, -1);
    return mask;
}

static cn_tensor *masked(cn_tensor *mask, cn_tensor *now, cn_tensor *before)
{
    return mask && now ? cn_select(mask_for(mask, now), now, before) : now;
}

static cn_list *cell_step(const run *r, cn_tensor *const *carry, cn_tensor *const *x)
{
    cn_list *in = cn_list_make((void *const *)x, r->inputs);
    cn_list *states = cn_list_make((void *const *)carry, r->states);
    return in && states ? cn_cell_step(r->cell, cn_list_concat(in, states), r->training) : NULL;
}

static bool add_states(const run *r, cn_list *list, const cn_list *y, cn_tensor *const *carry,
                       cn_tensor *mask)
{
    for (size_t i = 0; i < r->states; i++)
        if (!cn_list_add(list, masked(mask, y->items[1 + i], carry[i])))
            return false;
    return true;
}

static cn_tensor *output_of(const run *r, const cn_list *list, const cn_list *y,
                            cn_tensor *const *carry, cn_tensor *mask)
{
    cn_tensor *output = y->items[0];
    if (!mask)
        return output;
    if (r->zeros)
        return masked(mask, output, cn_zeros_like(output));
    return r->carries ? masked(mask, output, carry[r->states]) : list->items[0];
}

/* The new states and, carried, the output; kept: the output, and losses. */
static cn_list *step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    run *r = user;
    cn_list *losses = cn_list_new(), *list = cn_list_new();
    cn_tensor *mask = r->mask ? x[r->inputs] : NULL;
    cn_call_scope scope;
    cn_call_scope_begin(&scope, r->training, losses, &r->self->layer);
    cn_list *y = cell_step(r, carry, x);
    cn_call_scope_end(&scope);
    if (!losses || !list || !y || !add_states(r, list, y, carry, mask))
        return NULL;
    cn_tensor *output = output_of(r, list, y, carry, mask);
    r->own_output = y->items[0] != y->items[1] || (mask && r->zeros);
    bool ok = !r->carries || cn_list_add(list, output);
    if (r->sequences || (r->own_output && !r->carries))
        ok = ok && cn_list_add(list, output);
    r->losses = losses->count > 0;
    return ok && (!r->losses || cn_list_add(list, cn_sum_all(losses))) ? list : NULL;
}

/* What comes before the first step's output. NULL: an error, or nothing is needed, since it is the
 * first state. A first look at a step, of which nothing stays, tells. */
static bool first_output(run *r, const cn_list *xs, const cn_list *init, bool from_zeros,
                         cn_tensor **zeros)
{
    bool ok = false;
    cn_shape shape = CN_SCALAR;
    cn_dtype dtype = CN_FLOAT32;
    CN_INNER_SCOPE
    {
        cn_trace trace;
        cn_list *x = cn_list_new();
        for (size_t i = 0; x && i < r->inputs; i++)
            cn_list_add(x, cn_slice(xs->items[i], "0"));
        if (x && x->count == r->inputs && cn_trace_begin(&trace)) {
            cn_list *y =
                cell_step(r, (cn_tensor *const *)init->items, (cn_tensor *const *)x->items);
            cn_trace_end(&trace);
            cn_trace_free(&trace);
            ok = y != NULL;
            r->carries = ok && (!from_zeros || y->items[0] != y->items[1]);
            shape = ok ? ((cn_tensor *)y->items[0])->shape : shape;
            dtype = ok ? ((cn_tensor *)y->items[0])->dtype : dtype;
        }
    }
    if (ok && r->carries)
        *zeros = cn_batch_zeros(init->items[0], cn_shape_remove(shape, 0), dtype);
    return ok && (!r->carries || *zeros);
}

/* ---- the call ---- */

static cn_list *initial_states(const cn_rnn_head *self, const cn_inputs *in)
{
    cn_shape sizes[CN_MAX_STATES];
    int count = cn_cell_states(self->cell, sizes);
    if (count < 0)
        return NULL;
    if (in->count == 1)
        return self->states ? states_now(self, in->x[0]->shape)
                            : cn_cell_zeros(self->cell, in->x[0]);
    if (in->count != (size_t)count + 1)
        return cn_fail_null(CN_EINVAL, "expected %d tensors for 'initial_state', found %zu", count,
                            in->count - 1);
    cn_list *list = cn_list_new();
    for (size_t i = 1; list && i < in->count; i++)
        if (!cn_list_add(list, cn_autocast(self->cell, in->x[i])))
            return NULL;
    return list;
}

static bool check_call(const cn_rnn_head *self, const cn_tensor *x)
{
    if (!check_rank(self, x->shape))
        return false;
    return !cn_flag(self, "unroll") || x->shape.dim[1] >= 0 ||
           cn_fail(CN_EINVAL, "Cannot unroll a RNN if the time dimension is undefined. Specify it "
                              "in the shape of the cn_input.");
}

/* Of the outputs of all steps, in the order of the places. */
static cn_tensor *result(const run *r, cn_tensor *outputs, bool backwards)
{
    if (!r->sequences)
        return cn_slice(outputs, backwards ? "0" : "-1");
    return cn_swapaxes(backwards ? cn_flip(outputs, (cn_axes){{0}}) : outputs, 0, 1);
}

static cn_tensor *output_from(const run *r, const cn_list *y, bool backwards)
{
    size_t kept = r->states + r->carries;
    if (r->sequences || (r->own_output && !r->carries))
        return result(r, y->items[kept], backwards);
    return y->items[r->carries ? r->states : 0];
}

/* Where the cell is of a mixed policy, float32 goes along the steps, and what comes out is cast. */
static bool cast_all(const run *r, cn_list *list, size_t count, cn_dtype dtype)
{
    bool ok = list;
    for (size_t i = 0; ok && cn_is_mixed(r->cell) && i < count; i++) {
        cn_tensor *x = cn_cast(list->items[i], dtype);
        ok = x != NULL;
        if (ok)
            cn_replace(&list->items[i], x);
    }
    return ok;
}

static cn_tensor *lead(run *r, const cn_inputs *in, cn_list *init, cn_list *xs)
{
    bool backwards = cn_flag(r->self, "go_backwards");
    cn_tensor *before = NULL;
    r->states = init->count;
    r->inputs = xs->count;
    if (!cast_all(r, init, init->count, CN_FLOAT32) || !cast_all(r, xs, xs->count, CN_FLOAT32))
        return NULL;
    if (r->mask && !r->zeros &&
        !first_output(r, xs, init, in->count == 1 && !r->self->states, &before))
        return NULL;
    if ((r->carries && !cn_list_add(init, before)) || (r->mask && !cn_list_add(xs, r->mask)))
        return NULL;
    cn_list *y = cn_scan(step, .init_list = init, .xs_list = xs, .reverse = backwards, .user = r);
    if (!cast_all(r, y, y ? y->count - r->losses : 0, cn_layer_dtype(r->cell)) ||
        !assign_states(r->self, y) || (r->losses && !cn_add_loss(r->self, y->items[y->count - 1])))
        return NULL;
    cn_tensor *output = output_from(r, y, backwards);
    if (r->sequences)
        cn_with_mask(output, in->mask);
    if (!output || !cn_flag(r->self, "return_state"))
        return output;
    cn_list *all = cn_list_of(output);
    return cn_list_add_all(all, y->items, r->states) ? cn_tuple(all) : NULL;
}

cn_tensor *cn_rnn_call(void *layer, const cn_inputs *in)
{
    cn_rnn_head *self = layer;
    cn_tensor *x = in->x[0];
    run r = {.self = self,
             .cell = self->cell,
             .training = in->training,
             .sequences = cn_flag(self, "return_sequences"),
             .zeros = cn_flag(self, "zero_output_for_mask")};
    if (!check_call(self, x) || !cn_cell_begin(self->cell, x, in->training))
        return NULL;
    r.mask = in->mask ? cn_swapaxes(cn_cast(in->mask, CN_BOOL), 0, 1) : NULL;
    cn_list *init = initial_states(self, in);
    cn_list *xs = init ? cn_cell_project(self->cell, cn_swapaxes(x, 0, 1)) : NULL;
    return xs && (r.mask || !in->mask) ? lead(&r, in, init, xs) : NULL;
}

/* Outputs have theirs already; those of the last step and states have none. */
cn_tensor *cn_rnn_compute_mask(void *self, const cn_inputs *in)
{
    (void)self;
    (void)in;
    return NULL;
}
