/* Settings for the whole process: keras.config. */
#ifndef CORNU_CONFIG_H
#define CORNU_CONFIG_H

#include <stdbool.h>

#include <cornu/export.h>

/* How many threads kernels may use, the caller's among them. 0: as many as there are usable
 * processors. Results do not depend on it. Takes effect at the next parallel loop. */
CN_API void cn_set_num_threads(int count);
CN_API int cn_num_threads(void);

/* The dtype policy of layers and models made from now on that have no .dtype of their own:
 * "float32" (as it begins), "bfloat16", "float16", "float64", or "mixed_bfloat16". Layers of that
 * keep float32 weights, which optimizers update; they read them and floating inputs in bfloat16,
 * and give bfloat16, but for normalizations and the loss, which compute in float32. Matrix units
 * multiply bfloat16 several times as fast. Products add in float32, and what passes from one such
 * layer to the next may keep more digits than bfloat16 has. A last layer with .dtype = "float32"
 * gives float32. keras.config.set_dtype_policy, keras.dtype_policies */
CN_API bool cn_set_dtype_policy(const char *name);
CN_API const char *cn_dtype_policy(void);

#endif
