/* The graph: a tensor is an op, its inputs and attributes, a shape and a dtype; nothing else.
 *
 * Tensors are immutable but for what is cached: `value` (once computed) and `mask`. An op with
 * several results is a node whose tensor is result 0; the others are `nth` tensors that project it.
 */
#ifndef CN_GRAPH_TENSOR_H
#define CN_GRAPH_TENSOR_H

#include "base/error.h"
#include "base/object.h"
#include "graph/shape.h"

typedef struct cn_op cn_op;

/* Memory with values: what a computed tensor or a variable holds. */
typedef struct cn_buffer {
    cn_object object;
    void *data;
    size_t size;
    void *owner; /* an object that keeps `data` valid where the buffer does not own it; else NULL */
    struct cn_shelf *shelf; /* on which `data` lies; or NULL */
} cn_buffer;

typedef struct cn_variable_state {
    char *name, *path;
    bool trainable;
    bool born_trainable; /* before anything was frozen: the order of files goes by it */
    cn_buffer *buffer;
    uint64_t changes;               /* grows before anything is written to `buffer` */
    void *kept;                     /* an object: the weights as kernels want them; or NULL */
    char *regularizer, *constraint; /* specs or NULL */
    double learning_rate_multiplier;
    bool moved;                 /* by an optimizer, since its model was compiled */
    struct cn_average *average; /* that follows it, not held; or NULL */
    void *layer;                /* the layer that made it, not held; NULL outside layers */
    cn_tensor *snapshot; /* what eager code reads now, not held; NULL: nobody has read it yet */
} cn_variable_state;

enum { CN_MAX_OUTPUTS = 512 };

/* The shapes and dtypes of a node's results. */
typedef struct cn_results {
    int count;
    cn_shape *shape; /* while they are inferred: room for CN_MAX_OUTPUTS */
    cn_dtype *dtype;
} cn_results;

/* Such room; `results` of it points into it. */
typedef struct cn_results_room {
    cn_shape shape[CN_MAX_OUTPUTS];
    cn_dtype dtype[CN_MAX_OUTPUTS];
} cn_results_room;
#define CN_RESULTS(room)                \
    {                                   \
        1, (room)->shape, (room)->dtype \
    }
void cn_results_copy(cn_results *to, const cn_results *from);

struct cn_tensor {
    cn_object object;
    const cn_op *op;
    uint64_t id; /* grows: inputs have smaller ids */
    cn_shape shape;
    cn_dtype dtype;
    bool weak;           /* a bare number: takes the dtype of what it meets */
    bool symbolic;       /* depends on a cn_input */
    unsigned char marks; /* how it was made: CN_MADE_AGAIN, CN_MADE_BACK */
    int n_inputs;
    cn_tensor **inputs;
    void *attrs;                 /* op->attrs bytes, copied */
    cn_results *results;         /* of nodes with several results; else NULL */
    cn_buffer *value;            /* computed, or NULL */
    cn_variable_state *variable; /* of variables only */
    cn_tensor *origin;           /* of a snapshot: the variable; held */
    cn_tensor *mask;             /* Keras's mask of this tensor, or NULL; held */
    struct cn_form *form;        /* what Keras calls it, where it has a name of its own; held */
    void *keras_history;         /* the layer call that made a symbolic tensor; see models/; held */
    const char *layer;           /* the layer that was being called, or NULL; interned, lives on */
};

/* One array as kernels see it: row-major, contiguous. */
typedef struct cn_view {
    void *data;
    cn_dtype dtype;
    int rank;
    int64_t dim[CN_MAX_RANK];
    int64_t size;
} cn_view;

typedef struct cn_kernel_args {
    const cn_view *in;
    const cn_view *out; /* a result that nobody wants has data == NULL */
    int n_in, n_out;
    const void *attrs;
    void *scratch;  /* as many bytes as the op's `scratch` asked for, 64-byte aligned */
    void *prepared; /* what the op's `prepare` made */
    void *run;      /* for cn_result_room */
    bool again;     /* not the first call since the plan was begun */
} cn_kernel_args;

/* Computes the outputs. False with an error recorded when the data forbid it (an index out of
 * range), where the op has the trait CN_FALLIBLE or CN_LATE; cn_scratch is there when a plan runs.
 */
typedef bool (*cn_kernel)(const cn_kernel_args *args);

/* out[0..n) from the inputs' elements; inputs and output are contiguous and may be the same memory.
 */
typedef void (*cn_loop_kernel)(void *out, const void *const *in, size_t n, const void *attrs);

enum {
    CN_ELEMENTWISE = 1 << 0, /* out[i] depends on in[i] alone, after broadcasting; has `loop` */
    CN_VIEW = 1 << 1,        /* the output is the first input's memory under another shape */
    CN_IMPURE = 1 << 2,      /* may not be merged with an equal one, nor folded, nor dropped */
    CN_LEAF = 1 << 3,        /* placeholder, variable, constant: nothing to run */
    CN_NO_GRADIENT = 1 << 4, /* piecewise constant or integer: gradients stop here, "none" */
    CN_TAME = 1 << 6,        /* elementwise, and its gradient is finite whatever the operands are */
    CN_LATE = 1 << 5,        /* only running may tell the size of a result: cn_result_room */
    CN_COSTLY = 1 << 7,      /* elementwise, an element taking as long as several additions */
    CN_PLACED = 1 << 9,    /* clusters compute it as if elementwise, by `loop`, whose last input is
                            * the place of out[0]; the others are there as a whole */
    CN_FALLIBLE = 1 << 8,  /* `run` may return false; late ones may, too */
    CN_UNSIGNED = 1 << 10, /* no number of the result is below zero */
};

/* Of ops that make images (N, pixels..., C) of images; axes are three, the missing ones first. */
typedef struct cn_pixels {
    /* The same node, made of what its first input pads with zeros. *made stays as it is where there
     * is none, as there is where that input is no pad. False: an error. */
    bool (*unpadded)(const cn_tensor *node, cn_tensor **made);
    /* These two, or none of them: */
    /* Is each pixel made of one of the first input, that at its own place times these strides? */
    bool (*points)(const cn_tensor *node, int64_t *stride);
    /* Each more-th pixel of the node's, made of `inputs`, of whose first each less-th is left. */
    cn_tensor *(*thin)(const cn_tensor *node, cn_tensor *const *inputs, const int64_t *more,
                       const int64_t *less);
} cn_pixels;

/* Of ops whose result clusters may compute where they need it, a strip of whole rows at a time. */
typedef struct cn_strips {
    size_t scratch; /* bytes of cn_scratch, from its start, that `run` uses */
    /* Elements of a strip of the node; 0: it is to be computed at once. */
    size_t (*size)(const cn_tensor *node);
    /* How much is done for each of them, in additions or the like. */
    size_t (*work)(const cn_tensor *node);
    /* out[0..n) = the result's elements from `from` on, where a strip begins, on this thread alone.
     * `args` has the inputs and attributes only. What was made of them may serve all strips of one
     * turn: no two have the same number. */
    void (*run)(const cn_kernel_args *args, size_t from, size_t n, void *out, uint64_t turn);
} cn_strips;

/* What few ops have. */
typedef struct cn_op_extras {
    size_t (*scratch)(const cn_tensor *node); /* bytes; NULL: none */
    /* Of an op whose second input stays the same from call to call while a plan is run in turns:
     * bytes of scratch that stay, too, for what is made of it in the first. 0: nothing is. */
    size_t (*keeps)(const cn_tensor *node);
    /* Products that take an epilogue (backend/cpu/gemm/epilogue.h), whose parts are inputs behind
     * the first two: 1 + the offset of its int32 in the attributes. 0: none. */
    unsigned epilogue;
    /* Of ops that run pieces of graph (bodies): the attributes begin with so many pointers to them,
     * which the node holds. And what is made once for each plan, handed to each call of the kernel
     * and released with the plan. */
    int bodies;
    void *(*prepare)(const cn_tensor *node);
    /* Of ops without bodies, in plans that run often and write no variable: what another provider
     * makes to compute this node, `prepared` then, or NULL: nobody wants it. `memory` is what the
     * second input lies in. False: an error. */
    bool (*claim)(const cn_tensor *node, const cn_tensor *memory, void **prepared);
    /* Do the results of `wide` begin with those of `narrow`, a node of the same op and inputs? Then
     * one node serves both. */
    bool (*covers)(const cn_tensor *wide, const cn_tensor *narrow);
    const cn_pixels *pixels; /* NULL: none */
    const cn_strips *strips; /* NULL: none */
    /* Additions and multiplications of one call, for CORNU_PROFILE. NULL: too few to matter beside
     * the memory it goes through. */
    double (*flops)(const cn_kernel_args *args);
} cn_op_extras;

/* An op: one record, in the file that defines it. */
struct cn_op {
    const char *name;
    unsigned traits;
    /* Bytes of attributes: plain data compared with memcmp, so zero them first. What they point to
     * lives on, like a literal: plans outlive graphs. */
    unsigned short attrs;
    unsigned short number; /* for `loop`, where it serves several ops */
    /* Sets results->shape[0] and dtype[0] (and count, where there are several). Must cope with
     * CN_ANY dimensions. Errors name the op's public function and what was found. */
    bool (*infer)(const cn_tensor *node, cn_results *results);
    /* dx[i] from dy[k] (NULL where nothing flows back) for each input; dx[i] may stay NULL: no
     * gradient. Built from ops. NULL: the op has no gradient, an error where one is wanted (unless
     * CN_NO_GRADIENT). */
    bool (*vjp)(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx);
    cn_kernel run; /* the reference kernel, for all dtypes that the op's builder lets through */
    /* Elementwise ops have this instead of run: the loop for this node's dtypes (never NULL).
     * Reductions may have it beside run: out[i] from row i of in[0], for each i < n; attrs are the
     * length of a row, a size_t. NULL where the results of this node are not made so. */
    cn_loop_kernel (*loop)(const cn_tensor *node);
    const cn_op_extras *extras; /* NULL: none; see cn_extras_of */
};

/* Of an op without any, those of nothing. */
static inline const cn_op_extras *cn_extras_of(const cn_op *op)
{
    static const cn_op_extras none = {0};
    return op->extras ? op->extras : &none;
}

/* For kernels of results whose size depends on data: memory for result k, now that its shape is
 * known. It lives until the plan runs again. NULL: no memory. */
void *cn_result_room(const cn_kernel_args *args, int k, cn_shape shape);

/* Makes the node op(inputs) with a copy of attrs (op->attrs bytes); infers shape and dtype. NULL
 * when an input is NULL (quietly) or inference fails. A variable that was assigned before is read
 * at its new value. */
cn_tensor *cn_apply(const cn_op *op, cn_tensor *const *inputs, int n_inputs, const void *attrs);
/* What this thread's cn_apply gives from now on is what `then` makes of the node; NULL: the node.
 */
typedef cn_tensor *(*cn_applied)(cn_tensor *made);
void cn_apply_then(cn_applied then);
/* As `product`, of these inputs and with this epilogue. */
cn_tensor *cn_apply_epilogue(const cn_tensor *product, cn_tensor *const *inputs, int n_inputs,
                             int32_t epilogue);
/* Are the shapes of all results known? */
bool cn_results_known(const cn_tensor *tensor);
/* Computes a tensor of eager code whose size depends on data, so that its shape is known
 * (src/plan).
 */
bool cn_settle_shape(cn_tensor *tensor);
cn_tensor *cn_apply1(const cn_op *op, cn_tensor *x, const void *attrs);
cn_tensor *cn_apply2(const cn_op *op, cn_tensor *a, cn_tensor *b, const void *attrs);

/* The same op with the same attributes, shapes and layer on other inputs of the same shapes. */
cn_tensor *cn_tensor_again(const cn_tensor *tensor, cn_tensor *const *inputs);

/* A leaf without a value: a traced function's parameter, or (symbolic) a model's input. */
#define cn_placeholder(shape, dtype, symbolic) cn_placeholder_(CN_SHAPE_(shape), dtype, symbolic)
cn_tensor *cn_placeholder_(const cn_shape *shape, cn_dtype dtype, bool symbolic);
/* A tensor with these values; holds the buffer. */
#define cn_constant(buffer, shape, dtype) cn_constant_(buffer, CN_SHAPE_(shape), dtype)
cn_tensor *cn_constant_(cn_buffer *buffer, const cn_shape *shape, cn_dtype dtype);
cn_buffer *cn_buffer_new(size_t size); /* uninitialised, aligned */
cn_buffer *cn_buffer_zeros(size_t size);
cn_buffer *cn_buffer_borrow(void *data, size_t size,
                            void *owner); /* holds `owner` (an object or NULL) */
cn_tensor *cn_none(void);
/* What a layer or function that gives this tensor gives, one or several, as a list. Several: those
 * of cn_tuple, or of a layer's call; any other node with several results stands for its first. */
cn_list *cn_results_of(cn_tensor *tensor);
/* All results of a node. */
cn_list *cn_results_of_node(cn_tensor *node);
/* cn_mark with the place that options carry; the library's own calls carry none. */
static inline void cn_mark_at(cn_at at, const char *call)
{
    if (at.file)
        cn_mark(at.file, at.line, call);
}
/* In cn_tensor's marks: what is to be computed again rather than kept for its gradient, and what
 * cn_gradients made. */
enum { CN_MADE_AGAIN = 1, CN_MADE_BACK = 2 };
/* The marks of what this thread makes now. */
extern _Thread_local unsigned cn_marks;
/* The id of the next tensor, at least. */
uint64_t cn_next_tensor(void);
/* Names the layer that is being called, for tensors made from now on; returns what it was. */
const char *cn_layer_being_called(const char *name);
/* Makes sure that nobody else sees the variable's buffer, which may then be written. */
bool cn_variable_own(cn_variable_state *variable);
/* Makes `buffer` the variable's memory. */
void cn_variable_put(cn_variable_state *variable, cn_buffer *buffer);
/* The same of a new variable, which keeps its memory where that lies among other weights'. */
void cn_variable_fill(cn_variable_state *variable, cn_buffer *buffer);
/* Records an error, naming `who`, when the tensor is no variable; NULL fails quietly. */
bool cn_expect_variable(const cn_tensor *tensor, const char *who);
/* A variable, its buffer zeroed. */
#define cn_variable_make(name, shape, dtype, trainable) \
    cn_variable_make_(name, CN_SHAPE_(shape), dtype, trainable)
cn_tensor *cn_variable_make_(const char *name, const cn_shape *shape, cn_dtype dtype,
                             bool trainable);

extern const cn_kind cn_tensor_kind, cn_buffer_kind;
extern const cn_op cn_op_placeholder, cn_op_constant, cn_op_variable, cn_op_nth, cn_op_none,
    cn_op_tuple;

cn_view cn_view_of(void *data, cn_dtype dtype, cn_shape shape);
/* The attributes of a node as their type. */
#define CN_ATTRS(type, node) ((const type *)(node)->attrs)

#endif
