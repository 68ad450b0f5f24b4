/* Traced functions: one plan for each signature, nothing allocated afterwards. */
#include "base/alloc.h"
#include "base/test.h"
#include "cornu/function.h"
#include "cornu/models.h"
#include "ops/ops.h"

typedef struct state {
    cn_model *model;
    cn_optimizer *adam;
    cn_list *vars;
    int traced;
} state;

static cn_list *step(cn_tensor *const *in, void *user)
{
    state *s = user;
    cn_tensor *logits = cn_call(s->model, in[0], .training = true);
    cn_tensor *loss =
        cn_loss_of("sparse_categorical_crossentropy(from_logits=true)", in[1], logits);
    s->traced++;
    return cn_apply_gradients(s->adam, cn_gradients(loss, s->vars), s->vars) ? cn_list_of(loss)
                                                                             : NULL;
}

static state small(void)
{
    state s = {.model = cn_sequential(cn_input(4), cn_dense(16, .activation = "relu"),
                                      cn_dropout(0.2), cn_dense(3)),
               .adam = cn_optimizer_new("adam(0.01)")};
    s.vars = cn_trainable_weights(s.model);
    return s;
}

TEST(a_traced_loop_allocates_nothing)
{
    CN_SCOPE {
        state s = small();
        cn_function *f = cn_traced_function(step, &s);
        cn_tensor *in[] = {cn_ones(cn_shape(2, 4), CN_FLOAT32),
                           cn_array((int[]){0, 1}, CN_INT32, cn_shape(2))};
        float first = 0, loss = 0;
        void *results[] = {&loss};
        for (int i = 0; i < 3; i++)
            CHECK(cn_run_into(f, in, 2, results));
        first = loss;
        long count = cn_mem_count();
        for (int i = 0; i < 200; i++)
            CHECK(cn_run_into(f, in, 2, results));
        CHECK(cn_mem_count() == count);
        CHECK(s.traced == 1 && loss < first);
        CN_SCOPE
            CHECK(cn_item(cn_nth_result(cn_list_item(cn_run(f, in[0], in[1]), 0), 0)) <= first);
        CHECK(s.traced == 1);
        cn_run(f, cn_ones(cn_shape(1, 4), CN_FLOAT32), cn_array((int[]){2}, CN_INT32, cn_shape(1)));
        CHECK(s.traced == 2);
    }
}

TEST(a_traced_loop_is_the_eager_loop)
{
    float loss[2] = {0};
    for (int traced = 0; traced < 2; traced++)
        CN_SCOPE {
            cn_set_random_seed(3);
            state s = small();
            cn_function *f = cn_traced_function(step, &s);
            for (int i = 0; i < 6; i++)
                CN_SCOPE {
                    cn_tensor *in[] = {cn_full(cn_shape(2, 4), i, CN_FLOAT32),
                                       cn_array((int[]){i % 3, 1}, CN_INT32, cn_shape(2))};
                    cn_list *y = traced ? cn_run(f, in[0], in[1]) : step(in, &s);
                    loss[traced] = (float)cn_item(cn_list_item(y, 0));
                }
        }
    CHECK(loss[0] > 0 && loss[0] == loss[1]);
}

static cn_list *nothing(cn_tensor *const *in, void *user)
{
    (void)in, (void)user;
    return NULL;
}

TEST(errors_of_traced_functions)
{
    CN_SCOPE {
        state s = small();
        cn_function *f = cn_traced_function(step, &s);
        cn_tensor *x = cn_ones(cn_shape(1, 4), CN_FLOAT32);
        CHECK(!cn_run(cn_traced_function(nothing, NULL), x));
        check_error("cn_run: the function's body returned NULL");
        CHECK(!cn_run(x, x));
        check_error("cn_run: expected a function before the inputs");
        CHECK(!cn_run(f, x, cn_array((int[]){3}, CN_INT32, cn_shape(1))));
        check_error("sparse_categorical_crossentropy: expected labels from 0 to 2. Received: 3 for "
                    "sample 0");
        CHECK(cn_run(f, x, cn_array((int[]){2}, CN_INT32, cn_shape(1))));
        CHECK(!cn_traced_function(NULL, NULL));
        check_error("cn_traced_function: expected a body, found NULL");
    }
}

typedef cn_tensor *do_nothing(cn_tensor *x);
static cn_tensor *reshaped(cn_tensor *x)
{
    return cn_reshape(x, cn_shape(1));
}
static cn_tensor *turned(cn_tensor *x)
{
    return cn_reshape(x, cn_shape(1, 1));
}
static cn_tensor *same_dtype(cn_tensor *x)
{
    return cn_cast(x, CN_FLOAT32);
}
static cn_tensor *whole(cn_tensor *x)
{
    return cn_slice(x, ":");
}
static cn_tensor *once(cn_tensor *x)
{
    return cn_repeat(x, 1, 0);
}
static cn_tensor *as_wide(cn_tensor *x)
{
    return cn_broadcast_to(x, cn_shape(1));
}
static do_nothing *const reads[] = {reshaped, turned, same_dtype, whole, once, as_wide};

typedef struct reading {
    cn_tensor *variable;
    do_nothing *read;
} reading;

static cn_list *read_and_write(cn_tensor *const *in, void *user)
{
    reading *r = user;
    cn_tensor *old = r->read(r->variable);
    (void)in;
    cn_assign(r->variable, cn_add(r->variable, 1));
    return cn_list_of(old);
}

/* The result of an operation on a variable stays what it is when the variable is assigned to, also
 * where the operation has nothing to do, in eager code and as the output of a plan. */
TEST(what_was_read_of_a_variable_does_not_change)
{
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        CN_SCOPE {
            reading r = {cn_variable(cn_values(cn_shape(1), 5), "v"), reads[i]};
            cn_tensor *old = r.read(r.variable);
            cn_assign(r.variable, cn_add(r.variable, 1));
            CHECK(cn_item(old) == 5 && cn_item(r.variable) == 6);
            cn_function *f = cn_traced_function(read_and_write, &r);
            CHECK(cn_item(cn_nth(cn_run(f, cn_values(cn_shape(1), 0)), 0)) == 6);
            CHECK(cn_item(r.variable) == 7);
            cn_list *grads = cn_gradients(r.read(r.variable), cn_list_of(r.variable));
            CHECK(cn_item(cn_nth(grads, 0)) == 1);
        }
}
