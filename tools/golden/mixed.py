"""Ten training steps of models whose policy is mixed_bfloat16, and the files they start from."""

import keras
import numpy as np
from keras import layers

from golden import training
from golden.store import integers, normal

STEPS, BATCH = training.STEPS, 8


def add_cases(store):
    keras.config.set_dtype_policy("mixed_bfloat16")
    x = normal(STEPS, BATCH, 5)
    y = np.sin(x).sum(axis=-1, keepdims=True)
    training.add(store, "mixed_mlp", mlp, x, y, None)
    images = normal(STEPS, BATCH, 7, 6, 2)
    training.add(store, "mixed_cnn", cnn, images, integers(0, 4, STEPS, BATCH), None)
    sequences = normal(STEPS, BATCH, 6, 8)
    training.add(store, "mixed_rnn", rnn, sequences, y, None)
    training.add(store, "mixed_attention", attention, sequences, y, None)
    keras.config.set_dtype_policy("float32")


def compiled(model, loss):
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss=loss)
    return model


def mlp():
    model = keras.Sequential([
        layers.Input((5,)),
        layers.Dense(7, activation="tanh"),
        layers.LayerNormalization(),
        layers.Dense(6, activation="gelu"),
        layers.Dense(1, dtype="float32"),
    ], name="mixed_mlp")
    return compiled(model, "huber")


def cnn():
    image = layers.Input((7, 6, 2), name="image")
    x = layers.Conv2D(4, 3, padding="same")(image)
    x = layers.BatchNormalization(momentum=0.8)(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D(2)(x)
    y = layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    x = layers.Concatenate()([x, y])
    x = layers.Flatten()(x)
    x = layers.Dense(4)(x)
    x = layers.Softmax(dtype="float32", name="classes")(x)
    return compiled(keras.Model(image, x, name="mixed_cnn"), "sparse_categorical_crossentropy")


def rnn():
    model = keras.Sequential([
        layers.Input((6, 8)),
        layers.Bidirectional(layers.LSTM(5, return_sequences=True)),
        layers.TimeDistributed(layers.Dense(6)),
        layers.GRU(4),
        layers.Dense(1),
    ], name="mixed_rnn")
    return compiled(model, "mse")


def attention():
    x = inputs = layers.Input((6, 8))
    y = layers.MultiHeadAttention(2, 4)(x, x)
    x = layers.LayerNormalization()(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling1D()(x)
    return compiled(keras.Model(inputs, layers.Dense(1)(x), name="mixed_attention"), "mse")
