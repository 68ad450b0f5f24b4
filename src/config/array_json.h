/* Arrays in configurations, as Keras writes those of NumPy. */
#ifndef CN_CONFIG_ARRAY_JSON_H
#define CN_CONFIG_ARRAY_JSON_H

#include "base/json.h"
#include "cornu/tensor.h"

/* A number, or {"class_name": "__numpy__", "config": {"value", "dtype"}}; owned. */
cn_json *cn_array_json(cn_tensor *tensor);
/* The array of such an object (or "__tensor__"), of a number, or of lists in lists of one length,
 * whose dtype is that of the numbers: bool, int32 or float32. */
cn_tensor *cn_array_of_json(const cn_json *value);

#endif
