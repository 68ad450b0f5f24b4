"""Ten training steps of two whole models, and the .keras files that they start from."""

import io
import json
import re
import zipfile

import keras
import numpy as np
from keras import layers
from keras.saving import serialize_keras_object

from golden.layer_case import weight_value
from golden.store import integers, normal, uniform

STEPS = 10


def add_cases(store):
    batch = 8
    x = normal(STEPS, batch, 5)
    y = np.sin(x).sum(axis=-1, keepdims=True)
    add(store, "mlp", mlp, x, y, uniform(0.2, 2.5, STEPS, batch))
    images = normal(STEPS, batch, 7, 6, 2)
    add(store, "cnn", cnn, images, integers(0, 4, STEPS, batch), None)


def mlp():
    model = keras.Sequential([
        layers.Input((5,)),
        layers.Dense(7, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01)),
        layers.LayerNormalization(),
        layers.Dense(6, activation="gelu", bias_constraint=keras.constraints.NonNeg()),
        layers.Dense(1),
    ], name="mlp")
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=2.0)
    model.compile(optimizer, loss="huber", metrics=["mae"], weighted_metrics=["mse"])
    return model


def cnn():
    image = layers.Input((7, 6, 2), name="image")
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(image)
    x = layers.BatchNormalization(momentum=0.8)(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D(2)(x)
    y = layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    x = layers.Add()([x, y])
    x = layers.Flatten()(x)
    x = layers.Dense(4, activation="softmax", name="classes")(x)
    model = keras.Model(image, x, name="cnn")
    schedule = keras.optimizers.schedules.ExponentialDecay(0.02, 5, 0.7)
    model.compile(keras.optimizers.Adam(schedule), loss="sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    return model


def add(store, name, make, x, y, sample_weight):
    with store.attempt(name):
        keras.backend.clear_session()
        model, put = make(), store.put
        for index, weight in enumerate(model.weights):
            weight.assign(weight_value(weight, index))
        save(model, store.folder / f"training_{name}.keras")
        initial = [put(w) for w in model.weights]
        logs = []
        for step in range(STEPS):
            weights = None if sample_weight is None else sample_weight[step]
            log = model.train_on_batch(x[step], y[step], sample_weight=weights, return_dict=True)
            logs.append({key: float(value) for key, value in log.items()})
        store.add({
            "id": name,
            "model": serialize_keras_object(model),
            "compile": model.get_compile_config(),
            "weights": [
                {"path": w.path, "initial": i, "final": put(w)}
                for w, i in zip(model.weights, initial)
            ],
            "x": put(x),
            "y": put(y),
            "sample_weight": None if sample_weight is None else put(sample_weight),
            "logs": logs,
            "state": [{"path": v.path, "array": put(v)} for v in model.optimizer.variables],
            "prediction": put(np.asarray(model.predict_on_batch(x[0]), "float32")),
            "file": f"training_{name}.keras",
        })


def save(model, path):
    """Saves as Keras does, but without the date and with the ids of shared objects, which are
    addresses, numbered from 1, so that the same model gives the same bytes."""
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for info, data in members:
            if info.filename == "metadata.json":
                data = json.dumps({**json.loads(data), "date_saved": "2000-01-01@00:00:00"})
            if info.filename == "config.json":
                data = renumber(data.decode())
            archive.writestr(zipfile.ZipInfo(info.filename), data, info.compress_type)
    path.write_bytes(stream.getvalue())


def renumber(text):
    numbers = {}

    def number(match):
        return match[1] + str(numbers.setdefault(match[2], len(numbers) + 1))

    return re.sub(r'("shared_object_id": )(\d+)', number, text)
