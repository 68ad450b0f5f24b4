#include "saving/model_file.h"
cn_model *cn_h5_model_read(cn_mapped_file *file, bool compile)
{
    (void)file;
    (void)compile;
    return cn_fail_null(CN_EUNSUPPORTED, "not supported: .h5 files");
}
bool cn_h5_model_write(cn_model *model, const char *path)
{
    (void)model;
    (void)path;
    return cn_fail(CN_EUNSUPPORTED, "not supported: .h5 files");
}
bool cn_h5_weights_read(cn_model *model, cn_mapped_file *file)
{
    (void)model;
    (void)file;
    return cn_fail(CN_EUNSUPPORTED, "not supported: .h5 files");
}
