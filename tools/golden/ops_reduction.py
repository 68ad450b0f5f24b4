"""Cases of reductions, scans and sorts."""

import numpy as np
from keras import ops

from golden.op_case import OpCases
from golden.store import booleans, integers, normal, rng, uniform


def add_cases(store):
    cases = OpCases(store)
    reductions(cases)
    searches(cases)
    scans(cases)
    sorts(cases)
    statistics(cases)
    segments(cases)


def distinct(*shape):
    """Floats of which no two are closer than 0.1: no ties for max, min and sort."""
    n = int(np.prod(shape))
    return (rng("distinct", shape).permutation(n) * 0.1 - 0.05 * n).reshape(shape).astype("float32")


VARIANTS = {
    "": {},
    ".last": dict(axis=-1),
    ".axis_1": dict(axis=1),
    ".list_keep": dict(axis=[0, 2], keepdims=True),
    ".tuple": dict(axis=(-1, 0)),
    ".keep": dict(keepdims=True),
}


def reductions(cases):
    x = distinct(3, 5, 4)
    for name in "sum mean max min var std logsumexp prod amax amin".split():
        op = getattr(ops, name)
        value = uniform(0.5, 1.6, 3, 5, 4) if name == "prod" else x
        for variant, options in VARIANTS.items():
            if name in ("amax", "amin") and variant not in ("", ".axis_1"):
                continue
            cases(name + variant, lambda x: op(x, **options), value)
    for name in ("any", "all"):
        for variant, options in VARIANTS.items():
            cases(name + variant, lambda x: getattr(ops, name)(x, **options), booleans(3, 2, 3))
        cases(f"{name}.int", lambda x: getattr(ops, name)(x, axis=0), integers(0, 2, 3, 4))
    for variant, axis in (("", None), (".axis", 1), (".axes", (0, 2))):
        cases("count_nonzero" + variant, lambda x: ops.count_nonzero(x, axis=axis),
              integers(0, 2, 3, 2, 3))
    for name in "sum mean max min prod".split():
        cases(f"{name}.int", lambda x: getattr(ops, name)(x, axis=1), integers(-4, 5, 3, 5))
        cases(f"{name}.float64", lambda x: getattr(ops, name)(x, axis=1),
              distinct(3, 5, 4).astype("float64") + 7)
    cases("sum.bool", ops.sum, booleans(3, 5))
    cases("sum.zero_size", lambda x: ops.sum(x, axis=0), normal(0, 5))
    cases("sum.zero_size_all", ops.sum, normal(0, 5))
    cases("prod.zero_size", lambda x: ops.prod(x, axis=1), normal(3, 0))
    cases("sum.rank_0", ops.sum, normal())
    cases("mean.size_1", lambda x: ops.mean(x, axis=(0, 1)), normal(1, 1, 5))
    cases("max.initial", lambda x: ops.max(x, axis=1, initial=0.31), x)
    cases("min.initial", lambda x: ops.min(x, axis=1, initial=0.31), x)
    cases("sum.long", lambda x: ops.sum(x, axis=0), normal(1031, 2))
    cases("logsumexp.far", lambda x: ops.logsumexp(x, axis=1), x * 100)
    cases("ptp", lambda x: ops.ptp(x, axis=1), x)
    cases("norm", ops.norm, normal(3, 5))
    cases("norm.axis", lambda x: ops.norm(x, axis=-1, keepdims=True), normal(3, 5))
    cases("norm.one", lambda x: ops.norm(x, ord=1, axis=1), normal(3, 5))


def searches(cases):
    x = distinct(3, 5, 4)
    for name in ("argmax", "argmin"):
        op = getattr(ops, name)
        cases(name, op, x)
        cases(f"{name}.axis", lambda x: op(x, axis=1), x)
        cases(f"{name}.keep", lambda x: op(x, axis=-1, keepdims=True), x)
        cases(f"{name}.ties", lambda x: op(x, axis=-1), integers(0, 2, 4, 6))
    cases("searchsorted", lambda s, v: ops.searchsorted(s, v), np.sort(normal(9)), normal(4))
    cases("searchsorted.right", lambda s, v: ops.searchsorted(s, v, side="right"),
          np.arange(5, dtype="int32"), integers(0, 5, 7))
    cases("digitize", ops.digitize, normal(7), np.array([-1, -0.5, 0, 0.7], "float32"))
    cases("bincount", lambda x: ops.bincount(x, minlength=8), integers(0, 6, 15), jit=False)
    cases("in_top_k", lambda t, p: ops.in_top_k(t, p, k=2), integers(0, 4, 6), distinct(6, 4))


def scans(cases):
    x = uniform(0.5, 1.6, 3, 5, 4)
    for name in ("cumsum", "cumprod"):
        op = getattr(ops, name)
        cases(name, op, x)
        cases(f"{name}.axis", lambda x: op(x, axis=1), x)
        cases(f"{name}.last", lambda x: op(x, axis=-1), x)
        cases(f"{name}.int", lambda x: op(x, axis=0), integers(-3, 4, 4, 3))
    cases("cumsum.to_float64", lambda x: ops.cumsum(x, axis=0, dtype="float64"), x)
    cases("cumsum.zero_size", lambda x: ops.cumsum(x, axis=1), normal(3, 0))
    cases("diff", ops.diff, normal(3, 5))
    cases("diff.twice", lambda x: ops.diff(x, n=2, axis=0), normal(5, 3))
    cases("trapezoid", ops.trapezoid, normal(3, 5))


def sorts(cases):
    x = distinct(4, 7)
    for name in ("sort", "argsort"):
        op = getattr(ops, name)
        cases(name, op, x)
        cases(f"{name}.axis", lambda x: op(x, axis=0), x)
        cases(f"{name}.int", op, integers(0, 5, 3, 9))
    cases("argsort.flat", lambda x: ops.argsort(x, axis=None), x)
    cases("top_k", lambda x: ops.top_k(x, 3), x)
    cases("top_k.one", lambda x: ops.top_k(x, 1), distinct(2, 3, 5))
    cases("top_k.ties", lambda x: ops.top_k(x, 4), integers(0, 3, 3, 9))
    cases("median", ops.median, x)
    cases("median.axis", lambda x: ops.median(x, axis=1, keepdims=True), x)
    cases("median.even", lambda x: ops.median(x, axis=0), x)
    cases("quantile", lambda x: ops.quantile(x, 0.3, axis=1), x)


def statistics(cases):
    x = normal(4, 3, 5)
    cases("moments", lambda x: ops.moments(x, axes=[0, 1]), x)
    cases("moments.keep", lambda x: ops.moments(x, axes=[-1], keepdims=True), x)
    cases("normalize", ops.normalize, x)
    cases("normalize.axis", lambda x: ops.normalize(x, axis=1), x)
    cases("normalize.order_1", lambda x: ops.normalize(x, order=1), x)
    cases("average", lambda x: ops.average(x, axis=1), x)
    cases("average.weights", lambda x, w: ops.average(x, axis=1, weights=w), x,
          uniform(0.2, 2.5, 3))
    channel = (normal(5), uniform(0.2, 2.5, 5), normal(5, k=1), uniform(0.2, 2.5, 5, k=1))
    cases("batch_normalization",
          lambda x, m, v, b, g: ops.batch_normalization(x, m, v, axis=-1, offset=b, scale=g),
          x, *channel)
    cases("batch_normalization.plain",
          lambda x, m, v: ops.batch_normalization(x, m, v, axis=1, epsilon=0.1),
          x, normal(3), uniform(0.2, 2.5, 3))
    cases("layer_normalization", lambda x, g, b: ops.layer_normalization(x, g, b), x,
          normal(5), normal(5, k=1))
    cases("rms_normalization", lambda x, g: ops.rms_normalization(x, g), x, normal(5))
    cases("corrcoef", ops.corrcoef, normal(3, 8))


def segments(cases):
    ids = np.sort(integers(0, 4, 9))
    for name in ("segment_sum", "segment_max", "segment_min"):
        op = getattr(ops, name)
        cases(name, lambda x, i: op(x, i, num_segments=4), distinct(9, 3),
              np.array([0, 0, 1, 1, 1, 2, 3, 3, 3], "int32"))
    cases("segment_sum.unsorted", lambda x, i: ops.segment_sum(x, i, num_segments=5),
          normal(9), ids[::-1])
