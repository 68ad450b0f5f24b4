"""Files with functions and classes of a user's own, which examples and programs of the notes write,
opened by Keras with the same things in Python."""

import os
import subprocess

import keras
import numpy as np


def column(x, index=0):
    return x[:, :, index]


def my_gelu(x):
    return keras.ops.gelu(x, approximate=False)


def a_number(y_true, y_pred):
    return keras.ops.mean(y_pred)


class SoftDice(keras.losses.Loss):
    def __init__(self, smooth=1.0, **kwargs):
        super().__init__(**kwargs)
        self.smooth = smooth

    def call(self, y_true, y_pred):
        overlap = keras.ops.sum(y_true * y_pred)
        both = keras.ops.sum(y_true) + keras.ops.sum(y_pred)
        return 1 - (2 * overlap + self.smooth) / (both + self.smooth)

    def get_config(self):
        return {**super().get_config(), "smooth": self.smooth}


class CenterLoss(keras.layers.Layer):
    def __init__(self, alpha=0.5, **kwargs):
        super().__init__(**kwargs)
        self.alpha = alpha

    def build(self, shapes):
        self.centers = self.add_weight(shape=(shapes[1][1], shapes[0][1]), name="centers",
                                       trainable=False)

    def call(self, inputs):
        x, label = inputs
        return keras.ops.sum((x - label @ self.centers) ** 2, 1, keepdims=True)


def load(path, **objects):
    return keras.models.load_model(path, custom_objects=objects)


def wrote(build, program, folder):
    """Runs a program of the build in the folder; False where it is not built or fails."""
    path = os.path.join(os.path.abspath(build), program)
    return os.path.exists(path) and not subprocess.run([path], cwd=folder,
                                                       stdout=subprocess.DEVNULL).returncode


def check_lambdas(folder, check):
    x, path = np.arange(16, dtype="float32").reshape(2, 4, 2), os.path.join(folder, "columns.keras")
    for way in ("custom_objects", "registered"):
        if way == "registered":
            keras.saving.register_keras_serializable("shop", "column")(column)
        model = load(path, column=column) if way == "custom_objects" else load(path)
        check(np.array_equal(np.asarray(model(x))[:, :, 0, :], x), f"two Lambdas, {way}")


def check_activations(folder, check, predict):
    x = np.random.default_rng(1).random((5, 6, 6, 1)).astype("float32")
    model = load(os.path.join(folder, "own.keras"), my_gelu=my_gelu)
    check(model.layers[0].activation is my_gelu and np.isfinite(np.asarray(model(x))).all(),
          "an own activation")
    path = os.path.join(folder, "prelu.keras")
    check(np.allclose(np.asarray(load(path)(x)), predict(path, x, folder), atol=1e-5),
          "PReLU inside of a convolution")


def check_loss(folder, check):
    model = load(os.path.join(folder, "large.keras"), my_recall=a_number, my_precision=a_number,
                 soft_dice=SoftDice)
    check(model.loss.smooth == 1e-5, "an own loss with its parameter")


def check_layer(folder, check):
    model = load(os.path.join(folder, "centers.keras"),
                 center_loss=CenterLoss, **{"pass": a_number})
    layer = model.get_layer("distance")
    check(layer.alpha == 0.5 and layer.centers.shape == (10, 2), "an own layer")
    found = model([np.ones((3, 64), "float32"), np.eye(10, dtype="float32")[:3]])
    check(np.isfinite(np.asarray(found[1])).all(), "an own layer, called")


def with_parameter(base, name, parameter, value, call):
    """A class of that base whose one parameter is in its configuration."""
    def init(self, **config):
        setattr(self, parameter, config.pop(parameter, value))
        if config:
            super(cls, self).__init__(**config)

    def get_config(self):
        return {parameter: getattr(self, parameter)}

    cls = type(name, (base,), {"__init__": init, "get_config": get_config, "__call__": call})
    return cls


class Scaled(keras.layers.Layer):
    def __init__(self, by=2, **kwargs):
        super().__init__(**kwargs)
        self.by = by

    def call(self, x):
        return x * self.by


class Far(keras.losses.Loss):
    def __init__(self, by=1.0, **kwargs):
        super().__init__(**kwargs)
        self.by = by

    def call(self, y_true, y_pred):
        return keras.ops.abs(y_true - y_pred) * self.by


def check_everything(folder, check):
    """One file with all kinds of own objects, two of most, each with its parameter."""
    path = os.path.join(folder, "everything.keras")
    soft = with_parameter(object, "soft", "knee", 1.0,
                          lambda self, x: x / (keras.ops.abs(x) + self.knee))
    soft.from_config = classmethod(lambda cls, config: cls(**config))
    filled = with_parameter(keras.initializers.Initializer, "filled", "with", 1.0,
                            lambda self, shape, dtype=None: keras.ops.full(
                                shape, getattr(self, "with"), dtype))
    strength = with_parameter(keras.regularizers.Regularizer, "strength", "alpha", 0.1,
                              lambda self, x: self.alpha * keras.ops.sum(x ** 2))
    below = with_parameter(keras.constraints.Constraint, "below", "limit", 0.9,
                           lambda self, x: keras.ops.minimum(x, self.limit))
    keras.saving.register_keras_serializable(name="soft")(soft)  # "Custom>soft", as in the program
    classes = {"scaled": Scaled, "filled": filled, "strength": strength,
               "below": below, "far": Far}
    model = load(path, **classes)
    first, second = model.layers[1:]
    check([layer.activation.knee for layer in (first, second)] == [2, 1] and
          [getattr(layer.kernel_initializer, "with") for layer in (first, second)] == [0.5, 1] and
          [layer.kernel_regularizer.alpha for layer in (first, second)] == [0.01, 0.1] and
          [layer.kernel_constraint.limit for layer in (first, second)] == [0.45, 0.9] and
          model.layers[0].by == 3 and model.loss.by == 2, "own objects, two alive at once")
    x, y = np.array([[1, 2], [3, 4]], "float32"), np.zeros((2, 1), "float32")
    want = np.load(os.path.join(folder, "everything.npz"))["y"]
    check(np.allclose(np.asarray(model(x)), want, atol=1e-6), "own objects, called")
    check(np.isfinite(model.fit(x, y, verbose=0).history["loss"][0]), "own objects, trained")


def check_checkpoints(folder, check):
    for epoch in (1, 2, 3):
        model = load(os.path.join(folder, f"epoch-{epoch}.keras"),
                     quick_gelu=lambda x: x * keras.ops.sigmoid(1.702 * x))
        check(np.isfinite(np.asarray(model(np.ones((4, 3), "float32")))).all(),
              f"an own activation, epoch {epoch}")


def check_python_code(folder, check, program):
    path = os.path.join(folder, "code.keras")
    square = keras.layers.Lambda(lambda x: x ** 2, name="square")
    keras.Sequential([keras.Input((2,)), square]).save(path)
    done = subprocess.run([program, "summary", path], capture_output=True, text=True)
    check(done.returncode == 3 and 'cn_register_function("square"' in done.stderr,
          "a Lambda of Python's code")


def run(build, folder, check, predict):
    """All of it; `check(ok, what)` counts, `predict(path, x, folder)` asks Cornu."""
    if wrote(build, "examples/lambda", folder):
        check_lambdas(folder, check)
    if wrote(build, "note/131_activation_inside_a_layer", folder):
        check_activations(folder, check, predict)
    if wrote(build, "note/132_registered_activation", folder):
        check_checkpoints(folder, check)
    if wrote(build, "note/169_own_objects", folder):
        check_everything(folder, check)
    if wrote(build, "examples/custom_loss", folder):
        check_loss(folder, check)
    if wrote(build, "examples/center_loss", folder):
        check_layer(folder, check)
    check_python_code(folder, check, os.path.join(os.path.abspath(build), "bin", "cornu"))
