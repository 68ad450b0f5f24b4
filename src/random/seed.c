/* The process's seed generator: a seed and a count of what was drawn from it.
 * keras.utils.set_random_seed */
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "cornu/random.h"
#include "random/philox.h"
#include "random/seed.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool seeded;
    uint64_t seed, drawn;
    uint64_t given; /* how many seeds the user has set */
} generator;

void cn_set_random_seed(uint64_t seed)
{
    pthread_mutex_lock(&lock);
    generator.seeded = true;
    generator.seed = seed;
    generator.drawn = 0;
    generator.given++;
    pthread_mutex_unlock(&lock);
}

uint64_t cn_seeds_given(void)
{
    pthread_mutex_lock(&lock);
    uint64_t given = generator.given;
    pthread_mutex_unlock(&lock);
    return given;
}

/* Without a seed of the user's, each process starts elsewhere. */
static uint64_t by_chance(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_nsec * 0x9E3779B97F4A7C15u ^ (uint64_t)now.tv_sec ^
           (uint64_t)getpid() << 32;
}

/* Under the lock. */
static void seed_once(void)
{
    if (!generator.seeded)
        generator.seed = by_chance();
    generator.seeded = true;
}

cn_generator_state cn_generator_get(void)
{
    pthread_mutex_lock(&lock);
    seed_once();
    cn_generator_state state = {generator.seed, generator.drawn};
    pthread_mutex_unlock(&lock);
    return state;
}

void cn_generator_set(cn_generator_state state)
{
    pthread_mutex_lock(&lock);
    generator.seeded = true;
    generator.seed = state.seed;
    generator.drawn = state.drawn;
    pthread_mutex_unlock(&lock);
}

uint64_t cn_next_seed_number(void)
{
    pthread_mutex_lock(&lock);
    seed_once();
    uint64_t seed = generator.seed, drawn = generator.drawn++;
    pthread_mutex_unlock(&lock);
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, out[4];
    uint32_t counter[4] = {(uint32_t)drawn, (uint32_t)(drawn >> 32), 0x5eed, 0};
    cn_philox_block(key, counter, out);
    return (uint64_t)out[0] << 32 | out[1];
}

cn_tensor *cn_seed(uint64_t seed)
{
    uint32_t words[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    return cn_array(words, CN_UINT32, cn_shape(2));
}

cn_tensor *cn_next_seed(void)
{
    return cn_seed(cn_next_seed_number());
}
