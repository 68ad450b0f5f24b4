"""Cases of products, convolutions, pooling and linear algebra."""

import numpy as np
from keras import ops

from golden.op_case import OpCases
from golden.store import integers, normal
from golden.ops_reduction import distinct


def add_cases(store):
    cases = OpCases(store)
    products(cases)
    contractions(cases)
    convolutions(cases)
    transposed(cases)
    pooling(cases)
    attention(cases)
    matrices(cases)


def products(cases):
    shapes = {
        "": ((3, 5), (5, 4)),
        ".vectors": ((5,), (5,)),
        ".matrix_vector": ((3, 5), (5,)),
        ".vector_matrix": ((5,), (5, 4)),
        ".batch": ((2, 3, 5), (2, 5, 4)),
        ".batch_matrix": ((2, 3, 5), (5, 4)),
        ".matrix_batch": ((3, 5), (2, 5, 4)),
        ".broadcast": ((2, 1, 3, 5), (4, 5, 2)),
        ".batch_vector": ((2, 3, 5), (5,)),
        ".ones": ((1, 1), (1, 1)),
        ".column_row": ((4, 1), (1, 3)),
        ".zero_rows": ((0, 5), (5, 4)),
        ".zero_inner": ((3, 0), (0, 4)),
        ".odd": ((17, 13), (13, 19)),
    }
    for name, (a, b) in shapes.items():
        x, y = normal(*a), normal(*b, k=1)
        cases("matmul" + name, ops.matmul, x, y)
        if name in ("", ".vectors", ".matrix_vector", ".batch", ".batch_matrix"):
            cases("dot" + name, ops.dot, x, y)
    cases("matmul.operator", lambda x, y: x @ y, normal(3, 5), normal(5, 4))
    cases("matmul.float64", ops.matmul, normal(3, 5, dtype="float64"),
          normal(5, 4, dtype="float64"))
    cases("matmul.int", ops.matmul, integers(-4, 5, 3, 5), integers(-4, 5, 5, 2))
    cases("dot.scalar", ops.dot, normal(3, 5), normal())
    cases("inner", ops.inner, normal(3, 5), normal(2, 5))
    cases("outer", ops.outer, normal(3), normal(4))
    cases("vdot", ops.vdot, normal(6), normal(6, k=1))
    cases("kron", ops.kron, normal(2, 3), normal(3, 2))
    cases("cross", ops.cross, normal(4, 3), normal(4, 3, k=1))


def contractions(cases):
    x, y = normal(2, 3, 4), normal(4, 3, 5)
    cases("tensordot", lambda x, y: ops.tensordot(x, y, axes=1), normal(2, 3, 4), normal(4, 5))
    cases("tensordot.two", lambda x, y: ops.tensordot(x, y, axes=2), normal(2, 4, 3), y)
    cases("tensordot.lists", lambda x, y: ops.tensordot(x, y, axes=[[1, 2], [1, 0]]), x, y)
    cases("tensordot.outer", lambda x, y: ops.tensordot(x, y, axes=0), normal(2, 3), normal(4))
    pairs = {
        "ij,jk->ik": ((3, 4), (4, 5)),
        "bij,bjk->bik": ((2, 3, 4), (2, 4, 5)),
        "bij,kj->bik": ((2, 3, 4), (5, 4)),
        "abc,cde->abde": ((2, 3, 4), (4, 2, 3)),
        "i,j->ij": ((3,), (4,)),
        "ij,ij->i": ((3, 4), (3, 4)),
        "...ij,jk->...ik": ((2, 2, 3, 4), (4, 5)),
        "bqhd,bkhd->bhqk": ((2, 3, 2, 4), (2, 5, 2, 4)),
        "ij,jk": ((3, 4), (4, 5)),
    }
    for pattern, (a, b) in pairs.items():
        cases(f"einsum.{pattern}", lambda x, y: ops.einsum(pattern, x, y), normal(*a),
              normal(*b, k=1))
    single = {"ij->ji": (3, 4), "ijk->": (2, 3, 4), "ii->i": (4, 4), "ijk->ki": (2, 3, 4)}
    for pattern, shape in single.items():
        cases(f"einsum.{pattern}", lambda x: ops.einsum(pattern, x), normal(*shape))
    cases("einsum.three", lambda x, y, z: ops.einsum("ij,jk,kl->il", x, y, z),
          normal(2, 3), normal(3, 4), normal(4, 2))


def convolutions(cases):
    def conv(name, x, kernel, op=ops.conv, **options):
        cases(name, lambda x, k: op(x, k, **options), normal(*x), normal(*kernel, k=1))

    conv("conv.1d", (2, 9, 3), (3, 3, 4))
    conv("conv.1d_stride_same", (2, 9, 3), (4, 3, 2), strides=2, padding="same")
    conv("conv.1d_dilation", (1, 11, 2), (3, 2, 3), dilation_rate=3)
    conv("conv.2d", (2, 6, 7, 3), (3, 2, 3, 4))
    conv("conv.2d_same", (1, 5, 6, 2), (3, 4, 2, 3), padding="same")
    conv("conv.2d_stride", (1, 7, 8, 2), (3, 3, 2, 3), strides=(2, 3))
    conv("conv.2d_stride_same", (1, 7, 8, 2), (3, 3, 2, 3), strides=(3, 2), padding="same")
    conv("conv.2d_dilation", (1, 8, 9, 2), (2, 3, 2, 3), dilation_rate=(2, 3))
    conv("conv.2d_dilation_same", (1, 6, 7, 2), (3, 3, 2, 2), dilation_rate=2, padding="same")
    conv("conv.2d_channels_first", (1, 3, 6, 5), (3, 3, 3, 2), data_format="channels_first")
    conv("conv.2d_1x1", (2, 3, 4, 5), (1, 1, 5, 3))
    conv("conv.2d_one_pixel", (3, 1, 1, 4), (1, 1, 4, 2), padding="same")
    conv("conv.2d_kernel_larger_than_image", (1, 2, 2, 2), (5, 5, 2, 2), padding="same")
    conv("conv.3d", (1, 4, 5, 4, 2), (2, 3, 2, 2, 3))
    conv("conv.3d_stride_same", (1, 4, 5, 3, 2), (3, 2, 2, 2, 2), strides=2, padding="same")
    conv("conv.3d_channels_first", (1, 2, 4, 3, 4), (2, 2, 2, 2, 2), data_format="channels_first")
    conv("depthwise_conv.1d", (2, 8, 3), (3, 3, 2), ops.depthwise_conv)
    conv("depthwise_conv.2d", (1, 6, 7, 3), (3, 2, 3, 2), ops.depthwise_conv)
    conv("depthwise_conv.2d_stride_same", (1, 7, 7, 2), (3, 3, 2, 1), ops.depthwise_conv,
         strides=2, padding="same")
    conv("depthwise_conv.2d_dilation", (1, 7, 7, 2), (3, 3, 2, 1), ops.depthwise_conv,
         dilation_rate=2)
    conv("depthwise_conv.2d_channels_first", (1, 3, 6, 5), (3, 3, 3, 1), ops.depthwise_conv,
         data_format="channels_first")
    cases("separable_conv.1d", lambda x, d, p: ops.separable_conv(x, d, p),
          normal(2, 8, 3), normal(3, 3, 2), normal(1, 6, 4))
    cases("separable_conv.2d",
          lambda x, d, p: ops.separable_conv(x, d, p, strides=2, padding="same"),
          normal(1, 7, 6, 3), normal(3, 3, 3, 1), normal(1, 1, 3, 4))


def transposed(cases):
    def conv(name, x, kernel, **options):
        cases(f"conv_transpose.{name}", lambda x, k: ops.conv_transpose(x, k, **options),
              normal(*x), normal(*kernel, k=1))

    conv("1d", (2, 5, 3), (3, 2, 3))
    conv("1d_stride_same", (2, 5, 3), (4, 2, 3), strides=2, padding="same")
    conv("2d", (1, 4, 5, 2), (3, 2, 3, 2))
    conv("2d_stride", (1, 4, 3, 2), (3, 3, 3, 2), strides=2)
    conv("2d_stride_same", (1, 4, 3, 2), (3, 3, 3, 2), strides=(2, 3), padding="same")
    conv("2d_stride_over_kernel", (1, 3, 3, 2), (2, 2, 2, 2), strides=3)
    conv("2d_output_padding", (1, 4, 3, 2), (3, 3, 2, 2), strides=2, padding="same",
         output_padding=1)
    conv("2d_dilation", (1, 4, 4, 2), (3, 3, 2, 2), dilation_rate=2)
    conv("2d_channels_first", (1, 2, 4, 3), (3, 3, 3, 2), strides=2, padding="same",
         data_format="channels_first")
    conv("3d", (1, 3, 2, 3, 2), (2, 2, 2, 2, 2), strides=2)


def pooling(cases):
    def pool(name, shape, size, **options):
        options.setdefault("strides", size)  # on JAX the operations need it
        for kind, op in (("max", ops.max_pool), ("average", ops.average_pool)):
            cases(f"{kind}_pool.{name}", lambda x: op(x, size, **options), distinct(*shape))

    pool("1d", (2, 9, 3), 2)
    pool("1d_same", (2, 9, 3), 4, strides=3, padding="same")
    pool("1d_overlap", (2, 9, 3), 3, strides=1)
    pool("2d", (2, 6, 7, 3), 2)
    pool("2d_same", (1, 5, 7, 2), (3, 2), strides=(2, 2), padding="same")
    pool("2d_overlap_same", (1, 5, 6, 2), 3, strides=1, padding="same")
    pool("2d_channels_first", (1, 2, 5, 6), (2, 3), data_format="channels_first")
    pool("3d", (1, 4, 5, 4, 2), 2)
    pool("3d_same", (1, 3, 5, 4, 2), (2, 3, 2), padding="same")
    for kind in ("max", "average"):
        op = getattr(ops, f"adaptive_{kind}_pool")
        cases(f"adaptive_{kind}_pool.2d", lambda x: op(x, (3, 2)), distinct(1, 6, 7, 2))


def attention(cases):
    q, k, v = normal(2, 3, 2, 4), normal(2, 5, 2, 4), normal(2, 5, 2, 4, k=1)
    cases("dot_product_attention", ops.dot_product_attention, q, k, v)
    mask = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1], [1, 0, 0, 0, 1]], bool)[None, None]
    cases("dot_product_attention.mask",
          lambda q, k, v, m: ops.dot_product_attention(q, k, v, mask=m), q, k, v, mask)
    cases("dot_product_attention.causal",
          lambda q, k, v: ops.dot_product_attention(q, k, v, is_causal=True, scale=0.3),
          normal(1, 4, 2, 3), normal(1, 4, 2, 3, k=1), normal(1, 4, 2, 3, k=2))


def matrices(cases):
    a = normal(2, 4, 4) + 4 * np.eye(4, dtype="float32")
    spd = a @ a.transpose(0, 2, 1)
    cases("cholesky", ops.cholesky, spd)
    cases("inv", ops.inv, a)
    cases("det", ops.det, a)
    cases("solve", ops.solve, a, normal(2, 4, 3))
    cases("solve_triangular", lambda a, b: ops.solve_triangular(a, b, lower=True),
          np.tril(a), normal(2, 4, 3))
    cases("slogdet", ops.slogdet, a, grads=False)
