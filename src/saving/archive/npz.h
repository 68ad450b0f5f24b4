/* NumPy's archives of named arrays (.npz): zip archives of .npy files, plain or compressed. Errors:
 * those of zip.h and npy.h. */
#ifndef CN_SAVING_NPZ_H
#define CN_SAVING_NPZ_H

#include "saving/archive/npy.h"
#include "saving/archive/zip.h"

/* Not for two threads at once. */
typedef struct cn_npz cn_npz;

/* Opens an archive; arrays are read when they are asked for. Owned: cn_npz_close. */
cn_npz *cn_npz_open(const char *path);
/* The same of bytes that the caller keeps until the archive is closed. `label` names them in
 * messages. */
cn_npz *cn_npz_open_memory(const void *data, size_t size, const char *label);
void cn_npz_close(cn_npz *npz);

size_t cn_npz_count(const cn_npz *npz);
/* The name of the i-th array ("x" for the member "x.npy"), in the archive's order, borrowed; NULL
 * outside. Members that are no .npy files are not listed. */
const char *cn_npz_name(const cn_npz *npz, size_t i);
bool cn_npz_has(const cn_npz *npz, const char *name);
/* Reads an array. Owned: cn_npy_free. Fails: ENOTFOUND for an unknown name. */
cn_npy *cn_npz_read(cn_npz *npz, const char *name);

/* Adds an array to an archive that cn_zip_begin began and cn_zip_end ends, as np.savez does. */
bool cn_npz_add(cn_zip_writer *writer, const char *name, const cn_npy *array);

#endif
