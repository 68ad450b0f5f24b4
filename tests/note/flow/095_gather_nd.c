/* An index that is shorter than the rank takes the rest of the axes whole. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *params = cn_values(cn_shape(2, 2), 'a', 'b', 'c', 'd');
    cn_tensor *rows = cn_array((int[]){1, 0}, CN_INT32, cn_shape(2, 1));
    VALUES(cn_gather_nd(params, rows), 0, 'c', 'd', 'a', 'b');
    cn_tensor *one = cn_array((int[]){1, 0}, CN_INT32, cn_shape(1, 2));
    VALUES(cn_gather_nd(params, one), 0, 'c');
}
