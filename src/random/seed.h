/* The process's seed generator, as a training that resumes wants it. */
#ifndef CN_RANDOM_SEED_H
#define CN_RANDOM_SEED_H

#include <stdint.h>

/* Its seed, and how many numbers were drawn. */
typedef struct cn_generator_state {
    uint64_t seed, drawn;
} cn_generator_state;
cn_generator_state cn_generator_get(void);
void cn_generator_set(cn_generator_state state);
/* Grows with each cn_set_random_seed: who keeps a seed can tell whether the user gave another. */
uint64_t cn_seeds_given(void);

#endif
