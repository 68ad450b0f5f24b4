/* Plans by the shapes and dtypes of what they are for, the last few of them. */
#ifndef CN_PLAN_CACHE_H
#define CN_PLAN_CACHE_H

#include "plan/plan.h"

typedef struct cn_plan_cache cn_plan_cache;

/* Makes the plan for views like these (their data may be NULL), held for the cache. */
typedef cn_plan *(*cn_plan_maker)(void *user, const cn_view *views, size_t n, int variant);

/* Keeps up to `most` plans. Owned: cn_plan_cache_free. */
cn_plan_cache *cn_plan_cache_new(size_t most, cn_plan_maker make, void *user);
void cn_plan_cache_free(cn_plan_cache *cache);
/* The plan for these, made if it is new; held for the caller, who releases it. Safe from several
 * threads. NULL: an error. */
cn_plan *cn_plan_cache_get(cn_plan_cache *cache, const cn_view *views, size_t n, int variant);
size_t cn_plan_cache_made(const cn_plan_cache *cache); /* so far, for tests */

#endif
