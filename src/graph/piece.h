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

/* Making one of a function, which is called once, on stand-ins for the inputs (what is cn_none()
 * stands for itself). The body has the results of the function, then the new values of the
 * variables that it assigns; its parameters are the inputs, then the variables that it reads, whose
 * placeholders know them (`origin`). Both are held for the caller; no body where the function reads
 * other tensors than these. False: an error. */
typedef cn_list *(*cn_piece_function)(void *context, const cn_list *inputs);
bool cn_piece_make(cn_piece_function function, void *context, const cn_list *inputs, cn_body **body,
                   cn_list **variables);
/* Such a body on such inputs, and on the variables' values of now. */
cn_tensor *cn_piece_on(cn_body *body, const cn_list *inputs);
/* The tensors with the nodes of all pieces below them in the place of these. */
cn_list *cn_pieces_opened(const cn_list *tensors);

#endif
