/* What the passes work on: a private copy of the graph with numbers for names, which is then cut
 * into steps. */
#ifndef CN_PLAN_IR_H
#define CN_PLAN_IR_H

#include "graph/walk.h"
#include "plan/plan.h"

/* Where a buffer lies. */
typedef enum cn_place {
    CN_IN_ARENA,
    CN_IN_INPUT,
    CN_IN_OUTPUT,
    CN_IN_VARIABLE,
    CN_IN_CONSTANT,
    CN_IN_ROOM /* made by its kernel, which alone knows the size */
} cn_place;

typedef struct cn_ir_buffer {
    cn_place place;
    size_t size;
    size_t offset;   /* in the arena */
    int index;       /* of the input, output, variable or constant; of a room's view, or -1 */
    int first, last; /* the steps between which an arena buffer lives; last -1: given to an heir */
    bool placed;     /* in the arena, by inheritance */
} cn_ir_buffer;

/* A node that reads a buffer, as its k-th input. */
typedef struct cn_ir_reader {
    int node, k;
} cn_ir_reader;

typedef struct cn_ir_node {
    const cn_op *op;
    const cn_tensor *tensor; /* attributes, shape, dtype */
    int *in;
    int n_in;
    int *users;
    int n_users;
    int waiting;            /* inputs not yet scheduled */
    int step;               /* the step that computes it; -1: none (leaf or view of a leaf) */
    int member;             /* its place within the step's nodes */
    int64_t row;            /* a reduction that clusters take in: of so many numbers side by side
                               is each result made; else 0 */
    int buffer;             /* -1: lives in a register tile of its cluster only */
    const cn_tensor *whole; /* it lies in memory as a part of this, or NULL: */
    int64_t place;          /* its first element there */
    size_t strip;           /* its elements are computed where a cluster needs them, so many at a
                               time (cn_strips), and it is the first node of that; or 0 */
    bool wanted;            /* an output, or a value to assign */
    bool update;            /* all that it leads to are values of variables, made by clusters */
    bool patient;           /* it comes right before its one reader */
    bool dead;
} cn_ir_node;

/* A step: one node, or a cluster of elementwise ones and reductions of rows. */
typedef struct cn_ir_step {
    int *nodes;
    int count, capacity;
    bool cluster;
    int inputs;  /* of all its nodes, counted with repeats */
    int64_t row; /* elements of a row, once a reduction has entered; or 0 */
    int scratch; /* a buffer or -1 */
} cn_ir_step;

typedef struct cn_ir {
    const cn_plan_request *request;
    cn_walk walk;
    cn_ir_node *nodes;
    int count;
    int links_room; /* how many inputs `links` has room for; the users stand behind */
    int *links;     /* the memory behind in and users */
    int *outputs, *values, *targets; /* nodes; targets: the variables' nodes or -1 */
    int *kept; /* by output: the buffer to which it is copied before variables are written, or -1 */
    cn_ir_step *steps;
    int n_steps;
    size_t steps_capacity;
    cn_ir_buffer *buffers;
    int n_buffers;
    size_t buffers_capacity, arena;
    cn_ir_reader *readers; /* by buffer: those of b stand from readers_of[b] to readers_of[b + 1] */
    int *readers_of;
    bool late;   /* lowering has met a shape that only running tells */
    bool pieces; /* or pieces, which are to be opened */
} cn_ir;

/* The passes, in order. Each returns false on failure. */
bool cn_pass_fold(const cn_plan_request *request);
bool cn_pass_lower(cn_ir *ir, const cn_plan_request *request);
bool cn_pass_merge(cn_ir *ir);
bool cn_pass_padding(cn_ir *ir);
bool cn_pass_epilogue(cn_ir *ir);
bool cn_pass_strides(cn_ir *ir);
bool cn_pass_pool_mask(cn_ir *ir);
bool cn_pass_remat(cn_ir *ir);
bool cn_pass_parts(cn_ir *ir);
bool cn_pass_schedule(cn_ir *ir);
bool cn_pass_memory(cn_ir *ir);
void cn_ir_free(cn_ir *ir);

/* Whether a pass of that name was turned off (for finding faults):
 * CORNU_PASSES_OFF=fold,merge,padding,epilogue,strides,pool,remat,parts,drop,fuse,strips,rows,
 * chain,reuse. */
bool cn_pass_off(const char *name);

/* What clusters compute. */
enum { CN_CLUSTERED = CN_ELEMENTWISE | CN_PLACED };

/* Is it a live node of the op of that name, still to be computed? */
bool cn_ir_is(const cn_ir_node *node, const char *op);
/* The node whose memory `node` shows: itself, or what a chain of views starts from. */
int cn_ir_base(const cn_ir *ir, int node);
/* The elements of a node. */
int64_t cn_ir_size(const cn_ir *ir, int node);
bool cn_ir_links(cn_ir *ir); /* fills users from in */

#endif
