/* What a profile gathers, and its trace as a file. */
#ifndef CN_PLAN_PROFILE_TRACE_H
#define CN_PLAN_PROFILE_TRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Steps of the same name, shapes and layer. */
typedef struct cn_profile_row {
    struct cn_profile_row *next;
    char *name, *shapes;
    char *layer;                     /* a copy: names go with their thread */
    atomic_llong calls, nanoseconds; /* without what was run inside */
    atomic_llong best;               /* of one call */
    _Atomic double flops, bytes;
} cn_profile_row;

/* A call of one. */
typedef struct cn_profile_event {
    const cn_profile_row *row;
    int64_t start, nanoseconds;
    int thread;
} cn_profile_event;

/* Writes n calls as Chrome's trace events; the file is replaced whole, or stays. */
bool cn_profile_trace(const char *path, const cn_profile_event *events, int n);

#endif
