#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backend/cpu/isa.h"
#include "base/test.h"
#include "cornu/config.h"
#include "cornu/flow.h"
#include "graph/walk.h"
#include "ops/flow/scan.h"
#include "ops/gradient_check.h"
#include "ops/products.h"

/* h = tanh(h + x); h is kept. */
static cn_list *accumulate(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    (void)user;
    cn_tensor *h = cn_tanh(cn_add(carry[0], x[0]));
    return cn_list_of(h, h);
}

TEST(scan_carries_and_keeps)
{
    CN_SCOPE {
        cn_tensor *x = cn_array((float[]){1, 2, 3, 4, 5, 6}, CN_FLOAT32, cn_shape(3, 2));
        cn_list *r = cn_scan(accumulate, {cn_zeros(cn_shape(2), CN_FLOAT32)}, {x});
        cn_tensor *last = cn_nth(r, 0), *kept = cn_nth(r, 1);
        double h[2] = {0, 0}, want[6];
        for (int t = 0; t < 3; t++)
            for (int i = 0; i < 2; i++)
                want[2 * t + i] = h[i] = tanh(h[i] + 2 * t + i + 1);
        const float *got = cn_floats(kept);
        for (int i = 0; i < 6; i++)
            CHECK(fabs(got[i] - want[i]) < 1e-6);
        CHECK(cn_item(cn_sum(cn_abs(cn_sub(last, cn_slice(kept, "2"))))) == 0);
    }
}

static cn_list *dense_step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_tensor *const *w = user;
    cn_tensor *h = cn_tanh(cn_add(cn_matmul(x[0], w[0]), cn_matmul(carry[0], w[1])));
    return cn_list_of(h, cn_mul(h, w[2]));
}

static cn_tensor *rnn(cn_tensor *const *x)
{
    cn_tensor *w[] = {x[1], x[2], x[3]};
    cn_list *r = cn_scan(dense_step, {x[4]}, {x[0]}, .user = w);
    return cn_add(cn_sum(cn_square(cn_nth(r, 0))), cn_sum(cn_nth(r, 1)));
}

static cn_tensor *rnn_reversed(cn_tensor *const *x)
{
    cn_tensor *w[] = {x[1], x[2], x[3]};
    return cn_nth(cn_scan(dense_step, {x[4]}, {x[0]}, .user = w, .reverse = true), 1);
}

TEST(scan_gradients)
{
    CN_SCOPE {
        cn_tensor *x = gradient_values(cn_shape(3, 2, 2), 1),
                  *w = gradient_values(cn_shape(2, 3), 2), *u = gradient_values(cn_shape(3, 3), 3),
                  *s = gradient_values(cn_shape(3), 4), *h = gradient_values(cn_shape(2, 3), 5);
        check_gradients(rnn, x, w, u, s, h);
        check_first_gradients(rnn_reversed, x, w, u, s, h);
    }
}

/* A register of two places, and all that each step has begun with and has made. */
static cn_list *shift(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_tensor *next = cn_add(cn_mul(carry[0], 2), x[0]);
    (void)user;
    return cn_list_of(next, carry[0], carry[0], carry[1], next);
}

TEST(scan_keeps_what_steps_begin_with)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(3, 2), 1, 2, 3, 4, 5, 6);
        cn_tensor *a = cn_values(cn_shape(2), 10, 20), *b = cn_values(cn_shape(2), -1, -2);
        for (int reverse = 0; reverse < 2; reverse++) {
            cn_list *r = cn_scan(shift, {a, b}, {x}, .reverse = reverse);
            if (!reverse) {
                check_tensor(cn_nth(r, 0), cn_shape(2), 95, 182);
                check_tensor(cn_nth(r, 1), cn_shape(2), 45, 88);
                check_tensor(cn_nth(r, 2), cn_shape(3, 2), 10, 20, 21, 42, 45, 88);
                check_tensor(cn_nth(r, 3), cn_shape(3, 2), -1, -2, 10, 20, 21, 42);
                check_tensor(cn_nth(r, 4), cn_shape(3, 2), 21, 42, 45, 88, 95, 182);
            } else {
                check_tensor(cn_nth(r, 2), cn_shape(3, 2), 53, 96, 25, 46, 10, 20);
                check_tensor(cn_nth(r, 3), cn_shape(3, 2), 25, 46, 10, 20, -1, -2);
            }
        }
    }
}

static cn_list *count(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    (void)x;
    cn_tensor *total = user;
    cn_assign(total, cn_add(total, carry[0]));
    return cn_list_of(cn_add(carry[0], 1));
}

TEST(scan_assigns_variables)
{
    CN_SCOPE {
        cn_tensor *total = cn_variable(cn_zeros(CN_SCALAR, CN_FLOAT32));
        cn_list *r =
            cn_scan(count, {cn_ones(CN_SCALAR, CN_FLOAT32)}, {0}, .length = 4, .user = total);
        CHECK(cn_item(cn_nth(r, 0)) == 5);
        CHECK(cn_item(total) == 10);
    }
}

static cn_list *grow(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    (void)user;
    return cn_list_of(cn_concat(cn_list_of(carry[0], x[0]), 0));
}

TEST(scan_refuses_a_change_of_shape)
{
    CN_SCOPE {
        CHECK(!cn_scan(grow, {cn_zeros(cn_shape(2), CN_FLOAT32)},
                       {cn_zeros(cn_shape(3, 1), CN_FLOAT32)}));
        check_error("cn_scan: variable 0 has shape (2,), but shape (3,) after a turn");
    }
}

TEST(scan_refuses_xs_of_different_lengths)
{
    CN_SCOPE {
        CHECK(!cn_scan(grow, {cn_zeros(cn_shape(2), CN_FLOAT32)},
                       {cn_zeros(cn_shape(3, 1), CN_FLOAT32), cn_zeros(cn_shape(4), CN_FLOAT32)}));
        check_error("cn_scan: expected 3 steps, found xs of shape (4,)");
    }
}

/* Gradients of slices that nobody asks for: the body still reads them. */
static cn_list *two_inputs(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_tensor *const *w = user;
    cn_tensor *a = cn_add(x[0], cn_matmul(carry[0], w[0]));
    cn_tensor *b = cn_add(x[1], cn_matmul(carry[0], w[1]));
    return cn_list_of(cn_mul(cn_sigmoid(a), cn_tanh(b)));
}

static cn_tensor *rnn_of_two(cn_tensor *const *x)
{
    cn_tensor *w[] = {x[0], x[1]},
              *fixed = cn_cast(gradient_values(cn_shape(3, 1, 2), 7), cn_dtype_of(x[0]));
    cn_tensor *init = cn_cast(gradient_values(cn_shape(1, 2), 8), cn_dtype_of(x[0]));
    return cn_nth(cn_scan(two_inputs, {init}, {fixed, cn_mul(fixed, 2)}, .user = w), 0);
}

TEST(scan_gradients_of_what_is_captured_alone)
{
    CN_SCOPE {
        check_first_gradients(rnn_of_two, gradient_values(cn_shape(2, 2), 1),
                              gradient_values(cn_shape(2, 2), 2));
    }
}

/* h' = u h + (1 - u) tanh(x w + h w'): a product below a sum, as a GRU has it. */
static cn_list *gated_step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_tensor *const *w = user, *u = cn_sigmoid(cn_matmul(carry[0], w[1]));
    cn_tensor *y = cn_tanh(cn_add(cn_matmul(x[0], w[0]), cn_matmul(carry[0], w[2])));
    cn_tensor *h = cn_add(cn_mul(u, carry[0]), cn_mul(cn_sub(1, u), y));
    return cn_list_of(h, h);
}

static cn_tensor *gated(cn_tensor *const *x)
{
    cn_tensor *w[] = {x[1], x[2], x[3]};
    return cn_nth(cn_scan(gated_step, {x[4]}, {x[0]}, .user = w), 1);
}

/* Each step is a scan of its own over the rows of its slice. */
static cn_list *nested_step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_list *r = cn_scan(gated_step, {carry[0]}, {cn_expand_dims(x[0], 1)}, .user = user);
    return cn_list_of(cn_nth(r, 0), cn_sum(cn_nth(r, 1)));
}

static cn_tensor *nested(cn_tensor *const *x)
{
    cn_tensor *w[] = {x[1], x[2], x[3]};
    cn_list *r = cn_scan(nested_step, {cn_slice(x[4], ":1")}, {x[0]}, .user = w);
    return cn_add(cn_sum(cn_nth(r, 0)), cn_nth(r, 1));
}

/* Scans that `results` depend on, and products with a transposed matrix in their steps. */
static void count_turns(const cn_list *results, int *scans, int *turns)
{
    cn_walk walk;
    CHECK(cn_walk_make(&walk, (cn_tensor *const *)results->items, results->count, NULL));
    for (size_t i = 0; i < walk.count; i++) {
        const cn_tensor *node = walk.nodes[i];
        if (node->op == &cn_op_matmul)
            *turns += CN_ATTRS(cn_matmul_attrs, node)->transpose_b;
        if (node->op != &cn_op_scan)
            continue;
        ++*scans;
        count_turns(cn_scan_body(node)->results, scans, turns);
    }
    cn_walk_free(&walk);
}

/* A matrix that steps back multiply with is transposed before the first of them. */
TEST(scan_gradients_transpose_matrices_once)
{
    CN_SCOPE {
        cn_tensor *x[] = {gradient_values(cn_shape(3, 2, 2), 1), gradient_values(cn_shape(2, 3), 2),
                          gradient_values(cn_shape(3, 3), 3), gradient_values(cn_shape(3, 3), 4),
                          gradient_values(cn_shape(2, 3), 5)};
        static const gradient_formula formulas[] = {gated, nested};
        for (int i = 0; i < 2; i++) {
            check_gradients(formulas[i], x[0], x[1], x[2], x[3], x[4]);
            cn_list *in = cn_list_of(x[2], x[3], x[4]);
            cn_list *grads = cn_gradients(cn_sum(formulas[i](x)), in);
            int scans = 0, turns = 0;
            count_turns(grads, &scans, &turns);
            CHECK(scans >= 2 && turns == 0);
        }
    }
}

/* ---- blocks of rows ---- */

enum { BATCH = 37, WIDTH = 64 };

/* Gates side by side, as an LSTM has them; both states are carried. */
static cn_list *lstm_step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_list *gates = cn_split(cn_add(x[0], cn_matmul(carry[0], user)), 2, -1);
    cn_tensor *f = cn_sigmoid(cn_list_item(gates, 0)), *y = cn_tanh(cn_list_item(gates, 1));
    cn_tensor *c = cn_add(cn_mul(f, carry[1]), y), *h = cn_mul(f, cn_tanh(c));
    return cn_list_of(h, c, h);
}

static cn_list *lstm_scan(cn_tensor *const *x, const char *rows)
{
    char of_all[16];
    snprintf(of_all, sizeof of_all, ":, %s", rows);
    return cn_scan(lstm_step, {cn_slice(x[1], rows), cn_slice(x[2], rows)},
                   {cn_slice(x[0], of_all)}, .user = x[3]);
}

static cn_tensor *lstm_loss(cn_list *r)
{
    return cn_add(cn_sum(cn_square(cn_nth(r, 0))),
                  cn_add(cn_sum(cn_nth(r, 1)), cn_sum(cn_square(cn_nth(r, 2)))));
}

static int blocks_of(const cn_tensor *node)
{
    const cn_scan_attrs *a = CN_ATTRS(cn_scan_attrs, node);
    return cn_scan_blocks(cn_scan_body(node), (size_t)(a->carried + a->xs));
}

/* Threads that go through the sequence on their own find what steps of the whole batch find, and
 * the same bits however many they are. */
TEST(scan_by_blocks_of_rows)
{
    CN_SCOPE {
        cn_tensor *x[] = {gradient_values(cn_shape(5, BATCH, 2 * WIDTH), 1),
                          gradient_values(cn_shape(BATCH, WIDTH), 2),
                          gradient_values(cn_shape(BATCH, WIDTH), 3),
                          gradient_values(cn_shape(WIDTH, 2 * WIDTH), 4)};
        for (int i = 0; i < 4; i++)
            x[i] = cn_cast(x[i], CN_FLOAT32);
        cn_list *in = cn_list_make((void *const *)x, 4);
        cn_tensor *apart = cn_add(lstm_loss(lstm_scan(x, ":20")), lstm_loss(lstm_scan(x, "20:")));
        cn_list *want = cn_gradients(apart, in);
        cn_tensor *first[4] = {0};
        for (int threads = 1; threads <= 3; threads++) {
            cn_set_num_threads(threads);
            cn_list *r = lstm_scan(x, ":"), *grads = cn_gradients(lstm_loss(r), in);
            CHECK(blocks_of(cn_nth(r, 0)) ==
                  (threads == 1 && cn_isa_level() == CN_ISA_AMX ? 1 : 2));
            for (int i = 0; i < 4 && CHECK(grads); i++) {
                cn_tensor *grad = cn_list_item(grads, i), *old = first[i] ? first[i] : grad;
                size_t size = (size_t)cn_shape_size(grad->shape);
                CHECK(!memcmp(cn_floats(grad), cn_floats(old), size * sizeof(float)));
                CHECK(check_close(cn_floats(grad), cn_floats(cn_list_item(want, i)), size, 1e-4,
                                  1e-5));
                first[i] = old;
            }
        }
        cn_set_num_threads(0);
    }
}

enum { ROWS = 112, SIDE = 128 };

/* Multiplies with an array that each step makes. */
static cn_list *own_weights_step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_tensor *w = cn_array(user, CN_FLOAT32, cn_shape(SIDE, SIDE));
    return cn_list_of(cn_tanh(cn_add(x[0], cn_matmul(carry[0], w))));
}

/* Of so many rows that on matrix units half of them are multiplied otherwise than all. */
TEST(scan_has_the_same_bits_with_weights_of_its_own)
{
    CN_SCOPE {
        cn_tensor *w = cn_cast(gradient_values(cn_shape(SIDE, SIDE), 1), CN_FLOAT32),
                  *h = cn_cast(gradient_values(cn_shape(ROWS, SIDE), 2), CN_FLOAT32),
                  *x = cn_cast(gradient_values(cn_shape(5, ROWS, SIDE), 3), CN_FLOAT32), *got[2];
        for (int threads = 1; threads <= 2; threads++) {
            cn_set_num_threads(threads);
            cn_list *r = cn_scan(own_weights_step, {h}, {x}, .user = (void *)cn_floats(w));
            got[threads - 1] = cn_nth(r, 0);
            CHECK(cn_floats(got[threads - 1]));
        }
        cn_set_num_threads(0);
        CHECK(!memcmp(cn_floats(got[0]), cn_floats(got[1]), ROWS * SIDE * sizeof(float)));
    }
}

/* Values of other rows; or what is captured. */
static cn_list *mixing_step(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_tensor *const *w = user, *h = cn_add(carry[0], x[0]);
    cn_tensor *mixed = w ? cn_mul(h, w[0]) : cn_sub(h, cn_mean(h, {0}));
    return cn_list_of(mixed);
}

TEST(scan_leaves_rows_together)
{
    CN_SCOPE {
        cn_tensor *h = cn_ones(cn_shape(32, 2), CN_FLOAT32),
                  *x = cn_ones(cn_shape(3, 32, 2), CN_FLOAT32),
                  *rows[] = {cn_ones(cn_shape(32, 2), CN_FLOAT32)},
                  *row[] = {cn_ones(cn_shape(2), CN_FLOAT32)};
        CHECK(blocks_of(cn_nth(cn_scan(mixing_step, {h}, {x}), 0)) == 1);
        CHECK(blocks_of(cn_nth(cn_scan(mixing_step, {h}, {x}, .user = rows), 0)) == 1);
        CHECK(blocks_of(cn_nth(cn_scan(mixing_step, {h}, {x}, .user = row), 0)) == 2);
    }
}
