"""The same networks in Cornu and its peers, one after the other:

    bench/models/networks.py MODELS [PEER...]    (bench/models/run builds MODELS and calls this)

MODELS is the program made of models.c; peers: torch, jax, tensorflow (those that can be imported).
Each trains on random samples and predicts single ones, on two threads: microseconds, the best and
the median of several repeats. Last, the time from the start of a process to the first prediction of
a saved model. A process of its own runs each network of each peer, and the next peer follows at
once, so that all see the same machine.
"""

import collections
import os
import statistics
import subprocess
import sys
import tempfile
import time

THREADS = 2
Network = collections.namedtuple(
    "Network", "batch steps shape classes optimizer words repeats", defaults=(0, 15))
# steps are those of a repeat; classes: 0 is a regression, 1 yes or no; words: the inputs are words
NETWORKS = {
    "small": Network(16, 500, (4,), 3, "sgd"),
    "mlp": Network(32, 100, (784,), 10, "adam"),
    "fashion": Network(128, 6, (28, 28, 1), 10, "adam"),
    "dense1": Network(1, 1000, (1,), 0, "sgd"),
    "lstm": Network(32, 3, (80,), 1, "adam", words=20000),
    "transformer": Network(16, 1, (128,), 20, "adam", words=10000, repeats=5),
    "video": Network(4, 1, (24, 64, 64, 3), 10, "adam", repeats=5),
}
WIDTH, HEADS, BLOCKS = 256, 8, 4  # of the transformer
KERAS_ONLY = ("lstm", "transformer", "video")  # what JAX has no layers for
PEERS = ("torch", "jax", "tensorflow")


def samples(name):
    import numpy as np

    n = NETWORKS[name]
    random = np.random.default_rng(0)
    shape = (n.batch, *n.shape)
    if n.words:
        x = random.integers(0, n.words, shape).astype(np.int32)
    else:
        x = random.random(shape, dtype=np.float32) * (255 if name == "fashion" else 1)
    if n.classes > 1:
        return x, random.integers(0, n.classes, (n.batch,)).astype(np.int32)
    y = random.random((n.batch, 1), dtype=np.float32)
    return x, y.round() if n.classes else y


def measure(name, step, predict):
    """step() trains once and returns something to wait(); predict() ends when it has its answer."""
    steps, repeats = NETWORKS[name].steps, NETWORKS[name].repeats
    for kind, call in (("step", step), ("predict", predict)):
        for repeat in range(-2, repeats):
            start = time.perf_counter()
            for _ in range(steps):
                wait = call()
            if wait:
                wait()
            if repeat >= 0:
                print(kind, (time.perf_counter() - start) / steps * 1e6)


def torch_sequence(name, nn, t):
    """The networks that are no mere row of layers."""
    words = NETWORKS[name].words

    class Lstm(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.lstm = nn.Embedding(words, 128), nn.LSTM(128, 128, batch_first=True)
            self.dense = nn.Linear(128, 1)

        def forward(self, x):
            return self.dense(self.lstm(self.embed(x))[0][:, -1])

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.places = nn.Embedding(words, WIDTH), nn.Embedding(128, WIDTH)
            self.blocks = nn.Sequential(*(nn.TransformerEncoderLayer(
                WIDTH, HEADS, 4 * WIDTH, dropout=0, batch_first=True) for _ in range(BLOCKS)))
            self.dense = nn.Linear(WIDTH, 20)

        def forward(self, x):
            x = self.embed(x) + self.places(t.arange(x.shape[1]))
            return self.dense(self.blocks(x).mean(1))

    class Video(nn.Module):
        def __init__(self):
            super().__init__()
            pool = (1, 2, 2)
            self.convolutions = nn.Sequential(
                nn.Conv3d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool3d(pool),
                nn.Conv3d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool3d(pool))
            self.lstm, self.dense = nn.LSTM(8192, 64, batch_first=True), nn.Linear(64, 10)

        def forward(self, x):
            x = self.convolutions(x.permute(0, 4, 1, 2, 3)).transpose(1, 2).flatten(2)
            return self.dense(self.lstm(x)[0][:, -1])

    return {"lstm": Lstm, "transformer": Transformer, "video": Video}[name]()


def torch(name):
    import torch as t
    from torch import nn

    t.set_num_threads(THREADS)
    net = {
        "small": lambda: nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)),
        "mlp": lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)),
        "dense1": lambda: nn.Linear(1, 1),
        "fashion": lambda: nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
                                         nn.Flatten(), nn.Dropout(0.25), nn.Linear(5408, 10)),
    }.get(name, lambda: torch_sequence(name, nn, t))()
    classes = NETWORKS[name].classes
    make = (t.optim.SGD(net.parameters(), 0.01) if NETWORKS[name].optimizer == "sgd"
            else t.optim.Adam(net.parameters(), fused=True))
    loss_of = (nn.CrossEntropyLoss() if classes > 1 else
               nn.BCEWithLogitsLoss() if classes else nn.MSELoss())
    x, y = samples(name)
    if name == "fashion":
        x = x.transpose(0, 3, 1, 2).copy()
    scale = 1 / 255 if name == "fashion" else None
    x, y = t.from_numpy(x), t.from_numpy(y).long() if classes > 1 else t.from_numpy(y)

    def forward(x):
        return net(x * scale) if scale else net(x)

    def step():
        net.train()
        make.zero_grad(set_to_none=True)
        loss_of(forward(x), y).backward()
        make.step()

    one = x[:1].clone()

    def predict():
        net.eval()
        with t.inference_mode():
            out = forward(one)
            (t.softmax(out, -1) if classes > 1 else t.sigmoid(out) if classes else out).numpy()

    measure(name, step, predict)


def jax_keras(name):
    """Keras's layers and optimizer in one compiled step."""
    import jax as j
    import numpy as np

    net, loss_of, make = keras_training(name)
    x, y = samples(name)

    def loss_and_state(trainable, fixed, x, y):
        out, fixed = net.stateless_call(trainable, fixed, x, training=True)
        return loss_of(y, out), fixed

    def step_of(state, x, y):
        trainable, fixed, slots = state
        gradient = j.value_and_grad(loss_and_state, has_aux=True)
        (loss, fixed), grads = gradient(trainable, fixed, x, y)
        trainable, slots = make.stateless_apply(slots, grads, trainable)
        return (trainable, fixed, slots), loss

    run = j.jit(step_of, donate_argnums=0)
    state = tuple([v.value for v in group] for group in (
        net.trainable_variables, net.non_trainable_variables, make.variables))
    state = j.tree.map(j.numpy.copy, state)

    def step():
        nonlocal state
        state, loss = run(state, x, y)
        return lambda: j.block_until_ready(loss)

    ask = j.jit(lambda state, x: net.stateless_call(state[0], state[1], x, training=False)[0])
    measure(name, step, lambda: np.asarray(ask(state, x[:1])) is None)


def jax(name):
    import jax as j
    import numpy as np
    from jax import numpy as jnp

    if name in KERAS_ONLY:
        return jax_keras(name)
    classes, kind = NETWORKS[name].classes, NETWORKS[name].optimizer
    x, y = samples(name)
    random = np.random.default_rng(1)

    def weight(*shape):
        return jnp.asarray(random.normal(0, 0.05, shape).astype(np.float32))

    sizes = {"small": [(4, 16), (16, 3)], "mlp": [(784, 128), (128, 10)], "dense1": [(1, 1)],
             "fashion": [(3, 3, 1, 32), (5408, 10)]}[name]
    params = [(weight(*s), weight(s[-1])) for s in sizes]

    def forward(params, x, key=None):
        if name == "fashion":
            w, b = params[0]
            x = j.lax.conv_general_dilated(x / 255, w, (1, 1), "VALID",
                                           dimension_numbers=("NHWC", "HWIO", "NHWC"))
            x = j.lax.reduce_window(j.nn.relu(x + b), -jnp.inf, j.lax.max, (1, 2, 2, 1),
                                    (1, 2, 2, 1), "VALID").reshape(x.shape[0], -1)
            if key is not None:
                x = jnp.where(j.random.bernoulli(key, 0.75, x.shape), x / 0.75, 0)
        elif len(params) == 2:
            x = j.nn.relu(x @ params[0][0] + params[0][1])
        return x @ params[-1][0] + params[-1][1]

    def loss_of(params, x, y, key):
        out = forward(params, x, key)
        if not classes:
            return jnp.mean((out - y) ** 2)
        return -jnp.mean(jnp.take_along_axis(j.nn.log_softmax(out), y[:, None], 1))

    def step_of(state, x, y):
        params, m, v, t, key = state
        key, use = j.random.split(key)
        loss, g = j.value_and_grad(loss_of)(params, x, y, use)
        t = t + 1
        if kind == "sgd":
            params = j.tree.map(lambda p, g: p - 0.01 * g, params, g)
        else:
            m = j.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
            v = j.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
            rate = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            params = j.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), params, m, v)
        return (params, m, v, t, key), loss

    run = j.jit(step_of, donate_argnums=0)
    zeros = j.tree.map(jnp.zeros_like, params)
    state = (params, zeros, j.tree.map(jnp.zeros_like, params), jnp.float32(0), j.random.key(0))
    state = j.tree.map(jnp.copy, state)

    def step():
        nonlocal state
        state, loss = run(state, x, y)
        return lambda: j.block_until_ready(loss)

    ask = j.jit(lambda p, x: j.nn.softmax(forward(p, x)) if classes else forward(p, x))
    one = x[:1]
    measure(name, step, lambda: np.asarray(ask(state[0], one)) is None)


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

    if name == "transformer":
        return keras_transformer()
    return models.Sequential({
        "small": lambda: [layers.Input((4,)), layers.Dense(16, activation="relu"),
                          layers.Dense(3, activation="softmax")],
        "mlp": lambda: [layers.Input((784,)), layers.Dense(128, activation="relu"),
                        layers.Dense(10, activation="softmax")],
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


def tensorflow(name):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    net, loss_of, make = keras_training(name)
    x, y = (tf.constant(a) for a in samples(name))

    @tf.function
    def run(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, net(x, training=True))
        make.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)
        return loss

    ask = tf.function(lambda x: net(x, training=False))
    one = x[:1]
    measure(name, lambda: run(x, y).numpy, lambda: ask(one).numpy() is None)


def first_prediction(peer, path):
    """In a process of its own: a saved small network is loaded and asked once."""
    import numpy as np

    x = np.ones((1, 4), np.float32)
    if peer == "torch":
        import torch as t

        with t.inference_mode():
            t.jit.load(path + ".pt")(t.from_numpy(x)).numpy()
        return
    os.environ["KERAS_BACKEND"] = peer
    import keras

    np.asarray(keras.models.load_model(path)(x))


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


def environment():
    return {**os.environ, "CORNU_NUM_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS),
            "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "",
            "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}


def output_of(command, **changes):
    done = subprocess.run(command, env={**environment(), **changes}, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    return done.stdout if done.returncode == 0 else None


def command_for(program, peer, *arguments):
    if peer == "Cornu":
        return [program, *arguments]
    return [sys.executable, os.path.abspath(__file__), "--" + peer, *arguments]


def times(program, peer, name):
    """{"step": [microseconds], "predict": [...]}, or None where the peer fails."""
    text = output_of(command_for(program, peer, *([name, str(NETWORKS[name].repeats)]
                                       if peer == "Cornu" else [name])), KERAS_BACKEND=peer)
    if not text:
        return None
    found = {"step": [], "predict": []}
    for line in text.splitlines():
        kind, number = line.split()
        found[kind].append(float(number))
    return found


def table(title, rows):
    """rows: {peer: [numbers] or None}; the ratio is to the best of the others."""
    best = {peer: min(numbers) for peer, numbers in rows.items() if numbers}
    others = [value for peer, value in best.items() if peer != "Cornu"]
    print(f"\n{title}")
    for peer, numbers in rows.items():
        if not numbers:
            print(f"  {peer:<12} failed")
            continue
        ratio = f"{best[peer] / min(others):8.2f} x the best peer" if others else ""
        print(f"  {peer:<12} best {best[peer]:10.2f}   median {statistics.median(numbers):10.2f}"
              f"{ratio if peer == 'Cornu' else ''}")
    sys.stdout.flush()


def start_times(program, peers):
    with tempfile.TemporaryDirectory() as folder:
        output_of([sys.executable, os.path.abspath(__file__), "--save", folder])
        path, rows = os.path.join(folder, "small.keras"), {}
        for peer in peers:
            command = command_for(program, peer, path)
            numbers = []
            for _ in range(9 if peer == "Cornu" else 3):
                start = time.perf_counter()
                if output_of(command) is not None:
                    numbers.append((time.perf_counter() - start) * 1e3)
            rows[peer] = numbers
        table("start of a process to the first prediction of a saved model, milliseconds", rows)


def main(program, wanted):
    peers = ["Cornu"] + [p for p in wanted or PEERS
                         if output_of([sys.executable, "-c", f"import {p}"]) is not None]
    for name, network in NETWORKS.items():
        found = {peer: times(program, peer, name) for peer in peers}
        for kind, what in (("step", f"training step, batch {network.batch}"),
                           ("predict", "prediction of 1")):
            table(f"{name}: {what}, microseconds", {p: f and f[kind] for p, f in found.items()})
    start_times(program, peers)


if sys.argv[1] == "--save":
    save_small(sys.argv[2])
elif sys.argv[1].startswith("--"):
    if sys.argv[2] in NETWORKS:
        {"torch": torch, "jax": jax, "tensorflow": tensorflow}[sys.argv[1][2:]](sys.argv[2])
    else:
        first_prediction(sys.argv[1][2:], sys.argv[2])
else:
    main(os.path.abspath(sys.argv[1]), sys.argv[2:])
