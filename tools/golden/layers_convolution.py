"""Cases of convolution and pooling layers."""

from keras import layers

from golden.layer_case import LayerCases
from golden.ops_reduction import distinct
from golden.store import normal

FIRST = dict(data_format="channels_first")


def add_cases(store):
    cases = LayerCases(store)
    convolutions(cases)
    depthwise(cases)
    transposed(cases)
    pooling(cases)
    global_pooling(cases)


def convolutions(cases):
    def conv(name, kind, shape, *arguments, **options):
        cases(f"{kind.__name__}{name}", lambda: kind(*arguments, **options), normal(*shape))

    c1, c2, c3 = layers.Conv1D, layers.Conv2D, layers.Conv3D
    conv("", c1, (2, 9, 3), 4, 3)
    conv(".causal", c1, (2, 9, 3), 2, 3, padding="causal", dilation_rate=2)
    conv(".stride_same", c1, (2, 10, 3), 2, 4, strides=3, padding="same", activation="relu")
    conv(".groups", c1, (1, 7, 4), 6, 3, groups=2)
    conv(".dilation", c1, (1, 11, 2), 3, 3, dilation_rate=3, use_bias=False)
    conv(".first", c1, (2, 3, 8), 2, 3, **FIRST)
    conv("", c2, (2, 6, 7, 3), 4, (3, 2))
    conv(".same", c2, (1, 5, 6, 2), 3, (3, 4), padding="same", activation="tanh")
    conv(".stride", c2, (1, 7, 8, 2), 3, 3, strides=(2, 3))
    conv(".stride_same", c2, (1, 7, 8, 2), 3, 3, strides=2, padding="same", use_bias=False)
    conv(".dilation", c2, (1, 8, 9, 2), 3, (2, 3), dilation_rate=(2, 3))
    conv(".dilation_same", c2, (1, 6, 7, 2), 2, 3, dilation_rate=2, padding="same")
    conv(".groups", c2, (1, 5, 5, 4), 6, 3, groups=2)
    conv(".groups_same", c2, (1, 5, 4, 6), 3, (2, 3), groups=3, padding="same", strides=2)
    conv(".first", c2, (2, 3, 6, 5), 4, 3, padding="same", **FIRST)
    conv(".first_stride", c2, (1, 2, 7, 6), 3, (3, 2), strides=2, **FIRST)
    conv(".pointwise", c2, (2, 3, 4, 5), 3, 1, activation="relu")
    conv(".kernel_larger", c2, (1, 2, 3, 2), 2, 5, padding="same")
    conv("", c3, (1, 4, 5, 4, 2), 3, (2, 3, 2))
    conv(".stride_same", c3, (1, 4, 5, 3, 2), 2, (3, 2, 2), strides=2, padding="same")
    conv(".dilation", c3, (1, 5, 4, 5, 1), 2, 2, dilation_rate=2)
    conv(".first", c3, (1, 2, 4, 3, 4), 2, 2, **FIRST)


def depthwise(cases):
    def conv(name, kind, shape, *arguments, **options):
        cases(f"{kind.__name__}{name}", lambda: kind(*arguments, **options), normal(*shape))

    d1, d2 = layers.DepthwiseConv1D, layers.DepthwiseConv2D
    conv("", d1, (2, 8, 3), 3)
    conv(".multiplier", d1, (2, 8, 3), 3, depth_multiplier=2, padding="same", strides=2)
    conv("", d2, (2, 6, 7, 3), (3, 2))
    conv(".multiplier", d2, (1, 6, 5, 2), 3, depth_multiplier=3, padding="same")
    conv(".stride_same", d2, (1, 7, 7, 2), 3, strides=2, padding="same", activation="relu6")
    conv(".dilation", d2, (1, 7, 7, 2), 3, dilation_rate=2, use_bias=False)
    conv(".first", d2, (1, 3, 6, 5), 3, **FIRST)
    s1, s2 = layers.SeparableConv1D, layers.SeparableConv2D
    conv("", s1, (2, 8, 3), 4, 3)
    conv(".multiplier", s1, (2, 9, 3), 2, 3, depth_multiplier=2, strides=2, padding="same")
    conv("", s2, (1, 6, 7, 3), 4, (3, 2))
    conv(".same", s2, (1, 7, 6, 2), 3, 3, depth_multiplier=2, padding="same", strides=2)
    conv(".dilation", s2, (1, 7, 7, 2), 3, 3, dilation_rate=2, use_bias=False)
    conv(".first", s2, (1, 3, 6, 5), 2, 3, **FIRST)


def transposed(cases):
    def conv(name, kind, shape, *arguments, **options):
        cases(f"{kind.__name__}{name}", lambda: kind(*arguments, **options), normal(*shape))

    t1, t2, t3 = layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose
    conv("", t1, (2, 5, 3), 2, 3)
    conv(".stride_same", t1, (2, 5, 3), 2, 4, strides=2, padding="same")
    conv(".stride_3", t1, (1, 4, 2), 3, 2, strides=3, activation="relu")
    conv(".dilation", t1, (1, 5, 2), 2, 3, dilation_rate=2)
    conv(".first", t1, (2, 3, 5), 2, 3, strides=2, **FIRST)
    conv("", t2, (1, 4, 5, 2), 3, (3, 2))
    conv(".stride", t2, (1, 4, 3, 2), 3, 3, strides=2)
    conv(".stride_same", t2, (1, 4, 3, 2), 3, 3, strides=(2, 3), padding="same", use_bias=False)
    conv(".stride_even", t2, (1, 3, 4, 2), 2, 4, strides=2, padding="same")
    conv(".stride_over_kernel", t2, (1, 3, 3, 2), 2, 2, strides=3, padding="same")
    conv(".output_padding", t2, (1, 4, 3, 2), 2, 3, strides=2, padding="same", output_padding=1)
    conv(".output_padding_valid", t2, (1, 3, 3, 2), 2, 3, strides=2, output_padding=(1, 0))
    conv(".dilation", t2, (1, 4, 4, 2), 2, 3, dilation_rate=2)
    conv(".first", t2, (1, 2, 4, 3), 3, 3, strides=2, padding="same", **FIRST)
    conv("", t3, (1, 3, 2, 3, 2), 2, 2)
    conv(".stride_same", t3, (1, 2, 3, 2, 2), 2, 3, strides=2, padding="same")
    conv(".first", t3, (1, 2, 2, 3, 2), 2, 2, strides=2, **FIRST)


def pooling(cases):
    def pool(name, rank, shape, *arguments, **options):
        for kind in ("Max", "Average"):
            make = getattr(layers, f"{kind}Pooling{rank}D")
            cases(f"{kind}Pooling{rank}D{name}", lambda: make(*arguments, **options),
                  distinct(*shape))

    pool("", 1, (2, 9, 3), 2)
    pool(".same", 1, (2, 10, 3), 4, strides=3, padding="same")
    pool(".overlap", 1, (2, 9, 3), 3, strides=1)
    pool(".first", 1, (2, 3, 8), 3, padding="same", **FIRST)
    pool("", 2, (2, 6, 7, 3), 2)
    pool(".same", 2, (1, 5, 7, 2), (3, 2), strides=(2, 2), padding="same")
    pool(".overlap_same", 2, (1, 5, 6, 2), 3, strides=1, padding="same")
    pool(".overlap", 2, (1, 6, 5, 2), (2, 3), strides=(1, 2))
    pool(".first", 2, (1, 2, 5, 6), (2, 3), **FIRST)
    pool(".stride_over_size", 2, (1, 7, 8, 2), 2, strides=3)
    pool("", 3, (1, 4, 5, 4, 2), 2)
    pool(".same", 3, (1, 3, 5, 4, 2), (2, 3, 2), padding="same")
    pool(".first", 3, (1, 2, 4, 2, 4), 2, strides=(1, 2, 2), **FIRST)


def global_pooling(cases):
    shapes = {1: (2, 5, 3), 2: (2, 3, 4, 3), 3: (1, 2, 3, 2, 3)}
    for rank, shape in shapes.items():
        for kind in ("Max", "Average"):
            name = f"Global{kind}Pooling{rank}D"
            make = getattr(layers, name)
            cases(name, make, distinct(*shape))
            cases(f"{name}.keep", lambda: make(keepdims=True), distinct(*shape))
            cases(f"{name}.first", lambda: make(**FIRST), distinct(*shape))
    for kind in ("Max", "Average"):
        make = getattr(layers, f"Adaptive{kind}Pooling2D")
        cases(f"Adaptive{kind}Pooling2D", lambda: make((3, 2)), distinct(1, 6, 7, 2))
