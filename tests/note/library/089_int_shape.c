/* (None, 22, 22, 1): the batch is not known. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_input(22, 22, 1);
    cn_shape shape = cn_shape_of(x), want = cn_shape(CN_ANY, 22, 22, 1);
    CHECK(shape.rank == 4 && !memcmp(shape.dim, want.dim, 4 * sizeof *shape.dim));
    CHECK(cn_size(x) == CN_ANY);
}
