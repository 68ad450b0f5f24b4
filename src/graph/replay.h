/* A graph made anew with other tensors in place of some of its own: whatever depends on them is
 * applied again, and so gets shapes of its own; the rest stays as it is. */
#ifndef CN_GRAPH_REPLAY_H
#define CN_GRAPH_REPLAY_H

#include "graph/walk.h"

typedef struct cn_replay {
    const cn_walk *walk;
    cn_tensor **now; /* what each tensor of the walk is now; NULL: not made yet */
} cn_replay;

bool cn_replay_begin(cn_replay *replay, const cn_walk *walk);
void cn_replay_end(cn_replay *replay);
/* Puts `now` in the place of a tensor, which need not be in the walk. */
void cn_replay_put(cn_replay *replay, const cn_tensor *tensor, cn_tensor *now);
/* What a tensor is now: itself, where it stands outside the walk. */
cn_tensor *cn_replay_now(const cn_replay *replay, cn_tensor *tensor);
/* The node on what its inputs are now; itself where none has changed. */
cn_tensor *cn_replay_node(const cn_replay *replay, cn_tensor *node);
/* All that has not been made, in order. */
bool cn_replay_run(cn_replay *replay);
cn_list *cn_replay_list(const cn_replay *replay, const cn_list *tensors);

#endif
