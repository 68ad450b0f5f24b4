"""Cases of the operations that move values and compute nothing."""

import numpy as np
from keras import ops

from golden.op_case import OpCases
from golden.store import booleans, integers, normal


def add_cases(store):
    cases = OpCases(store)
    shapes(cases)
    joins(cases)
    slices(cases)
    pads(cases)
    repeats(cases)
    gathers(cases)
    scatters(cases)
    diagonals(cases)
    blocks(cases)


def shapes(cases):
    x = normal(2, 3, 4)
    cases("reshape", lambda x: ops.reshape(x, (4, 6)), x)
    cases("reshape.guess", lambda x: ops.reshape(x, (2, -1)), x)
    cases("reshape.rank_0", lambda x: ops.reshape(x, ()), normal(1, 1))
    cases("reshape.zero_size", lambda x: ops.reshape(x, (0, 3)), normal(3, 0))
    cases("ravel", ops.ravel, x)
    cases("transpose", ops.transpose, x)
    cases("transpose.axes", lambda x: ops.transpose(x, (1, 0, 2)), x)
    cases("transpose.rank_4", lambda x: ops.transpose(x, (0, 3, 1, 2)), normal(2, 3, 4, 5))
    cases("transpose.rank_5", lambda x: ops.transpose(x, (4, 2, 0, 3, 1)), normal(2, 1, 3, 2, 2))
    cases("transpose.int", ops.transpose, integers(-9, 9, 3, 2))
    cases("swapaxes", lambda x: ops.swapaxes(x, 0, -1), x)
    cases("moveaxis", lambda x: ops.moveaxis(x, 0, -1), x)
    cases("moveaxis.lists", lambda x: ops.moveaxis(x, [0, 1], [2, 0]), x)
    cases("expand_dims", lambda x: ops.expand_dims(x, 1), x)
    cases("expand_dims.last", lambda x: ops.expand_dims(x, -1), x)
    cases("expand_dims.list", lambda x: ops.expand_dims(x, (0, 2)), normal(3, 4))
    cases("squeeze", ops.squeeze, normal(1, 3, 1, 2))
    cases("squeeze.axis", lambda x: ops.squeeze(x, axis=2), normal(1, 3, 1, 2))
    cases("broadcast_to", lambda x: ops.broadcast_to(x, (2, 3, 4)), normal(3, 1))
    cases("broadcast_to.rank_0", lambda x: ops.broadcast_to(x, (2, 3)), normal())


def joins(cases):
    x, y = normal(2, 3, 4), normal(2, 2, 4)
    cases("concatenate", lambda x, y: ops.concatenate([x, y], axis=1), x, y)
    cases("concatenate.last", lambda x, y: ops.concatenate([x, y], axis=-1), x, normal(2, 3, 1))
    cases("concatenate.three", lambda x, y, z: ops.concatenate([x, y, z], axis=0),
          normal(2, 3), normal(0, 3), normal(1, 3))
    cases("concatenate.mixed", lambda x, y: ops.concatenate([x, y]), normal(3), integers(0, 9, 2))
    cases("stack", lambda x, y: ops.stack([x, y]), x, normal(2, 3, 4, k=1))
    cases("stack.last", lambda x, y: ops.stack([x, y], axis=-1), x, normal(2, 3, 4, k=1))
    cases("stack.middle", lambda x, y: ops.stack([x, y], axis=1), x, normal(2, 3, 4, k=1))
    cases("hstack", lambda x, y: ops.hstack([x, y]), x, y)
    cases("vstack", lambda x, y: ops.vstack([x, y]), normal(2, 3), normal(1, 3))
    cases("append", lambda x, y: ops.append(x, y), normal(2, 3), normal(4))
    cases("append.axis", lambda x, y: ops.append(x, y, axis=0), normal(2, 3), normal(1, 3))
    cases("split", lambda x: ops.split(x, 2, axis=2), x)
    cases("split.at", lambda x: ops.split(x, [1, 3], axis=-1), x)
    cases("split.first", lambda x: ops.split(x, 2), x)
    cases("array_split", lambda x: ops.array_split(x, 3, axis=0), normal(7, 2))
    cases("unstack", lambda x: ops.unstack(x, axis=1), x)
    cases("meshgrid", ops.meshgrid, normal(3), normal(4))
    cases("meshgrid.ij", lambda x, y: ops.meshgrid(x, y, indexing="ij"), normal(3), normal(4))


def slices(cases):
    x = normal(4, 5, 3)
    picks = {
        "first": lambda x: x[0],
        "last": lambda x: x[-1],
        "range": lambda x: x[1:3,],
        "step": lambda x: x[::2, 1:],
        "negative_step": lambda x: x[::-1, :, ::-2],
        "negative_bounds": lambda x: x[-3:-1, -4:],
        "new_axis": lambda x: x[:, None, 2],
        "ellipsis": lambda x: x[..., 1],
        "mixed": lambda x: x[1, ..., None, :2],
        "empty": lambda x: x[2:2,],
        "clipped": lambda x: x[2:99,],
    }
    for name, pick in picks.items():
        cases(f"get_item.{name}", pick, x)
    cases("slice", lambda x: ops.slice(x, (1, 0, 1), (2, 5, 2)), x)
    cases("slice.start_tensor", lambda x, s: ops.slice(x, s, (2, 2, 2)), x,
          np.array([1, 3, 0], "int32"))
    cases("slice_update", lambda x, u: ops.slice_update(x, (1, 2, 0), u), x, normal(2, 2, 3))


def pads(cases):
    x = normal(3, 4)
    widths = ((1, 2), (2, 1))
    for mode in ("constant", "reflect", "symmetric", "edge"):
        cases(f"pad.{mode}", lambda x: ops.pad(x, widths, mode=mode), x)
    cases("pad.value", lambda x: ops.pad(x, widths, constant_values=7.5), x)
    cases("pad.one_width", lambda x: ops.pad(x, 1), x)
    cases("pad.one_pair", lambda x: ops.pad(x, ((1, 2),)), x)
    cases("pad.int", lambda x: ops.pad(x, ((0, 2), (1, 0)), constant_values=-1),
          integers(0, 9, 2, 3))
    cases("pad.zero_size", lambda x: ops.pad(x, ((1, 1), (0, 1))), normal(0, 2))


def repeats(cases):
    x = normal(2, 3, 4)
    cases("tile", lambda x: ops.tile(x, (2, 1, 3)), x)
    cases("tile.one", lambda x: ops.tile(x, 2), x)
    cases("tile.longer", lambda x: ops.tile(x, (2, 2, 1)), normal(3, 2))
    cases("repeat", lambda x: ops.repeat(x, 2, axis=1), x)
    cases("repeat.flat", lambda x: ops.repeat(x, 3), normal(2, 3))
    cases("flip", ops.flip, x)
    cases("flip.axis", lambda x: ops.flip(x, axis=1), x)
    cases("flip.axes", lambda x: ops.flip(x, axis=(0, -1)), x)
    cases("fliplr", ops.fliplr, x)
    cases("flipud", ops.flipud, x)
    cases("rot90", ops.rot90, x)
    cases("rot90.axes", lambda x: ops.rot90(x, k=3, axes=(1, 2)), x)
    cases("roll", lambda x: ops.roll(x, 5), x)
    cases("roll.axis", lambda x: ops.roll(x, -2, axis=2), x)
    cases("roll.axes", lambda x: ops.roll(x, (1, 2), axis=(0, 1)), x)


def gathers(cases):
    x = normal(4, 5, 3)
    cases("take", lambda x, i: ops.take(x, i, axis=0), x, integers(0, 4, 6))
    cases("take.axis", lambda x, i: ops.take(x, i, axis=1), x, integers(0, 5, 2, 3))
    cases("take.last", lambda x, i: ops.take(x, i, axis=-1), x, integers(-3, 3, 4))
    cases("take.flat", lambda x, i: ops.take(x, i), x, integers(0, 60, 5))
    cases("take.constant", lambda x: ops.take(x, [2, 0], axis=1), x)
    cases("take.scalar", lambda x: ops.take(x, 2, axis=1), x)
    cases("take.none", lambda x, i: ops.take(x, i, axis=0), x, integers(0, 4, 0))
    cases("take_along_axis", lambda x, i: ops.take_along_axis(x, i, axis=1), x,
          integers(0, 5, 4, 2, 3))
    cases("take_along_axis.broadcast", lambda x, i: ops.take_along_axis(x, i, axis=-1), x,
          integers(0, 3, 4, 1, 6))
    cases("take_along_axis.flat", lambda x, i: ops.take_along_axis(x, i, axis=None),
          x, integers(0, 60, 4))
    cases("one_hot", lambda i: ops.one_hot(i, 4), integers(0, 4, 6))
    cases("one_hot.axis", lambda i: ops.one_hot(i, 4, axis=0), integers(0, 4, 2, 3))
    cases("one_hot.out_of_range", lambda i: ops.one_hot(i, 3), integers(-2, 5, 8))
    cases("one_hot.dtype", lambda i: ops.one_hot(i, 4, dtype="int32"), integers(0, 4, 6))
    cases("multi_hot", lambda i: ops.multi_hot(i, 5), integers(0, 5, 3, 2))


def scatters(cases):
    at = np.array([[0], [3], [1], [3]], "int32")
    once = np.array([[0, 1], [2, 3], [3, 0]], "int32")
    cases("scatter", lambda i, v: ops.scatter(i, v, (5, 3)), at, normal(4, 3))
    cases("scatter.points", lambda i, v: ops.scatter(i, v, (4, 4)), once, normal(3))
    cases("scatter_update", lambda x, i, v: ops.scatter_update(x, i, v),
          normal(4, 4), once, normal(3))
    cases("scatter_update.rows", lambda x, i, v: ops.scatter_update(x, i, v),
          normal(5, 3), np.array([[0], [3]], "int32"), normal(2, 3))
    for reduction in ("add", "max", "min", "mul"):
        cases(f"scatter_update.{reduction}",
              lambda x, i, v: ops.scatter_update(x, i, v, reduction=reduction),
              normal(4, 4), once, normal(3), grads=reduction != "mul")
    cases("scatter_update.add_twice",
          lambda x, i, v: ops.scatter_update(x, i, v, reduction="add"),
          normal(5, 3), at, normal(4, 3))


def diagonals(cases):
    x = normal(2, 4, 5)
    for name in ("tril", "triu"):
        op = getattr(ops, name)
        cases(name, op, x)
        cases(f"{name}.above", lambda x: op(x, k=1), x)
        cases(f"{name}.below", lambda x: op(x, k=-2), x)
    cases("tril.bool", ops.tril, booleans(3, 4))
    cases("diag", ops.diag, normal(4))
    cases("diag.of_matrix", lambda x: ops.diag(x, k=1), normal(4, 5))
    cases("diag.above", lambda x: ops.diag(x, k=1), normal(3))
    cases("diagflat", ops.diagflat, normal(2, 2))
    cases("diagonal", lambda x: ops.diagonal(x, axis1=1, axis2=2), x)
    cases("diagonal.offset", lambda x: ops.diagonal(x, offset=1, axis1=2, axis2=0), x)
    cases("trace", lambda x: ops.trace(x, axis1=1, axis2=2), x)


def blocks(cases):
    cases("depth_to_space", lambda x: ops.depth_to_space(x, 2), normal(1, 2, 3, 8))
    cases("space_to_depth", lambda x: ops.space_to_depth(x, 2), normal(1, 4, 6, 2))
    cases("unfold", lambda x: ops.unfold(x, 2, stride=2), normal(1, 2, 4, 6))
    cases("extract_sequences", lambda x: ops.extract_sequences(x, 4, 2), normal(2, 11))
