/* For tests: what the system grants is refused in turn. A request that nobody refuses costs one
 * relaxed load. */
#ifndef CN_BASE_FAULT_H
#define CN_BASE_FAULT_H

#include <stdbool.h>

typedef enum cn_fault {
    CN_FAULT_MEMORY,
    CN_FAULT_WRITE, /* whatever is done to write: create, write, sync, close, rename, mkdir */
    CN_FAULT_READ,  /* open, stat, map, read */
    CN_FAULT_SHORT, /* a write or a read is done by half, which is no error */
    CN_FAULT_THREAD,
    CN_FAULT_KINDS
} cn_fault;

/* The n-th request of this kind from now (n from 0; -1: none) is refused, with this errno. */
void cn_fault_at(cn_fault kind, long n, int error);
/* Was it refused since? Is one to be? */
bool cn_fault_seen(cn_fault kind);
bool cn_fault_watched(cn_fault kind);

/* Asked before each request: is it refused? Sets errno then. */
bool cn_refused(cn_fault kind);

#endif
