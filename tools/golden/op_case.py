"""Turns a line such as `lambda x: ops.sum(x, axis=1)` into a case of an ops family."""

import jax
import keras
import numpy as np
from keras import tree
from keras.saving import serialize_keras_object

from golden.store import cotangent, is_float


class OpCases:
    """`cases("Sum.axis", lambda x: ops.sum(x, axis=1), x)` records one case."""

    def __init__(self, store):
        self.store = store

    def __call__(self, name, function, *inputs, grads=True, jit=True):
        wide = "64" in name or any(np.asarray(x).dtype.itemsize == 8 for x in inputs)
        with self.store.attempt(name), jax.enable_x64(wide):
            self.record(name, function, inputs, grads, jit)

    def record(self, name, function, inputs, grads, jit):
        keras.backend.clear_session()
        inputs = [np.asarray(x) for x in inputs]
        symbols = [keras.KerasTensor(x.shape, dtype=x.dtype.name) for x in inputs]
        operation, args, kwargs = trace(function, symbols)
        position = {id(s): i for i, s in enumerate(symbols)}
        names = [self.store.put(x) for x in inputs]
        if len(set(names)) < len(names):
            raise ValueError(f"{name}: two inputs are equal, their gradients would be confused")

        def run(*values):
            return tree.flatten(function(*values))

        # One compilation instead of one for every primitive that Keras's operation is made of.
        run = jax.jit(run) if jit else run

        def refer(leaf):
            return Ref(names[position[id(leaf)]]) if is_symbol(leaf) else leaf

        outputs = [np.asarray(y) for y in run(*[jax.numpy.asarray(x) for x in inputs])]
        check_finite(name, outputs)
        case = {
            "id": name,
            "op": type(operation).__name__,
            "module": type(operation).__module__,
            "config": serialize_keras_object(operation)["config"],
            "call": serialize_call(*tree.map_structure(refer, (list(args), kwargs))),
            "outputs": [self.store.put(y) for y in outputs],
        }
        if grads:
            case.update(self.gradients(run, inputs, outputs))
        self.store.add(case)

    def gradients(self, run, inputs, outputs):
        """The gradients of sum(output * cotangent) for the inputs that are float."""
        wanted = [i for i, x in enumerate(inputs) if is_float(x)]
        weights = [cotangent(y) for y in outputs]
        if not wanted or all(w is None for w in weights):
            return {}

        def loss(*floats):
            values = [jax.numpy.asarray(x) for x in inputs]
            for i, x in zip(wanted, floats):
                values[i] = x
            pairs = zip(run(*values), weights)
            return sum((y * w).sum() for y, w in pairs if w is not None)

        values = [jax.numpy.asarray(inputs[i]) for i in wanted]
        found = jax.jit(jax.grad(loss, argnums=tuple(range(len(wanted)))))(*values)
        check_finite("gradient", found)
        put = self.store.put
        return {
            "cotangents": [None if w is None else put(w) for w in weights],
            "grads": {put(inputs[i]): put(g) for i, g in zip(wanted, found)},
        }


class Ref:
    """Stands for a tensor until the call has been serialized."""

    def __init__(self, name):
        self.name = name


def is_symbol(leaf):
    return isinstance(leaf, keras.KerasTensor)


def trace(function, symbols):
    """The operation behind the outputs of a function and the arguments it was called with."""
    first = tree.flatten(function(*symbols))[0]
    operation, index, _ = first._keras_history
    arguments = operation._inbound_nodes[index].arguments
    for leaf in tree.flatten((arguments.args, arguments.kwargs)):
        if is_symbol(leaf) and not any(leaf is s for s in symbols):
            raise ValueError("the function calls more than one operation")
    return operation, arguments.args, arguments.kwargs


def serialize_call(args, kwargs):
    """Serializes like Keras does for inbound_nodes, a tensor as {"tensor": name}."""

    def swap(leaf):
        return {"tensor": leaf.name} if isinstance(leaf, Ref) else leaf

    return {
        "args": serialize_keras_object(tree.map_structure(swap, args)),
        "kwargs": serialize_keras_object(tree.map_structure(swap, kwargs)),
    }


def check_finite(name, arrays):
    for array in arrays:
        if is_float(array) and not np.isfinite(np.asarray(array, np.float64)).all():
            raise ValueError(f"{name}: not finite")
