/* Pieces: graph that was made once, as a body, and is used again with other tensors. In a graph a
 * piece is one node. Plans are made of the nodes that it stands for, which they see like any
 * others, and so are gradients; there is nothing that runs a piece. */
#ifndef CN_GRAPH_PIECE_H
#define CN_GRAPH_PIECE_H

#include "graph/body.h"

extern const cn_op cn_op_piece;

/* The body's results on inputs like its parameters, as a tensor of several results. NULL: no
 * memory. */
cn_tensor *cn_piece(cn_body *body, cn_tensor *const *inputs);
/* The tensors with the nodes of all pieces below them in the place of these. */
cn_list *cn_pieces_opened(const cn_list *tensors);

#endif
