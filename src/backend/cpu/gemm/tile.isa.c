#include "backend/cpu/gemm/tile.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "backend/cpu/lanes.h"

/* Rows so that the sums fill the vector registers: 32 of them with AVX-512 and on ARM, 16
 * elsewhere; FEW of CN_TILE_LINES vectors. In a narrow tile eight sums are enough to hide the
 * latency of an addition. */
#if CN_VECTOR_BYTES == 64
#define ROWS 12
#define FEW 6
#define EACH_FEW(X) X(2) X(3) X(4) X(5) X(6)
#define NARROW_ROWS 8
#define EACH_NARROW(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(5, 1) X(6, 1) X(7, 1) X(8, 1)
#define EACH_ROW(X, w) \
    X(1, w)            \
    X(2, w) X(3, w) X(4, w) X(5, w) X(6, w) X(7, w) X(8, w) X(9, w) X(10, w) X(11, w) X(12, w)
#elif defined(__aarch64__)
#define ROWS 8
#define FEW 4
#define EACH_FEW(X) X(2) X(3) X(4)
#define EACH_ROW(X, w) X(1, w) X(2, w) X(3, w) X(4, w) X(5, w) X(6, w) X(7, w) X(8, w)
#elif CN_VECTOR_BYTES == 32
#define ROWS 6
#define FEW 3
#define EACH_FEW(X) X(2) X(3)
#define EACH_ROW(X, w) X(1, w) X(2, w) X(3, w) X(4, w) X(5, w) X(6, w)
#else
#define ROWS 4
#define FEW 1
#define EACH_FEW(X)
#define EACH_ROW(X, w) X(1, w) X(2, w) X(3, w) X(4, w)
#endif
#ifndef NARROW_ROWS
#define NARROW_ROWS ROWS
#define EACH_NARROW(X) EACH_ROW(X, 1)
#endif
/* Doubles do with fewer sizes: four rows of two vectors are as many sums as can be added at once.
 */
#define DOUBLE_ROWS 4
#define EACH_DOUBLE(X, w) X(1, w) X(2, w) X(3, w) X(4, w)

/* So many of evenly spaced rows share an address: one for each of twelve would fill the registers.
 */
enum { GROUP = 3 };

/* Of so few rows, even the memory takes longer than they do. */
enum { FEW_ROWS = 4 };

/* From row to row by an addition: compilers would rather keep an address for each row. */
#define NEXT_ROW(row, step) \
    row += step;            \
    __asm__("" : "+r"(row))

#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (NAME(four_bits)){__VA_ARGS__})
#endif

typedef int32_t float_four_bits __attribute__((vector_size(16)));
typedef int64_t double_four_bits __attribute__((vector_size(32)));
#define float_RELU relu_lanes
#define double_RELU relu_double_lanes

#define REAL float
#define NARROW EACH_NARROW
#define WIDE EACH_ROW
#define MOST ROWS
#define TILES cn_tiles
#define NAME(x) float_##x
#include "backend/cpu/gemm/tile_template.h"
#undef REAL
#undef NARROW
#undef WIDE
#undef MOST
#undef TILES
#undef NAME
#ifndef CN_ISA_IS_avx512 /* doubles stop at AVX2: a third set would be a twentieth of the library \
                          */
#define NARROW(X) EACH_DOUBLE(X, 1)
#define WIDE EACH_DOUBLE
#define MOST DOUBLE_ROWS
#define REAL double
#define TILES cn_tiles_double
#define NAME(x) double_##x
#include "backend/cpu/gemm/tile_template.h"
#endif

#define FLOAT_ROW(r, w) float_tile_##r##_##w,
#define DOUBLE_ROW(r, w) double_tile_##r##_##w,
#define FLOAT_LINES(r) float_lines_##r,

#define LINES(r)                                       \
    static void float_lines_##r(const cn_gemm_tile *t) \
    {                                                  \
        float_tile(t, r, CN_TILE_LINES);               \
    }
EACH_FEW(LINES)

const cn_tiles CN_ISA_SYMBOL(cn_tiles) = {
    .rows = {NARROW_ROWS, ROWS},
    .lanes = float_LANES,
    .run = {{EACH_NARROW(FLOAT_ROW)}, {EACH_ROW(FLOAT_ROW, 2)}},
    .part = float_part,
    .few = FEW,
    .lines = {float_line, EACH_FEW(FLOAT_LINES)},
    .dot = float_dot,
    .copy = float_copy,
    .interleave = float_interleave,
    .transpose = float_transpose,
};
#ifndef CN_ISA_IS_avx512
const cn_tiles_double CN_ISA_SYMBOL(cn_tiles_double) = {
    .rows = {DOUBLE_ROWS, DOUBLE_ROWS},
    .lanes = double_LANES,
    .few = 1,
    .run = {{EACH_DOUBLE(DOUBLE_ROW, 1)}, {EACH_DOUBLE(DOUBLE_ROW, 2)}},
    .part = double_part,
    .lines = {double_line},
    .dot = double_dot,
    .copy = double_copy,
    .interleave = double_interleave,
    .transpose = double_transpose,
};
#endif
