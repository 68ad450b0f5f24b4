#include "backend/cpu/window/pool.h"

#include <math.h>
#include <string.h>

#include "base/test.h"
#include "cornu/config.h"

enum { MOST = 1 << 16 };

static float x[MOST], y[MOST], dy[MOST], dx[MOST], want_y[MOST], want_dx[MOST], keep_y[MOST],
    keep[MOST];
static uint16_t where[MOST];

/* Visits the window of output pixel `o` = ((n, oh), ow), channel c: the sum, the count and the
 * maximum. */
typedef struct seen {
    double sum;
    int count;
    ptrdiff_t best; /* in x */
} seen;

static ptrdiff_t place(const cn_pool *p, ptrdiff_t o, ptrdiff_t c, ptrdiff_t i, ptrdiff_t j)
{
    ptrdiff_t out_h = cn_pool_out_h(p), out_w = cn_pool_out_w(p), n = o / out_w / out_h;
    ptrdiff_t h = o / out_w % out_h * p->stride_h + i - p->pad_top;
    ptrdiff_t w = o % out_w * p->stride_w + j - p->pad_left;
    bool inside = h >= 0 && h < p->height && w >= 0 && w < p->width;
    return inside ? ((n * p->height + h) * p->width + w) * p->channels + c : -1;
}

static seen look(const cn_pool *p, ptrdiff_t o, ptrdiff_t c)
{
    seen s = {.best = -1};
    for (ptrdiff_t i = 0; i < p->window_h; i++)
        for (ptrdiff_t j = 0; j < p->window_w; j++) {
            ptrdiff_t at = place(p, o, c, i, j);
            if (at < 0)
                continue;
            s.sum += x[at];
            s.count++;
            if (s.best < 0 || x[at] > x[s.best])
                s.best = at;
        }
    return s;
}

static void naive(const cn_pool *p, bool max, bool relu)
{
    ptrdiff_t pixels = p->batch * cn_pool_out_h(p) * cn_pool_out_w(p);
    memset(want_dx, 0, sizeof want_dx);
    for (ptrdiff_t o = 0; o < pixels; o++)
        for (ptrdiff_t c = 0; c < p->channels; c++) {
            seen s = look(p, o, c);
            ptrdiff_t at = o * p->channels + c;
            want_y[at] = max ? x[s.best] : (float)(s.sum / s.count);
            if (max && !(relu && want_y[at] <= 0))
                want_dx[s.best] += dy[at];
            for (ptrdiff_t t = 0; !max && t < p->window_h * p->window_w; t++) {
                ptrdiff_t to = place(p, o, c, t / p->window_w, t % p->window_w);
                if (to >= 0)
                    want_dx[to] += dy[at] / (float)s.count;
            }
        }
}

static bool agrees(const cn_pool *p, bool max, bool relu)
{
    size_t nx = (size_t)(p->batch * p->height * p->width * p->channels);
    size_t ny = (size_t)(p->batch * cn_pool_out_h(p) * cn_pool_out_w(p) * p->channels);
    naive(p, max, relu);
    for (int threads = 1; threads <= 3; threads++) {
        cn_set_num_threads(threads);
        memset(dx, 1, sizeof dx);
        if (max) {
            cn_pool_max(p, x, y, where);
            cn_pool_max_grad(p, dy, where, relu ? y : NULL, dx);
        } else {
            cn_pool_average(p, x, y);
            cn_pool_average_grad(p, dy, dx);
        }
        if (!check_close(y, want_y, ny, 1e-6, 1e-6) || !check_close(dx, want_dx, nx, 1e-5, 1e-5))
            return false;
        if (threads > 1 && !CHECK(!memcmp(y, keep_y, ny * 4) && !memcmp(dx, keep, nx * 4)))
            return false;
        memcpy(keep_y, y, ny * sizeof *y);
        memcpy(keep, dx, nx * sizeof *dx);
    }
    cn_set_num_threads(0);
    return true;
}

TEST(pool_shapes)
{
    static const cn_pool shapes[] = {
        {3, 26, 26, 32, 2, 2, 2, 2, 0, 0, 0, 0},  {2, 13, 11, 5, 2, 2, 2, 2, 0, 0, 0, 0},
        {2, 13, 11, 17, 3, 3, 1, 1, 1, 1, 1, 1},  {1, 9, 14, 40, 3, 2, 2, 3, 1, 1, 0, 1},
        {2, 8, 8, 3, 2, 3, 4, 5, 0, 0, 0, 0},     {4, 7, 7, 64, 7, 7, 1, 1, 0, 0, 0, 0},
        {1, 20, 30, 1, 20, 30, 1, 1, 0, 0, 0, 0}, {0, 5, 5, 3, 2, 2, 2, 2, 0, 0, 0, 0},
        {2, 1, 5, 3, 2, 2, 2, 2, 0, 0, 0, 0},     {1, 30, 1, 33, 5, 1, 2, 1, 2, 2, 0, 0}};
    for (int i = 0; i < MOST; i++) { /* few different values: ties are common */
        x[i] = (float)((i * 791 >> 3) % 29 - 14) / 4;
        dy[i] = (float)(i % 31 * 17 % 31 - 15) / 8;
    }
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++) {
        cn_isa_limit(level);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            for (int kind = 0; kind < 3; kind++)
                REQUIRE(agrees(&shapes[i], kind > 0, kind > 1));
    }
    cn_isa_limit(CN_ISA_AMX);
}

TEST(pool_nan_is_the_maximum)
{
    cn_pool p = {1, 2, 2, 1, 2, 2, 1, 1, 0, 0, 0, 0};
    float in[4] = {1, NAN, 3, 2}, out[1];
    uint16_t at[1];
    cn_pool_max(&p, in, out, at);
    CHECK(isnan(out[0]) && at[0] == 1);
    float low[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    cn_pool_max(&p, low, out, at);
    CHECK(out[0] == -INFINITY && at[0] == 0);
}
