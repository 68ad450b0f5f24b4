"""Cases of the named activations: value and gradient, near zero and far out."""

import jax
import numpy as np
from keras import activations

from golden.op_case import check_finite
from golden.store import cotangent, normal

NAMES = """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh
    leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax
    softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink
    """.split()


def add_cases(store):
    for name in NAMES:
        for suffix, x in (("", normal(5, 6) * 2), (".far", normal(5, 6) * 25),
                          (".near", normal(5, 6) * 0.01), (".rank_3", normal(2, 3, 4) * 2)):
            if (name, suffix) == ("exponential", ".far"):
                continue  # its numbers say nothing but that e^50 is large
            with store.attempt(name + suffix):
                add_case(store, name, suffix, x)


def add_case(store, name, suffix, x):
    function = activations.get(name)
    y = np.asarray(function(jax.numpy.asarray(x)))
    weights = cotangent(y)
    gradient = jax.jit(jax.grad(lambda x: (function(x) * weights).sum()))(jax.numpy.asarray(x))
    check_finite(name, [y, gradient])
    store.add({
        "id": name + suffix,
        "activation": name,
        "x": store.put(x),
        "y": store.put(y),
        "cotangent": store.put(weights),
        "grad": store.put(gradient),
    })
