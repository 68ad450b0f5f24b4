/* Keras's linear algebra. keras.ops.linalg */
#include "ops/product/linalg.h"

#include "saving/operations/operation_rows.h"

static cn_tensor *cholesky(cn_operation *op)
{
    cn_tensor *l = cn_cholesky(cn_op_tensor(op, 0, "x"));
    return cn_op_bool(op, "upper", false) ? cn_swapaxes(l, -1, -2) : l;
}

/* Of vectors, which have one axis less than the matrices, too. */
static cn_tensor *solve_with(cn_operation *op, bool triangular)
{
    cn_tensor *a = cn_op_tensor(op, 0, "a"), *b = cn_op_tensor(op, 1, "b");
    if (!a || !b)
        return NULL;
    bool vector = b->shape.rank + 1 == a->shape.rank;
    b = vector ? cn_expand_dims(b, -1) : b;
    cn_tensor *x = triangular ? cn_solve_triangular(a, b, cn_op_bool(op, "lower", false), false)
                              : cn_solve(a, b);
    return vector ? cn_squeeze(x, -1) : x;
}

static cn_tensor *solve(cn_operation *op)
{
    return solve_with(op, false);
}

static cn_tensor *solve_triangular(cn_operation *op)
{
    return solve_with(op, true);
}

static cn_tensor *slogdet(cn_operation *op)
{
    cn_tensor *sign = cn_slogdet(cn_op_tensor(op, 0, "x"));
    op->results = sign ? cn_list_of(sign, cn_nth(sign, 1)) : NULL;
    return sign;
}

const cn_operation_row cn_operations_linalg[] = {C("Cholesky", cholesky),
                                                 U("Inv", cn_inverse),
                                                 U("Det", cn_det),
                                                 C("Solve", solve),
                                                 C("SolveTriangular", solve_triangular),
                                                 C("Slogdet", slogdet),
                                                 {0}};
