/* Keras's operations on images. keras.ops.image */
#include <string.h>

#include "cornu/image.h"
#include "saving/operations/operation_rows.h"

static cn_tensor *resize(cn_operation *op)
{
    int64_t size[CN_MAX_RANK] = {0};
    const char *fill_mode = cn_op_text(op, "fill_mode", "constant");
    if (cn_op_ints(op, 1, "size", size) < 0)
        return NULL;
    if (strcmp(fill_mode, "constant") != 0)
        return cn_op_refuse(op, "another fill_mode than 'constant'");
    return cn_resize_images(cn_op_tensor(op, 0, "images"), {size[0], size[1]},
                            .interpolation = cn_op_text(op, "interpolation", "bilinear"),
                            .antialias = cn_op_bool(op, "antialias", false),
                            .crop_to_aspect_ratio = cn_op_bool(op, "crop_to_aspect_ratio", false),
                            .pad_to_aspect_ratio = cn_op_bool(op, "pad_to_aspect_ratio", false),
                            .fill_value = cn_op_double(op, "fill_value", 0),
                            .data_format = cn_op_text(op, "data_format", NULL));
}

const cn_operation_row cn_operations_image[] = {C("Resize", resize), {0}};
