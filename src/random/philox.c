#include "random/philox.h"

#include <math.h>
#include <string.h>

#include "backend/cpu/math/vmath_double.h"
#include "backend/cpu/math/vmath_trig.h"
#include "base/threads.h"
#include "random/philox_words.h"

enum { BLOCKS = CN_PHILOX_BLOCKS, WORDS = CN_PHILOX_WORDS, GRAIN = 1 << 14 };

static inline void philox_round(uint32_t c[4], uint32_t key0, uint32_t key1)
{
    uint64_t a = (uint64_t)0xd2511f53u * c[0], b = (uint64_t)0xcd9e8d57u * c[2];
    uint32_t c0 = (uint32_t)(b >> 32) ^ c[1] ^ key0, c2 = (uint32_t)(a >> 32) ^ c[3] ^ key1;
    c[0] = c0;
    c[1] = (uint32_t)b;
    c[2] = c2;
    c[3] = (uint32_t)a;
}

void cn_philox_block(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    for (uint32_t i = 0; i < 10; i++)
        philox_round(c, key[0] + i * 0x9e3779b9u, key[1] + i * 0xbb67ae85u);
    memcpy(out, c, sizeof c);
}

void cn_philox_key(uint64_t seed, uint64_t draw, uint32_t key[2])
{
    /* The cipher itself mixes seed and draw, on a counter that no fill uses (its last word). */
    uint32_t halves[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, out[4];
    uint32_t counter[4] = {(uint32_t)draw, (uint32_t)(draw >> 32), 0, 0xffffffffu};
    cn_philox_block(halves, counter, out);
    key[0] = out[0];
    key[1] = out[1];
}

/* A fill: `convert` makes elements skip .. skip + count - 1 of a batch of words, to out + at. */
typedef struct fill fill;
struct fill {
    const uint32_t *key;
    uint64_t first;
    int words_each; /* 1 or 2: words for one element */
    void (*convert)(const fill *f, const uint32_t *words, size_t skip, size_t count, size_t at);
    void *out;
    int64_t low;
    uint64_t range;
};

static void fill_piece(void *context, size_t begin, size_t end)
{
    const fill *f = context;
    const cn_philox_makers *makers = cn_isa_pick(cn_philox_makers);
    uint64_t per_block = f->words_each == 1 ? 4 : 2, per_batch = per_block * BLOCKS;
    for (size_t at = begin; at < end;) {
        uint64_t element = f->first + at, skip = element % per_block;
        size_t count = per_batch - skip < end - at ? per_batch - skip : end - at;
        uint32_t words[WORDS];
        makers->words(f->key, element / per_block, words);
        f->convert(f, words, skip, count, at);
        at += count;
    }
}

static void run(fill f, size_t n)
{
    cn_parallel_for(n, GRAIN, fill_piece, &f);
}

static void to_bits(const fill *f, const uint32_t *words, size_t skip, size_t count, size_t at)
{
    memcpy((uint32_t *)f->out + at, words + skip, count * sizeof *words);
}

void cn_philox_bits(const uint32_t key[2], uint64_t first, size_t n, uint32_t *out)
{
    run((fill){.key = key, .first = first, .words_each = 1, .convert = to_bits, .out = out}, n);
}

static void to_uniform(const fill *f, const uint32_t *words, size_t skip, size_t count, size_t at)
{
    float all[WORDS];
    cn_isa_pick(cn_philox_makers)->uniform(words, all);
    memcpy((float *)f->out + at, all + skip, count * sizeof *all);
}

void cn_philox_uniform(const uint32_t key[2], uint64_t first, size_t n, float *out)
{
    run((fill){.key = key, .first = first, .words_each = 1, .convert = to_uniform, .out = out}, n);
}

static uint64_t long_word(const uint32_t *words, size_t i)
{
    return (uint64_t)words[2 * i] << 32 | words[2 * i + 1];
}

static void to_double(const fill *f, const uint32_t *words, size_t skip, size_t count, size_t at)
{
    double *out = (double *)f->out + at;
    for (size_t i = 0; i < count; i++)
        out[i] = (double)(int64_t)(long_word(words, skip + i) >> 11) * 0x1p-53;
}

void cn_philox_uniform_double(const uint32_t key[2], uint64_t first, size_t n, double *out)
{
    run((fill){.key = key, .first = first, .words_each = 2, .convert = to_double, .out = out}, n);
}

/* The upper half of the 128-bit product. */
uint64_t cn_philox_below(uint64_t word, uint64_t range)
{
    uint64_t a0 = (uint32_t)word, a1 = word >> 32, b0 = (uint32_t)range, b1 = range >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (uint32_t)middle;
    return a1 * b1 + (middle >> 32) + (other >> 32);
}

static void to_integers(const fill *f, const uint32_t *words, size_t skip, size_t count, size_t at)
{
    int64_t *out = (int64_t *)f->out + at;
    for (size_t i = 0; i < count; i++) {
        uint64_t word = long_word(words, skip + i);
        uint64_t sum = (uint64_t)f->low + (f->range ? cn_philox_below(word, f->range) : word);
        memcpy(out + i, &sum, sizeof sum); /* two's complement, also past 2^63 */
    }
}

void cn_philox_integers(const uint32_t key[2], uint64_t first, size_t n, int64_t low,
                        uint64_t range, int64_t *out)
{
    fill f = {.key = key, .first = first, .words_each = 2, .convert = to_integers, .out = out};
    f.low = low;
    f.range = range;
    run(f, n);
}

static void to_bernoulli(const fill *f, const uint32_t *words, size_t skip, size_t count, size_t at)
{
    uint8_t *out = (uint8_t *)f->out + at, all[WORDS] = {0};
    if (f->range)
        cn_isa_pick(cn_philox_makers)->at_most(words, (uint32_t)(f->range - 1), all);
    memcpy(out, all + skip, count);
}

void cn_philox_bernoulli(const uint32_t key[2], uint64_t first, size_t n, double p, uint8_t *out)
{
    fill f = {.key = key, .first = first, .words_each = 1, .convert = to_bernoulli, .out = out};
    f.range = p > 0 ? (uint64_t)((p < 1 ? p : 1) * 0x1p32 + 0.5) : 0;
    run(f, n);
}

/* Box-Muller: words 2 k and 2 k + 1 give elements 2 k and 2 k + 1. */
static void to_normal(const fill *f, const uint32_t *words, size_t skip, size_t count, size_t at)
{
    float z[WORDS];
    for (int k = 0; k < WORDS / 2; k++) {
        double sine, cosine, u = ((double)words[2 * k] + 0.5) * 0x1p-32; /* never 0 */
        double radius = sqrt(-2.0 * cn_vd_log_core(u));
        double angle = (double)words[2 * k + 1] * (0x1.921fb54442d18p+2 * 0x1p-32);
        uint64_t n = cn_vd_sincos(angle, &sine, &cosine);
        z[2 * k] = (float)(radius * cn_vd_quadrant(cosine, sine, n + ((n & 1) << 1)));
        z[2 * k + 1] = (float)(radius * cn_vd_quadrant(sine, cosine, n));
    }
    memcpy((float *)f->out + at, z + skip, count * sizeof *z);
}

void cn_philox_normal(const uint32_t key[2], uint64_t first, size_t n, float *out)
{
    run((fill){.key = key, .first = first, .words_each = 1, .convert = to_normal, .out = out}, n);
}
