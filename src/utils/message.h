/* What training tells the user while it runs: progress and callbacks' messages on standard output,
 * warnings on standard error. Errors do not go here. */
#ifndef CN_UTILS_MESSAGE_H
#define CN_UTILS_MESSAGE_H

#include "cornu/export.h"

void cn_say(const char *format, ...) CN_PRINTF(1, 2);
/* "UserWarning: …" and a new line. */
void cn_warn(const char *format, ...) CN_PRINTF(1, 2);
/* Does standard output go to a terminal? */
bool cn_say_terminal(void);

/* For tests: from now on this thread's messages are kept; and what was said, which ends that.
 * Owned: cn_mem_free. */
void cn_say_capture(void);
char *cn_say_captured(void);

#endif
