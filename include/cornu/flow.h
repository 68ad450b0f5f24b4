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

/* A branch: its result, or several by cn_tuple_of. */
typedef cn_tensor *(*cn_branch)(void *user);
typedef struct cn_cond_options {
    cn_at at;
    cn_tensor *pred;
    cn_branch true_fn, false_fn;
    void *user; /* handed to both */
} cn_cond_options;
/* The result of true_fn where `pred` (one element) is true, else that of false_fn; only that branch
 * is computed. Both give as many results, of the same dtypes and ranks. What flows back flows into
 * the branch that was taken. keras.ops.cond
 *
 *     cn_tensor *y = cn_cond(cn_greater(n, 0), mean, zero, .user = &inputs); */
CN_API cn_tensor *cn_cond_with(const cn_cond_options *options);
#define cn_cond(...) \
    (CN_MARK("cn_cond"), cn_cond_with(&(cn_cond_options){.at = CN_AT, __VA_ARGS__}))
/* Several tensors as one, for functions that return one: cn_nth gives each back. */
#define cn_tuple_of(...) cn_tuple(cn_list_of(__VA_ARGS__))

/* The condition of a loop: bool, one element. And its body: as many values as there are variables.
 */
typedef cn_tensor *(*cn_loop_condition)(cn_tensor *const *vars, void *user);
typedef cn_list *(*cn_loop_body)(cn_tensor *const *vars, void *user);
typedef struct cn_while_options {
    cn_at at;
    cn_tensors vars;
    const cn_list *vars_list; /* instead, of any length */
    struct {
        cn_str s[CN_MAX_TENSORS];
    } shape_invariants; /* of each variable: NULL or ":" as it is; "?, 3": rank 2, any first size */
    int64_t maximum_iterations; /* the loop ends after so many turns at the latest; 0: no limit */
    void *user;                 /* handed to both */
} cn_while_options;
/* Turns while the condition holds; the variables' last values. A variable may be several tensors
 * (cn_tuple_of) or an array of tensors. It keeps its dtype, and its
 * shape unless shape_invariants says more. Errors: a variable changes its shape or dtype, naming
 * it and both shapes; more turns than cn_set_loop_limit allows. keras.ops.while_loop
 *
 *     cn_list *r = cn_while_loop(below_ten, add_one, {i, sum}); */
CN_API cn_list *cn_while_loop_with(cn_loop_condition cond, cn_loop_body body,
                                   const cn_while_options *options);
#define cn_while_loop(cond, body, ...) \
    (CN_MARK("cn_while_loop"),         \
     cn_while_loop_with(cond, body, &(cn_while_options){.at = CN_AT, .vars = __VA_ARGS__}))
/* `body` for i = lower, …, upper - 1: it gets i (int32), then the variables, whose new values it
 * gives. keras.ops.fori_loop */
CN_API cn_list *cn_fori_loop_with(cn_tensor *lower, cn_tensor *upper, cn_loop_body body,
                                  const cn_while_options *options);
#define cn_fori_loop(lower, upper, body, ...)                    \
    (CN_MARK("cn_fori_loop"),                                    \
     cn_fori_loop_with(CN_TENSOR(lower), CN_TENSOR(upper), body, \
                       &(cn_while_options){.at = CN_AT, .vars = __VA_ARGS__}))
/* f of each slice of the first axis of x (steps, …), stacked: (steps, …). keras.ops.map */
typedef cn_tensor *(*cn_map_function)(cn_tensor *x, void *user);
CN_API cn_tensor *cn_map_slices(cn_map_function f, cn_tensor *x, void *user);
/* After so many turns of one loop it is taken for endless: an error. 0, the default: never. */
CN_API void cn_set_loop_limit(int64_t turns);
CN_API int64_t cn_loop_limit(void);

/* ---- arrays of tensors ---- */

/* An array of tensors of one shape, written one after the other, for loops: tf.TensorArray. It is a
 * value like any other: writing gives a new one. As a variable of cn_while_loop it may grow. */
typedef struct cn_tensor_array_options {
    cn_at at;
    cn_dtype dtype CN_OTHERWISE(CN_FLOAT32);
    int64_t size;                  /* places to begin with */
    bool dynamic_size;             /* grows when something is written behind them */
    const cn_shape *element_shape; /* of what is written; default: a scalar */
    cn_tensor *like;               /* or: the shape of this tensor, which may be unknown yet */
} cn_tensor_array_options;
#define cn_tensor_array(...)                                                      \
    (CN_MARK("cn_tensor_array"), cn_tensor_array_with(&(cn_tensor_array_options){ \
                                     .dtype = CN_FLOAT32, .at = CN_AT, __VA_ARGS__}))
CN_API cn_tensor *cn_tensor_array_with(const cn_tensor_array_options *options);
/* The array with `value` at place `index` (an int of one element). Errors, when it runs: a place
 * that was written before, one outside of an array of fixed size. */
CN_API cn_tensor *cn_array_write_(cn_tensor *array, cn_tensor *index, cn_tensor *value);
#define cn_array_write(array, index, value) \
    (CN_MARK("cn_array_write"), cn_array_write_(array, CN_TENSOR(index), CN_TENSOR(value)))
/* What stands at a place: zeros where nothing was written. It may be read again. */
CN_API cn_tensor *cn_array_read_(cn_tensor *array, cn_tensor *index);
#define cn_array_read(array, index) \
    (CN_MARK("cn_array_read"), cn_array_read_(array, CN_TENSOR(index)))
/* All elements, stacked along a new first axis; an array of these rows; the number of places, an
 * int32 scalar. */
CN_API cn_tensor *cn_array_stack(cn_tensor *array);
CN_API cn_tensor *cn_array_unstack(cn_tensor *x);
CN_API cn_tensor *cn_array_size(cn_tensor *array);

/* ---- sizes that depend on data ---- */

/* cn_where(cond): the places of what is true (not zero), int64 (how many, rank of cond), row by
 * row. cn_where(cond, a, b): a where cond is true, else b; they broadcast. tf.where,
 * keras.ops.where */
CN_API cn_tensor *cn_where1_(cn_tensor *cond);
#define CN_WHERE_OF_(a, b, c, name, ...) name
#define CN_WHERE1_(cond) cn_where1_(CN_TENSOR(cond))
#define CN_WHERE2_(cond, a) cn_where_needs_both_(cond, a)
#define CN_WHERE3_(cond, a, b) cn_select_(CN_TENSOR(cond), CN_TENSOR(a), CN_TENSOR(b))
#define cn_where(...)     \
    (CN_MARK("cn_where"), \
     CN_WHERE_OF_(__VA_ARGS__, CN_WHERE3_, CN_WHERE2_, CN_WHERE1_, 0)(__VA_ARGS__))

typedef struct cn_boolean_mask_options {
    cn_at at;
    cn_tensor *x, *mask;
    int64_t axis; /* where the mask's axes begin in x's */
} cn_boolean_mask_options;
/* What lies where the mask is true: x (…, M, …), a mask of shape M of any rank from `axis` on ->
 * (…, how many, …). What flows back goes to its place. Error: the mask's shape is not that of x
 * there. tf.boolean_mask */
CN_API cn_tensor *cn_boolean_mask_with(const cn_boolean_mask_options *options);
#define cn_boolean_mask(...)     \
    (CN_MARK("cn_boolean_mask"), \
     cn_boolean_mask_with(&(cn_boolean_mask_options){.at = CN_AT, __VA_ARGS__}))

#endif
