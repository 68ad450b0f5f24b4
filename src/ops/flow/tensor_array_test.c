#include "base/test.h"
#include "cornu/flow.h"
#include "ops/gradient_check.h"

TEST(tensor_array_in_eager_code)
{
    CN_SCOPE {
        cn_shape pair = cn_shape(2);
        cn_tensor *a = cn_tensor_array(.size = 1, .dynamic_size = true, .element_shape = &pair);
        a = cn_array_write(a, 0, cn_values(pair, 1, 2));
        a = cn_array_write(a, 2, cn_values(pair, 5, 6));
        check_tensor(cn_array_stack(a), cn_shape(3, 2), 1, 2, 0, 0, 5, 6);
        check_tensor(cn_array_read(a, 2), pair, 5, 6);
        check_tensor(cn_array_read(a, 2), pair, 5, 6);
        CHECK(cn_item(cn_array_size(a)) == 3);
        cn_tensor *twice = cn_array_write(a, 0, cn_values(pair, 7, 8));
        CHECK(!cn_data(cn_array_stack(twice)));
        check_error("cn_array_write: place 0 was written before");
        cn_tensor *fixed = cn_tensor_array(.size = 2);
        CHECK(!cn_data(cn_array_stack(cn_array_write(fixed, 2, 1))));
        check_error("cn_array_write: the place 2 is outside an array of 2");
        CHECK(!cn_array_write(a, 1, cn_values(cn_shape(3), 1, 2, 3)));
        check_error("cn_array_write: expected a value of shape (2,), found (3,)");
        CHECK(!cn_array_stack(cn_values(pair, 1, 2)));
        check_error("cn_array_stack: expected an array of cn_tensor_array, found 'constant'");
        check_tensor(cn_array_read(cn_array_unstack(cn_values(cn_shape(2, 2), 1, 2, 3, 4)), 1),
                     pair, 3, 4);
    }
}

static cn_tensor *four(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_less(v[0], 4);
}

/* Element i is x * (i + 1), times element i - 1 from the second on. */
static cn_list *fill(cn_tensor *const *v, void *user)
{
    cn_tensor *const *x = user;
    cn_tensor *i = v[0], *scale = cn_cast(cn_add(i, 1), x[0]->dtype);
    cn_tensor *before = cn_array_read(v[1], cn_maximum(cn_sub(i, 1), 0));
    cn_tensor *value = cn_add(cn_mul(x[0], scale), cn_square(before));
    return cn_list_of(cn_add(i, 1), cn_array_write(v[1], i, value));
}

static cn_tensor *filled(cn_tensor *const *x)
{
    cn_tensor *zero = cn_zeros(CN_SCALAR, CN_INT32);
    cn_tensor *a =
        cn_tensor_array(.size = 1, .dynamic_size = true, .dtype = x[0]->dtype, .like = x[0]);
    return cn_array_stack(cn_nth(cn_while_loop(four, fill, {zero, a}, .user = (void *)x), 1));
}

TEST(tensor_array_in_a_loop)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2), 1, 0.5);
        check_tensor(filled(&x), cn_shape(4, 2), 1, 0.5, 3, 1.25, 12, 3.0625, 148, 11.37890625);
        check_gradients(filled, cn_values(cn_shape(2), 0.25, 0.125));
    }
}

static cn_list *add_index(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(cn_add(v[1], v[0]));
}

static cn_tensor *halve(cn_tensor *x, void *user)
{
    (void)user;
    return cn_div(cn_sum(x), 2);
}

TEST(fori_loop_and_map)
{
    CN_SCOPE {
        cn_list *r = cn_fori_loop(2, 5, add_index, {cn_zeros(CN_SCALAR, CN_INT32)});
        CHECK(cn_item(cn_nth(r, 0)) == 9);
        check_tensor(cn_map_slices(halve, cn_values(cn_shape(2, 2), 1, 2, 3, 5), NULL), cn_shape(2),
                     1.5, 4);
    }
}
