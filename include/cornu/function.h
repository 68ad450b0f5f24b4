/* Functions that are traced: planned whole, once for each signature of what they are given, and
 * then as fast as fit's steps. tf.function; keras.backend.function */
#ifndef CORNU_FUNCTION_H
#define CORNU_FUNCTION_H

#include <cornu/tensor.h>

typedef struct cn_function cn_function;

/* A body of operations on `in`, its inputs in order: returns the list of its results, cn_list_new()
 * where it has none, NULL after an error. It runs once for each signature (shapes and dtypes) to be
 * traced: values cannot be looked at in it, what it prints it prints once, and numbers and options
 * that it reads are fixed; what shall change from call to call is an input or a variable. Variables
 * may be read and assigned to. */
typedef cn_list *(*cn_function_body)(cn_tensor *const *in, void *user);

/* The function of a body; `user` must outlive it. tf.function */
CN_API cn_function *cn_traced_function(cn_function_body body, void *user);

enum { CN_MAX_FUNCTION = 32 };
typedef struct cn_function_tensors {
    cn_tensor *t[CN_MAX_FUNCTION];
} cn_function_tensors;
/* A variable and the value that it gets in each call. */
typedef struct cn_update {
    cn_tensor *variable, *value;
} cn_update;
typedef struct cn_function_options {
    cn_at at;
    cn_function_tensors inputs, outputs;
    cn_update updates[CN_MAX_FUNCTION];
} cn_function_options;
/* The function from symbolic tensors of a model (its inputs, or others on the way) to others:
 * cn_function_of({model->input}, {cn_get_layer(model, "out1")->output}). It needs those inputs that
 * the outputs depend on; layers are called with training false. `updates`, such as {{v, value}, {w,
 * other}}, are assigned once in each call, from values before it; outputs and updates may read
 * variables too, at their value in each call. keras.backend.function Errors: an output depends on
 * an input that is not given (names it). */
#define cn_function_of(...)     \
    (CN_MARK("cn_function_of"), \
     cn_function_of_with(&(cn_function_options){.at = CN_AT, __VA_ARGS__}))
CN_API cn_function *cn_function_of_with(const cn_function_options *options);

/* Calls a function: cn_run(f, x, y). The results, a new list; NULL at an error. Inputs of new
 * shapes or dtypes are planned first; the last 16 signatures are kept. Safe from several threads.
 * Errors: the number of inputs (cn_function_of), an input whose values cannot be looked at, what
 * the body and the kernels record. */
#define cn_run(...)     \
    (CN_MARK("cn_run"), \
     cn_run_items((void *[]){__VA_ARGS__}, sizeof((void *[]){__VA_ARGS__}) / sizeof(void *)))
CN_API cn_list *cn_run_items(void *const *function_and_inputs, size_t count);
/* The same with the inputs in an array, and, where `results` is not NULL, the results written
 * there: results[i] is memory of the i-th result's size. Once planned it allocates nothing. */
CN_API bool cn_run_into(cn_function *function, cn_tensor *const *inputs, size_t count,
                        void *const *results);

#endif
