/* Private to the generator: its words, many blocks at a time, the same on every instruction set. */
#ifndef CN_RANDOM_PHILOX_WORDS_H
#define CN_RANDOM_PHILOX_WORDS_H

#include <stdint.h>

#include "backend/cpu/isa.h"

enum { CN_PHILOX_BLOCKS = 32, CN_PHILOX_WORDS = 4 * CN_PHILOX_BLOCKS };

typedef struct cn_philox_makers {
    /* The words of CN_PHILOX_BLOCKS blocks from number `block` on. */
    void (*words)(const uint32_t key[2], uint64_t block, uint32_t words[CN_PHILOX_WORDS]);
    /* Uniforms in [0, 1) of them; which of them are at most `most`, 1 or 0. */
    void (*uniform)(const uint32_t words[CN_PHILOX_WORDS], float out[CN_PHILOX_WORDS]);
    void (*at_most)(const uint32_t words[CN_PHILOX_WORDS], uint32_t most,
                    uint8_t out[CN_PHILOX_WORDS]);
} cn_philox_makers;

CN_ISA_DECLARE(cn_philox_makers);

#endif
