/* A progress bar. keras.utils.Progbar */
#ifndef CN_UTILS_PROGBAR_H
#define CN_UTILS_PROGBAR_H

#include "cornu/callbacks.h"

typedef struct cn_progbar {
    int64_t target; /* steps in all; -1: not known */
    int verbose;    /* 1: a bar; 2: a line at the end */
    bool terminal;  /* the bar is drawn again and again, in colour; else once, when it is done */
    double (*clock)(void); /* seconds */
    double start, first_step, last_update;
    bool stepped;
    int width;       /* of what stands on the terminal */
    cn_logs *values; /* owned */
} cn_progbar;

/* Begins now. `clock` NULL: the system's. */
bool cn_progbar_begin(cn_progbar *bar, int64_t target, int verbose, bool terminal,
                      double (*clock)(void));
/* So many steps are done; `values` (or NULL) replace those of the same names. `last` ends the bar.
 */
bool cn_progbar_update(cn_progbar *bar, int64_t current, const cn_logs *values, bool last);
void cn_progbar_end(cn_progbar *bar);

#endif
