"""Cases of the learning rate schedules."""

import numpy as np
from keras.optimizers import schedules
from keras.saving import serialize_keras_object

STEPS = np.array([0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 13, 19, 20, 21, 33, 50, 99, 100, 1000], "int32")


def add_cases(store):
    def case(name, schedule):
        with store.attempt(name):
            values = [np.float32(schedule(int(step))) for step in STEPS]
            store.add({"id": name, "config": serialize_keras_object(schedule),
                       "steps": store.put(STEPS), "values": store.put(values)})

    exponential, inverse = schedules.ExponentialDecay, schedules.InverseTimeDecay
    case("ExponentialDecay", exponential(0.1, 10, 0.5))
    case("ExponentialDecay.staircase", exponential(0.1, 10, 0.5, staircase=True))
    case("InverseTimeDecay", inverse(0.1, 10, 0.5))
    case("InverseTimeDecay.staircase", inverse(0.1, 10, 0.5, staircase=True))
    case("PiecewiseConstantDecay",
         schedules.PiecewiseConstantDecay([3, 10, 20], [1.0, 0.5, 0.2, 0.1]))
    polynomial = schedules.PolynomialDecay
    case("PolynomialDecay", polynomial(0.1, 20))
    case("PolynomialDecay.power", polynomial(0.1, 20, end_learning_rate=0.01, power=0.5))
    case("PolynomialDecay.cycle",
         polynomial(0.1, 10, end_learning_rate=0.01, power=2.0, cycle=True))
    cosine = schedules.CosineDecay
    case("CosineDecay", cosine(0.1, 20))
    case("CosineDecay.alpha", cosine(0.1, 20, alpha=0.1))
    case("CosineDecay.warmup", cosine(0.0, 20, alpha=0.1, warmup_target=0.1, warmup_steps=5))
    restarts = schedules.CosineDecayRestarts
    case("CosineDecayRestarts", restarts(0.1, 10))
    case("CosineDecayRestarts.options", restarts(0.1, 7, t_mul=1.5, m_mul=0.8, alpha=0.1))
    case("CosineDecayRestarts.equal", restarts(0.1, 10, t_mul=1.0, m_mul=0.5))
