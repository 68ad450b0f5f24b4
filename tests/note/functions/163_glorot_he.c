/* Glorot's and He's initializers. */
#include "check.h"

static cn_tensor *values(const char *name)
{
    return cn_initialize(cn_fmt("%s(seed=5)", name), cn_shape(32, 64), CN_FLOAT32);
}

static void uniform(const char *name, double limit)
{
    cn_tensor *x = values(name);
    CHECK(cn_item(cn_max(cn_abs(x))) <= limit && cn_item(cn_max(cn_abs(x))) > 0.98 * limit);
}

static void normal(const char *name, double sigma)
{
    CHECK(fabs(cn_item(cn_std(values(name))) - sigma) < 4 * sigma / sqrt(2 * 32 * 64));
}

int main(void)
{
    cn_on_error(cn_die);
    uniform("glorot_uniform", 0.25);
    normal("glorot_normal", 0.1443376);
    uniform("he_uniform", sqrt(6.0 / 32));
    normal("he_normal", sqrt(2.0 / 32));
}
