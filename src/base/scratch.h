/* Working memory for kernels, one block for each thread, kept from call to call so that the steady
 * state allocates nothing. A kernel may use the whole block from its start to its end; no kernel
 * calls another one while it does. */
#ifndef CN_BASE_SCRATCH_H
#define CN_BASE_SCRATCH_H

#include <stddef.h>

/* What several threads read of a large product has more room behind it (cn_scratch_split), as has
 * what matrix units split; where there is neither, it is not touched. Both together are
 * CN_MEM_LARGE, so that they lie on large pages where the system has some. */
enum { CN_SCRATCH = 1 << 20, CN_SCRATCH_SPLIT = 3 << 20 };

/* This thread's block of CN_SCRATCH bytes, 64-byte aligned. NULL with CN_ENOMEM recorded when
 * memory ran out; a kernel asks once before cn_parallel_for, and then the call inside the body
 * cannot fail: a body runs on that thread or on a worker, and a worker is born with its block.
 * Freed when the thread ends. */
void *cn_scratch(void);

/* CN_SCRATCH_SPLIT bytes behind it; only after cn_scratch. */
void *cn_scratch_split(void);

/* For the thread pool: from now on `block`, which outlives the thread's last kernel, is this
 * thread's. */
void cn_scratch_lend(void *block);

#endif
