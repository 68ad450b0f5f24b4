/* Random initial values of three distributions.
 * keras.initializers.RandomNormal, RandomUniform, TruncatedNormal */
#include "initializers/random.h"

#include "base/alloc.h"
#include "ops/ops.h"
#include "random/philox.h"

static void key_of(int seed, uint32_t key[2])
{
    uint64_t number = CN_IS_NONE(seed) ? cn_next_seed_number() : (uint64_t)(int64_t)seed;
    cn_philox_key(number, 0, key);
}

float *cn_initial_normal(size_t n, int seed)
{
    uint32_t key[2];
    float *z = cn_mem_calloc(n, sizeof *z);
    key_of(seed, key);
    if (z)
        cn_philox_normal(key, 0, n, z);
    return z;
}

cn_tensor *cn_initial_values(cn_shape shape, cn_dtype dtype, cn_distribution distribution,
                             double offset, double scale, int seed)
{
    typedef void fill(const uint32_t key[2], uint64_t first, size_t n, float *out);
    static fill *const fills[] = {cn_philox_uniform, cn_philox_normal, cn_philox_truncated_normal};
    int64_t n = cn_shape_size(shape);
    uint32_t key[2];
    if (n < 0)
        return cn_fail_null(CN_EINVAL, "cn_initialize: expected a known shape, found %s",
                            cn_shape_text(shape));
    size_t bytes;
    cn_buffer *buffer = cn_size_mul((size_t)n, sizeof(float), &bytes) ? cn_buffer_new(bytes) : NULL;
    if (!buffer)
        return NULL;
    float *z = buffer->data;
    key_of(seed, key);
    fills[distribution](key, 0, (size_t)n, z);
    for (int64_t i = 0; i < n; i++)
        z[i] = (float)(offset + scale * z[i]);
    return cn_cast(cn_constant(buffer, shape, CN_FLOAT32), dtype);
}

bool cn_read_seed(cn_json *config)
{
    cn_json *seed = cn_json_get(config, "seed");
    if (cn_json_is(seed, CN_JSON_OBJECT)) {
        const cn_json *own = cn_json_get(cn_json_get(seed, "config"), "seed");
        return cn_json_set(config, "seed", own ? cn_json_copy(own) : cn_json_null());
    }
    if (cn_json_is(seed, CN_JSON_INT) && (seed->integer < -INT32_MAX || seed->integer > INT32_MAX))
        return cn_json_set(config, "seed", cn_json_int(seed->integer & INT32_MAX));
    return true;
}

#define RANDOM_NORMAL(P)                    \
    P(float, mean, 0.0, "the mean")         \
    P(float, stddev, 0.05, "the deviation") \
    CN_SEED_PARAM_(P)
CN_THING(random_normal, cn_instance, RANDOM_NORMAL, )

static cn_tensor *call_normal(random_normal *self, cn_shape shape, cn_dtype dtype)
{
    return cn_initial_values(shape, dtype, CN_NORMAL, self->mean, self->stddev, self->seed);
}
CN_INITIALIZER(random_normal, "RandomNormal", "normal", .call = call_normal,
               .read_config = cn_read_seed)

#define TRUNCATED_NORMAL(P)                                   \
    P(float, mean, 0.0, "the mean")                           \
    P(float, stddev, 0.05, "the deviation before truncation") \
    CN_SEED_PARAM_(P)
CN_THING(truncated_normal, cn_instance, TRUNCATED_NORMAL, )

static cn_tensor *call_truncated(truncated_normal *self, cn_shape shape, cn_dtype dtype)
{
    return cn_initial_values(shape, dtype, CN_TRUNCATED_NORMAL, self->mean, self->stddev,
                             self->seed);
}
CN_INITIALIZER(truncated_normal, "TruncatedNormal", NULL, .call = call_truncated,
               .read_config = cn_read_seed)

#define RANDOM_UNIFORM(P)                             \
    P(float, minval, -0.05, "lower limit, inclusive") \
    P(float, maxval, 0.05, "upper limit, exclusive")  \
    CN_SEED_PARAM_(P)
CN_THING(random_uniform, cn_instance, RANDOM_UNIFORM, )

static cn_tensor *call_uniform(random_uniform *self, cn_shape shape, cn_dtype dtype)
{
    return cn_initial_values(shape, dtype, CN_UNIFORM, self->minval, self->maxval - self->minval,
                             self->seed);
}
CN_INITIALIZER(random_uniform, "RandomUniform", "uniform", .call = call_uniform,
               .read_config = cn_read_seed)
