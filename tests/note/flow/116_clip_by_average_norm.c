/* The norm divided by the number of elements is what is bounded. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    VALUES(cn_clip_by_average_norm(cn_values(cn_shape(2), 3, 4), 1), 1e-6, 1.2, 1.6);
}
