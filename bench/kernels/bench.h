/* Timing for the programs in this folder: the best of several repetitions, each long enough to
 * measure. */
#ifndef BENCH_H
#define BENCH_H

#include <stdlib.h>
#include <time.h>

static inline double seconds(void)
{
    struct timespec t;
    clock_gettime(getenv("BENCH_CPU") ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds for one call of run(context). */
static inline double best_time(void (*run)(void *), void *context)
{
    run(context);
    double start = seconds();
    run(context);
    double once = seconds() - start, best = 1e9;
    int calls = once > 1e-3 ? 1 : (int)(1e-3 / (once + 1e-9)) + 1;
    for (int repeat = 0; repeat < 15; repeat++) {
        start = seconds();
        for (int i = 0; i < calls; i++)
            run(context);
        double time = (seconds() - start) / calls;
        best = time < best ? time : best;
    }
    return best;
}

#endif
