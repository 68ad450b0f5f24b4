"""Runs a layer on given arrays and records outputs, updated weights and gradients."""

import jax
import keras
import numpy as np
from keras import tree
from keras.saving import serialize_keras_object

from golden.op_case import check_finite
from golden.store import cotangent, is_float, rng


class LayerCases:
    """`cases("Dense.relu", lambda: layers.Dense(4, activation="relu"), x)` records one case."""

    def __init__(self, store):
        self.store = store

    def __call__(self, name, make, *inputs, training=False, mask=None, grads=True):
        with self.store.attempt(name), jax.enable_x64("64" in name):
            keras.backend.clear_session()
            layer = make()
            run = LayerRun(layer, [np.asarray(x) for x in inputs], training, mask)
            self.store.add(self.describe(name, run, grads))

    def describe(self, name, run, grads):
        put = self.store.put
        outputs, updated = run.forward()
        check_finite(name, outputs)
        case = {
            "id": name,
            "config": serialize_keras_object(run.layer),
            "inputs": [put(x) for x in run.inputs],
            "mask": None if run.mask is None else put(run.mask),
            "training": run.training,
            "weights": [
                {"path": w.path, "trainable": w.trainable, "array": put(w)}
                for w in run.layer.weights
            ],
            "outputs": [put(y) for y in outputs],
            "updated_weights": {path: put(value) for path, value in updated.items()},
        }
        if grads and any(is_float(y) for y in outputs):
            weights = [cotangent(y) for y in outputs]
            inputs, trainable = run.gradients(weights)
            check_finite(name, inputs + trainable)
            case["cotangents"] = [None if w is None else put(w) for w in weights]
            found = iter(inputs)
            case["input_grads"] = [put(next(found)) if is_float(x) else None for x in run.inputs]
            paths = [w.path for w in run.layer.trainable_weights]
            case["weight_grads"] = {p: put(g) for p, g in zip(paths, trainable)}
        return case


class LayerRun:
    def __init__(self, layer, inputs, training, mask):
        self.layer, self.inputs, self.training, self.mask = layer, inputs, training, mask
        self.options = {"training": training} if layer._call_has_training_arg else {}
        if mask is not None:
            self.options["mask"] = jax.numpy.asarray(mask)
        layer(self.argument([jax.numpy.asarray(x) for x in inputs]), **self.options)
        for index, weight in enumerate(layer.weights):
            weight.assign(weight_value(weight, index))

    def argument(self, values):
        """One input is passed as itself, several as one list."""
        return values[0] if len(values) == 1 else list(values)

    def call(self, trainable, values):
        fixed = [v.value for v in self.layer.non_trainable_variables]
        return self.layer.stateless_call(
            trainable, fixed, self.argument(values), **self.options)

    def forward(self):
        values = [jax.numpy.asarray(x) for x in self.inputs]
        trainable = [v.value for v in self.layer.trainable_variables]
        outputs, after = jax.jit(self.call)(trainable, values)
        updated = {
            v.path: new
            for v, new in zip(self.layer.non_trainable_variables, after)
            if is_float(new) and not np.array_equal(v.value, new)
        }
        return [np.asarray(y) for y in tree.flatten(outputs)], updated

    def gradients(self, weights):
        wanted = [i for i, x in enumerate(self.inputs) if is_float(x)]

        def loss(floats, trainable):
            values = [jax.numpy.asarray(x) for x in self.inputs]
            for i, x in zip(wanted, floats):
                values[i] = x
            outputs = tree.flatten(self.call(trainable, values)[0])
            return sum((y * w).sum() for y, w in zip(outputs, weights) if w is not None)

        floats = [jax.numpy.asarray(self.inputs[i]) for i in wanted]
        trainable = [v.value for v in self.layer.trainable_variables]
        return jax.jit(jax.grad(loss, argnums=(0, 1)))(floats, trainable)


def weight_value(weight, index):
    """Random, none zero; a variance is positive."""
    numbers = rng("weight", tuple(weight.shape), index).uniform(0.1, 0.9, weight.shape)
    if "variance" not in weight.path:
        signs = rng("sign", tuple(weight.shape), index).random(weight.shape) < 0.5
        numbers = np.where(signs, -numbers, numbers)
    return numbers.astype(weight.dtype)
