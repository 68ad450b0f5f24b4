/* Random initial values. They are computed once, so a plain fill will do. */
#ifndef CN_INITIALIZERS_RANDOM_H
#define CN_INITIALIZERS_RANDOM_H

#include "initializers/initializer.h"

typedef enum cn_distribution {
    CN_UNIFORM, /* over [0, 1) */
    CN_NORMAL,
    CN_TRUNCATED_NORMAL /* given that |z| < 2 */
} cn_distribution;

/* offset + scale * z with z of that distribution. A seed of CN_NONE draws a new one. */
cn_tensor *cn_initial_values(cn_shape shape, cn_dtype dtype, cn_distribution distribution,
                             double offset, double scale, int seed);
/* n standard normal numbers; owned: cn_mem_free. */
float *cn_initial_normal(size_t n, int seed);
/* In files a seed may be a generator: its own seed stands for it. */
bool cn_read_seed(cn_json *config);

#define CN_SEED_PARAM_(P) P(int, seed, CN_NONE, "equal seeds give equal values; default: by chance")

#endif
