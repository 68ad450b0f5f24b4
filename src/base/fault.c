#include "base/fault.h"

#include <errno.h>
#include <stdatomic.h>

static struct {
    atomic_long left; /* requests until the refused one, which is the last; 0: none */
    atomic_bool seen;
    atomic_int error;
} faults[CN_FAULT_KINDS];

void cn_fault_at(cn_fault kind, long n, int error)
{
    atomic_store(&faults[kind].seen, false);
    atomic_store(&faults[kind].error, error);
    atomic_store(&faults[kind].left, n + 1);
}

bool cn_fault_seen(cn_fault kind)
{
    return atomic_load(&faults[kind].seen);
}

bool cn_fault_watched(cn_fault kind)
{
    return atomic_load_explicit(&faults[kind].left, memory_order_relaxed) > 0;
}

bool cn_refused(cn_fault kind)
{
    if (!cn_fault_watched(kind))
        return false;
    if (atomic_fetch_sub_explicit(&faults[kind].left, 1, memory_order_relaxed) != 1)
        return false;
    atomic_store(&faults[kind].seen, true);
    errno = atomic_load(&faults[kind].error);
    return true;
}
