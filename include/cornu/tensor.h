/* Tensors: values that may not have been computed yet. An operation on tensors makes a tensor that
 * remembers where it came from; it is computed when somebody looks (cn_data, cn_item,
 * cn_print_tensor). A tensor that depends on a cn_input stands for data to come and cannot be
 * looked at. */
#ifndef CORNU_TENSOR_H
#define CORNU_TENSOR_H

#include <cornu/error.h>
#include <cornu/object.h>

typedef const char *cn_str;

/* Where a call stands in the user's source. The library's own calls leave it empty. */
typedef struct cn_at {
    const char *file;
    int line;
} cn_at;
#if defined(CORNU_BUILDING) || defined(CORNU_NO_MARKS)
#define CN_AT ((cn_at){NULL, 0})
#define CN_MARK(call) ((void)0)
#define CN_HERE_(call, ...) __VA_ARGS__
#else
#ifdef __cplusplus
#define CN_AT (cn_at{__FILE__, __LINE__})
#else
#define CN_AT ((cn_at){__FILE__, __LINE__})
#endif
#define CN_MARK(call) cn_mark(__FILE__, __LINE__, call)
#define CN_HERE_(call, ...) cn_here_(CN_AT, call, __VA_ARGS__)
static inline void *const *cn_here_(cn_at at, const char *call, void *const *items)
{
    cn_mark(at.file, at.line, call);
    return items;
}
#endif

/* Options come as designated initialisers after their defaults; a later one wins (C11 6.7.9, 19),
 * which is what this header relies on and compilers like to warn of. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Winitializer-overrides"
#pragma clang diagnostic ignored "-Wmissing-braces"
#elif defined(__GNUC__) && !defined(__cplusplus)
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Wmissing-braces"
#endif

typedef enum cn_dtype {
    CN_NO_DTYPE,
    CN_BOOL,
    CN_INT8,
    CN_INT16,
    CN_INT32,
    CN_INT64,
    CN_UINT8,
    CN_UINT16,
    CN_UINT32,
    CN_UINT64,
    CN_FLOAT16,
    CN_BFLOAT16,
    CN_FLOAT32,
    CN_FLOAT64
} cn_dtype;

enum {
    CN_ANY = -1, /* a dimension that is not known yet */
    CN_MAX_RANK = 8
};

/* A shape: `rank` dimensions, outermost first. */
typedef struct cn_shape {
    int rank;
    int64_t dim[CN_MAX_RANK];
} cn_shape;
#define cn_shape(...) \
    ((cn_shape){(int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), {__VA_ARGS__}})
#define CN_SCALAR ((cn_shape){0, {0}})

/* Sizes such as {3, 3}; zeros at the end do not count. */
typedef struct cn_dims {
    int64_t d[CN_MAX_RANK];
} cn_dims;
/* Axes such as {1} or {0, 2}; negative ones count from the end. Write axis 0 first: zeros at the
 * end do not count (but {0} is axis 0). */
typedef struct cn_axes {
    int64_t d[CN_MAX_RANK];
} cn_axes;
#define CN_UNSET INT64_MIN
#define CN_ALL_AXES  \
    {                \
        {            \
            CN_UNSET \
        }            \
    }

/* "float32" … and back. An unknown name: error CN_EINVAL with the nearest one, CN_NO_DTYPE. */
CN_API const char *cn_dtype_name(cn_dtype dtype);
CN_API cn_dtype cn_dtype_of_name(const char *name);
/* The bytes of an element. */
CN_API size_t cn_dtype_size(cn_dtype dtype);

/* A tensor of these values (copied; row-major). */
CN_API cn_tensor *cn_array(const void *data, cn_dtype dtype, cn_shape shape);
/* The same from doubles written out: cn_values(cn_shape(2, 2), 1, 2, 3, 4), float32. The count must
 * fit. */
#define cn_values(shape, ...) \
    cn_values_make(shape, (double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double))
CN_API cn_tensor *cn_values_make(cn_shape shape, const double *values, size_t count);
/* All elements alike. */
CN_API cn_tensor *cn_full(cn_shape shape, double value, cn_dtype dtype);
CN_API cn_tensor *cn_zeros(cn_shape shape, cn_dtype dtype);
CN_API cn_tensor *cn_ones(cn_shape shape, cn_dtype dtype);
/* A number that takes the dtype of what it meets, as Python's numbers do. */
CN_API cn_tensor *cn_number_int(long long value);
CN_API cn_tensor *cn_number_float(double value);
/* What an operand may be: a tensor or a number. */
#ifdef __cplusplus
inline cn_tensor *cn_operand(cn_tensor *tensor)
{
    return tensor;
}
inline cn_tensor *cn_operand(double value)
{
    return cn_number_float(value);
}
inline cn_tensor *cn_operand(int value)
{
    return cn_number_int(value);
}
#define CN_TENSOR(x) cn_operand(x)
#else
static inline cn_tensor *cn_operand(cn_tensor *tensor)
{
    return tensor;
}
#define CN_TENSOR(x)                        \
    _Generic((x), _Bool                     \
             : cn_number_int, int           \
             : cn_number_int, long          \
             : cn_number_int, long long     \
             : cn_number_int, unsigned      \
             : cn_number_int, unsigned long \
             : cn_number_int, float         \
             : cn_number_float, double      \
             : cn_number_float, default     \
             : cn_operand)(x)
#endif

/* Static facts; a dimension may be CN_ANY. NULL: rank 0, CN_NO_DTYPE. cn_dim takes negative axes.
 */
CN_API cn_shape cn_shape_of(const cn_tensor *tensor);
CN_API cn_dtype cn_dtype_of(const cn_tensor *tensor);
CN_API int cn_rank(const cn_tensor *tensor);
CN_API int64_t cn_dim(const cn_tensor *tensor, int axis);
/* The number of elements, CN_ANY while a dimension is. */
CN_API int64_t cn_size(const cn_tensor *tensor);

/* The values, computed if need be: row-major, of the tensor's dtype, borrowed while the tensor
 * lives (a variable's: until it changes). Errors: depends on an input (CN_ESTATE, naming it), and
 * what computing may bring. */
CN_API const void *cn_data(cn_tensor *tensor);
CN_API const float *cn_floats(cn_tensor *tensor); /* the same; error unless float32 */
/* The value of a tensor with one element; NaN with an error recorded when that fails. */
CN_API double cn_item(cn_tensor *tensor);
/* Computes all tensors of the list at once. */
CN_API bool cn_compute(const cn_list *tensors);
/* Prints shape, dtype and values as NumPy would to standard output. */
CN_API bool cn_print_tensor(cn_tensor *tensor);
/* The same as text, which lives as long as the scope. */
CN_API const char *cn_tensor_text(cn_tensor *tensor);

/* The i-th result of the operation or layer that made `tensor`; for a list, its i-th member. */
CN_API cn_tensor *cn_nth_result(cn_tensor *tensor, size_t i);
#ifndef __cplusplus
#define cn_nth(x, i) _Generic((x), cn_list * : cn_list_item, default : cn_nth_result)(x, i)
#endif

/* Several tensors as the results of one, as layers and functions return them: cn_nth gives each
 * back. One alone is itself. */
CN_API cn_tensor *cn_tuple(const cn_list *tensors);

/* ---- variables ---- */

typedef struct cn_variable_options {
    cn_at at;
    cn_tensor *value; /* the first value */
    cn_str name CN_OTHERWISE("variable");
    bool trainable CN_OTHERWISE(true);
    cn_dtype dtype; /* default: the value's */
} cn_variable_options;
#define cn_variable(...) \
    cn_variable_new(     \
        &(cn_variable_options){.name = "variable", .trainable = true, .at = CN_AT, __VA_ARGS__})
/* A tensor that can be assigned to. Computes `value`. */
CN_API cn_tensor *cn_variable_new(const cn_variable_options *options);
/* Later reads of `variable` see `value` (same shape; cast to its dtype). Inside a traced function
 * the plan writes it when it runs; outside, it is computed with the next value that somebody looks
 * at, at the latest when the scope ends. Returns `value`. */
CN_API cn_tensor *cn_assign_(cn_tensor *variable, cn_tensor *value);
#define cn_assign(variable, value) (CN_MARK("cn_assign"), cn_assign_(variable, CN_TENSOR(value)))
/* The variable's value plus (minus) `value`. keras.Variable.assign_add, K.update_add */
CN_API cn_tensor *cn_assign_add_(cn_tensor *variable, cn_tensor *value);
CN_API cn_tensor *cn_assign_sub_(cn_tensor *variable, cn_tensor *value);
#define cn_assign_add(variable, value) \
    (CN_MARK("cn_assign_add"), cn_assign_add_(variable, CN_TENSOR(value)))
#define cn_assign_sub(variable, value) \
    (CN_MARK("cn_assign_sub"), cn_assign_sub_(variable, CN_TENSOR(value)))
/* Writes values (row-major, of the variable's dtype) at once. */
CN_API bool cn_set_data(cn_tensor *variable, const void *data);
/* False and NULL for tensors that are no variables. The path has the layers before the name,
 * "dense/kernel". */
CN_API bool cn_is_variable(const cn_tensor *tensor);
CN_API const char *cn_variable_name(const cn_tensor *variable);
CN_API const char *cn_variable_path(const cn_tensor *variable);
CN_API bool cn_variable_trainable(const cn_tensor *variable);

/* ---- gradients ---- */

/* d sum(y) / d x for each x of `xs`, built from ops, so that it can be differentiated again. Both
 * are tensors or lists of tensors; of several y's the gradients add. A list, of a tensor shaped
 * like each x; an x that no y depends on gives cn_none() in its place, not zeros. Symbolic tensors
 * (of a functional model) have gradients that are symbolic too: cn_functional makes a model of
 * them. Errors: an op on the way has no gradient (names it); a y that is no float.
 * keras.backend.gradients, tf.GradientTape.gradient */
CN_API cn_list *cn_gradients_with(const cn_list *ys, const cn_list *xs);
#ifdef __cplusplus
static inline cn_list *cn_gradients(cn_tensor *y, const cn_list *xs)
{
    return cn_gradients_with(cn_list_make((void **)&y, 1), xs);
}
#else
#define cn_gradients(y, xs) \
    (CN_MARK("cn_gradients"), cn_gradients_with(CN_ITEMS_(y), CN_ITEMS_(xs)))
#define CN_ITEMS_(x) \
    _Generic((x), cn_list *                          \
             : cn_list_same, const cn_list *         \
             : cn_list_same, default : cn_list_single)(x)
#endif
/* Is it what stands for no gradient? */
CN_API bool cn_is_none(const cn_tensor *tensor);

#endif
