"""Cases of the constraints."""

import numpy as np
from keras import constraints
from keras.saving import serialize_keras_object

from golden.store import normal


def add_cases(store):
    def case(name, constraint, weight):
        with store.attempt(name):
            store.add({
                "id": name,
                "config": serialize_keras_object(constraint),
                "weight": store.put(weight),
                "result": store.put(np.asarray(constraint(weight))),
            })

    matrix, image = normal(4, 5), normal(2, 3, 2, 2)
    kinds = {
        "MaxNorm": lambda **o: constraints.MaxNorm(1.2, **o),
        "MinMaxNorm": lambda **o: constraints.MinMaxNorm(0.9, 1.6, rate=0.7, **o),
        "UnitNorm": constraints.UnitNorm,
    }
    for name, make in kinds.items():
        case(name, make(), matrix)
        case(f"{name}.axis", make(axis=1), matrix)
        case(f"{name}.image", make(axis=[0, 1, 2]), image)
        case(f"{name}.vector", make(), normal(5))
        case(f"{name}.zeros", make(), np.zeros((3, 2), "float32"))
    case("MaxNorm.default", constraints.MaxNorm(), matrix * 3)
    case("NonNeg", constraints.NonNeg(), matrix)
