/* Initial values: constants, random ones from a seed, orthogonal ones, the identity. */
#include "check.h"

static cn_tensor *values(const char *spec, int64_t rows, int64_t columns)
{
    return cn_initialize(spec, cn_shape(rows, columns), CN_FLOAT32);
}

/* The same values each time, and on every machine: the first two and the last. */
static void always_same(const char *spec, double first, double second, double last)
{
    cn_tensor *a = values(spec, 20, 30), *b = values(spec, 20, 30);
    CHECK(!memcmp(cn_floats(a), cn_floats(b), 600 * sizeof(float)));
    NEAR(cn_floats(a)[0], first);
    NEAR(cn_floats(a)[1], second);
    NEAR(cn_floats(a)[599], last);
}

int main(void)
{
    cn_on_error(cn_die);
    VALUES(values("Zeros", 1, 2), 0, 0, 0);
    VALUES(values("Ones", 1, 2), 0, 1, 1);
    VALUES(values("Constant(0)", 1, 2), 0, 0, 0);
    VALUES(values("constant(3)", 1, 2), 0, 3, 3);
    VALUES(values("Identity(1)", 2, 2), 0, 1, 0, 0, 1);
    always_same("RandomNormal(0, 0.05, seed=7)", -0.045474485, 0.006953951, -0.009061656);
    always_same("RandomUniform(-0.05, 0.05, seed=7)", 0.015491014, -0.0024150908, 0.046105605);
    always_same("Orthogonal(1, seed=7)", -0.18414848, 0.028159956, -0.027694099);

    cn_tensor *q = values("Orthogonal(1, seed=7)", 30, 20);
    cn_tensor *error = cn_sub(cn_matmul(cn_transpose(q), q), values("identity", 20, 20));
    CHECK(cn_item(cn_max(cn_abs(error))) < 1e-6);

    double n = 300 * 300; /* 4 sigma of the mean and of the deviation */
    cn_tensor *normal = values("RandomNormal(0, 0.05, seed=1)", 300, 300);
    CHECK(fabs(cn_item(cn_mean(normal))) < 4 * 0.05 / sqrt(n));
    CHECK(fabs(cn_item(cn_std(normal)) - 0.05) < 4 * 0.05 / sqrt(2 * n));
    cn_tensor *uniform = values("RandomUniform(-0.05, 0.05, seed=1)", 300, 300);
    double sigma = 0.1 / sqrt(12);
    CHECK(fabs(cn_item(cn_mean(uniform))) < 4 * sigma / sqrt(n));
    CHECK(fabs(cn_item(cn_std(uniform)) - sigma) < 4 * sigma * sqrt(0.8 / (4 * n)));
    CHECK(cn_item(cn_max(cn_abs(uniform))) <= 0.05);
}
