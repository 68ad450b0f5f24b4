/* Latency of an empty parallel loop, back to back and after a pause: median, 95th percentile,
 * worst. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/threads.h"
#include "bench.h"
#include "cornu/config.h"

enum { ROUNDS = 2000 };

static void nothing(void *context, size_t begin, size_t end)
{
    (void)context;
    (void)begin;
    (void)end;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const char *name, double pause, int threads)
{
    static double times[ROUNDS];
    int rounds = pause > 1e-3 ? ROUNDS / 10 : ROUNDS;
    for (int i = 0; i < rounds; i++) {
        double start = seconds();
        if (pause > 1e-3)
            usleep((useconds_t)(pause * 1e6));
        else
            while (seconds() - start < pause)
                ;
        start = seconds();
        cn_parallel_for((size_t)threads, 1, nothing, NULL);
        times[i] = 1e6 * (seconds() - start);
    }
    qsort(times, (size_t)rounds, sizeof *times, by_size);
    printf("%-22s %7.2f %7.2f %9.2f us\n", name, times[rounds / 2], times[rounds * 95 / 100],
           times[rounds - 1]);
}

int main(void)
{
    int threads = cn_num_threads();
    printf("%d threads\n", threads);
    measure("back to back", 0, threads);
    measure("after 5 us of work", 5e-6, threads);
    measure("after 30 us of work", 30e-6, threads);
    measure("after 2 ms of sleep", 2e-3, threads);
    return 0;
}
