/* Each allocation fails in turn while some work is done: the error comes back, nothing crashes, and
 * (seen with AddressSanitizer) nothing leaks. */
#ifndef TORTURE_H
#define TORTURE_H

#include <stdio.h>

#include "base/alloc.h"
#include "base/test.h"

/* True when all went well. */
typedef bool (*torture_work)(void);

/* False once n is past the last allocation. */
static inline bool torture_fails_at(torture_work work, long n)
{
    bool ok = false;
    CN_SCOPE {
        cn_mem_fail_at(n);
        ok = work();
    }
    bool failed = cn_mem_failed();
    cn_mem_fail_at(-1);
    /* what is only nice to have may be done without, but the error is there */
    if (failed != (cn_error_code() == CN_ENOMEM) || (!ok && !failed)) {
        fprintf(stderr, "allocation %ld: %s, error %d: %s\n", n, ok ? "done" : "refused",
                (int)cn_error_code(), cn_error());
        CHECK(!"lack of memory comes back as an error");
    }
    cn_clear_error();
    return failed;
}

/* Each step-th allocation alone, where there are very many. Returns how many there were. */
static inline long torture_every(torture_work work, long step)
{
    bool ok = false;
    CN_SCOPE {
        ok = work(); /* what is made once for the process is there */
    }
    if (!CHECK(ok))
        return 0;
    long n = 0;
    while (torture_fails_at(work, n))
        n += step;
    return n;
}

static inline long torture(torture_work work)
{
    return torture_every(work, 1);
}

#endif
