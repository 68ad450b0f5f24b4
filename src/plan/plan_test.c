/* The graph, its plans and its gradients, on small formulas. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/test.h"
#include "cornu/function.h"
#include "cornu/host.h"
#include "ops/gradient_check.h"
#include "ops/ops.h"
#include "plan/traced.h"

TEST(eager_formula)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2, 3), 1, 2, 3, 4, 5, 6);
        cn_tensor *y = cn_add(cn_mul(2, cn_square(x)), cn_values(cn_shape(3), 10, 20, 30));
        check_close(cn_floats(y), ((float[]){12, 28, 48, 42, 70, 102}), 6, 0, 0);
        CHECK(cn_item(cn_sum(y)) == 302);
        check_close(cn_floats(cn_mean(y, {0})), ((float[]){27, 49, 75}), 3, 0, 0);
    }
}

TEST(gradient_of_gradient)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(3), 1, 2, 3);
        cn_tensor *y = cn_sum(cn_mul(cn_square(x), x));
        cn_tensor *g = cn_list_item(cn_gradients(y, cn_list_of(x)), 0);
        cn_tensor *h = cn_list_item(cn_gradients(cn_sum(g), cn_list_of(x)), 0);
        check_close(cn_floats(g), ((float[]){3, 12, 27}), 3, 1e-6, 0);
        check_close(cn_floats(h), ((float[]){6, 12, 18}), 3, 1e-6, 0);
    }
}

TEST(unconnected_gradient_is_none)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(1), 1), *z = cn_values(cn_shape(1), 2);
        cn_list *g = cn_gradients(cn_sum(x), cn_list_of(x, z));
        CHECK(!cn_is_none(cn_list_item(g, 0)));
        CHECK(cn_is_none(cn_list_item(g, 1)));
        CHECK(!cn_data(cn_list_item(g, 1)));
        cn_clear_error();
    }
}

TEST(assignment_is_seen_by_later_reads)
{
    CN_SCOPE {
        cn_tensor *v = cn_variable(cn_values(cn_shape(2), 1, 2), "v");
        cn_tensor *before = cn_mul(v, 10);
        cn_assign(v, cn_add(v, 1));
        cn_tensor *after = cn_mul(v, 10);
        check_close(cn_floats(before), ((float[]){10, 20}), 2, 0, 0);
        check_close(cn_floats(after), ((float[]){20, 30}), 2, 0, 0);
        check_close(cn_floats(v), ((float[]){2, 3}), 2, 0, 0);
    }
}

TEST(assignments_are_computed_when_the_scope_ends)
{
    CN_SCOPE {
        cn_tensor *v = cn_variable(cn_values(cn_shape(1), 1), "v");
        for (int i = 0; i < 5; i++)
            CN_SCOPE
                cn_assign(v, cn_mul(v, 2));
        CHECK(*cn_floats(v) == 32);
    }
}

TEST(swapped_variables)
{
    CN_SCOPE {
        cn_tensor *a = cn_variable(cn_values(cn_shape(1), 1), "a");
        cn_tensor *b = cn_variable(cn_values(cn_shape(1), 2), "b");
        cn_tensor *old = cn_add(a, 0);
        cn_assign(a, b);
        cn_assign(b, old);
        CHECK(*cn_floats(a) == 2 && *cn_floats(b) == 1);
    }
}

TEST(a_hundred_thousand_ops)
{
    CN_SCOPE {
        cn_tensor *x = cn_variable(cn_values(cn_shape(3), 1, 2, 3), "x"), *y = x;
        for (int i = 0; i < 100000; i++)
            y = i % 2 ? cn_sub(y, 1) : cn_add(y, 1);
        cn_tensor *g = cn_list_item(cn_gradients(y, cn_list_of(x)), 0);
        check_close(cn_floats(y), ((float[]){1, 2, 3}), 3, 0, 0);
        check_close(cn_floats(g), ((float[]){1, 1, 1}), 3, 0, 0);
    }
}

TEST(large_clusters_split_over_threads)
{
    CN_SCOPE {
        enum { N = 100003 };
        cn_tensor *x = cn_full(cn_shape(N), 0.5, CN_FLOAT32);
        cn_tensor *row = cn_values(cn_shape(2, 1), 1, 2);
        const float *y = cn_floats(cn_add(cn_exp(cn_log(cn_add(x, 0.25))), row));
        bool same = y != NULL;
        for (int i = 0; same && i < 2 * N; i++)
            same = y[i] > (i < N ? 1.75f : 2.75f) - 1e-5f && y[i] < (i < N ? 1.75f : 2.75f) + 1e-5f;
        CHECK(same);
    }
}

TEST(shapes_that_do_not_broadcast)
{
    CN_SCOPE {
        CHECK(!cn_add(cn_zeros(cn_shape(2, 3), CN_FLOAT32), cn_zeros(cn_shape(2), CN_FLOAT32)));
        check_error("cn_add: shapes (2, 3) and (2,) do not broadcast");
    }
}

/* relu(x w + b) and its gradient: every pass has something to do. */
static bool passes_body(void *weight, const cn_list *inputs, int variant, cn_list *outputs)
{
    cn_tensor *x = inputs->items[0], *w = weight, *b = cn_ones(cn_shape(3), CN_FLOAT32);
    cn_tensor *y = cn_relu(cn_add(cn_matmul(x, w), cn_mul(b, 0.5)));
    cn_tensor *loss = cn_add(cn_sum(cn_exp(cn_mul(y, -1))), cn_sum(cn_exp(cn_mul(y, -1))));
    cn_tensor *picture = cn_relu(cn_reshape(w, cn_shape(1, 4, 3, 1)));
    loss = cn_add(loss, cn_sum(cn_square(cn_max_pool(picture, &(cn_window){.size = {{2, 2}}}))));
    cn_list *grads = cn_gradients(loss, cn_list_of(w));
    (void)variant;
    return cn_list_add(outputs, loss) && grads && cn_assign(w, cn_sub(w, cn_list_item(grads, 0)));
}

TEST(each_pass_may_be_turned_off)
{
    static const char *const switches[] = {
        "",
        "fold",
        "merge",
        "padding",
        "epilogue",
        "strides",
        "pool",
        "remat",
        "parts",
        "drop",
        "fuse",
        "strips",
        "rows",
        "chain",
        "reuse",
        "fold,merge,padding,epilogue,strides,pool,remat,parts,drop,fuse,strips,rows,chain,reuse"};
    float x[8] = {1, -2, 3, 0.5f, -1, 2, 0, 1}, first = 0, loss = 0;
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        CN_SCOPE {
            setenv("CORNU_PASSES_OFF", switches[i], 1);
            cn_tensor *w =
                cn_variable(cn_values(cn_shape(4, 3), 1, 2, 3, 4, 5, 6, -1, -2, -3, 0, 1, 0), "w");
            cn_traced *t = cn_traced_new(passes_body, w, false);
            cn_view in = cn_view_of(x, CN_FLOAT32, cn_shape(2, 4));
            cn_plan *plan = cn_traced_plan(t, &in, 1, 0);
            cn_plan_run *run = cn_plan_begin(plan);
            const void *inputs[] = {x};
            if (CHECK(run && cn_plan_execute(run, inputs, NULL)))
                loss = *(float *)cn_plan_output(run, 0)->data + cn_floats(w)[1] +
                       3 * cn_floats(w)[4] + 5 * cn_floats(w)[6];
            first = i ? first : loss;
            check_close(&loss, &first, 1, 1e-6, 1e-6);
            cn_plan_end(plan, run);
            cn_traced_free(t);
        }
    unsetenv("CORNU_PASSES_OFF");
}

TEST(set_data_comes_after_what_was_assigned_before)
{
    CN_SCOPE {
        cn_tensor *v = cn_variable(cn_values(cn_shape(2), 1, 2));
        cn_assign(v, cn_mul(v, 3));
        CHECK(cn_set_data(v, (float[]){7, 8}));
        check_close(cn_floats(v), ((float[]){7, 8}), 2, 0, 0);
    }
}

TEST(denormals_count_as_zero_while_a_plan_runs)
{
    CN_SCOPE {
        cn_tensor *tiny = cn_full(cn_shape(40), 1e-30, CN_FLOAT32);
        CHECK(cn_item(cn_sum(cn_mul(tiny, tiny))) == 0);
        volatile float small = 1e-30F;
        CHECK(small * 1e-10F != 0); /* the caller's own arithmetic is as it was */
        cn_tensor *w = cn_variable(tiny);
        cn_assign(w, cn_mul(w, 1e-12));
        CHECK(cn_item(cn_sum(w)) == 0);
    }
}

/* Integers have no epilogue: their kernels would not see it. */
static bool integer_body(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    (void)user;
    (void)variant;
    cn_tensor *x = in->items[0];
    cn_tensor *bias = cn_cast(cn_values(cn_shape(2), 0, 1), CN_INT32);
    return cn_list_add(outputs, cn_add(cn_matmul(x, x), bias));
}

TEST(integer_products_keep_their_bias)
{
    CN_SCOPE {
        const int32_t x[4] = {1, 2, 3, 4};
        const void *inputs[] = {x};
        cn_view view = cn_view_of(NULL, CN_INT32, cn_shape(2, 2));
        cn_traced *t = cn_traced_new(integer_body, NULL, false);
        cn_plan *plan = cn_traced_plan(t, &view, 1, 0);
        cn_plan_run *run = cn_plan_begin(plan);
        if (CHECK(run && cn_plan_execute(run, inputs, NULL))) {
            const int32_t *y = cn_plan_output(run, 0)->data;
            CHECK(y[0] == 7 && y[1] == 11 && y[2] == 15 && y[3] == 23);
        }
        cn_plan_end(plan, run);
        cn_traced_free(t);
    }
}

/* A step fails behind one that makes a variable's new value: the variable keeps the old one. */
static bool refuse(const cn_host_args *a)
{
    const float *x = a->in[0].data;
    memcpy(a->out[0].data, x, sizeof *x * (size_t)a->in[0].size);
    return *x < 2 || cn_raise(CN_EIO, "no more than 2");
}

static cn_list *count_and_refuse(cn_tensor *const *in, void *user)
{
    cn_tensor *v = user;
    cn_assign(v, cn_add(v, 1));
    return cn_list_of(cn_host_call(refuse, {cn_mul(in[0], 2)}));
}

TEST(a_step_that_fails_has_assigned_nothing)
{
    CN_SCOPE {
        cn_tensor *v = cn_variable(cn_values(cn_shape(3), 1, 2, 3));
        cn_function *f = cn_traced_function(count_and_refuse, v);
        cn_tensor *x[] = {cn_full(cn_shape(3), 0.5, CN_FLOAT32),
                          cn_full(cn_shape(3), 1, CN_FLOAT32)};
        for (int traced = 0; traced < 2; traced++)
            for (int i = 0; i < 4; i++) {
                cn_list *out = traced ? cn_run(f, x[i % 2]) : count_and_refuse(&x[i % 2], v);
                CHECK((out && cn_data(cn_list_item(out, 0))) == !(i % 2));
                cn_clear_error();
                double counts = 2 * traced + i / 2 + 1;
                check_tensor(v, cn_shape(3), 1 + counts, 2 + counts, 3 + counts);
            }
    }
}
