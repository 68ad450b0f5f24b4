/* The structure of a graph that is about to be computed: which ops on which inputs with which
 * attributes, shapes and dtypes, written as words that can be compared; apart from it, the leaves
 * that give the values. Two graphs of equal words are served by one plan. */
#ifndef CN_PLAN_SIGNATURE_H
#define CN_PLAN_SIGNATURE_H

#include "graph/body.h"
#include "graph/trace.h"

/* What a tensor of the graph is to the plan. */
typedef enum cn_role {
    CN_ROLE_NODE,   /* computed */
    CN_ROLE_INPUT,  /* a value that each run brings */
    CN_ROLE_NUMBER, /* a value of one element: built in, until another one comes */
    CN_ROLE_TARGET  /* a variable's value, which the new one is written over */
} cn_role;

typedef struct cn_sig_node {
    cn_tensor *tensor;
    cn_role role;
    uint32_t links;    /* where the places of its inputs stand */
    uint32_t held;     /* by nodes of this graph, and by what waits to be assigned */
    uint32_t assigned; /* to how many variables */
    bool needed;       /* somebody else may look at it later, or at what depends on it */
    bool over;         /* a root that is written over a target */
} cn_sig_node;

/* An assignment that waits: its value and, where that may be written over the old one, its target.
 */
typedef struct cn_sig_assignment {
    cn_tensor *variable, *value;
    long root, target; /* places, or -1: the value is there already; it gets memory of its own */
} cn_sig_assignment;

typedef struct cn_sig_slot {
    const cn_tensor *tensor;
    uint32_t stamp, place;
} cn_sig_slot;

typedef struct cn_signature {
    cn_sig_node *nodes; /* the roots, then what they depend on, in the order in which it is met */
    size_t count, n_roots, nodes_capacity;
    uint32_t *links;
    size_t n_links, links_capacity;
    cn_sig_assignment *assignments;
    size_t n_assignments, assignments_capacity;
    uint64_t *words;
    size_t n_words, words_capacity;
    uint64_t *numbers; /* of the nodes of that role, in their order */
    size_t n_numbers, numbers_capacity;
    uint64_t hash;
    bool plain;  /* can it be kept at all? */
    bool whole;  /* it goes on below what has been computed already */
    bool inside; /* of a body */
    cn_sig_slot *table;
    size_t table_size; /* a power of two */
    uint32_t stamp;
    uint32_t *stack;
    size_t stack_capacity;
} cn_signature;

/* Starts over with what is wanted of `tensors` and `pending`, each once, as
 * roots. False with an error recorded: no memory. */
bool cn_signature_begin(cn_signature *sig, const cn_list *tensors, const cn_trace *pending);
/* The graph below the roots, what may be written over, the words. */
bool cn_signature_finish(cn_signature *sig);
/* Another start and end, for those who ask about the graph and do not compute: all that `tensors`
 * depend on, computed or not. Not plain where sizes depend on data. */
bool cn_signature_whole(cn_signature *sig, const cn_list *tensors);
/* The words of a body; plain unless it holds large arrays. */
bool cn_signature_body(cn_signature *sig, const cn_body *body);
long cn_signature_find(const cn_signature *sig, const cn_tensor *tensor); /* its place, or -1 */
void cn_signature_free(cn_signature *sig);

#endif
