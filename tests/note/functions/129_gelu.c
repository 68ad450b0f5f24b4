/* gelu by the error function. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_values(cn_shape(3), 1, -1, 2);
    cn_tensor *own = cn_mul(cn_mul(x, 0.5), cn_add(1, cn_erf(cn_div(x, cn_sqrt(2.0)))));
    VALUES(own, 1e-6, 0.8413447, -0.1586553, 1.9544997);
    VALUES(cn_gelu(x, false), 1e-6, 0.8413447, -0.1586553, 1.9544997);
    VALUES(cn_activate("gelu", x), 1e-6, 0.8413447, -0.1586553, 1.9544997);
}
