/* What callbacks that write files share. */
#ifndef CN_CALLBACKS_SAVING_H
#define CN_CALLBACKS_SAVING_H

#include <stdbool.h>

#include "base/json.h"

/* Makes the folders above a file. Error CN_EIO, naming `who`. */
bool cn_make_folders(char *path, const char *who);
/* Keras's save_freq is "epoch" where ours is None. */
bool cn_save_freq_read(cn_json *config);
bool cn_save_freq_write(int save_freq, cn_json *config);

#endif
