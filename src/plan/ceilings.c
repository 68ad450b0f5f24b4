#include "plan/ceilings.h"

#include <stdint.h>
#include <string.h>

#include "backend/cpu/gemm/gemm.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/threads.h"

enum { SIDE = 512, TRIES = 5, PIECE = 1 << 18 };
static const size_t size = (size_t)1 << 25; /* bytes, from and to */

typedef struct copying {
    char *from, *to;
} copying;

static void copy_piece(void *context, size_t begin, size_t end)
{
    const copying *c = context;
    memcpy(c->to + begin, c->from + begin, end - begin);
}

static void copy(void *context)
{
    cn_parallel_for(size, PIECE, copy_piece, context);
}

static void multiply(void *context)
{
    cn_gemm_run(context);
}

static double best_seconds(void (*work)(void *), void *context)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        int64_t start = cn_nanoseconds();
        work(context);
        int64_t time = cn_nanoseconds() - start;
        best = time < best ? time : best;
    }
    return 1e-9 * (double)(best ? best : 1);
}

cn_ceilings cn_measure_ceilings(void)
{
    cn_ceilings ceilings = {0};
    char *memory = cn_mem_alloc_aligned(2 * size);
    if (!memory)
        return ceilings;
    memset(memory, 0, 2 * size);
    copying c = {memory, memory + size};
    ceilings.bytes = 2.0 * (double)size / best_seconds(copy, &c);
    const float *a = (float *)memory, *b = a + SIDE * SIDE;
    cn_gemm product = CN_GEMM(SIDE, SIDE, SIDE, a, b, (float *)memory + 2 * SIDE * SIDE);
    ceilings.flops = 2.0 * SIDE * SIDE * SIDE / best_seconds(multiply, &product);
    cn_mem_free_aligned(memory);
    return ceilings;
}
