/* A loop that collects 3, 1, 2 one by one: allowed by shape_invariants, an error without. */
#include "check.h"

static cn_tensor *three(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_less(v[0], 3);
}

static cn_list *collect(cn_tensor *const *v, void *values)
{
    cn_tensor *next = cn_gather(values, cn_reshape(v[0], cn_shape(1)), 0);
    return cn_list_of(cn_add(v[0], 1), cn_concat(cn_list_of(v[1], next), 0));
}

int main(void)
{
    cn_tensor *values = cn_values(cn_shape(3), 3, 1, 2), *i = cn_zeros(CN_SCALAR, CN_INT32),
              *empty = cn_zeros(cn_shape(0), CN_FLOAT32);
    cn_list *r =
        cn_while_loop(three, collect, {i, empty}, .shape_invariants = {":", "?"}, .user = values);
    VALUES(cn_nth(r, 1), 0, 3, 1, 2);

    CHECK(!cn_while_loop(three, collect, {i, empty}, .user = values));
    CHECK(strstr(cn_error(), "variable 1 has shape (0,), but shape (1,) after a turn"));
}
