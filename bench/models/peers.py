"""How the peers train and predict: each function measures one network, in a process of its own."""

import os
import time

from networks import NETWORKS, THREADS

# What JAX has no layers for.
KERAS_ONLY = ("lstm", "transformer", "video", "resnet", "resnet224", "effnet224")


# As in models.c.
WARM, AT_LEAST = 2, 8


def samples(name, count):
    import numpy as np

    n = NETWORKS[name]
    random = np.random.default_rng(0)
    shape = (count, *n.shape)
    if n.words:
        x = random.integers(0, n.words, shape).astype(np.int32)
    else:
        high = 255 if name in ("fashion", "effnet224") else 1
        x = random.random(shape, dtype=np.float32) * high
    if n.classes > 1:
        return x, random.integers(0, n.classes, (count,)).astype(np.int32)
    y = random.random((count, 1), dtype=np.float32)
    return x, y.round() if n.classes else y


def say_memory():
    with open("/proc/self/status") as lines:
        print("memory", next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def repeat(what, name, call):
    """Times `call`, which may return something to wait for; the first call on its own."""
    n, start = NETWORKS[name], time.perf_counter()
    steps = n.steps
    if what == "predict":
        steps = max(steps, AT_LEAST)
    elif what == "predict32":
        steps = max(1, steps // 8)
    (call() or (lambda: None))()
    if what != "predict32":
        print("call", (time.perf_counter() - start) * 1e6)
    if what == "predict":
        print("first", time.perf_counter() * 1e6 - float(os.environ["BENCH_START"]))
    for again in range(-WARM, n.repeats):
        start = time.perf_counter()
        for _ in range(steps):
            wait = call()
        if wait:
            wait()
        if again >= 0:
            print(what, (time.perf_counter() - start) / steps * 1e6)
    if what != "predict32":
        say_memory()


def measure(name, kind, step, predict_of):
    """step() trains once and returns something to wait(); predict_of(inputs) is a function that
    ends when it has its answer."""
    if kind == "step":
        repeat("step", name, step)
    else:
        repeat("predict", name, predict_of(samples(name, 1)[0]))
        repeat("predict32", name, predict_of(samples(name, 32)[0]))


def torch(name, kind, compiled=False):
    import torch as t
    from torch import nn

    from torch_networks import PICTURES, Asked, torch_network

    t.set_num_threads(THREADS)
    made = torch_network(name)
    classes = NETWORKS[name].classes
    loss_of = (nn.CrossEntropyLoss() if classes > 1 else
               nn.BCEWithLogitsLoss() if classes else nn.MSELoss())
    net, asked = made, Asked(name, made).eval()
    if compiled:
        net, asked = t.compile(net), t.compile(asked)

    def tensor_of(x):
        return t.from_numpy(x.transpose(0, 3, 1, 2).copy() if name in PICTURES else x)

    def predict_of(x):
        x = tensor_of(x)

        def predict():
            with t.inference_mode():
                asked(x).numpy()

        return predict

    if kind == "predict":
        return measure(name, kind, None, predict_of)
    make = (t.optim.SGD(made.parameters(), 0.01) if NETWORKS[name].optimizer == "sgd"
            else t.optim.Adam(made.parameters(), fused=True))
    x, y = samples(name, NETWORKS[name].batch)
    x, y = tensor_of(x), t.from_numpy(y).long() if classes > 1 else t.from_numpy(y)
    net.train()

    def step():
        make.zero_grad(set_to_none=True)
        loss_of(net(x), y).backward()
        make.step()

    measure(name, kind, step, predict_of)


def torch_compiled(name, kind):
    torch(name, kind, compiled=True)


def openvino(name, kind):
    """PyTorch's network, which it converts; predictions only."""
    import openvino as ov
    import torch as t

    from torch_networks import PICTURES, Asked, torch_network

    t.backends.mha.set_fastpath_enabled(False)  # one op for a layer, which it does not know
    net = Asked(name, torch_network(name)).eval()

    def predict_of(x):
        if name in PICTURES:
            x = x.transpose(0, 3, 1, 2).copy()
        with t.inference_mode():
            net(t.from_numpy(x))
        model = ov.convert_model(net, example_input=t.from_numpy(x), input=[x.shape])
        ask = ov.compile_model(model, "CPU", {
            "INFERENCE_NUM_THREADS": THREADS, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()

        def predict():
            ask.infer([x])[0]

        return predict

    measure(name, kind, None, predict_of)


def jax_keras(name, kind):
    """Keras's layers and optimizer in one compiled step."""
    import jax as j
    import numpy as np

    from keras_networks import keras_training

    net, loss_of, make = keras_training(name)
    x, y = samples(name, NETWORKS[name].batch or 1)

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
    measure(name, kind, step, lambda x: lambda: np.asarray(ask(state, x)) is None and None)


def jax(name, kind):
    import jax as j
    import numpy as np
    from jax import numpy as jnp

    if name in KERAS_ONLY:
        return jax_keras(name, kind)
    classes, optimizer = NETWORKS[name].classes, NETWORKS[name].optimizer
    x, y = samples(name, NETWORKS[name].batch or 1)
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
            if name == "mlp" and key is not None:
                x = jnp.where(j.random.bernoulli(key, 0.8, x.shape), x / 0.8, 0)
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
        if optimizer == "sgd":
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
    measure(name, kind, step, lambda x: lambda: np.asarray(ask(state[0], x)) is None and None)


def tensorflow(name, kind):
    import tensorflow as tf

    from keras_networks import keras_training

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    net, loss_of, make = keras_training(name)
    x, y = (tf.constant(a) for a in samples(name, NETWORKS[name].batch or 1))

    @tf.function
    def run(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, net(x, training=True))
        make.apply(tape.gradient(loss, net.trainable_variables), net.trainable_variables)
        return loss

    ask = tf.function(lambda x: net(x, training=False))

    def predict_of(x):
        x = tf.constant(x)
        return lambda: ask(x).numpy() is None and None

    measure(name, kind, lambda: run(x, y).numpy, predict_of)


def first_prediction(peer, path):
    """In a process of its own: a saved small network is loaded and asked once."""
    import numpy as np

    x = np.ones((1, 4), np.float32)
    if peer == "torch":
        import torch as t

        with t.inference_mode():
            t.jit.load(path + ".pt")(t.from_numpy(x)).numpy()
    else:
        os.environ["KERAS_BACKEND"] = peer
        import keras

        np.asarray(keras.models.load_model(path)(x))
    print("first", time.perf_counter() * 1e6 - float(os.environ["BENCH_START"]))
    say_memory()
