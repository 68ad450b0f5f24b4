#include "backend/cpu/window/conv_patch.h"

#include <string.h>

static bool inside(const cn_image *image, const cn_box *b)
{
    return b->y >= 0 && b->x >= 0 && b->y + b->height <= image->height &&
           b->x + b->width <= image->width;
}

static void zero(float *to, ptrdiff_t count)
{
    memset(to, 0, (size_t)count * sizeof *to);
}

/* One row of the box: zeros, what is inside of the image, zeros. */
static void copy_row(const cn_image *image, const cn_box *b, const float *from, float *to)
{
    ptrdiff_t first = cn_least(cn_most(0, -b->x), b->width);
    ptrdiff_t last = cn_most(first, cn_least(b->width, image->width - b->x));
    zero(to, first * b->channels);
    from += (b->x + first) * image->channels + b->c;
    if (b->channels == image->channels)
        memcpy(to + first * b->channels, from, (size_t)((last - first) * b->channels) * sizeof *to);
    else
        for (ptrdiff_t x = first; x < last; x++, from += image->channels)
            memcpy(to + x * b->channels, from, (size_t)b->channels * sizeof *to);
    zero(to + last * b->channels, (b->width - last) * b->channels);
}

cn_patch cn_patch_of(const cn_image *image, const cn_box *b, bool sparse, float *room)
{
    ptrdiff_t row = image->width * image->channels, size = image->height * row;
    if (inside(image, b) && (sparse || b->channels == image->channels)) {
        ptrdiff_t at = b->n * size + b->y * row + b->x * image->channels + b->c;
        return (cn_patch){image->at + at, size, row, image->channels};
    }
    cn_patch p = {.at = room, .row = b->width * b->channels, .pixel = b->channels};
    p.image = b->height * p.row;
    for (ptrdiff_t n = 0; n < b->images; n++)
        for (ptrdiff_t i = 0; i < b->height; i++, room += p.row) {
            ptrdiff_t y = b->y + i;
            if (y < 0 || y >= image->height)
                zero(room, p.row);
            else
                copy_row(image, b, image->at + (b->n + n) * size + y * row, room);
        }
    return p;
}
