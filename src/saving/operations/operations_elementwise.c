/* Keras's operations of one element at a time. keras.ops.numpy, math, core */
#include <math.h>
#include <string.h>

#include "saving/operations/operation_rows.h"

#define CALL(id, expression)               \
    static cn_tensor *id(cn_operation *op) \
    {                                      \
        return expression;                 \
    }
#define UNARY(id, expression)          \
    static cn_tensor *id(cn_tensor *x) \
    {                                  \
        return expression;             \
    }
#define BINARY(id, expression)                       \
    static cn_tensor *id(cn_tensor *a, cn_tensor *b) \
    {                                                \
        return expression;                           \
    }

static cn_tensor *floats(cn_tensor *x)
{
    return x && !cn_dtype_is_float(x->dtype) ? cn_cast(x, CN_FLOAT32) : x;
}

static const double pi = 3.14159265358979323846;

UNARY(fabs_, cn_abs(floats(x)))
UNARY(copy, x)
UNARY(real, x)
UNARY(deg2rad, cn_mul(floats(x), pi / 180))
UNARY(rad2deg, cn_mul(floats(x), 180 / pi))
UNARY(signbit_,
      cn_logical_or(cn_less(x, 0), cn_logical_and(cn_equal(x, 0), cn_less(cn_reciprocal(x), 0))))
UNARY(isposinf, cn_logical_and(cn_isinf(x), cn_greater(x, 0)))
UNARY(isneginf, cn_logical_and(cn_isinf(x), cn_less(x, 0)))
UNARY(isreal, cn_equal(cn_zeros_like(x), 0))

/* sin(pi x) / (pi x) */
static cn_tensor *sinc(cn_tensor *x)
{
    cn_tensor *zero = cn_equal(x, 0), *y = cn_mul(cn_select(zero, 1, floats(x)), pi);
    return cn_select(zero, 1.0, cn_div(cn_sin(y), y));
}

static cn_tensor *polynomial(cn_tensor *x, const double *c, int n)
{
    cn_tensor *y = cn_number_float(c[n - 1]);
    for (int i = n - 1; i--;)
        y = cn_add(cn_mul(y, x), c[i]);
    return y;
}

/* The modified Bessel function of order 0: Abramowitz and Stegun 9.8.1 and 9.8.2, good for
 * float32. */
static cn_tensor *i0(cn_tensor *x)
{
    static const double near[] = {1,         3.5156229, 3.0899424, 1.2067492,
                                  0.2659732, 0.0360768, 0.0045813};
    static const double far[] = {0.39894228,  0.01328592, 0.00225319,  -0.00157565, 0.00916281,
                                 -0.02057706, 0.02635537, -0.01647633, 0.00392377};
    cn_tensor *a = cn_abs(floats(x)), *small = cn_less(a, 3.75);
    cn_tensor *s = cn_select(small, a, 1.0), *l = cn_select(small, 4.0, a);
    cn_tensor *below = polynomial(cn_square(cn_div(s, 3.75)), near, 7);
    cn_tensor *above = cn_mul(polynomial(cn_div(3.75, l), far, 9), cn_mul(cn_exp(l), cn_rsqrt(l)));
    return cn_select(small, below, above);
}

/* The inverse of erf: M. Giles's approximation of it, then one step of Newton's. */
static cn_tensor *erfinv(cn_tensor *x)
{
    static const double centre[] = {1.50140941,     0.246640727,    -0.00417768164,
                                    -0.00125372503, 0.00021858087,  -4.39150654e-06,
                                    -3.5233877e-06, 3.43273939e-07, 2.81022636e-08};
    static const double tail[] = {2.83297682,    1.00167406,     0.00943887047,
                                  -0.0076224613, 0.00573950773,  -0.00367342844,
                                  0.00134934322, 0.000100950558, -0.000200214257};
    x = floats(x);
    cn_tensor *w = cn_neg(cn_log(cn_mul(cn_sub(1, x), cn_add(x, 1)))), *near = cn_less(w, 5);
    cn_tensor *in_tail = cn_sub(cn_sqrt(cn_select(near, 9.0, w)), 3);
    cn_tensor *y = cn_mul(
        x, cn_select(near, polynomial(cn_sub(w, 2.5), centre, 9), polynomial(in_tail, tail, 9)));
    y = cn_stop_gradient(cn_select(cn_equal(cn_abs(x), 1), cn_mul(x, (double)INFINITY), y));
    cn_tensor *slope = cn_mul(cn_exp(cn_square(y)), 0.88622692545275801); /* sqrt(pi) / 2 */
    return cn_select(cn_isfinite(slope), cn_sub(y, cn_mul(cn_sub(cn_erf(y), x), slope)), y);
}

BINARY(hypot_, cn_sqrt(cn_add(cn_square(floats(a)), cn_square(floats(b)))))
BINARY(divide_no_nan, cn_select(cn_equal(b, 0), 0.0, cn_div(a, cn_select(cn_equal(b, 0), 1, b))))
BINARY(fmod_, cn_sub(a, cn_mul(b, cn_trunc(cn_div(a, b)))))
BINARY(heaviside, cn_select(cn_equal(a, 0), b, cn_cast(cn_greater(a, 0), cn_dtype_of(b))))
BINARY(ldexp_, cn_mul(a, cn_exp2(cn_cast(b, cn_dtype_of(a)))))
BINARY(fmax_, cn_select(cn_isnan(a), b, cn_select(cn_isnan(b), a, cn_maximum(a, b))))
BINARY(fmin_, cn_select(cn_isnan(a), b, cn_select(cn_isnan(b), a, cn_minimum(a, b))))

/* log(exp(a) + exp(b)), without leaving the range of floats; equal infinities stay. */
static cn_tensor *distance(cn_tensor *a, cn_tensor *b)
{
    cn_tensor *same = cn_equal(a, b);
    return cn_select(same, 0.0, cn_abs(cn_sub(a, cn_select(same, 0, b))));
}
BINARY(logaddexp, cn_add(cn_maximum(a, b), cn_log1p(cn_exp(cn_neg(distance(a, b))))))
BINARY(logaddexp2, cn_add(cn_maximum(a, b), cn_log2(cn_add(cn_exp2(cn_neg(distance(a, b))), 1))))

static cn_tensor *isclose(cn_operation *op)
{
    cn_tensor *a = cn_op_tensor(op, 0, "x1"), *b = cn_op_tensor(op, 1, "x2");
    cn_tensor *rtol = cn_op_tensor_or(op, 2, "rtol", cn_number_float(1e-5));
    cn_tensor *atol = cn_op_tensor_or(op, 3, "atol", cn_number_float(1e-8));
    cn_tensor *limit = cn_add(atol, cn_mul(rtol, cn_abs(b)));
    cn_tensor *near = cn_logical_and(cn_less_equal(cn_abs(cn_sub(a, b)), limit), cn_isfinite(b));
    cn_tensor *close = cn_logical_or(near, cn_equal(a, b));
    if (cn_op_bool(op, "equal_nan", false))
        close = cn_logical_or(close, cn_logical_and(cn_isnan(a), cn_isnan(b)));
    return close;
}

static cn_tensor *round_(cn_operation *op)
{
    int64_t decimals = cn_op_int(op, "decimals", 0);
    cn_tensor *x = X;
    if (!decimals || (x && !cn_dtype_is_float(x->dtype)))
        return x && cn_dtype_is_float(x->dtype) ? cn_round(x) : x;
    double scale = pow(10, (double)decimals);
    return cn_div(cn_round(cn_mul(x, scale)), scale);
}

static cn_tensor *clip(cn_operation *op)
{
    return cn_clip(X, cn_op_tensor(op, 1, "x_min"), cn_op_tensor(op, 2, "x_max"));
}

static cn_tensor *where(cn_operation *op)
{
    cn_tensor *condition = cn_op_tensor(op, 0, "condition");
    if (!cn_op_value(op, 1, "x1") || !cn_op_value(op, 2, "x2"))
        return cn_op_refuse(op, "a condition alone");
    return cn_select(condition, cn_op_tensor(op, 1, "x1"), cn_op_tensor(op, 2, "x2"));
}

/* The first choice whose condition holds. */
static cn_tensor *select_(cn_operation *op)
{
    cn_list *conditions = cn_op_tensors(op, 0, "condlist"),
            *choices = cn_op_tensors(op, 1, "choicelist");
    cn_tensor *y = cn_op_tensor_or(op, 2, "default", cn_number_int(0));
    if (!conditions || !choices || cn_list_length(conditions) != cn_list_length(choices))
        return conditions && choices
                   ? cn_fail_null(CN_EINVAL, "Select: as many choices as conditions")
                   : NULL;
    for (size_t i = cn_list_length(choices); i--;)
        y = cn_select((cn_tensor *)cn_list_item(conditions, i),
                      (cn_tensor *)cn_list_item(choices, i), y);
    return y;
}

static cn_tensor *cast(cn_operation *op)
{
    cn_dtype dtype;
    return cn_op_dtype(op, CN_FLOAT32, &dtype) ? cn_cast(X, dtype) : NULL;
}

static cn_tensor *saturate_cast(cn_operation *op)
{
    cn_dtype dtype;
    cn_tensor *x = X;
    if (!x || !cn_op_dtype(op, CN_FLOAT32, &dtype))
        return NULL;
    int bits = 8 * (int)cn_dtype_size(dtype);
    bool is_unsigned = dtype >= CN_UINT8 && dtype <= CN_UINT64;
    if (cn_dtype_is_int(dtype) && bits < 64 && dtype != x->dtype)
        x = cn_clip(x, is_unsigned ? 0LL : -(1LL << (bits - 1)),
                    is_unsigned ? (1LL << bits) - 1 : (1LL << (bits - 1)) - 1);
    return cn_cast(x, dtype);
}

static cn_tensor *nan_to_num(cn_operation *op)
{
    cn_tensor *x = X;
    if (!x || !cn_dtype_is_float(x->dtype))
        return x;
    static const double largest[] = {65504, 3.38953138925153547590e38, 3.40282346638528859812e38,
                                     1.7976931348623157e308};
    double most = largest[x->dtype - CN_FLOAT16];
    cn_tensor *inf = cn_isinf(x), *up = cn_greater(x, 0);
    cn_tensor *y = cn_select(
        inf, cn_select(up, cn_op_double(op, "posinf", most), cn_op_double(op, "neginf", -most)), x);
    return cn_cast(cn_select(cn_isnan(x), cn_op_double(op, "nan", 0), y), x->dtype);
}

static cn_tensor *filled(cn_operation *op, cn_tensor *value)
{
    cn_dtype dtype;
    cn_tensor *x = X;
    return x && cn_op_dtype(op, x->dtype, &dtype) ? cn_broadcast_like(cn_cast(value, dtype), x)
                                                  : NULL;
}
CALL(zeros_like, filled(op, cn_number_int(0)))
CALL(ones_like, filled(op, cn_number_int(1)))
CALL(full_like, filled(op, cn_op_tensor(op, 1, "fill_value")))
CALL(stop_gradient, cn_stop_gradient(cn_op_tensor(op, 0, "variable")))
CALL(bitwise_not, cn_sub(-1, X))

const cn_operation_row cn_operations_elementwise[] = {B("Add", cn_add_),
                                                      B("Subtract", cn_sub_),
                                                      B("Multiply", cn_mul_),
                                                      B("Divide", cn_div_),
                                                      B("TrueDivide", cn_div_),
                                                      B("DivideNoNan", divide_no_nan),
                                                      B("FloorDivide", cn_floor_divide_),
                                                      B("Mod", cn_mod_),
                                                      B("Fmod", fmod_),
                                                      B("Power", cn_pow_),
                                                      B("Maximum", cn_maximum_),
                                                      B("Minimum", cn_minimum_),
                                                      B("Fmax", fmax_),
                                                      B("Fmin", fmin_),
                                                      B("Arctan2", cn_arctan2_),
                                                      B("Hypot", hypot_),
                                                      B("Heaviside", heaviside),
                                                      B("Ldexp", ldexp_),
                                                      B("Logaddexp", logaddexp),
                                                      B("Logaddexp2", logaddexp2),
                                                      B("Equal", cn_equal_),
                                                      B("NotEqual", cn_not_equal_),
                                                      B("Less", cn_less_),
                                                      B("LessEqual", cn_less_equal_),
                                                      B("Greater", cn_greater_),
                                                      B("GreaterEqual", cn_greater_equal_),
                                                      B("LogicalAnd", cn_logical_and_),
                                                      B("LogicalOr", cn_logical_or_),
                                                      B("LogicalXor", cn_logical_xor_),
                                                      B("BitwiseAnd", cn_bitwise_and),
                                                      B("BitwiseOr", cn_bitwise_or),
                                                      B("BitwiseXor", cn_bitwise_xor),
                                                      B("BitwiseLeftShift", cn_left_shift),
                                                      B("LeftShift", cn_left_shift),
                                                      B("BitwiseRightShift", cn_right_shift),
                                                      B("RightShift", cn_right_shift),
                                                      B("Gcd", cn_gcd),
                                                      B("Lcm", cn_lcm),
                                                      C("BitwiseNot", bitwise_not),
                                                      C("BitwiseInvert", bitwise_not),
                                                      U("LogicalNot", cn_logical_not_),
                                                      U("Negative", cn_neg_),
                                                      U("Absolute", cn_abs_),
                                                      U("Abs", cn_abs_),
                                                      U("Fabs", fabs_),
                                                      U("Sign", cn_sign_),
                                                      U("Signbit", signbit_),
                                                      U("Square", cn_square_),
                                                      U("Sqrt", cn_sqrt_),
                                                      U("Rsqrt", cn_rsqrt_),
                                                      U("Cbrt", cn_cbrt_),
                                                      U("Reciprocal", cn_reciprocal_),
                                                      U("Exp", cn_exp_),
                                                      U("Exp2", cn_exp2_),
                                                      U("Expm1", cn_expm1_),
                                                      U("Log", cn_log_),
                                                      U("Log1p", cn_log1p_),
                                                      U("Log2", cn_log2_),
                                                      U("Log10", cn_log10_),
                                                      U("Sin", cn_sin_),
                                                      U("Cos", cn_cos_),
                                                      U("Tan", cn_tan_),
                                                      U("Arcsin", cn_arcsin_),
                                                      U("Arccos", cn_arccos_),
                                                      U("Arctan", cn_arctan_),
                                                      U("Sinh", cn_sinh_),
                                                      U("Cosh", cn_cosh_),
                                                      U("Tanh", cn_tanh_),
                                                      U("Arcsinh", cn_arcsinh_),
                                                      U("Arccosh", cn_arccosh_),
                                                      U("Arctanh", cn_arctanh_),
                                                      U("Sinc", sinc),
                                                      U("I0", i0),
                                                      U("Erf", cn_erf_),
                                                      U("Erfc", cn_erfc_),
                                                      U("Erfinv", erfinv),
                                                      U("Floor", cn_floor_),
                                                      U("Ceil", cn_ceil_),
                                                      U("Trunc", cn_trunc_),
                                                      C("Round", round_),
                                                      C("Clip", clip),
                                                      U("Isnan", cn_isnan_),
                                                      U("Isinf", cn_isinf_),
                                                      U("Isfinite", cn_isfinite_),
                                                      U("Isposinf", isposinf),
                                                      U("Isneginf", isneginf),
                                                      U("Isreal", isreal),
                                                      C("Isclose", isclose),
                                                      U("Deg2rad", deg2rad),
                                                      U("Rad2deg", rad2deg),
                                                      U("Copy", copy),
                                                      U("Real", real),
                                                      U("Conjugate", copy),
                                                      U("Conj", copy),
                                                      C("Where", where),
                                                      C("Select", select_),
                                                      C("Cast", cast),
                                                      C("SaturateCast", saturate_cast),
                                                      C("NanToNum", nan_to_num),
                                                      C("ZerosLike", zeros_like),
                                                      C("OnesLike", ones_like),
                                                      C("FullLike", full_like),
                                                      C("StopGradient", stop_gradient),
                                                      {0}};
