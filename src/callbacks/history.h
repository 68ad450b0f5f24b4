/* The record of the epochs, kept by a callback. */
#ifndef CN_CALLBACKS_HISTORY_H
#define CN_CALLBACKS_HISTORY_H

#include "callbacks/callback.h"

/* An empty one; it is a cn_callback. */
cn_history *cn_history_new(void);

typedef struct cn_history_row {
    int64_t epoch;
    cn_logs logs;
} cn_history_row;

struct cn_history {
    cn_callback head;
    cn_history_row *rows;
    size_t count, capacity;
    cn_logs names; /* all that a row has; the values mean nothing */
};

#endif
