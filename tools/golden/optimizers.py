"""Cases of every optimizer: ten steps with given gradients."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import keras
import numpy as np
from keras import optimizers
from keras.saving import serialize_keras_object

from golden.op_case import check_finite
from golden.store import normal

STEPS = 10
SHAPES = {"dense/kernel": (3, 4), "dense/bias": (4,), "conv/kernel": (2, 1, 2, 3)}


def add_cases(store):
    cases = OptimizerCases(store)
    plain(cases)
    options(cases)
    shared_options(cases)
    scheduled(cases)
    wrappers(cases)
    cases.take_from("torch", "schedule_free")


class OptimizerCases:
    def __init__(self, store):
        self.store = store

    def __call__(self, name, make, change=None):
        """`change(gradients)` alters the standard gradients in place."""
        with self.store.attempt(name):
            keras.backend.clear_session()
            optimizer, variables = make(), make_variables()
            gradients = [normal(STEPS, *shape, k=5) for shape in SHAPES.values()]
            if change:
                change(gradients)
            self.store.add(self.run(name, optimizer, variables, gradients))

    def take_from(self, backend, function):
        """The cases of a function of this file, from another backend."""
        with tempfile.TemporaryDirectory() as folder:
            code = ("import pathlib; from golden import optimizers, store\n"
                    f"s = store.Store('optimizers', pathlib.Path({folder!r}))\n"
                    f"optimizers.{function}(optimizers.OptimizerCases(s)); s.write()")
            tools = pathlib.Path(__file__).resolve().parent.parent
            subprocess.run([sys.executable, "-c", code], check=True, cwd=tools,
                           env={**os.environ, "KERAS_BACKEND": backend})
            with np.load(os.path.join(folder, "optimizers.npz")) as arrays:
                for case in json.loads(bytes(arrays["cases"])):
                    self.store.add(self.with_arrays(case, arrays))

    def with_arrays(self, case, arrays):
        for variable in case["variables"]:
            for key in ("initial", "gradients", "values"):
                variable[key] = self.store.put(arrays[variable[key]])
        for variable in case["state"]:
            variable["array"] = self.store.put(arrays[variable["array"]])
        return case

    def run(self, name, optimizer, variables, gradients):
        put = self.store.put
        config = serialize_keras_object(optimizer)
        optimizer.build(variables)
        initial = [np.asarray(v) for v in variables]
        values = [[] for _ in variables]
        for step in range(STEPS):
            apply(optimizer, [g[step] for g in gradients], variables)
            for history, variable in zip(values, variables):
                history.append(np.asarray(variable))
        check_finite(name, values)
        case = {
            "id": name,
            "config": config,
            "variables": [
                {"path": v.path, "initial": put(i), "gradients": put(g),
                 "values": put(np.stack(h))}
                for v, i, g, h in zip(variables, initial, gradients, values)
            ],
            "state": [{"path": v.path, "array": put(v)} for v in optimizer.variables],
        }
        optimizer.finalize_variable_values(variables)
        case["finalized"] = {
            v.path: put(v) for v, h in zip(variables, values) if not np.array_equal(v, h[-1])
        }
        return case


def apply(optimizer, gradients, variables):
    """One step. What decides by a condition can only be traced on JAX, not called."""
    if not isinstance(optimizer, optimizers.LossScaleOptimizer):
        return optimizer.apply(gradients, variables)
    before = [[v.value for v in group] for group in (optimizer.variables, variables)]
    after = optimizer.stateless_apply(before[0], gradients, before[1])
    for group, values in zip((variables, optimizer.variables), after):
        for variable, value in zip(group, values):
            variable.assign(value)


def make_variables():
    variables = []
    for path, shape in SHAPES.items():
        scope, name = path.split("/")
        with keras.name_scope(scope):
            variables.append(keras.Variable(normal(*shape), name=name))
    return variables


def plain(cases):
    for name in """SGD RMSprop Adam AdamW Adamax Adagrad Adadelta Adafactor Ftrl Lamb Lion Muon
            Nadam""".split():
        kind = getattr(optimizers, name)
        cases(name, kind)
        cases(f"{name}.rate", lambda: kind(learning_rate=0.07))


def options(cases):
    def case(name, **keywords):
        kind = getattr(optimizers, name.split(".")[0])
        cases(name, lambda: kind(learning_rate=0.05, **keywords))

    case("SGD.momentum", momentum=0.9)
    case("SGD.nesterov", momentum=0.8, nesterov=True)
    case("RMSprop.momentum", momentum=0.7, rho=0.8)
    case("RMSprop.centered", centered=True, epsilon=1e-3)
    case("RMSprop.centered_momentum", centered=True, momentum=0.5)
    case("Adam.betas", beta_1=0.7, beta_2=0.9, epsilon=1e-3)
    case("Adam.amsgrad", amsgrad=True, beta_2=0.5)
    case("AdamW.decay", weight_decay=0.1, amsgrad=True)
    case("Adamax.betas", beta_1=0.7, beta_2=0.9)
    case("Adagrad.options", initial_accumulator_value=0.5, epsilon=1e-2)
    case("Adadelta.options", rho=0.7, epsilon=1e-3)
    case("Adafactor.absolute", relative_step=False, beta_2_decay=-0.6)
    case("Adafactor.clip", clip_threshold=0.3, epsilon_2=1e-2)
    case("Ftrl.options", l1_regularization_strength=0.05, l2_regularization_strength=0.1,
         l2_shrinkage_regularization_strength=0.02, beta=0.1)
    case("Ftrl.power", learning_rate_power=-0.8, initial_accumulator_value=0.3)
    case("Lamb.betas", beta_1=0.7, beta_2=0.9, weight_decay=0.1)
    case("Lion.betas", beta_1=0.7, beta_2=0.9)
    case("Muon.options", momentum=0.8, nesterov=False, ns_steps=3, adam_lr_ratio=0.5)
    case("Muon.decay", weight_decay=0.1, rms_rate=0.4)
    case("Nadam.betas", beta_1=0.7, beta_2=0.9)


def schedule_free(cases):
    """TensorFlow and PyTorch, which change a variable in its place, agree here; JAX's update reads
    the momentum as it was before the step."""
    kind = optimizers.ScheduleFreeAdamW
    cases("ScheduleFreeAdamW", kind)
    cases("ScheduleFreeAdamW.rate", lambda: kind(learning_rate=0.07))
    cases("ScheduleFreeAdamW.warmup",
          lambda: kind(learning_rate=0.05, warmup_steps=4, weight_decay=0.1))


def shared_options(cases):
    ways = {
        "clipnorm": dict(clipnorm=0.8),
        "clipvalue": dict(clipvalue=0.3),
        "global_clipnorm": dict(global_clipnorm=1.5),
        "weight_decay": dict(weight_decay=0.1),
        "ema": dict(use_ema=True, ema_momentum=0.8),
        "ema_overwrite": dict(use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3),
        "accumulation": dict(gradient_accumulation_steps=3),
        "loss_scale_factor": dict(loss_scale_factor=4.0),
        "accumulation_ema": dict(gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.8),
    }
    for way, keywords in ways.items():
        for name in ("SGD", "Adam"):
            kind = getattr(optimizers, name)
            cases(f"{name}.{way}", lambda: kind(learning_rate=0.05, **keywords))


def scheduled(cases):
    schedules = optimizers.schedules
    make = {
        "exponential": lambda: schedules.ExponentialDecay(0.1, 3, 0.5),
        "cosine": lambda: schedules.CosineDecay(0.01, 6, warmup_target=0.1, warmup_steps=3),
        "piecewise": lambda: schedules.PiecewiseConstantDecay([2, 5], [0.1, 0.03, 0.2]),
    }
    for way, schedule in make.items():
        cases(f"SGD.{way}", lambda: optimizers.SGD(schedule(), momentum=0.9))
        cases(f"AdamW.{way}", lambda: optimizers.AdamW(schedule()))


def wrappers(cases):
    def overflow(gradients):
        gradients[0][4, 1, 2] = np.inf

    scale = optimizers.LossScaleOptimizer
    cases("LossScaleOptimizer",
          lambda: scale(optimizers.SGD(0.5), initial_scale=8.0, dynamic_growth_steps=3))
    cases("LossScaleOptimizer.overflow",
          lambda: scale(optimizers.Adam(0.05), initial_scale=8.0, dynamic_growth_steps=2), overflow)
    cases("MultiOptimizer", lambda: optimizers.MultiOptimizer(
        optimizers.OptimizerMap(optimizers.Adam(0.05), {"conv/.*": optimizers.SGD(0.1)})))
