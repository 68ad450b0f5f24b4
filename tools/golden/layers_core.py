"""Cases of layers: core, activations, reshaping, merging, normalization, recurrent."""

import numpy as np
from keras import layers

from golden.layer_case import LayerCases
from golden.store import integers, normal

ACTIVATIONS = """relu relu6 elu selu celu gelu sigmoid tanh softmax log_softmax softplus softsign
    silu hard_sigmoid hard_silu hard_tanh mish exponential linear leaky_relu log_sigmoid
    hard_shrink soft_shrink tanh_shrink squareplus sparse_plus sparse_sigmoid sparsemax
    glu""".split()


def add_cases(store):
    cases = LayerCases(store)
    core(cases)
    activations(cases)
    reshaping(cases)
    merging(cases)
    batch_normalization(cases)
    normalization(cases)
    recurrent(cases)


def core(cases):
    x = normal(3, 5)
    cases("Dense", lambda: layers.Dense(4), x)
    cases("Dense.no_bias", lambda: layers.Dense(1, use_bias=False), x)
    for name in ("relu", "softmax", "tanh"):
        cases(f"Dense.{name}", lambda: layers.Dense(7, activation=name), x)
    cases("Dense.rank_3", lambda: layers.Dense(2, activation="sigmoid"), normal(2, 3, 4))
    cases("Dense.float64", lambda: layers.Dense(4, dtype="float64"), x.astype("float64"))
    cases("Dense.empty_batch", lambda: layers.Dense(4), normal(0, 5))
    cases("EinsumDense", lambda: layers.EinsumDense("abc,cd->abd", (None, 6), bias_axes="d"),
          normal(2, 3, 4))
    cases("EinsumDense.heads",
          lambda: layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de"),
          normal(2, 3, 4))
    ids = integers(0, 6, 3, 4)
    cases("Embedding", lambda: layers.Embedding(6, 3), ids)
    cases("Embedding.mask_zero", lambda: layers.Embedding(6, 2, mask_zero=True), ids)
    cases("Embedding.float_ids", lambda: layers.Embedding(6, 3), ids.astype("float32"), grads=False)
    cases("Identity", layers.Identity, x)
    cases("Rescaling", lambda: layers.Rescaling(1 / 127.5, offset=-1.0), x * 100)
    cases("Rescaling.channels", lambda: layers.Rescaling([2.0, 0.5, 1.0], offset=[0.0, 1.0, 2.0]),
          normal(2, 2, 2, 3))
    cases("Masking", lambda: layers.Masking(0.0), normal(2, 3, 4) * np.array([1, 0, 1])[:, None]
          .astype("float32"))
    cases("Dropout.inference", lambda: layers.Dropout(0.5), x)
    cases("GaussianNoise.inference", lambda: layers.GaussianNoise(0.5), x)
    cases("ActivityRegularization", lambda: layers.ActivityRegularization(l2=0.1), x)
    cases("UnitNormalization", layers.UnitNormalization, x)
    cases("UnitNormalization.axis", lambda: layers.UnitNormalization(axis=1), normal(2, 3, 4))
    cases("Normalization", lambda: layers.Normalization(mean=[1.0, 2.0, 0.5, 0.0, -1.0],
                                                        variance=[1.0, 4.0, 0.5, 2.0, 9.0]), x)


def activations(cases):
    x = normal(4, 6) * 2
    for name in ACTIVATIONS:
        cases(f"Activation.{name}", lambda: layers.Activation(name), x)
    cases("ReLU", layers.ReLU, x)
    cases("ReLU.options",
          lambda: layers.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.3), x)
    cases("LeakyReLU", layers.LeakyReLU, x)
    cases("LeakyReLU.slope", lambda: layers.LeakyReLU(negative_slope=0.07), x)
    cases("ELU", layers.ELU, x)
    cases("ELU.alpha", lambda: layers.ELU(alpha=0.4), x)
    cases("PReLU", layers.PReLU, x)
    cases("PReLU.shared", lambda: layers.PReLU(shared_axes=[1, 2]), normal(2, 3, 4, 2))
    cases("Softmax", layers.Softmax, x)
    cases("Softmax.axis", lambda: layers.Softmax(axis=1), normal(2, 3, 4))
    cases("Softmax.axes", lambda: layers.Softmax(axis=(1, 2)), normal(2, 3, 4))
    cases("Softmax.mask", layers.Softmax, normal(3, 4),
          mask=np.array([[1, 1, 0, 1], [0, 1, 1, 1], [1, 0, 0, 1]], bool))


def reshaping(cases):
    x = normal(2, 3, 4)
    cases("Flatten", layers.Flatten, normal(2, 3, 2, 2))
    cases("Flatten.rank_1", layers.Flatten, normal(3))
    cases("Flatten.channels_first", lambda: layers.Flatten(data_format="channels_first"),
          normal(2, 3, 2, 2))
    cases("Reshape", lambda: layers.Reshape((6, 2)), x)
    cases("Reshape.guess", lambda: layers.Reshape((2, -1)), x)
    cases("Permute", lambda: layers.Permute((2, 1)), x)
    cases("Permute.three", lambda: layers.Permute((3, 1, 2)), normal(2, 2, 3, 4))
    cases("RepeatVector", lambda: layers.RepeatVector(3), normal(2, 4))
    cases("ZeroPadding1D", lambda: layers.ZeroPadding1D(2), x)
    cases("ZeroPadding1D.pair", lambda: layers.ZeroPadding1D((0, 3)), x)
    cases("Cropping1D", lambda: layers.Cropping1D(1), x)
    cases("Cropping1D.pair", lambda: layers.Cropping1D((0, 2)), x)
    cases("UpSampling1D", lambda: layers.UpSampling1D(3), x)
    image, first = normal(2, 4, 5, 3), dict(data_format="channels_first")
    cases("ZeroPadding2D", layers.ZeroPadding2D, image)
    cases("ZeroPadding2D.pairs", lambda: layers.ZeroPadding2D(((1, 0), (2, 1))), image)
    cases("ZeroPadding2D.first", lambda: layers.ZeroPadding2D((1, 2), **first), image)
    cases("Cropping2D", lambda: layers.Cropping2D(((1, 0), (2, 1))), image)
    cases("Cropping2D.first", lambda: layers.Cropping2D((1, 1), **first), image)
    cases("UpSampling2D", lambda: layers.UpSampling2D((2, 3)), image)
    cases("UpSampling2D.first", lambda: layers.UpSampling2D(2, **first), image)
    cases("UpSampling2D.bilinear", lambda: layers.UpSampling2D(2, interpolation="bilinear"), image)
    volume = normal(1, 3, 4, 3, 2)
    cases("ZeroPadding3D", lambda: layers.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), volume)
    cases("ZeroPadding3D.first", lambda: layers.ZeroPadding3D(1, **first), normal(1, 2, 2, 3, 2))
    cases("Cropping3D", lambda: layers.Cropping3D(((1, 0), (0, 2), (1, 1))), volume)
    cases("Cropping3D.first", lambda: layers.Cropping3D((1, 0, 0), **first), volume)
    cases("UpSampling3D", lambda: layers.UpSampling3D((2, 1, 2)), normal(1, 2, 3, 2, 2))
    cases("UpSampling3D.first", lambda: layers.UpSampling3D(2, **first), normal(1, 2, 2, 1, 3))


def merging(cases):
    x, y, z = normal(2, 3, 4), normal(2, 3, 4, k=1), normal(2, 3, 4, k=2)
    for name in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
        cases(name, getattr(layers, name), x, y, z)
        cases(f"{name}.broadcast", getattr(layers, name), x, normal(2, 1, 4))
    cases("Subtract", layers.Subtract, x, y)
    cases("Subtract.ranks", layers.Subtract, normal(2, 3, 4), normal(2, 4))
    cases("Concatenate", layers.Concatenate, x, normal(2, 3, 2), y)
    cases("Concatenate.axis", lambda: layers.Concatenate(axis=1), x, normal(2, 1, 4))
    cases("Dot", lambda: layers.Dot(axes=1), normal(3, 5), normal(3, 5, k=1))
    cases("Dot.normalize", lambda: layers.Dot(axes=-1, normalize=True), normal(3, 5),
          normal(3, 5, k=1))
    cases("Dot.rank_3", lambda: layers.Dot(axes=(2, 1)), x, normal(2, 4, 5))
    cases("Dot.ranks", lambda: layers.Dot(axes=(1, 1)), x, normal(2, 3))


def batch_normalization(cases):
    x, image = normal(6, 4), normal(3, 2, 4, 3)
    options = {
        "": {},
        ".momentum": dict(momentum=0.6, epsilon=0.02),
        ".no_scale": dict(scale=False),
        ".no_center": dict(center=False),
        ".plain": dict(center=False, scale=False),
    }
    for training in (False, True):
        mode = ".training" if training else ""
        for name, keywords in options.items():
            cases(f"BatchNormalization{name}{mode}",
                  lambda: layers.BatchNormalization(**keywords), x, training=training)
        for axis in (-1, 1, 2):
            cases(f"BatchNormalization.image_axis_{axis}{mode}",
                  lambda: layers.BatchNormalization(axis=axis), image, training=training)
    cases("BatchNormalization.one_row.training", layers.BatchNormalization, normal(1, 4) * 3,
          training=True)
    cases("BatchNormalization.frozen.training",
          lambda: layers.BatchNormalization(trainable=False), x, training=True)
    cases("BatchNormalization.mask.training", layers.BatchNormalization, normal(2, 3, 4),
          training=True, mask=np.array([[1, 1, 0], [1, 0, 0]], bool))


def normalization(cases):
    x, image = normal(3, 4, 5), normal(2, 3, 2, 6)
    cases("LayerNormalization", layers.LayerNormalization, x)
    cases("LayerNormalization.axes", lambda: layers.LayerNormalization(axis=(1, 2)), x)
    cases("LayerNormalization.axis_1", lambda: layers.LayerNormalization(axis=1), x)
    cases("LayerNormalization.plain",
          lambda: layers.LayerNormalization(center=False, scale=False, epsilon=0.1), x)
    cases("RMSNormalization", layers.RMSNormalization, x)
    cases("GroupNormalization", lambda: layers.GroupNormalization(groups=3), image)
    cases("GroupNormalization.instance", lambda: layers.GroupNormalization(groups=-1), image)
    cases("GroupNormalization.one", lambda: layers.GroupNormalization(groups=1, epsilon=0.1),
          normal(3, 5))
    cases("GroupNormalization.first", lambda: layers.GroupNormalization(groups=2, axis=1),
          normal(2, 4, 3, 2))
    cases("GroupNormalization.no_scale",
          lambda: layers.GroupNormalization(groups=2, scale=False), image)
    cases("SpectralNormalization", lambda: layers.SpectralNormalization(layers.Dense(3)),
          normal(2, 4))


def recurrent(cases):
    x = normal(2, 5, 3)
    mask = np.array([[1, 1, 1, 0, 0], [1, 0, 1, 1, 1]], bool)
    for name in ("LSTM", "GRU", "SimpleRNN"):
        kind = getattr(layers, name)
        cases(name, lambda: kind(4), x)
        cases(f"{name}.sequences", lambda: kind(4, return_sequences=True), x)
        cases(f"{name}.state",
              lambda: kind(4, return_sequences=True, return_state=True), x)
        cases(f"{name}.backwards",
              lambda: kind(4, go_backwards=True, return_sequences=True), x)
        cases(f"{name}.no_bias", lambda: kind(2, use_bias=False, activation="relu"), x)
        cases(f"{name}.mask", lambda: kind(4, return_sequences=True), x, mask=mask)
        cases(f"{name}.one_step", lambda: kind(4), normal(2, 1, 3))
    cases("GRU.reset_before", lambda: layers.GRU(4, reset_after=False), x)
    cases("LSTM.recurrent_activation",
          lambda: layers.LSTM(4, recurrent_activation="hard_sigmoid", activation="softsign"), x)
    cases("Bidirectional", lambda: layers.Bidirectional(layers.LSTM(3, return_sequences=True)), x)
    cases("Bidirectional.sum", lambda: layers.Bidirectional(layers.GRU(3), merge_mode="sum"), x)
    cases("TimeDistributed", lambda: layers.TimeDistributed(layers.Dense(2)), x)
    cases("RNN.cells", lambda: layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)]), x)
