/* The calls of layers as files have them: what an inbound node says, put in the form in which
 * layers are called. */
#ifndef CN_MODELS_CALL_NODE_H
#define CN_MODELS_CALL_NODE_H

#include "layers/layer.h"

/* The tensor of ["name", node, tensor]. NULL with `*waits` set when it does not exist yet, with an
 * error recorded when it never will. */
typedef cn_tensor *(*cn_history_resolver)(void *context, const cn_json *history, bool *waits);

typedef struct cn_call_node {
    cn_list *inputs;
    cn_call_details details;
    int training;
    cn_json *arguments, *call; /* what details point to; owned */
} cn_call_node;

/* Reads a node of the present form ({"args", "kwargs"}) or the older one (a list of histories).
 * False: an error, or `*waits`. Either way cn_call_node_free. */
bool cn_call_node_read(cn_call_node *node, cn_layer *layer, const cn_json *json,
                       cn_history_resolver resolve, void *context, bool *waits);
void cn_call_node_free(cn_call_node *node);

#endif
