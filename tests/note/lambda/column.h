/* x[:, :, index], which has an axis less than x. */
#include "check.h"

static inline cn_tensor *column(cn_tensor *const *in, const cn_args *args)
{
    return cn_slice(in[0], cn_fmt(":, :, %d", cn_arg_int(args, "index")));
}
