#include "layers/attention/masks.h"

#include "ops/ops.h"

/* 1, 2, … along the second axis, which may have any size: as that shape. */
static cn_tensor *places(cn_tensor *x, cn_shape shape)
{
    int64_t start[CN_MAX_RANK] = {0}, size[CN_MAX_RANK], step[CN_MAX_RANK] = {0};
    for (int i = 0; i < CN_MAX_RANK; i++)
        size[i] = i == 1 ? CN_ANY : 1;
    cn_tensor *line = cn_ones_like(cn_strided_slice(x, start, size, step));
    return cn_reshape(cn_cumsum(cn_cast(line, CN_INT32), 1), shape);
}

static cn_tensor *rows(cn_tensor *x)
{
    return places(x, cn_shape(1, CN_ANY, 1));
}

static cn_tensor *columns(cn_tensor *y)
{
    return places(y, cn_shape(1, 1, CN_ANY));
}

cn_tensor *cn_causal_mask(cn_tensor *x, cn_tensor *y)
{
    return cn_greater_equal(rows(x), columns(y));
}

cn_tensor *cn_window_mask(cn_tensor *x, cn_tensor *y, int64_t window)
{
    return cn_less(cn_abs(cn_sub(rows(x), columns(y))), window);
}
