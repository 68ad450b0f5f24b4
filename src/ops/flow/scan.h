/* The node of a scan: inputs are the carried values, the xs and what the body captured; results the
 * last carried values and the stacked ys. The body's parameters and results stand in the same
 * order, for one step. */
#ifndef CN_OPS_FLOW_SCAN_H
#define CN_OPS_FLOW_SCAN_H

#include "ops/flow/flow.h"

typedef struct cn_scan_attrs {
    cn_body *body;
    int64_t length; /* where there are no xs */
    int32_t carried, xs, reverse, unused;
} cn_scan_attrs;

extern const cn_op cn_op_scan;

cn_tensor *cn_scan_node(const cn_list *init, const cn_list *xs, const cn_list *captured,
                        const cn_scan_attrs *attrs);
/* The body for one step of this node. */
cn_body *cn_scan_body(const cn_tensor *node);
/* Of so many blocks of rows, about equal ones, each can be computed for itself; 1: all belongs
 * together; 0: no memory. The first `sliced` parameters of the body have rows. The shapes
 * decide; one thread gets larger blocks where no bit depends on it. */
enum { CN_SCAN_BLOCKS = 8 };
int cn_scan_blocks(const cn_body *body, size_t sliced);
bool cn_scan_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx);

#endif
