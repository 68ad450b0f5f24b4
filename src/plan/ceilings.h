/* What this machine can do at most with the threads that are set. */
#ifndef CN_PLAN_CEILINGS_H
#define CN_PLAN_CEILINGS_H

typedef struct cn_ceilings {
    double flops; /* a second, in float32 matrix products of 512 x 512 */
    double bytes; /* a second, read and written, where memory is copied that no cache holds */
} cn_ceilings;

/* Measures: takes some 50 ms. Zeros: no memory. */
cn_ceilings cn_measure_ceilings(void);

#endif
