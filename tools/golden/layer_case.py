"""Runs a layer on given arrays and records outputs, updated weights and gradients."""

import jax
import keras
import numpy as np
from keras import tree
from keras.saving import serialize_keras_object
from keras.src import backend

from golden.op_case import check_finite
from golden.store import cotangent, is_float, rng


class LayerCases:
    """`cases("Dense.relu", lambda: layers.Dense(4, activation="relu"), x)` records one case."""

    def __init__(self, store):
        self.store = store

    def __call__(self, name, make, *inputs, training=False, mask=None, grads=True, **call):
        """Further: `names` of inputs that go by name (those that are None are left out), `masks`
        that come with the inputs, `arguments` of the call."""
        with self.store.attempt(name), jax.enable_x64("64" in name):
            keras.backend.clear_session()
            layer = make()
            arrays = [None if x is None else np.asarray(x) for x in inputs]
            run = LayerRun(layer, arrays, training, mask, **call)
            self.store.add(self.describe(name, run, grads))

    def describe(self, name, run, grads):
        put = self.store.put
        outputs, updated = run.forward()
        check_finite(name, outputs)
        case = {
            "id": name,
            "config": serialize_keras_object(run.layer),
            "inputs": [None if x is None else put(x) for x in run.inputs],
            "mask": None if run.mask is None else put(run.mask),
            **run.further(put),
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
            case["input_grads"] = [
                None if x is None or not is_float(x) else put(next(found)) for x in run.inputs]
            paths = [w.path for w in run.layer.trainable_weights]
            case["weight_grads"] = {p: put(g) for p, g in zip(paths, trainable)}
        return case


class LayerRun:
    def __init__(self, layer, inputs, training, mask, names=None, masks=None, arguments=None):
        self.layer, self.inputs, self.training, self.mask = layer, inputs, training, mask
        self.names, self.masks, self.arguments = names, masks, arguments or {}
        self.options = {"training": training} if layer._call_has_training_arg else {}
        if mask is not None:
            self.options["mask"] = jax.numpy.asarray(mask)
        self.call_layer(layer, self.values())
        for index, weight in enumerate(layer.weights):
            weight.assign(weight_value(weight, index))

    def values(self):
        return [None if x is None else jax.numpy.asarray(x) for x in self.inputs]

    def further(self, put):
        """What the case says only where it is there."""
        found = {}
        if self.masks:
            found["masks"] = [None if m is None else put(m) for m in self.masks]
        if self.arguments:
            found["arguments"] = ", ".join(f"{k}={str(v).lower()}" for k, v in
                                           self.arguments.items())
        return found

    def call_layer(self, function, values, *before):
        """One input is passed as itself, several as one list, or by name."""
        for value, mask in zip(values, self.masks or ()):
            if mask is not None:
                backend.set_keras_mask(value, jax.numpy.asarray(mask))
        options = {**self.options, **self.arguments}
        if self.names:
            named = {n: v for n, v in zip(self.names, values) if v is not None}
            return function(*before, **named, **options)
        return function(*before, values[0] if len(values) == 1 else list(values), **options)

    def call(self, trainable, values):
        fixed = [v.value for v in self.layer.non_trainable_variables]
        if self.masks:  # stateless_call does not hand them on
            with keras.StatelessScope(list(zip(self.layer.trainable_variables, trainable))):
                return self.call_layer(self.layer, values), fixed
        return self.call_layer(self.layer.stateless_call, values, trainable, fixed)

    def forward(self):
        values = self.values()
        trainable = [v.value for v in self.layer.trainable_variables]
        outputs, after = jax.jit(self.call)(trainable, values)
        updated = {
            v.path: new
            for v, new in zip(self.layer.non_trainable_variables, after)
            if is_float(new) and not np.array_equal(v.value, new)
        }
        return [np.asarray(y) for y in tree.flatten(outputs)], updated

    def gradients(self, weights):
        wanted = [i for i, x in enumerate(self.inputs) if x is not None and is_float(x)]

        def loss(floats, trainable):
            values = self.values()
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
