/* The words of Philox4x32-10, compiled for each instruction set. Loops do one thing each, so that
 * compilers turn them into vector code. */
#include "random/philox_words.h"

#include <string.h>

enum { BLOCKS = CN_PHILOX_BLOCKS };

/* Both halves of the products. */
static inline void multiply(const uint32_t *restrict x, uint32_t by, uint32_t *restrict high,
                            uint32_t *restrict low)
{
    for (int k = 0; k < BLOCKS; k++) {
        uint64_t product = (uint64_t)by * x[k];
        high[k] = (uint32_t)(product >> 32);
        low[k] = (uint32_t)product;
    }
}

static inline void mix(uint32_t *restrict to, const uint32_t *restrict a,
                       const uint32_t *restrict b, uint32_t key)
{
    for (int k = 0; k < BLOCKS; k++)
        to[k] = a[k] ^ b[k] ^ key;
}

/* Word j of block k is c[j][k]; the rounds of all blocks run side by side. */
static void words_of(const uint32_t key[2], uint64_t block, uint32_t words[CN_PHILOX_WORDS])
{
    uint32_t c[4][BLOCKS] = {{0}}, high[2][BLOCKS], low[2][BLOCKS];
    for (uint32_t k = 0; k < BLOCKS; k++) {
        c[0][k] = (uint32_t)(block + k);
        c[1][k] = (uint32_t)((block + k) >> 32);
    }
    for (uint32_t i = 0; i < 10; i++) {
        multiply(c[0], 0xd2511f53u, high[0], low[0]);
        multiply(c[2], 0xcd9e8d57u, high[1], low[1]);
        mix(c[0], high[1], c[1], key[0] + i * 0x9e3779b9u);
        mix(c[2], high[0], c[3], key[1] + i * 0xbb67ae85u);
        memcpy(c[1], low[1], sizeof c[1]);
        memcpy(c[3], low[0], sizeof c[3]);
    }
    for (int k = 0; k < BLOCKS; k++)
        for (int j = 0; j < 4; j++)
            words[4 * k + j] = c[j][k];
}

const cn_philox_makers CN_ISA_SYMBOL(cn_philox_makers) = {.words = words_of};
