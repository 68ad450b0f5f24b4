/* Greedy suppression of overlapping boxes over raw arrays. */
#ifndef CN_OPS_SUPPRESS_H
#define CN_OPS_SUPPRESS_H

#include <stddef.h>
#include <stdint.h>

typedef struct cn_suppress {
    const float *boxes;  /* box i at boxes + i * box_step: y, x, y, x */
    const float *scores; /* score i at scores + i * score_step */
    int64_t box_step, score_step;
    int64_t n, most;
    float iou, least; /* scores must be above `least` */
} cn_suppress;

/* Working memory that cn_suppress_run wants. */
size_t cn_suppress_bytes(int64_t n, int64_t most);
/* Writes the places of up to `most` boxes, best first; returns how many. */
int64_t cn_suppress_run(const cn_suppress *s, void *memory, int32_t *places);

#endif
