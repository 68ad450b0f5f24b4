/* Choices: classes by their logits, and permutations. */
#include <math.h>

#include "base/threads.h"
#include "random/philox.h"

enum { CHUNK = 32 }; /* uniforms made at a time */

typedef struct choice {
    const uint32_t *key;
    size_t samples, classes;
    const float *logits;
    int64_t *out;
} choice;

/* Walks until the mass before the next class exceeds u; a last class without mass is never taken.
 */
static int64_t pick(const float *logits, size_t classes, double top, double target)
{
    int64_t last = 0;
    for (size_t k = 0; k < classes; k++) {
        double mass = exp(logits[k] - top);
        if (!(mass > 0))
            continue;
        last = (int64_t)k;
        if (target < mass)
            return last;
        target -= mass;
    }
    return last;
}

static void categorical_piece(void *context, size_t begin, size_t end)
{
    const choice *c = context;
    for (size_t row = begin; row < end; row++) {
        const float *logits = c->logits + row * c->classes;
        double top = -INFINITY, total = 0, u[CHUNK];
        for (size_t k = 0; k < c->classes; k++)
            top = logits[k] > top ? logits[k] : top;
        for (size_t k = 0; k < c->classes; k++)
            total += exp(logits[k] - top);
        for (size_t i = row * c->samples; i < (row + 1) * c->samples; i++) {
            size_t at = (i - row * c->samples) % CHUNK, left = (row + 1) * c->samples - i;
            if (at == 0)
                cn_philox_uniform_double(c->key, i, left < CHUNK ? left : CHUNK, u);
            c->out[i] = pick(logits, c->classes, top, u[at] * total);
        }
    }
}

void cn_philox_categorical(const uint32_t key[2], size_t rows, size_t samples, size_t classes,
                           const float *logits, int64_t *out)
{
    choice c = {key, samples, classes, logits, out};
    size_t work = samples * classes, grain = work < 4096 ? 4096 / (work + 1) + 1 : 1;
    cn_parallel_for(rows, grain, categorical_piece, &c);
}

void cn_philox_permutation(const uint32_t key[2], size_t n, int64_t *out)
{
    uint32_t words[2 * CHUNK];
    for (size_t i = 0; i < n; i++) { /* inside out: the new last place trades with a random one */
        size_t at = i % CHUNK, left = n - i;
        if (at == 0)
            cn_philox_bits(key, 2 * (uint64_t)i, 2 * (left < CHUNK ? left : CHUNK), words);
        uint64_t word = (uint64_t)words[2 * at] << 32 | words[2 * at + 1];
        size_t j = (size_t)cn_philox_below(word, i + 1);
        out[i] = out[j];
        out[j] = (int64_t)i;
    }
}
