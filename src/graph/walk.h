/* Walks over the graph, none of which recurses. */
#ifndef CN_GRAPH_WALK_H
#define CN_GRAPH_WALK_H

#include "base/map.h"
#include "graph/tensor.h"

/* The tensors that some roots depend on, the roots among them, inputs before users. */
typedef struct cn_walk {
    cn_tensor **nodes;
    size_t count, capacity;
    cn_map index; /* tensor -> 1 + its place in nodes */
} cn_walk;

/* Collects everything below `roots` (NULL roots are skipped); where stop(tensor) is true (NULL:
 * never) its inputs are left out. False: no memory. */
bool cn_walk_make(cn_walk *walk, cn_tensor *const *roots, size_t n,
                  bool (*stop)(const cn_tensor *));
/* The place of a tensor, or -1. */
long cn_walk_find(const cn_walk *walk, const cn_tensor *tensor);
/* Is there nothing to compute: an input, variable or constant, or a value that is there already? */
bool cn_is_leaf(const cn_tensor *tensor);
void cn_walk_free(cn_walk *walk);

#endif
