/* Control flow inside the graph, for what plain C cannot say because a value is not there yet:
 * loops and branches in layers, losses and traced functions. keras.ops.scan, while_loop, cond, …
 *
 * The functions given are called once, on stand-ins, to see what they compute; what they read from
 * around them (tensors, variables) is taken in, and what they assign to variables is assigned when
 * all is done. They have gradients, and may be nested. */
#ifndef CORNU_FLOW_H
#define CORNU_FLOW_H

#include <cornu/ops.h>

enum { CN_MAX_TENSORS = 16 };
/* Some tensors, the first NULL ends them: {i, sum}. */
typedef struct cn_tensors {
    cn_tensor *t[CN_MAX_TENSORS];
} cn_tensors;

/* One step of a scan: the values carried so far and this step's slice of each of the xs. Returns
 * the new carried values, in order, then what is kept of this step. */
typedef cn_list *(*cn_scan_step)(cn_tensor *const *carry, cn_tensor *const *x, void *user);
typedef struct cn_scan_options {
    cn_at at;
    cn_tensors init, xs;
    const cn_list *init_list, *xs_list;  /* instead, of any length */
    int64_t length CN_OTHERWISE(CN_ANY); /* the number of steps, where there are no xs */
    bool reverse;                        /* from the last slice to the first */
    void *user;                          /* handed to the step */
} cn_scan_options;
/* Steps over the first axis of the xs: x (steps, …). The list has the last carried values, then
 * what each step kept, stacked: (steps, …). With `reverse` the places in xs and in what is kept run
 * backwards alike. Errors: the xs have no common first axis; a carried value changes its shape or
 * dtype. keras.ops.scan
 *
 *     cn_list *sums = cn_scan(add, {cn_zeros(cn_shape(3), CN_FLOAT32)}, {x}); */
CN_API cn_list *cn_scan_with(cn_scan_step step, const cn_scan_options *options);
#define cn_scan(step, ...) \
    (CN_MARK("cn_scan"),   \
     cn_scan_with(step, &(cn_scan_options){.length = CN_ANY, .at = CN_AT, __VA_ARGS__}))

#endif
