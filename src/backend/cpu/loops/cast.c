/* Conversions between all pairs of dtypes. Floats to ints truncate towards zero and saturate;
 * anything to bool is x != 0. Half precisions go through float. */
#include "backend/cpu/loops/loops.h"
#include "base/half.h"

#include <math.h>

/* X(tag, type, lowest, highest): the native types that integers and floats are stored as. */
#define NATIVE(X)                         \
    X(i8, int8_t, INT8_MIN, INT8_MAX)     \
    X(i16, int16_t, INT16_MIN, INT16_MAX) \
    X(i32, int32_t, INT32_MIN, INT32_MAX) \
    X(i64, int64_t, INT64_MIN, INT64_MAX) \
    X(u8, uint8_t, 0, UINT8_MAX)          \
    X(u16, uint16_t, 0, UINT16_MAX)       \
    X(u32, uint32_t, 0, UINT32_MAX)       \
    X(u64, uint64_t, 0, UINT64_MAX)

#define LOOP(name, from, to, e)                                                     \
    static void name(void *out, const void *const *in, size_t n, const void *attrs) \
    {                                                                               \
        to *y = out;                                                                \
        const from *px = in[0];                                                     \
        (void)attrs;                                                                \
        for (size_t i = 0; i < n; i++) {                                            \
            const from x = px[i];                                                   \
            y[i] = (e);                                                             \
        }                                                                           \
    }

/* Through int64, through double, or through float: any pair is one of these in at most two steps,
 * done by load and store functions over small blocks. */
enum { BLOCK = 256 };

#define LOAD_INT(tag, type, low, high)             \
    LOOP(tag##_to_wide, type, int64_t, (int64_t)x) \
    LOOP(tag##_to_double, type, double, (double)x) \
    LOOP(tag##_to_float, type, float, (float)x)    \
    LOOP(wide_to_##tag, int64_t, type, (type)x)    \
    LOOP(double_to_##tag, double, type,            \
         isnan(x)              ? 0                 \
         : x <= (double)(low)  ? (type)(low)       \
         : x >= (double)(high) ? (type)(high)      \
                               : (type)x)
NATIVE(LOAD_INT)
LOOP(bool_to_wide, uint8_t, int64_t, x != 0)
LOOP(bool_to_float, uint8_t, float, x != 0)
LOOP(bool_to_double, uint8_t, double, x != 0)
LOOP(wide_to_bool, int64_t, uint8_t, x != 0)
LOOP(double_to_bool, double, uint8_t, x != 0)
LOOP(float_to_bool, float, uint8_t, x != 0)
LOOP(float_to_double, float, double, x)
LOOP(double_to_float, double, float, (float)x)
LOOP(float_to_float, float, float, x)
LOOP(double_to_double, double, double, x)
LOOP(half_to_float, uint16_t, float, cn_half_to_float(x))
LOOP(bfloat_to_float, uint16_t, float, cn_bfloat16_to_float(x))
LOOP(float_to_half, float, uint16_t, cn_half_from_float(x))
LOOP(float_to_bfloat, float, uint16_t, cn_bfloat16_from_float(x))
LOOP(half_to_double, uint16_t, double, cn_half_to_float(x))
LOOP(bfloat_to_double, uint16_t, double, cn_bfloat16_to_float(x))
LOOP(double_to_half, double, uint16_t, cn_half_from_float((float)x))
LOOP(double_to_bfloat, double, uint16_t, cn_bfloat16_from_float((float)x))
LOOP(float_to_i32, float, int32_t,
     isnan(x)                ? 0
     : x <= (float)INT32_MIN ? INT32_MIN
     : x >= (float)INT32_MAX ? INT32_MAX
                             : (int32_t)x)

/* By dtype: to the wide type of its kind, and from it. */
static const struct {
    cn_loop_kernel to_wide, from_wide, to_double, from_double, to_float, from_float;
} casts[] = {
    [CN_BOOL] = {bool_to_wide, wide_to_bool, bool_to_double, double_to_bool, bool_to_float,
                 float_to_bool},
#define ROW(tag)                                                                             \
    {                                                                                        \
        tag##_to_wide, wide_to_##tag, tag##_to_double, double_to_##tag, tag##_to_float, NULL \
    }
    [CN_INT8] = ROW(i8),
    [CN_INT16] = ROW(i16),
    [CN_INT32] = {i32_to_wide, wide_to_i32, i32_to_double, double_to_i32, i32_to_float,
                  float_to_i32},
    [CN_INT64] = ROW(i64),
    [CN_UINT8] = ROW(u8),
    [CN_UINT16] = ROW(u16),
    [CN_UINT32] = ROW(u32),
    [CN_UINT64] = ROW(u64),
    [CN_FLOAT16] = {NULL, NULL, half_to_double, double_to_half, half_to_float, float_to_half},
    [CN_BFLOAT16] = {NULL, NULL, bfloat_to_double, double_to_bfloat, bfloat_to_float,
                     float_to_bfloat},
    [CN_FLOAT32] = {NULL, NULL, float_to_double, double_to_float, float_to_float, float_to_float},
    [CN_FLOAT64] = {NULL, NULL, double_to_double, double_to_double, double_to_float,
                    float_to_double},
};

typedef struct two_steps {
    cn_loop_kernel first, second;
    size_t from, to;
} two_steps;

static void run_two_steps(const two_steps *s, void *out, const void *in, size_t n)
{
    double between[BLOCK];
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t m = n - i < BLOCK ? n - i : BLOCK;
        s->first(between, &(const void *){(const char *)in + i * s->from}, m, NULL);
        s->second((char *)out + i * s->to, &(const void *){between}, m, NULL);
    }
}

/* The attributes of a cast node begin with the two dtypes. */
static void general(void *out, const void *const *in, size_t n, const void *attrs)
{
    cn_dtype from = (cn_dtype)((const int32_t *)attrs)[0],
             to = (cn_dtype)((const int32_t *)attrs)[1];
    bool whole = casts[from].to_wide && casts[to].from_wide;
    two_steps s = {whole ? casts[from].to_wide : casts[from].to_double,
                   whole ? casts[to].from_wide : casts[to].from_double, cn_dtype_size(from),
                   cn_dtype_size(to)};
    run_two_steps(&s, out, in[0], n);
}

cn_loop_kernel cn_loop_cast(cn_dtype from, cn_dtype to)
{
    if (to == CN_FLOAT32 && casts[from].to_float)
        return casts[from].to_float;
    if (from == CN_FLOAT32 && casts[to].from_float)
        return casts[to].from_float;
    return general;
}
