#include "backend/cpu/loops/attend.h"

#include <string.h>

#include "backend/cpu/gemm/tile.h"
#include "backend/cpu/lanes.h"
#include "backend/cpu/math/vmath.h"

enum { WIDTH = CN_TILE_WIDE * LANES };

static inline loose_lanes *at(const float *x)
{
    return (loose_lanes *)x;
}

/* exp(x) for x <= 0, exactly 0 from -87.7 down; NaN stays. */
static inline lanes exp_lanes(lanes x)
{
    float a[LANES];
    memcpy(a, &x, sizeof x);
    for (int i = 0; i < LANES; i++)
        a[i] = cn_v_exp_small(a[i] < -88.0f ? -88.0f : a[i]);
    memcpy(&x, a, sizeof x);
    return x;
}

static void rise(const float *x, ptrdiff_t n, float *most)
{
    lanes top[CN_TILE_WIDE];
    EACH (w, CN_TILE_WIDE)
        top[w] = *at(most + w * LANES);
    for (; n > 0; n--, x += WIDTH)
        EACH (w, CN_TILE_WIDE) {
            lanes v = *at(x + w * LANES);
            top[w] = choose_lanes(v > top[w], v, top[w]);
        }
    EACH (w, CN_TILE_WIDE)
        *at(most + w * LANES) = top[w];
}

static void weigh(float *x, ptrdiff_t n, const float *most, const float *share, float *sum)
{
    for (int w = 0; w < WIDTH; w += LANES) {
        lanes top = *at(most + w), part = *at(share + w), total = *at(sum + w);
        for (ptrdiff_t i = 0; i < n; i++) {
            loose_lanes *to = at(x + i * WIDTH + w);
            lanes e = exp_lanes(*to - top) * part;
            *to = e;
            total += e;
        }
        *at(sum + w) = total;
    }
}

static void grad(const float *x, float *dx, ptrdiff_t n, const float *dot)
{
    for (int w = 0; w < WIDTH; w += LANES)
        for (ptrdiff_t i = w; i < w + n * WIDTH; i += WIDTH)
            *at(dx + i) = *at(x + i) * (*at(dx + i) - *at(dot + w));
}

static void scale(float *y, ptrdiff_t step, ptrdiff_t rows, ptrdiff_t n, const float *by)
{
    for (ptrdiff_t i = 0; i < rows; i++, y += step)
        for (ptrdiff_t k = 0; k < n; k += LANES)
            store_lanes(y + k, load_lanes(y + k, n - k) * by[i], n - k);
}

const cn_attends CN_ISA_SYMBOL(cn_attends) = {
    .rise = rise, .weigh = weigh, .grad = grad, .scale = scale};
