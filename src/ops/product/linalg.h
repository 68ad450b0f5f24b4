/* Linear systems and what is made of them, for matrices on the last two axes. keras.ops.linalg.
 * Other axes are a batch, and agree. Computed in float64, returned in the operands' dtype. */
#ifndef CN_OPS_LINALG_H
#define CN_OPS_LINALG_H

#include "ops/ops.h"

/* L, lower triangular, with L L^T = a, of which the lower triangle is read. Where a is not positive
 * definite L is NaN. */
cn_tensor *cn_cholesky(cn_tensor *a);
/* x with a x = b, b (…, n, m). Infinities or NaN where a is singular. */
cn_tensor *cn_solve(cn_tensor *a, cn_tensor *b);
/* The same for a triangular a, of which the other triangle is not read; for its transpose. */
cn_tensor *cn_solve_triangular(cn_tensor *a, cn_tensor *b, bool lower, bool transposed);
cn_tensor *cn_inverse(cn_tensor *a);
/* The sign of the determinant, and (cn_nth 1) the logarithm of its absolute value. */
cn_tensor *cn_slogdet(cn_tensor *a);
cn_tensor *cn_det(cn_tensor *a);

#endif
