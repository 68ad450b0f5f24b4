/* Variance scaling: the cut normal distribution of Keras and the plain one, by name; and uniform.
 */
#include "check.h"

static cn_tensor *values(const char *distribution, const char *mode)
{
    return cn_initialize(
        cn_fmt("VarianceScaling(scale=2, mode=%s, distribution=%s, seed=3)", mode, distribution),
        cn_shape(300, 200), CN_FLOAT32);
}

int main(void)
{
    cn_on_error(cn_die);
    double sigma = sqrt(2.0 / 300), n = 300 * 200;
    cn_tensor *cut = values("truncated_normal", "fan_in"), *normal = values("normal", "fan_in");
    CHECK(!memcmp(cn_floats(cut), cn_floats(normal), 60000 * sizeof(float)));
    CHECK(fabs(cn_item(cn_std(cut)) - sigma) < 4 * sigma / sqrt(2 * n));
    CHECK(cn_item(cn_max(cn_abs(cut))) <= 2 * sigma / 0.87962566 * 1.0001);

    cn_tensor *plain = values("untruncated_normal", "fan_in");
    CHECK(fabs(cn_item(cn_std(plain)) - sigma) < 4 * sigma / sqrt(2 * n));
    CHECK(cn_item(cn_max(cn_abs(plain))) > 3 * sigma);

    CHECK(cn_item(cn_max(cn_abs(values("uniform", "fan_in")))) <= sqrt(3 * 2.0 / 300));
    CHECK(cn_item(cn_max(cn_abs(values("uniform", "fan_out")))) <= sqrt(3 * 2.0 / 200));
    CHECK(cn_item(cn_max(cn_abs(values("uniform", "fan_avg")))) <= sqrt(3 * 2.0 / 250));
    CHECK(cn_item(cn_max(cn_abs(values("uniform", "fan_out")))) > sqrt(3 * 2.0 / 300));
}
