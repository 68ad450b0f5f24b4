/* The thread pool: one for the process, started at the first parallel loop. A waiting thread spins
 * for a part of a millisecond, then sleeps. The count is CORNU_NUM_THREADS or the number of usable
 * processors. */
#ifndef CN_BASE_THREADS_H
#define CN_BASE_THREADS_H

#include <stddef.h>

/* Runs body(context, begin, end) over [0, n) cut into pieces of `grain` (the last may be short).
 * Which piece runs where is open, the pieces are not: results cannot depend on the number of
 * threads as long as a piece's result depends on the piece alone. n <= grain runs here and now, at
 * no cost. Calls from inside a body, or while another thread uses the pool, run serially. Never
 * fails, never allocates. */
typedef void (*cn_loop)(void *context, size_t begin, size_t end);
void cn_parallel_for(size_t n, size_t grain, cn_loop body, void *context);

#endif
