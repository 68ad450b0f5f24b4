/* Elementwise loops over contiguous arrays, one table for each instruction set; see loops.def. */
#ifndef CN_BACKEND_CPU_LOOPS_H
#define CN_BACKEND_CPU_LOOPS_H

#include "backend/cpu/isa.h"
#include "graph/tensor.h"

#define CN_LOOP_ID_(name, ...) CN_LOOP_##name,
#define CN_LOOP_SKIP_(...)
typedef enum cn_loop_id {
#define UNARY CN_LOOP_ID_
#define LONG CN_LOOP_ID_
#define BINARY CN_LOOP_ID_
#define RARE CN_LOOP_ID_
#define RARE2 CN_LOOP_ID_
#define TEST1 CN_LOOP_ID_
#define RARE_TEST CN_LOOP_ID_
#define COMPARE CN_LOOP_ID_
#define TURNED CN_LOOP_ID_
#define OF_ITSELF CN_LOOP_ID_
#define LOGIC CN_LOOP_ID_
#define UNARY_INT CN_LOOP_SKIP_
#define BINARY_INT CN_LOOP_SKIP_
#include "backend/cpu/loops/loops.def"
#undef UNARY
#undef LONG
#undef BINARY
#undef RARE
#undef RARE2
#undef TEST1
#undef RARE_TEST
#undef COMPARE
#undef TURNED
#undef OF_ITSELF
#undef LOGIC
#undef UNARY_INT
#undef BINARY_INT
    CN_LOOP_COUNT
} cn_loop_id;

typedef struct cn_loops {
    cn_loop_kernel f32[CN_LOOP_COUNT];
    cn_loop_kernel select; /* elements of 4 bytes */
    void (*fill)(void *out, const void *value, size_t n);
    /* A step of Adam: in is gradient, mean, 1 - beta_1, square, 1 - beta_2, epsilon, alpha, weight,
     * then where the new mean and square are written; out the new weight (plan/chain.c). The rates,
     * epsilon and alpha are one number each. */
    cn_loop_kernel adam;
} cn_loops;

CN_ISA_DECLARE(cn_loops);

/* The other dtypes, the same on all machines. */
typedef struct cn_wide_loops {
    cn_loop_kernel f32[CN_LOOP_COUNT]; /* of rare ops */
    cn_loop_kernel f64[CN_LOOP_COUNT], i32[CN_LOOP_COUNT], i64[CN_LOOP_COUNT], u8[CN_LOOP_COUNT];
    cn_loop_kernel select[9]; /* by the size of an element: 1, 2, 8 */
    void (*fill[9])(void *out, const void *value, size_t n);
} cn_wide_loops;
extern const cn_wide_loops cn_loops_wide;

/* The loop of that op for inputs of `dtype`; NULL where there is none. */
cn_loop_kernel cn_loop_get(cn_loop_id id, cn_dtype dtype);
/* out[i] = cond[i] ? a[i] : b[i] for elements of `size` bytes. */
cn_loop_kernel cn_loop_select(size_t size);
/* Converts between any two dtypes. */
cn_loop_kernel cn_loop_cast(cn_dtype from, cn_dtype to);
/* out[0..n) = *value, for elements of 1, 2, 4 or 8 bytes. */
void cn_loop_fill(void *out, const void *value, size_t size, size_t n);

#endif
