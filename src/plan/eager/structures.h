/* Plans by the structure of graphs, for eager code: a loop that builds the same graph in each turn
 * is served by one plan. */
#ifndef CN_PLAN_STRUCTURES_H
#define CN_PLAN_STRUCTURES_H

#include "plan/plan.h"
#include "plan/eager/signature_key.h"

typedef struct cn_structure {
    cn_sig_key key;
    uint64_t used; /* when last */
    uint64_t *numbers;
    bool *varying; /* the numbers that have changed: inputs from then on */
    size_t n_numbers, n_inputs, n_outputs;
    cn_plan *plan;      /* held; inputs and outputs are those of the signature, in its order */
    cn_list *variables; /* held; they stand for the targets, in the order of the assignments */
    bool busy;          /* running now */
} cn_structure;

enum { CN_STRUCTURES = 64, CN_SEEN = 128 };

/* Up to CN_STRUCTURES, whose arenas are bounded together; the one used longest ago goes first. */
typedef struct cn_structures {
    cn_structure *kept[CN_STRUCTURES];
    size_t count, made; /* made: plans so far, for tests */
    uint64_t clock;
    uint64_t seen[CN_SEEN]; /* hashes of what has been met once */
    size_t next_seen;
} cn_structures;

/* The plan for graphs like this one; NULL where one is met for the first time, or its plan is
 * running. False with an error recorded: it could not be planned. */
bool cn_structure_for(cn_structures *all, const cn_signature *sig, cn_structure **structure);
void cn_structures_clear(cn_structures *all);

#endif
