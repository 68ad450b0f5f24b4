"""The networks of networks.py in Keras: for TensorFlow, for JAX, and for files."""

import os

from networks import BLOCKS, HEADS, NETWORKS, WIDTH

APPLICATIONS = {
    "resnet": ("ResNet50", (64, 64, 1), 2),
    "resnet224": ("ResNet50", (224, 224, 3), 1000),
    "effnet224": ("EfficientNetV2B0", (224, 224, 3), 1000),
}


def keras_transformer():
    from keras import Model, layers, ops

    def block(x):
        seen = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x)
        x = layers.LayerNormalization(epsilon=1e-5)(layers.Add()([x, seen]))
        inner = layers.Dense(WIDTH)(layers.Dense(4 * WIDTH, activation="relu")(x))
        return layers.LayerNormalization(epsilon=1e-5)(layers.Add()([x, inner]))

    words = layers.Input((128,), dtype="int32")
    places = ops.cumsum(ops.ones_like(words[:1, :]), axis=1) - 1
    x = layers.Embedding(10000, WIDTH)(words) + layers.Embedding(128, WIDTH)(places)
    for _ in range(BLOCKS):
        x = block(x)
    x = layers.GlobalAveragePooling1D()(x)
    return Model(words, layers.Dense(20, activation="softmax")(x))


def keras_network(name):
    from keras import layers, models

    if name in APPLICATIONS:
        import keras

        make, shape, classes = APPLICATIONS[name]
        return getattr(keras.applications, make)(weights=None, input_shape=shape, classes=classes)
    if name == "transformer":
        return keras_transformer()
    return models.Sequential({
        "small": lambda: [layers.Input((4,)), layers.Dense(16, activation="relu"),
                          layers.Dense(3, activation="softmax")],
        "mlp": lambda: [layers.Input((784,)), layers.Dense(128, activation="relu"),
                        layers.Dropout(0.2), layers.Dense(10, activation="softmax")],
        "dense1": lambda: [layers.Input((1,)), layers.Dense(1)],
        "fashion": lambda: [layers.Input((28, 28, 1)), layers.Rescaling(1 / 255),
                            layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
                            layers.Flatten(), layers.Dropout(0.25),
                            layers.Dense(10, activation="softmax")],
        "lstm": lambda: [layers.Input((80,), dtype="int32"), layers.Embedding(20000, 128),
                         layers.LSTM(128), layers.Dense(1, activation="sigmoid")],
        "video": lambda: [layers.Input((24, 64, 64, 3)),
                          layers.Conv3D(16, 3, activation="relu", padding="same"),
                          layers.MaxPooling3D((1, 2, 2)),
                          layers.Conv3D(32, 3, activation="relu", padding="same"),
                          layers.MaxPooling3D((1, 2, 2)),
                          layers.TimeDistributed(layers.Flatten()), layers.LSTM(64),
                          layers.Dense(10, activation="softmax")],
    }[name]())


def keras_training(name):
    """The network, its loss, its built optimizer."""
    import keras

    net, classes = keras_network(name), NETWORKS[name].classes
    loss_of = (keras.losses.SparseCategoricalCrossentropy() if classes > 1 else
               keras.losses.BinaryCrossentropy() if classes else keras.losses.MeanSquaredError())
    make = keras.optimizers.get(NETWORKS[name].optimizer)
    make.build(net.trainable_variables)
    return net, loss_of, make


def save_small(folder):
    """Keras's file, and beside it one of PyTorch where that is there."""
    path = os.path.join(folder, "small.keras")
    keras_network("small").save(path)
    try:
        import torch as t
    except ImportError:
        return
    net = t.nn.Sequential(t.nn.Linear(4, 16), t.nn.ReLU(), t.nn.Linear(16, 3), t.nn.Softmax(-1))
    t.jit.script(net).save(path + ".pt")
