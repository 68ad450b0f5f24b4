#ifndef CN_PLAN_INTERNED_H
#define CN_PLAN_INTERNED_H

#include "graph/body.h"

/* In eager code: the body that says the same as this one and was made before, on this thread; else
 * this one. So what is made anew in each turn of a loop is known again by its number. Borrowed.
 * NULL: no memory, or a NULL body. */
cn_body *cn_body_interned(cn_body *body);

#endif
