#include "graph/replay.h"

#include "base/alloc.h"
#include "graph/form.h"

bool cn_replay_begin(cn_replay *replay, const cn_walk *walk)
{
    *replay = (cn_replay){.walk = walk};
    replay->now = cn_mem_calloc(walk->count, sizeof(cn_tensor *));
    return replay->now != NULL;
}

void cn_replay_end(cn_replay *replay)
{
    cn_mem_free(replay->now);
    *replay = (cn_replay){0};
}

void cn_replay_put(cn_replay *replay, const cn_tensor *tensor, cn_tensor *now)
{
    long place = cn_walk_find(replay->walk, tensor);
    if (place >= 0)
        replay->now[place] = now;
}

cn_tensor *cn_replay_now(const cn_replay *replay, cn_tensor *tensor)
{
    long place = cn_walk_find(replay->walk, tensor);
    return place < 0 ? tensor : replay->now[place];
}

static cn_tensor *apply_again(const cn_replay *replay, const cn_tensor *node)
{
    cn_tensor *few[16], **inputs = few;
    int n = node->n_inputs;
    if (n > 16 && !(inputs = cn_mem_calloc((size_t)n, sizeof *inputs)))
        return NULL;
    for (int i = 0; i < n; i++)
        inputs[i] = cn_replay_now(replay, node->inputs[i]);
    const char *layer = cn_layer_being_called(node->layer);
    cn_tensor *made = cn_apply(node->op, inputs, n, node->attrs);
    cn_layer_being_called(layer);
    if (inputs != few)
        cn_mem_free(inputs);
    return made;
}

cn_list *cn_replay_list(const cn_replay *replay, const cn_list *tensors)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < tensors->count; i++)
        if (!cn_list_add(list, cn_replay_now(replay, tensors->items[i])))
            return NULL;
    return list;
}

cn_tensor *cn_replay_node(const cn_replay *replay, cn_tensor *node)
{
    bool same = true;
    for (int i = 0; i < node->n_inputs && same; i++)
        same = cn_replay_now(replay, node->inputs[i]) == node->inputs[i];
    if (same)
        return node;
    if (node->op == &cn_op_nth)
        return cn_nth_result(cn_replay_now(replay, node->inputs[0]),
                             (size_t) * (const int64_t *)node->attrs);
    cn_tensor *made = apply_again(replay, node);
    if (!made || !made->symbolic || !node->form)
        return made;
    cn_list *inputs = cn_replay_list(replay, node->form->inputs);
    return inputs ? cn_formed_again(made, node->form, inputs) : NULL;
}

bool cn_replay_run(cn_replay *replay)
{
    const cn_walk *walk = replay->walk;
    for (size_t i = 0; i < walk->count; i++)
        if (!replay->now[i] && !(replay->now[i] = cn_replay_node(replay, walk->nodes[i])))
            return false;
    return true;
}
