#include "backend/cpu/window/conv_patch.h"

#include <string.h>

cn_image cn_image_of(const cn_conv_shape *s, const float *x, ptrdiff_t *stride)
{
    cn_image image = {.at = x, .channels = s->channels};
    cn_dense_steps(s->in, s->channels, image.step);
    for (int i = 0; i < CN_CONV_AXES; i++) {
        ptrdiff_t out = cn_conv_out(s, i);
        bool thin = s->kernel[i] == 1 && !s->before[i] && (out - 1) * s->stride[i] < s->in[i];
        image.size[i] = thin ? out : s->in[i];
        image.step[i] *= thin ? s->stride[i] : 1;
        stride[i] = thin ? 1 : s->stride[i];
    }
    return image;
}

/* Along the first `axes` axes. */
static bool inside(const cn_image *image, const ptrdiff_t *at, const ptrdiff_t *size, int axes)
{
    bool yes = true;
    for (int i = 0; i < axes; i++)
        yes &= at[i] >= 0 && at[i] + size[i] <= image->size[i];
    return yes;
}

const float *cn_image_pixel(const cn_image *image, const ptrdiff_t *place)
{
    static const ptrdiff_t one[CN_CONV_AXES] = {1, 1, 1, 1};
    return inside(image, place, one, CN_CONV_AXES) ? image->at + cn_offset(place, image->step)
                                                   : NULL;
}

static void zero(float *to, ptrdiff_t count)
{
    memset(to, 0, (size_t)count * sizeof *to);
}

/* One row of the box: zeros, what is inside of the image, zeros. */
static void copy_row(const cn_image *image, const cn_box *b, const float *from, float *to)
{
    ptrdiff_t start = b->at[CN_WIDTH], width = b->size[CN_WIDTH];
    ptrdiff_t first = cn_least(cn_most(0, -start), width);
    ptrdiff_t last = cn_most(first, cn_least(width, image->size[CN_WIDTH] - start));
    zero(to, first * b->channels);
    from += (start + first) * image->step[CN_WIDTH] + b->c;
    if (b->channels == image->step[CN_WIDTH])
        memcpy(to + first * b->channels, from, (size_t)((last - first) * b->channels) * sizeof *to);
    else
        for (ptrdiff_t x = first; x < last; x++, from += image->step[CN_WIDTH])
            memcpy(to + x * b->channels, from, (size_t)b->channels * sizeof *to);
    zero(to + last * b->channels, (width - last) * b->channels);
}

cn_patch cn_patch_of(const cn_image *image, const cn_box *b, float *room)
{
    static const ptrdiff_t one[CN_CONV_AXES] = {1, 1, 1, 1};
    cn_patch p = {.at = room};
    if (inside(image, b->at, b->size, CN_CONV_AXES) && b->channels == image->channels) {
        memcpy(p.step, image->step, sizeof p.step);
        p.at = image->at + cn_offset(b->at, image->step);
        return p;
    }
    cn_dense_steps(b->size, b->channels, p.step);
    ptrdiff_t place[CN_CONV_AXES] = {0}, at[CN_CONV_AXES] = {0};
    for (ptrdiff_t rows = cn_product(b->size) / b->size[CN_WIDTH]; rows > 0; rows--) {
        for (int i = 0; i < CN_WIDTH; i++)
            at[i] = b->at[i] + place[i];
        if (inside(image, at, one, CN_WIDTH))
            copy_row(image, b, image->at + cn_offset(at, image->step), room);
        else
            zero(room, p.step[CN_HEIGHT]);
        room += p.step[CN_HEIGHT];
        cn_next_place(place, b->size, CN_WIDTH);
    }
    return p;
}

ptrdiff_t cn_units_count(cn_units *u)
{
    for (int i = 0; i < CN_CONV_AXES; i++)
        u->count[i] = cn_divide_up(u->out[i], u->size[i]);
    return cn_product(u->count);
}

cn_unit cn_units_get(const cn_units *u, ptrdiff_t k)
{
    cn_unit unit;
    for (int i = CN_WIDTH; i >= 0; k /= u->count[i--]) {
        unit.at[i] = k % u->count[i] * u->size[i];
        unit.size[i] = cn_least(u->size[i], u->out[i] - unit.at[i]);
    }
    return unit;
}

bool cn_units_halve(cn_units *u)
{
    int axis = u->size[CN_DEPTH] >= u->size[CN_HEIGHT] ? CN_DEPTH : CN_HEIGHT;
    bool more = u->size[axis] > 1;
    u->size[axis] = cn_divide_up(u->size[axis], 2);
    return more;
}

ptrdiff_t cn_units_read(const cn_units *u, const ptrdiff_t *step, const ptrdiff_t *box)
{
    ptrdiff_t pixels = 1;
    for (int i = 0; i < CN_CONV_AXES; i++)
        pixels *= (u->size[i] - 1) * step[i] + box[i];
    return pixels;
}
