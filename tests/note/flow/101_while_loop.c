/* The sum of 0, …, 9; and a body that gives back another shape. */
#include "check.h"

static cn_tensor *below_ten(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_less(v[0], 10);
}

static cn_list *add(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(cn_add(v[0], 1), cn_add(v[1], v[0]));
}

static cn_list *widen(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(cn_add(v[0], 1), cn_stack(cn_list_of(v[1], v[1]), 0));
}

int main(void)
{
    cn_tensor *zero = cn_zeros(CN_SCALAR, CN_INT32);
    cn_list *r = cn_while_loop(below_ten, add, {zero, zero});
    CHECK(cn_item(cn_nth(r, 1)) == 45);

    CHECK(!cn_while_loop(below_ten, widen, {zero, zero}));
    CHECK(
        strstr(cn_error(), "cn_while_loop: variable 1 has shape (), but shape (2,) after a turn"));
}
