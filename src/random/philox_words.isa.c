/* The words of Philox4x32-10, compiled for each instruction set: a vector has a block in each lane
 * of 64 bits, of which a product reads the lower half; so what the upper one holds does not matter
 * between rounds. Two vectors side by side, since each round waits for the one before. */
#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "random/philox_words.h"

enum { LANES = CN_VECTOR_BYTES / sizeof(uint64_t), ROUNDS = 10, SIDE = 2 };
typedef uint64_t lanes __attribute__((vector_size(CN_VECTOR_BYTES)));

/* Products of the lower halves; the even lanes of two vectors in turn, and the odd ones. */
#ifdef __SSE2__
#if CN_VECTOR_BYTES == 64
#define CALL(name, a, b) (lanes) _mm512_##name((__m512i)(a), (__m512i)(b))
#elif CN_VECTOR_BYTES == 32
#define CALL(name, a, b) (lanes) _mm256_##name((__m256i)(a), (__m256i)(b))
#else
#define CALL(name, a, b) (lanes) _mm_##name((__m128i)(a), (__m128i)(b))
#endif
#define MULTIPLY(a, b) CALL(mul_epu32, a, b)
#define EVEN(a, b) CALL(unpacklo_epi64, a, b)
#define ODD(a, b) CALL(unpackhi_epi64, a, b)
#else
#define MULTIPLY(a, b) (((a)&UINT32_MAX) * (b))
#define EVEN(a, b) ((lanes){(a)[0], (b)[0]})
#define ODD(a, b) ((lanes){(a)[1], (b)[1]})
#endif

/* Two words as they lie in memory. */
static inline lanes pair(lanes first, lanes second)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return first << 32 | (second & UINT32_MAX);
#else
    return second << 32 | (first & UINT32_MAX);
#endif
}

static void words_of(const uint32_t key[2], uint64_t block, uint32_t words[CN_PHILOX_WORDS])
{
    const lanes none = {0}, by[2] = {none + 0xd2511f53u, none + 0xcd9e8d57u};
    uint64_t keys[ROUNDS][2];
    for (uint32_t i = 0; i < ROUNDS; i++) {
        keys[i][0] = key[0] + i * 0x9e3779b9u;
        keys[i][1] = key[1] + i * 0xbb67ae85u;
    }
    lanes number = none + block;
    for (int k = 0; k < LANES; k++) /* even lanes: the first half of the blocks */
        number[k] += (uint64_t)(k / 2 + k % 2 * (LANES / 2));
    for (int at = 0; at < CN_PHILOX_BLOCKS; at += SIDE * LANES) {
        lanes c[SIDE][4];
        EACH (s, SIDE) {
            c[s][0] = number;
            c[s][1] = number >> 32;
            c[s][2] = c[s][3] = none;
            number += LANES;
        }
        for (int i = 0; i < ROUNDS; i++)
            EACH (s, SIDE) {
                const lanes a = MULTIPLY(c[s][0], by[0]), b = MULTIPLY(c[s][2], by[1]);
                c[s][0] = b >> 32 ^ (c[s][1] ^ keys[i][0]);
                c[s][2] = a >> 32 ^ (c[s][3] ^ keys[i][1]);
                c[s][1] = b;
                c[s][3] = a;
            }
        EACH (s, SIDE) {
            const lanes left = pair(c[s][0], c[s][1]), right = pair(c[s][2], c[s][3]);
            const lanes ends[2] = {EVEN(left, right), ODD(left, right)};
            memcpy(words + 4 * (at + s * LANES), ends, sizeof ends);
        }
    }
}

static void uniform(const uint32_t words[CN_PHILOX_WORDS], float out[CN_PHILOX_WORDS])
{
    for (int i = 0; i < CN_PHILOX_WORDS; i++)
        out[i] = (float)(int32_t)(words[i] >> 8) * 0x1p-24f;
}

static void at_most(const uint32_t words[CN_PHILOX_WORDS], uint32_t most,
                    uint8_t out[CN_PHILOX_WORDS])
{
    for (int i = 0; i < CN_PHILOX_WORDS; i++)
        out[i] = words[i] <= most;
}

const cn_philox_makers CN_ISA_SYMBOL(cn_philox_makers) = {
    .words = words_of, .uniform = uniform, .at_most = at_most};
