/* The node of a loop: inputs are the variables and what condition and body captured; results the
 * variables' last values. Both bodies have the node's inputs as parameters. */
#ifndef CN_OPS_FLOW_WHILE_H
#define CN_OPS_FLOW_WHILE_H

#include "ops/flow/flow.h"

typedef struct cn_while_attrs {
    cn_body *cond, *body;
    int64_t vars, maximum;
    uint64_t open; /* bit i: variable i may change its shape, as its parameter's says */
} cn_while_attrs;

extern const cn_op cn_op_while;

/* The shapes of the parameters at the beginning: the inputs', but open ones as they may become. */
cn_shape *cn_while_shapes(const cn_tensor *node);
bool cn_while_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx);

/* Is it a part of an array of tensors that grows? */
bool cn_array_grows(const cn_tensor *tensor);

/* A loop inside of a kernel. */
typedef struct cn_turns {
    cn_body_plans *plans[2]; /* of the condition and the body */
    cn_view *views;          /* of all parameters now; the variables first */
    const void **inputs;
    void **outputs;
    struct cn_turn_place {
        void *data;
        size_t size;
    } * places; /* two for each variable, used in turns */
    int vars, params;
    int64_t turn, maximum;
} cn_turns;

bool cn_turns_begin(cn_turns *t, const cn_list *plans, const cn_view *in, int vars, int params,
                    int64_t maximum);
/* Is there another turn? -1: an error. */
int cn_turns_more(cn_turns *t);
/* Makes it: the views of the variables are the new values'. */
bool cn_turns_step(cn_turns *t);
void cn_turns_end(cn_turns *t);
/* Records that a loop has not ended after so many turns; NULL. */
void *cn_turns_endless(int64_t turns);
/* An object for `prepare`: both bodies' plans, made beforehand where their shapes stay. */
cn_list *cn_while_plans(const cn_tensor *node);

#endif
