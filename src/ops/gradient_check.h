/* Gradients against finite differences, for tests of ops, layers and losses.
 *
 *     static cn_tensor *product(cn_tensor *const *x) { return cn_mul(x[0], x[1]); }
 *     TEST(mul_gradient) { CN_SCOPE { check_gradients(product, a, b); } } */
#ifndef CN_OPS_GRADIENT_CHECK_H
#define CN_OPS_GRADIENT_CHECK_H

#include "ops/ops.h"

/* A formula of float64 inputs with one float result of any shape. */
typedef cn_tensor *(*gradient_formula)(cn_tensor *const *x);

/* Compares the first and second derivatives of a randomly weighted sum of formula(inputs) with
 * central differences, for every element of every input (tensors of any dtype, read as float64).
 * Choose inputs away from kinks and ties. Failures are recorded as the running test's. */
#define check_gradients(formula, ...) \
    gradient_check(formula, cn_list_of(__VA_ARGS__), 2, __FILE__, __LINE__)
/* First derivatives alone. */
#define check_first_gradients(formula, ...) \
    gradient_check(formula, cn_list_of(__VA_ARGS__), 1, __FILE__, __LINE__)
bool gradient_check(gradient_formula formula, const cn_list *inputs, int order, const char *file,
                    int line);

/* float32 values in (-1, 1), no two alike and none near 0, the same for the same seed. */
cn_tensor *gradient_values(cn_shape shape, unsigned seed);

/* 0, 1, 2, … in that shape and dtype. */
cn_tensor *counting_values(cn_shape shape, cn_dtype dtype);
/* y has that shape and exactly these values, written as doubles. */
#define check_tensor(y, shape, ...) \
    tensor_check(y, shape, (double[]){__VA_ARGS__}, __FILE__, __LINE__)
bool tensor_check(cn_tensor *y, cn_shape shape, const double *want, const char *file, int line);

#endif
