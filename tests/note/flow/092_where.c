/* The places of what is true, one row each, as wide as the rank. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *cond = cn_values(cn_shape(2, 3), 1, 0, 0, 0, 1, 1);
    cn_tensor *places = cn_where(cond);
    CHECK(cn_dim(places, 0) == 3 && cn_dim(places, 1) == 2);
    VALUES(cn_cast(places, CN_FLOAT32), 0, 0, 0, 1, 1, 1, 2);
}
