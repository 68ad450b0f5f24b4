/* The graph and the program around it: printing values as they are computed, and calling functions
 * of the program's own on them. tf.Print, tf.py_function */
#ifndef CORNU_HOST_H
#define CORNU_HOST_H

#include <cornu/flow.h>

/* ---- printing ---- */

typedef struct cn_print_options {
    cn_at at;
    cn_tensor *x;
    cn_str message CN_OTHERWISE("");
    int64_t summarize CN_OTHERWISE(3); /* how many values of a tensor; -1: all */
    const cn_list *data;               /* what is printed; default: x */
} cn_print_options;
/* x itself; one line is printed each time it is computed: the message, then the first values of
 * each tensor in brackets, "debug: [[1 2][3...]]". The gradient is that of x. Inside a functional
 * model it prints whenever the model runs; a saved model has a Copy in its place. tf.Print
 *
 *     x = cn_print(x, "debug: ", .summarize = 10); */
CN_API cn_tensor *cn_print_with(const cn_print_options *options);
#define cn_print(...)     \
    (CN_MARK("cn_print"), \
     cn_print_with(&(cn_print_options){.message = "", .summarize = 3, .at = CN_AT, __VA_ARGS__}))
/* Who gets the lines (without their ends), for the whole process; NULL: standard error. It is
 * called on the thread that computes. */
typedef void (*cn_print_handler)(const char *line, void *user);
CN_API void cn_on_print(cn_print_handler handler, void *user);

/* ---- calling ---- */

/* One array: row-major values. */
typedef struct cn_host_array {
    void *data;
    cn_dtype dtype;
    cn_shape shape;
    int64_t size; /* number of elements */
} cn_host_array;
typedef struct cn_host_args {
    const cn_host_array *in, *out;
    int n_in, n_out;
    void *user;
} cn_host_args;
/* Reads `in`, fills `out`. False ends the run: with the error that cn_raise has recorded, if any.
 */
typedef bool (*cn_host_function)(const cn_host_args *args);

enum { CN_MAX_HOST_RESULTS = 8 };
typedef struct cn_host_call_options {
    cn_at at;
    cn_tensors inputs;
    const cn_list *input_list; /* instead, of any length */
    void *user; /* handed to the functions; like them and the name it must outlive the result */
    /* Of the result: CN_ANY stands for the first input's dimension at that place. Default: the
     * first input's shape and dtype. */
    cn_shape shape CN_OTHERWISE({-1, {0}});
    cn_dtype dtype;
    /* Instead, for several results (cn_nth): as many shapes as `results` says. */
    int results;
    const cn_shape *shapes;
    const cn_dtype *dtypes;
    /* Its in: all inputs, all results, what flows back to each result. Its out: what flows back to
     * each input; where `data` is NULL nobody asks for it. None: no gradient goes through. */
    cn_host_function gradient;
    bool pure; /* the same for the same inputs: calls may be merged or left out */
    cn_str name CN_OTHERWISE("function"); /* for messages */
} cn_host_call_options;
/* What a C function makes of the inputs each time it is computed: in eager code, in models, inside
 * the training step. Errors: an input is missing or unknown, and what the function raises, from the
 * call that runs it (cn_data, cn_fit, …). tf.py_function
 *
 *     cn_tensor *y = cn_host_call(erode, {x}, .user = &radius, .gradient = erode_gradient); */
CN_API cn_tensor *cn_host_call_with(cn_host_function function, const cn_host_call_options *options);
#define cn_host_call(function, ...)             \
    (CN_MARK("cn_host_call"),                   \
     cn_host_call_with(function,                \
                       &(cn_host_call_options){ \
                           .shape = {-1, {0}}, .name = "function", .at = CN_AT, __VA_ARGS__}))

#endif
