/* Computing in eager code; cn_compute is its door. */
#ifndef CN_PLAN_EAGER_H
#define CN_PLAN_EAGER_H

#include <stddef.h>

/* How many plans this thread's eager code has kept so far, for tests. */
size_t cn_eager_plans_made(void);

#endif
