/* Settings for the whole process: keras.config. */
#ifndef CORNU_CONFIG_H
#define CORNU_CONFIG_H

#include <cornu/export.h>

/* How many threads kernels may use, the caller's among them. 0: as many as there are usable
 * processors. Results do not depend on it. Takes effect at the next parallel loop. */
CN_API void cn_set_num_threads(int count);
CN_API int cn_num_threads(void);

#endif
