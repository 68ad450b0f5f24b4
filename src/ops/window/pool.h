/* Pools: what the ops (pool.c) and their kernels (pool_kernels.c) share. The attributes are windows
 * with `size`; `image` is set for gradients. Results are (N, out..., C). `where` is the place in
 * its window of the first maximum, counted row by row. */
#ifndef CN_OPS_POOL_H
#define CN_OPS_POOL_H

#include "ops/window/window.h"

enum { CN_POOL_MOST = UINT16_MAX }; /* places in a window */

bool cn_max_pool_kernel(const cn_kernel_args *args);      /* x -> y, where */
bool cn_max_pool_grad_kernel(const cn_kernel_args *args); /* dy, where -> dx */
bool cn_max_pool_pick_kernel(const cn_kernel_args *args); /* x, where -> y */
bool cn_average_pool_kernel(const cn_kernel_args *args);
bool cn_average_pool_grad_kernel(const cn_kernel_args *args);

#endif
