/* Products of rows that are split by panels of floats that are not: each piece of a panel is split
 * while the one before it is multiplied (cn_amx_feed). Private to products and convolutions. */
#ifndef CN_BACKEND_CPU_AMX_PANELS_H
#define CN_BACKEND_CPU_AMX_PANELS_H

#include "backend/cpu/gemm/amx.h"

enum {
    CN_AMX_PIECE = 4,  /* steps of a panel: two pieces stay in the nearest cache */
    CN_AMX_MOST = 256, /* rows */
    CN_AMX_PANELS_ROOM =
        2 * CN_AMX_PIECE * CN_AMX_STEP + CN_AMX_MOST * CN_AMX_SIDE * (int)sizeof(float), /* bytes */
};

typedef struct cn_amx_panels {
    const cn_amx *amx;
    const float *from; /* the first panel: CN_AMX_SIDE floats of each row of B */
    ptrdiff_t apart;   /* from there to the next one */
    ptrdiff_t count;   /* of panels */
    ptrdiff_t k;       /* rows of B in each, those that A's steps are multiplied by */
    cn_amx_rows a;     /* all rows, CN_AMX_MOST at most, which follow each other */
    /* The panel's sums are there, CN_AMX_SIDE for each row. */
    void (*done)(const void *context, ptrdiff_t panel, const float *sums);
    const void *context;
} cn_amx_panels;

/* `room`: CN_AMX_PANELS_ROOM bytes. */
void cn_amx_run_panels(const cn_amx_panels *p, char *room);

#endif
