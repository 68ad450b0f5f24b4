"""Cases of the regularizers: the penalty and its gradient."""

import jax
import numpy as np
from keras import regularizers
from keras.saving import serialize_keras_object

from golden.store import normal


def add_cases(store):
    def case(name, regularizer, weight):
        with store.attempt(name):
            gradient = jax.grad(lambda w: regularizer(w).sum())(jax.numpy.asarray(weight))
            store.add({
                "id": name,
                "config": serialize_keras_object(regularizer),
                "weight": store.put(weight),
                "value": store.put(np.asarray(regularizer(jax.numpy.asarray(weight)))),
                "grad": store.put(gradient),
            })

    matrix, image = normal(4, 5), normal(2, 3, 2, 2)
    for suffix, weight in (("", matrix), (".image", image), (".vector", normal(5))):
        case(f"L1{suffix}", regularizers.L1(0.03), weight)
        case(f"L2{suffix}", regularizers.L2(0.03), weight)
        case(f"L1L2{suffix}", regularizers.L1L2(0.03, 0.2), weight)
    case("L1.default", regularizers.L1(), matrix)
    case("L1L2.nothing", regularizers.L1L2(), matrix)
    case("OrthogonalRegularizer", regularizers.OrthogonalRegularizer(0.1), matrix)
    case("OrthogonalRegularizer.columns",
         regularizers.OrthogonalRegularizer(0.1, "columns"), normal(4, 4))
