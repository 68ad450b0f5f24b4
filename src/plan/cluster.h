/* Clusters: several elementwise nodes computed together, one cache-sized tile after the other, so
 * that what only they read never reaches memory. Reductions of rows may be among them, and nodes
 * of a number for each row: then a tile is a number of whole rows. */
#ifndef CN_PLAN_CLUSTER_H
#define CN_PLAN_CLUSTER_H

#include "base/scratch.h"
#include "plan/ir.h"

enum {
    CN_CLUSTER_NODES = 48,
    CN_CLUSTER_INPUTS = 64,
    CN_CLUSTER_SLOTS = 256,
    CN_OP_INPUTS = 11,
    CN_STRIP_INPUTS = 2,           /* of the op that has strips */
    CN_CLUSTER_BYTES = CN_SCRATCH, /* all that a tile needs, at most */
    CN_CLUSTER_TILE = 256,         /* smaller ones cost more calls than computing takes */
};

/* How an array's elements are found for a tile of the cluster's: where they lie, or copied, once
 * for all tiles where these look alike. */
typedef enum cn_expand { CN_FULL, CN_ONCE, CN_STRIDED } cn_expand;

typedef struct cn_cluster_array {
    cn_expand expand;
    bool row; /* of a number a row */
    int size; /* of an element; 0: the same memory for each tile */
    int rank; /* copied ones: the cluster's dimensions, joined where that is possible, and this
                 array's strides */
    int64_t dim[CN_MAX_RANK], stride[CN_MAX_RANK];
    int64_t offset; /* bytes: a part of something larger */
} cn_cluster_array;

typedef struct cn_cluster_op {
    const char *name;
    cn_loop_kernel loop;
    const void *attrs;
    int16_t in[CN_OP_INPUTS], out; /* slots: inputs first, then outputs, then temporaries */
    int16_t n_in, span;            /* the loop does so many ops: this one and those that follow */
    int16_t spread;                /* the slot where each number fills its row; 0: nowhere */
    int16_t size;                  /* of an element */
    bool row;                      /* makes a number a row */
} cn_cluster_op;

typedef struct cn_cluster {
    int n_inputs, n_outputs, n_temporaries, n_ops;
    size_t n;    /* rows: */
    size_t row;  /* elements of each; 1 where no reduction is */
    size_t tile; /* rows at a time */
    size_t room; /* bytes of a slot */
    size_t grain;
    const cn_strips *strips;  /* of the first op, which then has no loop, or NULL: */
    size_t strip, strip_work; /* elements of one; what is done for each */
    int widest;               /* bytes of the largest element */
    cn_cluster_array *arrays; /* inputs, then outputs */
    cn_cluster_op *ops;
} cn_cluster;

/* The program of a cluster's step; input_nodes and output_nodes receive what its views stand for,
 * in order. Owned: cn_cluster_free. */
cn_cluster *cn_cluster_make(const cn_ir *ir, const cn_ir_step *step, int *input_nodes,
                            int *output_nodes);
void cn_cluster_free(cn_cluster *cluster);
/* The member of the step that makes what `node` shows, or -1 when that comes from outside. */
int cn_cluster_member(const cn_ir *ir, const cn_ir_step *step, int node);
/* May the node, which is ready, enter that step, the last one? */
bool cn_cluster_fits(const cn_ir *ir, const cn_ir_step *step, const cn_ir_node *node);
/* Ops that follow each other and make a known chain get one loop for all. */
void cn_cluster_chain(cn_cluster *cluster, const cn_ir *ir, const cn_ir_step *step);
/* The kernel: args->attrs is the cluster. */
bool cn_cluster_run(const cn_kernel_args *args);

#endif
