/* Files of named arrays: NumPy's .npz archives. numpy.load, numpy.savez */
#ifndef CORNU_ARRAYS_H
#define CORNU_ARRAYS_H

#include <cornu/tensor.h>

typedef struct cn_arrays cn_arrays;

/* Opens an .npz archive; arrays are read when they are asked for. Errors: CN_ENOTFOUND, CN_EFORMAT.
 */
CN_API cn_arrays *cn_load_arrays(cn_str path);
CN_API size_t cn_arrays_count(const cn_arrays *arrays);
/* The i-th name, borrowed; NULL outside. */
CN_API cn_str cn_arrays_name(const cn_arrays *arrays, size_t i);
CN_API bool cn_arrays_has(const cn_arrays *arrays, cn_str name);
/* That array as a tensor. Errors: CN_ENOTFOUND listing the names, CN_EFORMAT, CN_EUNSUPPORTED for
 * dtypes that tensors do not have. */
CN_API cn_tensor *cn_arrays_get(cn_arrays *arrays, cn_str name);
/* Writes tensors under their names; the file replaces `path` whole or not at all. bfloat16 is
 * written as float32, which NumPy has. */
CN_API bool cn_save_arrays(cn_str path, const cn_str *names, const cn_list *tensors);

#endif
