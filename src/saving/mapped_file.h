/* An .h5 file, alone or as a member of a .keras archive, that stays mapped as long as somebody
 * holds it: variables may lie in it. */
#ifndef CN_SAVING_MAPPED_FILE_H
#define CN_SAVING_MAPPED_FILE_H

#include "base/file.h"
#include "graph/tensor.h"
#include "saving/hdf5/hdf5.h"
#include "saving/archive/zip.h"

typedef struct cn_mapped_file {
    cn_object object;
    cn_file_view view; /* of an .h5 file */
    cn_zip *zip;       /* of an archive */
    cn_h5_node *root;
} cn_mapped_file;

/* Owned by the scope. Errors: those of files, archives and HDF5, with the path. */
cn_mapped_file *cn_mapped_h5(const char *path);
/* The archive; `root` is made by cn_mapped_weights. */
cn_mapped_file *cn_mapped_archive(const char *path);
cn_mapped_file *cn_mapped_archive_memory(const void *data, size_t size, const char *label);
/* The member of that name as the root. */
bool cn_mapped_weights(cn_mapped_file *file, const char *member);

/* Puts a data set's value into the variable: as a slice of the file where it is large and lies as
 * the variable wants it, else copied and converted. The shapes are the same. */
bool cn_mapped_assign(cn_mapped_file *file, cn_tensor *variable, const cn_h5_value *value);
/* The value as a tensor of its own. */
cn_tensor *cn_h5_tensor(const cn_h5_value *value);
cn_dtype cn_dtype_of_h5(cn_h5_kind kind);
cn_h5_kind cn_h5_of_dtype(cn_dtype dtype);

#endif
