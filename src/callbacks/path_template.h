/* Python's str.format for file names: "w.{epoch:02d}-{val_loss:.2f}.keras". */
#ifndef CN_CALLBACKS_PATH_TEMPLATE_H
#define CN_CALLBACKS_PATH_TEMPLATE_H

#include "callbacks/callback.h"

/* Fills in {epoch}, {batch} (whole numbers; batch -1: there is none) and the names of logs, each
 * with Python's format ([[fill]align][sign][0][width][.precision][type]); "{{" is a brace. Owned:
 * cn_mem_free. Fails: EINVAL for an unknown name or format, ENOMEM. */
char *cn_path_fill(cn_str path, int64_t epoch, int64_t batch, const cn_logs *logs);

#endif
