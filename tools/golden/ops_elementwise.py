"""Cases of the elementwise operations: arithmetic, comparisons, transcendental functions."""

from keras import ops

from golden.op_case import OpCases
from golden.store import booleans, integers, normal, uniform


def add_cases(store):
    cases = OpCases(store)
    binary(cases)
    broadcasting(cases)
    comparisons(cases)
    unary(cases)
    selection(cases)
    whole_numbers(cases)
    activations(cases)


def binary(cases):
    x, y = normal(3, 5), normal(3, 5, k=1)
    p, q = uniform(0.2, 2.5, 3, 5), uniform(0.2, 2.5, 3, 5, k=1)
    for op in (ops.add, ops.subtract, ops.multiply, ops.maximum, ops.minimum):
        cases(f"{op.__name__}", op, x, y)
    for op in (ops.divide, ops.true_divide, ops.divide_no_nan, ops.arctan2, ops.hypot):
        cases(f"{op.__name__}", op, x, q)
    cases("floor_divide", ops.floor_divide, x, q, grads=False)
    cases("mod", ops.mod, x, q)
    cases("mod.negative_divisor", ops.mod, x, -q)
    cases("fmod", ops.fmod, x, -q)
    cases("power", ops.power, p, y)
    cases("logaddexp", ops.logaddexp, x, y)
    cases("logaddexp.far", ops.logaddexp, x * 200, y * 200)
    cases("logaddexp2", ops.logaddexp2, x, y)
    cases("fmax", ops.fmax, x, y)
    cases("fmin", ops.fmin, x, y)
    cases("heaviside", ops.heaviside, x, y, grads=False)
    cases("ldexp", ops.ldexp, x, integers(-3, 4, 3, 5), grads=False)


def broadcasting(cases):
    cases("add.rows", ops.add, normal(3, 5), normal(5))
    cases("add.columns", ops.add, normal(3, 5), normal(3, 1))
    cases("subtract.both", ops.subtract, normal(2, 1, 3), normal(4, 1))
    cases("multiply.scalar_tensor", ops.multiply, normal(3, 5), normal())
    cases("divide.higher_rank", ops.divide, normal(4), uniform(0.2, 2.5, 2, 3, 1))
    cases("maximum.both", ops.maximum, normal(1, 5), normal(3, 1))
    cases("power.both", ops.power, uniform(0.2, 2.5, 2, 1, 3), normal(4, 1))
    cases("add.zero_size", ops.add, normal(0, 5), normal(5))
    cases("multiply.zero_size", ops.multiply, normal(3, 0), normal(3, 1))
    cases("add.float64", ops.add, normal(3, 5, dtype="float64"), normal(5, dtype="float64"))
    cases("add.mixed", ops.add, normal(3, 5), normal(5, dtype="float64"))
    cases("add.int_float", ops.add, integers(-9, 9, 3, 5), normal(3, 5))
    cases("multiply.bool_float", ops.multiply, booleans(3, 5), normal(3, 5))
    x = normal(3, 5)
    cases("add.constant", lambda x: x + 2.5, x)
    cases("subtract.from_constant", lambda x: 1.0 - x, x)
    cases("multiply.constant", lambda x: 3 * x, x)
    cases("divide.by_constant", lambda x: x / 4.0, x)
    cases("divide.constant_by", lambda x: 1.0 / x, uniform(0.2, 2.5, 3, 5))
    cases("power.square", lambda x: x**2, x)
    cases("power.cube", lambda x: x**3, x)
    cases("power.half", lambda x: x**0.5, uniform(0.2, 2.5, 3, 5))
    cases("power.of_constant", lambda x: 2.0**x, x)
    cases("maximum.constant", lambda x: ops.maximum(x, 0.25), x)


def comparisons(cases):
    i, j = integers(0, 3, 4, 5), integers(0, 3, 5, k=1)
    x, y = normal(4, 5), normal(5, k=1)
    names = ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal")
    for name in names:
        op = getattr(ops, name)
        cases(f"{name}.int", op, i, j)
        cases(f"{name}.float", op, x, y)
    cases("greater.constant", lambda x: x > 0.0, x)
    a, b = booleans(4, 5), booleans(5, k=1)
    for name in ("logical_and", "logical_or", "logical_xor"):
        cases(name, getattr(ops, name), a, b)
    cases("logical_and.int", ops.logical_and, i, j)
    cases("logical_not", ops.logical_not, a)
    cases("isclose", ops.isclose, x, x + 1e-7)
    cases("isfinite", ops.isfinite, x)
    cases("isnan", ops.isnan, x)
    cases("isinf", ops.isinf, x)
    cases("signbit", ops.signbit, x)


def unary(cases):
    x = normal(7, 5)
    inner = uniform(-0.95, 0.95, 7, 5)
    positive = uniform(0.05, 4.0, 7, 5)
    anywhere = """negative absolute square sin cos tanh sinh cosh arctan arcsinh exp exp2 expm1
        erf erfc sign floor ceil trunc cbrt sinc deg2rad rad2deg i0 copy fabs""".split()
    for name in anywhere:
        cases(name, getattr(ops, name), x)
    for name in "sqrt rsqrt reciprocal log log2 log10 log1p".split():
        cases(name, getattr(ops, name), positive)
    for name in "arcsin arccos arctanh tan erfinv".split():
        cases(name, getattr(ops, name), inner)
    cases("arccosh", ops.arccosh, positive + 1)
    cases("round", ops.round, x * 4)
    cases("round.ties_to_even", ops.round, integers(-7, 8, 12) * 0.5, grads=False)
    cases("round.decimals", lambda x: ops.round(x, decimals=2), x, grads=False)
    cases("sign.zero", ops.sign, integers(-1, 2, 9).astype("float32"), grads=False)
    cases("clip", lambda x: ops.clip(x, -0.5, 1.25), x)
    cases("tanh.far", ops.tanh, x * 30)
    cases("exp.far", ops.exp, x * 20)
    cases("log1p.near_zero", ops.log1p, x * 1e-6)
    cases("expm1.near_zero", ops.expm1, x * 1e-6)
    cases("exp.zero_size", ops.exp, normal(0, 3))
    cases("exp.rank_0", ops.exp, normal())
    for name in "exp log sin tanh erf sqrt".split():
        cases(f"{name}.float64", getattr(ops, name), positive.astype("float64"))
    for name in "negative absolute square exp sqrt mean".split():
        cases(f"{name}.int", getattr(ops, name), integers(0, 5, 2, 3))


def selection(cases):
    c, x, y = booleans(3, 5), normal(3, 5), normal(3, 5, k=1)
    cases("where", ops.where, c, x, y)
    cases("where.broadcast", ops.where, booleans(3, 1), normal(5), normal(2, 1, 1))
    cases("where.constant", lambda c, x: ops.where(c, x, 0.0), c, x)
    cases("select", lambda c, d, x, y: ops.select([c, d], [x, y], 7.0), c, ~c, x, y)
    for dtype in ("float64", "int32", "bool", "uint8", "int64", "float16"):
        value = ops.absolute(x * 3) if dtype == "uint8" else x * 3
        cases(f"cast.{dtype}", lambda x: ops.cast(x, dtype), value)
    cases("cast.from_int", lambda x: ops.cast(x, "float32"), integers(-9, 9, 4))
    cases("cast.from_bool", lambda x: ops.cast(x, "float32"), c)
    cases("saturate_cast", lambda x: ops.saturate_cast(x, "uint8"), x * 300)
    cases("stop_gradient", ops.stop_gradient, x)
    cases("zeros_like", ops.zeros_like, x)
    cases("ones_like", ops.ones_like, x)
    cases("full_like", lambda x: ops.full_like(x, 2.5), x)
    cases("nan_to_num", ops.nan_to_num, x)


def whole_numbers(cases):
    i, j = integers(-9, 10, 4, 5), integers(1, 5, 5, k=1)
    for name in "add subtract multiply maximum minimum floor_divide mod divide".split():
        cases(f"{name}.int", getattr(ops, name), i, j)
    cases("power.int", ops.power, i, j - 1)
    k, n = integers(0, 64, 4, 5), integers(0, 6, 5, k=1)
    for name in "and or xor left_shift right_shift".split():
        cases(f"bitwise_{name}", getattr(ops, f"bitwise_{name}"), k, n)
    cases("bitwise_not", ops.bitwise_not, k)
    cases("gcd", ops.gcd, k, j)
    cases("lcm", ops.lcm, k, j)


def activations(cases):
    x = normal(6, 5) * 3
    plain = """relu relu6 sigmoid silu softplus softsign log_sigmoid hard_sigmoid hard_silu
        hard_tanh tanh_shrink selu elu celu gelu leaky_relu sparse_plus sparse_sigmoid
        squareplus hard_shrink soft_shrink softmax log_softmax sparsemax""".split()
    for name in plain:
        cases(f"{name}", getattr(ops, name), x)
    cases("sigmoid.far", ops.sigmoid, x * 15)
    cases("softplus.far", ops.softplus, x * 15)
    cases("log_sigmoid.far", ops.log_sigmoid, x * 15)
    cases("elu.alpha", lambda x: ops.elu(x, alpha=0.3), x)
    cases("celu.alpha", lambda x: ops.celu(x, alpha=0.3), x)
    cases("gelu.exact", lambda x: ops.gelu(x, approximate=False), x)
    cases("leaky_relu.slope", lambda x: ops.leaky_relu(x, negative_slope=0.05), x)
    cases("squareplus.b", lambda x: ops.squareplus(x, b=0.5), x)
    cases("hard_shrink.threshold", lambda x: ops.hard_shrink(x, threshold=1.1), x)
    cases("soft_shrink.threshold", lambda x: ops.soft_shrink(x, threshold=1.1), x)
    cases("threshold", lambda x: ops.threshold(x, 0.7, -2.0), x)
    cases("glu", ops.glu, normal(5, 6))
    cases("glu.axis", lambda x: ops.glu(x, axis=1), normal(3, 4, 5))
    for name in ("softmax", "log_softmax", "sparsemax"):
        op = getattr(ops, name)
        cases(f"{name}.axis", lambda x: op(x, axis=1), normal(2, 3, 4))
        cases(f"{name}.far", op, x * 30)
    cases("softmax.axes", lambda x: ops.softmax(x, axis=(1, 2)), normal(2, 3, 4))
    cases("softmax.float64", ops.softmax, x.astype("float64"))
    cases("softmax.one", ops.softmax, normal(4, 1))
