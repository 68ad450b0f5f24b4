/* What is computed again for gradients rather than kept: which layers say so. src/plan/remat.c does
 * it. keras.RematScope */
#include <string.h>

#include "base/text.h"
#include "graph/shape.h"
#include "graph/walk.h"
#include "layers/layer.h"

static _Thread_local cn_remat *current;

static const char *const modes[] = {"full", "activations", "larger_than", "list_of_layers"};
enum { FULL, ACTIVATIONS, LARGER_THAN, LIST, MODES };

static int mode_of(const cn_remat *scope)
{
    int mode = 0;
    while (mode < MODES && scope->mode && strcmp(scope->mode, modes[mode]))
        mode++;
    return scope->mode ? mode : -1;
}

bool cn_remat_next(cn_remat *scope)
{
    if (scope->open_)
        return false;
    int mode = mode_of(scope);
    if (mode == MODES)
        return cn_mark_at(scope->at, "CN_REMAT_SCOPE"),
               cn_fail(CN_EINVAL,
                       "CN_REMAT_SCOPE: expected the mode \"full\", \"activations\", "
                       "\"larger_than\", \"list_of_layers\" or NULL, found \"%s\"",
                       scope->mode);
    scope->open_ = true;
    scope->outer_ = current;
    scope->marks_ = cn_marks;
    if (mode == FULL)
        cn_marks |= CN_MADE_AGAIN;
    current = scope;
    return true;
}

void cn_remat_end(cn_remat *scope)
{
    if (!scope->open_)
        return;
    current = scope->outer_;
    cn_marks = scope->marks_;
}

void cn_remat_layer(cn_layer *layer)
{
    struct cn_layer_state *state = layer->state_;
    int mode = current ? mode_of(current) : -1;
    if (mode == FULL || (mode == LIST && cn_text_among(layer->name, current->layer_names, ", ")))
        state->remat = CN_REMAT_ALL;
    else if (mode == ACTIVATIONS)
        state->remat = CN_REMAT_ACTIVATIONS;
    else if (mode == LARGER_THAN)
        state->remat = CN_REMAT_LARGER;
    state->remat_size = current ? current->output_size_threshold : 0;
}

static _Thread_local uint64_t oldest;

static bool is_older(const cn_tensor *tensor)
{
    return tensor->id < oldest;
}

bool cn_remat_result(const cn_layer *layer, cn_tensor *y, uint64_t first)
{
    int64_t size = 1;
    if (layer->state_->remat != CN_REMAT_LARGER)
        return true;
    for (int i = 0; i < y->shape.rank; i++)
        size *= y->shape.dim[i] == CN_ANY ? 1 : y->shape.dim[i];
    if (size <= layer->state_->remat_size)
        return true;
    cn_walk walk;
    oldest = first;
    if (!cn_walk_make(&walk, &y, 1, is_older))
        return false;
    for (size_t i = 0; i < walk.count; i++)
        if (walk.nodes[i]->id >= first)
            walk.nodes[i]->marks |= CN_MADE_AGAIN;
    cn_walk_free(&walk);
    return true;
}
