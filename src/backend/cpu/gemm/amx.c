#include "backend/cpu/gemm/amx.h"

#ifdef CORNU_AMX
#include <math.h>

#include "backend/cpu/lanes.h"

enum {
    PARTS = CN_AMX_PARTS,
    LINE = CN_AMX_LINE,
    TILE = CN_AMX_HALF * LINE,
    PART = 2 * TILE, /* of a panel */
    PAIRS = CN_AMX_DEPTH / 2,
};

/* What ldtilecfg reads. */
typedef struct setup {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16]; /* of a tile's row */
    uint8_t rows[16];
} setup;

/* Not on the stack: gcc 12 believes that only its first word is read. */
static const setup whole_tiles = {
    .palette = 1,
    .bytes = {LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE},
    .rows = {CN_AMX_HALF, CN_AMX_HALF, CN_AMX_HALF, CN_AMX_HALF, CN_AMX_HALF, CN_AMX_HALF,
             CN_AMX_HALF, CN_AMX_HALF},
};

static void begin(void)
{
    _tile_loadconfig(&whole_tiles);
}

static void end(void)
{
    _tile_release();
}

/* The upper half is the nearest bfloat16. */
static inline lane_bits round_up(lanes x)
{
    return (lane_bits)x + 0x8000;
}

/* What the nearest bfloat16 leaves. */
static inline lanes rest_of(lanes x, lane_bits rounded)
{
    return x - (lanes)(rounded & ~0xffff);
}

/* The last part needs no rounding: what two have left is one. */
static void row(const float *from, ptrdiff_t count, char *to, ptrdiff_t part, ptrdiff_t step)
{
    static const uint16_t odd[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21,
                                     23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43,
                                     45, 47, 49, 51, 53, 55, 57, 59, 61, 63};
    const __m512i pick = _mm512_loadu_si512(odd);
    for (; count > 0; count -= CN_AMX_DEPTH, from += CN_AMX_DEPTH, to += step) {
        lanes x = load_lanes(from, count), y = {0};
        if (count > LANES)
            y = load_lanes(from + LANES, count - LANES);
        EACH (p, PARTS - 1) {
            lane_bits near_x = round_up(x), near_y = round_up(y);
            _mm512_store_si512(to + p * part,
                               _mm512_permutex2var_epi16((__m512i)near_x, pick, (__m512i)near_y));
            x = rest_of(x, near_x);
            y = rest_of(y, near_y);
        }
        _mm512_store_si512(to + (PARTS - 1) * part,
                           _mm512_permutex2var_epi16((__m512i)x, pick, (__m512i)y));
    }
}

/* The upper halves in pairs, x's below. */
static inline lane_bits pair_halves(lane_bits x, lane_bits y)
{
    return (lane_bits)_mm512_srli_epi32((__m512i)x, 16) | (y & ~0xffff);
}

/* Two rows of a vector each. */
static inline void pair(lanes x, lanes y, char *to)
{
    EACH (p, PARTS - 1) {
        lane_bits near_x = round_up(x), near_y = round_up(y);
        *(lane_bits *)(to + p * PART) = pair_halves(near_x, near_y);
        x = rest_of(x, near_x);
        y = rest_of(y, near_y);
    }
    *(lane_bits *)(to + (PARTS - 1) * PART) = pair_halves((lane_bits)x, (lane_bits)y);
}

/* What is bfloat16 has one part. */
static void row_narrow(const float *from, ptrdiff_t count, char *to, ptrdiff_t part, ptrdiff_t step)
{
    (void)part;
    for (; count > 0; count -= CN_AMX_DEPTH, from += CN_AMX_DEPTH, to += step) {
        lanes x = load_lanes(from, count), y = {0};
        if (count > LANES)
            y = load_lanes(from + LANES, count - LANES);
        _mm512_store_si512(to, (__m512i)_mm512_cvtne2ps_pbh((__m512)y, (__m512)x));
    }
}

static inline void pair_narrow(lanes x, lanes y, char *to)
{
    const __m512i upper = (__m512i)(__m512bh)_mm512_cvtne2ps_pbh((__m512)y, (__m512)x);
    const __m512i low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(upper));
    const __m512i high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(upper, 1));
    _mm512_store_si512(to, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
}

static inline __attribute__((always_inline)) void
panels(const float *from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t columns, char *block,
       void (*const pair_up)(lanes, lanes, char *))
{
    enum { AHEAD = 16 };
    const lanes zero = {0};
    bool both = columns > CN_AMX_HALF;
    for (; count > 0; block += CN_AMX_STEP)
        for (int i = 0; i < PAIRS; i++, count -= 2, from += 2 * step) {
            char *to = block + i * LINE;
            for (int half = 0; half <= both; half++, to += TILE) {
                const float *at = from + half * LANES;
                cn_ask(at + AHEAD * step);
                cn_ask(at + (AHEAD + 1) * step);
                pair_up(count > 0 ? (lanes) * (const loose_lanes *)at : zero,
                        count > 1 ? (lanes) * (const loose_lanes *)(at + step) : zero, to);
            }
        }
}

static void panel(const float *from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t columns, char *to)
{
    panels(from, step, count, columns, to, pair);
}

static void panel_narrow(const float *from, ptrdiff_t step, ptrdiff_t count, ptrdiff_t columns,
                         char *to)
{
    panels(from, step, count, columns, to, pair_narrow);
}

static inline void clear(void)
{
    __asm__ volatile("" ::: "memory"); /* what has been split is in memory */
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
}

static inline void fetch(const float *sums, ptrdiff_t next)
{
    const ptrdiff_t bytes = next * (ptrdiff_t)sizeof *sums, below = CN_AMX_HALF * next;
    __asm__ volatile("" ::: "memory");
    _tile_loadd(0, sums, bytes);
    _tile_loadd(1, sums + CN_AMX_HALF, bytes);
    _tile_loadd(2, sums + below, bytes);
    _tile_loadd(3, sums + below + CN_AMX_HALF, bytes);
}

static inline void store(float *sums, ptrdiff_t next)
{
    const ptrdiff_t bytes = next * (ptrdiff_t)sizeof *sums, below = CN_AMX_HALF * next;
    _tile_stored(0, sums, bytes);
    _tile_stored(1, sums + CN_AMX_HALF, bytes);
    _tile_stored(2, sums + below, bytes);
    _tile_stored(3, sums + below + CN_AMX_HALF, bytes);
    __asm__ volatile("" ::: "memory");
}

/* Tiles 0 to 3 are sums, 4 and 5 halves of A, 6 and 7 of B. */
static inline __attribute__((always_inline)) void products(const cn_amx_rows *a, const char *b,
                                                           ptrdiff_t steps, ptrdiff_t columns,
                                                           float *sums, ptrdiff_t next,
                                                           const bool narrow)
{
    const bool down = a->count > CN_AMX_HALF, across = columns > CN_AMX_HALF;
    const ptrdiff_t below = CN_AMX_HALF * a->row;
#define LOAD_A(p)                               \
    _tile_loadd(4, from + (p)*a->part, a->row); \
    if (down)                                   \
    _tile_loadd(5, from + (p)*a->part + below, a->row)
#define LOAD_B(p)                       \
    _tile_loadd(6, b + (p)*PART, LINE); \
    if (across)                         \
    _tile_loadd(7, b + (p)*PART + TILE, LINE)
#define ADD_PRODUCTS                 \
    _tile_dpbf16ps(0, 4, 6);         \
    if (across)                      \
        _tile_dpbf16ps(1, 4, 7);     \
    if (down) {                      \
        _tile_dpbf16ps(2, 5, 6);     \
        if (across)                  \
            _tile_dpbf16ps(3, 5, 7); \
    }
/* The smallest products first; `then` after each part. */
#define ADD_A_STEP(then)         \
    LOAD_B(2);                   \
    ADD_PRODUCTS then LOAD_B(1); \
    ADD_PRODUCTS then LOAD_A(1); \
    ADD_PRODUCTS then LOAD_B(0); \
    ADD_PRODUCTS then LOAD_A(2); \
    ADD_PRODUCTS then LOAD_A(0); \
    ADD_PRODUCTS then
    const char *ahead = a->ahead;
    clear();
    for (ptrdiff_t s = 0; s < steps; s++, b += CN_AMX_STEP) {
        const char *from = a->at + a->steps[s];
        LOAD_A(0);
        for (ptrdiff_t i = 0; i < a->lines; i++, ahead += LINE)
            cn_ask(ahead);
        if (narrow) {
            LOAD_B(0);
            ADD_PRODUCTS
            continue;
        }
        ADD_A_STEP()
    }
    store(sums, next);
}

static inline __attribute__((always_inline)) void
feed_pairs(cn_amx_feed *f, ptrdiff_t pairs, void (*const pair_up)(lanes, lanes, char *))
{
    const lanes zero = {0};
    cn_amx_feed now = *f;
    for (; pairs > 0; pairs--, now.from += 2 * CN_AMX_SIDE, now.rows -= 2) {
        char *to = now.to + now.pair * LINE;
        for (int half = 0; half < 2; half++, to += TILE) {
            const lanes *x = (const lanes *)(now.from + half * LANES), *y = x + 2;
            pair_up(now.rows > 0 ? *x : zero, now.rows > 1 ? *y : zero, to);
        }
        if (++now.pair == PAIRS) {
            now.pair = 0;
            now.to += CN_AMX_STEP;
        }
    }
    *f = now;
}

static void feed(cn_amx_feed *f, ptrdiff_t pairs)
{
    feed_pairs(f, pairs, pair);
}

static void feed_narrow(cn_amx_feed *f, ptrdiff_t pairs)
{
    feed_pairs(f, pairs, pair_narrow);
}

static inline __attribute__((always_inline)) void feed_some(cn_amx_feed *f, ptrdiff_t *pairs,
                                                            ptrdiff_t most, const bool narrow)
{
    ptrdiff_t some = cn_least(*pairs, most);
    feed_pairs(f, some, narrow ? pair_narrow : pair);
    *pairs -= some;
}

/* As products(). The units multiply for long; what is fed between is done meanwhile. */
static inline __attribute__((always_inline)) void
products_on(const cn_amx_rows *a, ptrdiff_t first, ptrdiff_t steps, const char *b, float *sums,
            bool more, cn_amx_feed *f, ptrdiff_t pairs, const bool narrow)
{
    enum { GROUPS = 6 };
    const bool down = a->count > CN_AMX_HALF, across = true;
    const ptrdiff_t below = CN_AMX_HALF * a->row, some = cn_divide_up(pairs, GROUPS * steps);
    if (more)
        fetch(sums, CN_AMX_SIDE);
    else
        clear();
    for (ptrdiff_t s = first; s < first + steps; s++, b += CN_AMX_STEP) {
        const char *from = a->at + a->steps[s];
        LOAD_A(0);
        if (narrow) {
            LOAD_B(0);
            ADD_PRODUCTS
            feed_some(f, &pairs, GROUPS * some, narrow);
            continue;
        }
        ADD_A_STEP(feed_some(f, &pairs, some, narrow);)
    }
    store(sums, CN_AMX_SIDE);
}

/* Tiles 0 to 3 are sums, 4 to 6 the parts of A. Parts are added in the same order. */
static inline __attribute__((always_inline)) void products_of_few(const cn_amx_rows *a,
                                                                  const char *b, const char *next,
                                                                  ptrdiff_t steps, float *sums,
                                                                  const bool narrow)
{
#define EACH_COLUMN(p, ADD)                       \
    _tile_loadd(7, b + (p)*PART, LINE);           \
    ADD(0)                                        \
    _tile_loadd(7, b + (p)*PART + TILE, LINE);    \
    ADD(1)                                        \
    _tile_loadd(7, next + (p)*PART, LINE);        \
    ADD(2)                                        \
    _tile_loadd(7, next + (p)*PART + TILE, LINE); \
    ADD(3)
#define ADD_SMALL(j) _tile_dpbf16ps(j, 4, 7);
#define ADD_MIDDLE(j)        \
    _tile_dpbf16ps(j, 4, 7); \
    _tile_dpbf16ps(j, 5, 7);
#define ADD_LARGE(j)         \
    _tile_dpbf16ps(j, 5, 7); \
    _tile_dpbf16ps(j, 6, 7); \
    _tile_dpbf16ps(j, 4, 7);
    clear();
    for (ptrdiff_t s = 0; s < steps; s++, b += CN_AMX_STEP, next += CN_AMX_STEP) {
        const char *from = a->at + a->steps[s];
        _tile_loadd(4, from, a->row);
        if (narrow) {
            EACH_COLUMN(0, ADD_SMALL)
            continue;
        }
        _tile_loadd(5, from + a->part, a->row);
        _tile_loadd(6, from + 2 * a->part, a->row);
        EACH_COLUMN(2, ADD_SMALL)
        EACH_COLUMN(1, ADD_MIDDLE)
        EACH_COLUMN(0, ADD_LARGE)
    }
    store(sums, CN_AMX_SIDE);
}

static void multiply(const cn_amx_rows *a, const char *b, ptrdiff_t steps, ptrdiff_t columns,
                     float *sums, ptrdiff_t next)
{
    products(a, b, steps, columns, sums, next, false);
}

static void multiply_narrow(const cn_amx_rows *a, const char *b, ptrdiff_t steps, ptrdiff_t columns,
                            float *sums, ptrdiff_t next)
{
    products(a, b, steps, columns, sums, next, true);
}

static void multiply_on(const cn_amx_rows *a, ptrdiff_t first, ptrdiff_t steps, const char *b,
                        float *sums, bool more, cn_amx_feed *f, ptrdiff_t pairs)
{
    products_on(a, first, steps, b, sums, more, f, pairs, false);
}

static void multiply_on_narrow(const cn_amx_rows *a, ptrdiff_t first, ptrdiff_t steps,
                               const char *b, float *sums, bool more, cn_amx_feed *f,
                               ptrdiff_t pairs)
{
    products_on(a, first, steps, b, sums, more, f, pairs, true);
}

static void multiply_few(const cn_amx_rows *a, const char *b, const char *next, ptrdiff_t steps,
                         float *sums)
{
    products_of_few(a, b, next, steps, sums, false);
}

static void few_narrow(const cn_amx_rows *a, const char *b, const char *next, ptrdiff_t steps,
                       float *sums)
{
    products_of_few(a, b, next, steps, sums, true);
}

/* Of x - x, which is zero where x is finite. */
static inline uint32_t is_odd(lanes difference)
{
    const __m512i bits = (__m512i)difference;
    return _mm512_test_epi32_mask(bits, bits) != 0;
}

/* What is not finite in whole rows. */
static uint32_t check(const float *c, ptrdiff_t next, ptrdiff_t count)
{
    uint32_t bad = 0;
    for (ptrdiff_t r = 0; r < count; r++, c += next) {
        const lanes x = *(const loose_lanes *)c, y = *(const loose_lanes *)(c + LANES);
        bad |= is_odd((x - x) + (y - y)) << r;
    }
    return bad;
}

static uint32_t finish(const cn_gemm_tile *t, const float *sums, ptrdiff_t count)
{
    const float alpha = (float)t->alpha, beta = (float)t->beta, *bias = t->bias;
    const lanes least = t->activation == CN_ACT_RELU ? (lanes){0} : (lanes){0} - INFINITY;
    uint32_t bad = 0;
    if (sums == t->c)
        return check(sums, t->c_step, count);
    for (ptrdiff_t j = 0; j < t->columns; j += LANES) {
        const ptrdiff_t n = cn_least(t->columns - j, LANES);
        const lanes more = bias ? load_some(bias + j, n) : -(lanes){0};
        const float *from = sums + j;
        float *c = (float *)t->c + j;
        for (ptrdiff_t r = 0; r < count; r++, c += t->c_step, from += CN_AMX_SIDE) {
            lanes x = alpha * load_some(from, n);
            if (beta != 0)
                x += beta * load_some(c, n);
            bad |= is_odd(x - x) << r;
            x = (lanes)_mm512_max_ps((__m512)least, (__m512)(x + more)); /* a NaN stays */
            store_some(c, x, n);
        }
    }
    return bad;
}

const cn_amx cn_amx_avx512 = {
    begin, end, row, panel, multiply, feed, multiply_on, multiply_few, finish,
};
const cn_amx cn_amx_bfloat16 = {
    begin,      end,    row_narrow, panel_narrow, multiply_narrow, feed_narrow, multiply_on_narrow,
    few_narrow, finish,
};
#endif
