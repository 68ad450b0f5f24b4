/* What pictures and tables of a model show: layers, and ops between them, which are symbolic
 * tensors; and the nodes of the graph that they have made, each call one. */
#ifndef CN_MODELS_SHOWN_H
#define CN_MODELS_SHOWN_H

#include "base/text.h"
#include "models/model.h"

/* The node that made a tensor: itself, or the call of several results. */
cn_tensor *cn_shown_node(cn_tensor *tensor);
/* Whether a tensor of the walk is a node. */
bool cn_is_shown(const cn_tensor *tensor);
/* The layer or op tensor that made the node. */
void *cn_shown_maker(cn_tensor *node);
/* The symbolic tensors that went in. */
size_t cn_shown_inputs(cn_tensor *node);
cn_tensor *cn_shown_input(cn_tensor *node, size_t i);

bool cn_shown_is_op(const void *object);
/* "dense", or for the second addition among `shown` "add_1". */
void cn_shown_name(cn_text *out, const cn_list *shown, const void *object);
void cn_shown_class(cn_text *out, const void *object);
/* "(None, 3)"; of several results "[(None, 3), (None,)]". */
void cn_shown_shape(cn_text *out, cn_shape shape);
void cn_shown_results(cn_text *out, const cn_results *results);
void cn_shown_shapes(cn_text *out, const cn_tensor *node);

#endif
