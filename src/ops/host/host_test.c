/* Lines of cn_print, and C functions inside of plans: values, gradients, errors. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/test.h"
#include "cornu/host.h"
#include "ops/gradient_check.h"

static char lines[512];
static void gather_lines(const char *line, void *user)
{
    int *count = user;
    *count += 1;
    snprintf(lines, sizeof lines, "%s", line);
}

TEST(print_lines)
{
    int count = 0;
    cn_on_print(gather_lines, &count);
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(12), CN_FLOAT32);
        CHECK(cn_data(cn_print(cn_mul(x, 0.5), "half: ", .summarize = 10)) && count == 1);
        check_text(lines, "half: [0 0.5 1 1.5 2 2.5 3 3.5 4 4.5...]");
        CHECK(cn_data(cn_print(counting_values(cn_shape(3, 2), CN_INT8))));
        check_text(lines, "[[0 1][2...]...]");
        CHECK(cn_data(cn_print(counting_values(cn_shape(3, 2), CN_INT8), .summarize = -1)));
        check_text(lines, "[[0 1][2 3][4 5]]");
        cn_list *both = cn_list_of(cn_full(CN_SCALAR, 0.1, CN_FLOAT64), cn_zeros(cn_shape(0), 0));
        CHECK(cn_data(cn_print(x, "two ", .data = both)));
        check_text(lines, "two [0.1][]");
        CHECK(count == 4);
    }
    cn_on_print(NULL, NULL);
}

/* Nothing is printed twice or left out, though the two are alike; the gradient is as without. */
TEST(print_is_an_identity)
{
    int count = 0;
    cn_on_print(gather_lines, &count);
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2), 3, -4);
        cn_tensor *y = cn_add(cn_print(cn_square(x)), cn_print(cn_square(x)));
        cn_tensor *dx = cn_list_item(cn_gradients(y, cn_list_of(x)), 0);
        CHECK(cn_compute(cn_list_of(y, dx)) && count == 2);
        check_tensor(y, cn_shape(2), 18, 32);
        check_tensor(dx, cn_shape(2), 12, -16);
    }
    cn_on_print(NULL, NULL);
}

/* (n, 2), (n, 2) -> the product, and the sums of its rows */
static bool product(const cn_host_args *a)
{
    const float *x = a->in[0].data, *y = a->in[1].data;
    float *z = a->out[0].data, *rows = a->out[1].data;
    if (a->user)
        return cn_raise(CN_EIO, "no product today: %s", (const char *)a->user);
    for (int64_t i = 0; i < a->out[0].size; i++)
        z[i] = x[i] * y[i];
    for (int64_t i = 0; i < a->out[1].size; i++)
        rows[i] = z[2 * i] + z[2 * i + 1];
    return a->n_in == 2 && a->n_out == 2;
}

static bool product_gradient(const cn_host_args *a)
{
    const float *x[] = {a->in[0].data, a->in[1].data}, *dz = a->in[4].data, *drows = a->in[5].data;
    for (int k = 0; k < 2; k++)
        for (int64_t i = 0; a->out[k].data && i < a->out[k].size; i++)
            ((float *)a->out[k].data)[i] = (dz[i] + drows[i / 2]) * x[1 - k][i];
    return a->n_in == 6;
}

static cn_tensor *call_product(cn_tensor *x, cn_tensor *y, const char *trouble, bool back)
{
    return cn_host_call(product, .input_list = cn_list_of(x, y), .user = (void *)trouble,
                        .results = 2, .shapes = (cn_shape[]){cn_shape(CN_ANY, 2), cn_shape(CN_ANY)},
                        .gradient = back ? product_gradient : NULL, .name = "product");
}

static cn_tensor *formula(cn_tensor *const *x)
{
    cn_tensor *z = call_product(cn_cast(x[0], CN_FLOAT32), cn_cast(x[1], CN_FLOAT32), NULL, true);
    return cn_add(cn_square(z), cn_expand_dims(cn_nth(z, 1), 1));
}

TEST(host_call_values_and_gradients)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2, 2), 1, 2, 3, 4),
                  *y = cn_values(cn_shape(2, 2), 5, 6, 7, 8);
        cn_tensor *z = call_product(x, y, NULL, true);
        check_tensor(cn_nth(z, 1), cn_shape(2), 17, 53);
        check_tensor(z, cn_shape(2, 2), 5, 12, 21, 32);
        cn_tensor *both[] = {x, y};
        cn_list *grads = cn_gradients(formula(both), cn_list_of(x, y));
        /* (2 z + 2) times the other */
        check_tensor(cn_list_item(grads, 0), cn_shape(2, 2), 60, 156, 308, 528);
        check_tensor(cn_list_item(grads, 1), cn_shape(2, 2), 12, 52, 132, 264);
        grads = cn_gradients(call_product(x, y, NULL, false), cn_list_of(x));
        CHECK(cn_is_none(cn_list_item(grads, 0)));
    }
}

static bool fails(const cn_host_args *a)
{
    return !a;
}

TEST(host_call_errors)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2, 2), 1, 2, 3, 4);
        CHECK(!cn_data(call_product(x, x, "closed", true)));
        CHECK(cn_error_code() == CN_EIO);
        check_text(cn_error(), "no product today: closed");
        cn_clear_error();
        CHECK(!cn_data(cn_host_call(fails, {x}, .name = "fails")));
        check_error("cn_host_call: the function 'fails' has failed");
        CHECK(!cn_host_call(fails, {x}, .shape = cn_shape(2, 2, CN_ANY)));
        check_error("cn_host_call: shape (2, 2, None) is open at axis 2, which the first input "
                    "(2, 2) has not");
        CHECK(!cn_host_call(NULL, {x}));
        check_error("cn_host_call: expected a function and an input, found no function");
        CHECK(!cn_host_call(fails, {x}, .results = 9, .shapes = &(cn_shape){0}));
        check_error("cn_host_call: expected 1 to 8 results and their shapes, found results=9");
        cn_tensor *y = cn_host_call(product, {x, x}, .gradient = product_gradient);
        cn_list *first = cn_gradients(y, cn_list_of(x));
        CHECK(!cn_gradients(cn_list_item(first, 0), cn_list_of(x)));
        CHECK(strstr(cn_error(), "the op 'host_gradient' has no gradient"));
        cn_clear_error();
    }
}

static bool count_calls(const cn_host_args *a)
{
    ++*(int *)a->user;
    memcpy(a->out[0].data, a->in[0].data, (size_t)a->in[0].size * sizeof(float));
    return true;
}

/* Equal calls are each made, unless they are said to be pure. */
TEST(host_call_pure)
{
    CN_SCOPE {
        int impure = 0;
        cn_tensor *x = cn_values(cn_shape(2), 1, 2);
        cn_tensor *a = cn_host_call(count_calls, {x}, .user = &impure);
        cn_tensor *b = cn_host_call(count_calls, {x}, .user = &impure);
        check_tensor(cn_add(a, b), cn_shape(2), 2, 4);
        CHECK(impure == 2);
    }
}
