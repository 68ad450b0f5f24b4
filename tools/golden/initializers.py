"""Cases of the initializers: values of the fixed ones, the distribution of the random ones."""

import math

import numpy as np
from keras import initializers
from keras.saving import serialize_keras_object

TRUNCATED = 0.87962566103423978  # the standard deviation of a normal number cut at 2


def add_cases(store):
    fixed(store)
    random(store)
    for shape in ((40, 30), (30, 40), (3, 3, 4, 20)):
        for gain in (1.0, 1.7):
            name = f"Orthogonal.{'x'.join(map(str, shape))}.{gain}"
            add(store, name, initializers.Orthogonal(gain=gain, seed=1), shape, orthogonal=gain)


def add(store, name, initializer, shape, **facts):
    case = {"id": name, "config": serialize_keras_object(initializer), "shape": list(shape),
            "dtype": "float32", "value": None, "mean": None, "std": None, "low": None,
            "high": None, "orthogonal": None}
    with store.attempt(name):
        store.add({**case, **facts})


def fixed(store):
    def case(name, initializer, shape, dtype="float32"):
        with store.attempt(name):
            value = np.asarray(initializer(shape, dtype=dtype))
            add(store, name, initializer, shape, dtype=dtype, value=store.put(value))

    case("Zeros", initializers.Zeros(), (2, 3))
    case("Zeros.int", initializers.Zeros(), (2, 3), "int32")
    case("Zeros.rank_0", initializers.Zeros(), ())
    case("Ones", initializers.Ones(), (2, 3))
    case("Ones.bool", initializers.Ones(), (3,), "bool")
    case("Constant", initializers.Constant(2.5), (2, 3))
    case("Constant.zero_size", initializers.Constant(2.5), (0, 3))
    case("Identity", initializers.Identity(), (3, 3))
    case("Identity.gain", initializers.Identity(gain=0.5), (2, 4))
    case("STFT", initializers.STFT(), (9, 1, 5))
    case("STFT.imag", initializers.STFT(side="imag", window="hamming", scaling="spectrum"),
         (9, 1, 5))


def random(store):
    """The expectation is Keras's definition; that Keras itself meets it is checked here."""
    def case(name, initializer, shape, mean, std, low, high):
        add(store, name, initializer, shape, mean=mean, std=std, low=low, high=high)
        sample = np.asarray(initializer((200, 300)) if shape is None else initializer(shape))
        if abs(sample.mean() - mean) > 0.05 * std or abs(sample.std() / std - 1) > 0.05:
            raise ValueError(f"{name}: not as expected: {sample.mean()} {sample.std()}")

    flat = (100, 200)
    case("RandomUniform", initializers.RandomUniform(-0.3, 0.5, seed=1), flat, 0.1,
         0.8 / math.sqrt(12), -0.3, 0.5)
    case("RandomNormal", initializers.RandomNormal(1.0, 0.5, seed=1), flat, 1.0, 0.5, None, None)
    case("TruncatedNormal", initializers.TruncatedNormal(1.0, 0.5, seed=1), flat, 1.0,
         0.5 * TRUNCATED, 0.0, 2.0)
    fans = {(100, 200): (100, 200), (3, 5, 20, 40): (300, 600)}
    named = {"Glorot": (1.0, "fan_avg"), "He": (2.0, "fan_in"), "Lecun": (1.0, "fan_in")}
    for shape, (fan_in, fan_out) in fans.items():
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        size = "x".join(map(str, shape))

        def scaled(name, initializer, scale, mode, distribution):
            std = math.sqrt(scale / fan[mode])
            limit = {"uniform": math.sqrt(3) * std, "truncated_normal": 2 * std / TRUNCATED,
                     "untruncated_normal": None}[distribution]
            low = None if limit is None else -limit
            case(f"{name}.{size}", initializer, shape, 0.0, std, low, limit)

        for name, (scale, mode) in named.items():
            scaled(f"{name}Uniform", getattr(initializers, f"{name}Uniform")(seed=1), scale, mode,
                   "uniform")
            scaled(f"{name}Normal", getattr(initializers, f"{name}Normal")(seed=1), scale, mode,
                   "truncated_normal")
        for mode in fan:
            for way in ("uniform", "truncated_normal", "untruncated_normal"):
                scaled(f"VarianceScaling.{mode}.{way}",
                       initializers.VarianceScaling(1.7, mode, way, seed=1), 1.7, mode, way)
