#!/usr/bin/env python3
"""Writes tests/data/summary/*.txt: what Keras prints of the models of src/models/summary_test.c, 80
columns wide, without colour. (TensorFlow counts iterations in int64, as Cornu does; JAX in int32.)

    KERAS_BACKEND=tensorflow tools/make_summaries.py
"""

import contextlib
import io
import os

os.environ["COLUMNS"] = "80"
import keras
from keras import layers

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/data/summary")


def chain(**more):
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.25),
            layers.Dense(10, activation="softmax"),
        ],
        **more,
    )


def compiled():
    model = chain(name="x" * 90)
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def unbuilt():
    return keras.Sequential([layers.Dense(3)])


def branches():
    a = keras.Input((4,), name="a")
    b = keras.Input((4,), name="b_input_with_a_long_name_really")
    shared = layers.Dense(8, name="shared_dense_layer_with_name")
    x = layers.Concatenate()([shared(a), shared(b)])
    return keras.Model([a, b], [layers.Dense(1000)(x), layers.Dense(2)(x)], name="two")


def operations():
    x = keras.Input((None, 3))
    return keras.Model(x, layers.BatchNormalization()(x * 2 + 1))


def nested():
    x = keras.Input((5,))
    inner = keras.Sequential([keras.Input((5,)), layers.Dense(6)], name="inner")
    return keras.Model(x, layers.Dense(100000)(inner(x)), name="outer")


def residual():
    x = keras.Input((5,))
    return keras.Model(x, layers.Add()([x, layers.Dense(5)(x)]))


def shared():
    x = keras.Input((5,))
    layer = layers.Dense(5)
    return keras.Model(x, layer(layer(x)))


def main():
    for make in (chain, compiled, unbuilt, branches, operations, nested, residual, shared):
        keras.utils.clear_session()
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            make().summary()
        with open(os.path.join(FOLDER, make.__name__ + ".txt"), "w", encoding="utf-8") as file:
            file.write(text.getvalue())


if __name__ == "__main__":
    main()
