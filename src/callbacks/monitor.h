/* What callbacks that watch a value share. Keras's MonitorCallback */
#ifndef CN_CALLBACKS_MONITOR_H
#define CN_CALLBACKS_MONITOR_H

#include "callbacks/callback.h"

typedef struct cn_monitor {
    bool resolved, warned;
    bool up;     /* more is better */
    bool scored; /* is there a best value? */
    double best, min_delta;
} cn_monitor;

/* Once, when the metrics are known: which direction is better. Error where mode is "auto" and the
 * metric's is not known. */
bool cn_monitor_resolve(cn_monitor *monitor, const cn_callback *callback, cn_str name, cn_str mode,
                        double min_delta);
bool cn_monitor_better(const cn_monitor *monitor, double value, double reference);
/* Is it better than the best so far (or the first)? */
bool cn_monitor_improved(const cn_monitor *monitor, double value);
/* Warns of an unknown mode, which counts as "auto". */
void cn_monitor_check(const cn_callback *callback, cn_str mode);

/* The best value so far, for a callback's `state`. */
bool cn_monitor_state(cn_monitor *monitor, cn_state *state);

#endif
