"""Cases of every loss: value and gradient, with options, reductions and weights."""

import jax
import numpy as np
from keras import losses
from keras.saving import serialize_keras_object

from golden.op_case import check_finite
from golden.store import booleans, cotangent, integers, normal, rng, uniform


def add_cases(store):
    cases = LossCases(store)
    regression(cases)
    hinges(cases)
    binary(cases)
    categorical(cases)
    sparse(cases)
    others(cases)


class LossCases:
    def __init__(self, store):
        self.store = store

    def __call__(self, name, loss, y_true, y_pred, weight=None):
        with self.store.attempt(name):
            put = self.store.put
            value, gradient, weights = value_and_gradient(loss, y_true, y_pred, weight)
            check_finite(name, [value, gradient])
            self.store.add({
                "id": name,
                "config": serialize_keras_object(loss),
                "y_true": put(y_true),
                "y_pred": put(y_pred),
                "sample_weight": None if weight is None else put(weight),
                "value": put(value),
                "cotangent": None if weights is None else put(weights),
                "grad": put(gradient),
            })

    def reductions(self, kind, y_true, y_pred, **options):
        """Every reduction, each without weights and with a weight a sample."""
        weight = uniform(0.2, 2.5, len(y_true))
        name = kind.__name__
        for reduction in ("sum_over_batch_size", "sum", "none", "mean",
                          "mean_with_sample_weight"):
            loss = kind(reduction=reduction, **options)
            self(f"{name}.{reduction}", loss, y_true, y_pred)
            self(f"{name}.{reduction}.weights", loss, y_true, y_pred, weight)


def value_and_gradient(loss, y_true, y_pred, weight):
    value = np.asarray(loss(y_true, y_pred, weight))
    weights = cotangent(value) if value.ndim else None
    factor = 1.0 if weights is None else weights

    def total(y_pred):
        return (loss(y_true, y_pred, weight) * factor).sum()

    return value, jax.jit(jax.grad(total))(jax.numpy.asarray(y_pred)), weights


def probabilities(*shape, k=0):
    """Rows that sum to one; no number near 0 or 1."""
    numbers = rng("probabilities", shape, k).uniform(0.2, 1.0, shape)
    return (numbers / numbers.sum(axis=-1, keepdims=True)).astype("float32")


def one_hot(classes, *shape, k=0):
    return np.eye(classes, dtype="float32")[integers(0, classes, *shape, k=k)]


def regression(cases):
    x, y = normal(5, 4), normal(5, 4, k=1)
    image, other = normal(2, 3, 2, 2), normal(2, 3, 2, 2, k=1)
    for kind in (losses.MeanSquaredError, losses.MeanAbsoluteError, losses.LogCosh, losses.Huber):
        cases.reductions(kind, x, y)
        cases(f"{kind.__name__}.image", kind(), image, other)
        cases(f"{kind.__name__}.image.weights", kind(), image, other, uniform(0.2, 2.5, 2, 3, 2))
    p, q = uniform(0.2, 2.5, 5, 4), uniform(0.2, 2.5, 5, 4, k=1)
    for kind in (losses.MeanAbsolutePercentageError, losses.MeanSquaredLogarithmicError,
                 losses.Poisson):
        cases.reductions(kind, p, q)
    cases("LogCosh.far", losses.LogCosh(), x * 100, y * 100)
    cases("Huber.delta", losses.Huber(delta=0.3), x, y)
    cases("MeanSquaredError.one_column", losses.MeanSquaredError(), normal(5, 1),
          normal(5, 1, k=1), uniform(0.2, 2.5, 5, 1))
    cases("MeanSquaredError.squeeze", losses.MeanSquaredError(), normal(5), normal(5, 1))
    cases("MeanSquaredError.integers", losses.MeanSquaredError(), integers(0, 4, 5, 4), y)
    cases("MeanSquaredError.float64", losses.MeanSquaredError(dtype="float32"),
          x.astype("float64"), y)
    cases("MeanAbsolutePercentageError.zeros", losses.MeanAbsolutePercentageError(),
          np.round(uniform(0.2, 2.5, 3, 4) - 0.4), p[:3] * 1e-6)
    cases.reductions(losses.CosineSimilarity, x, y)
    cases("CosineSimilarity.axis", losses.CosineSimilarity(axis=1), image, other)


def hinges(cases):
    y = normal(5, 4)
    for kind in (losses.Hinge, losses.SquaredHinge):
        cases.reductions(kind, booleans(5, 4).astype("float32"), y)
        cases(f"{kind.__name__}.signs", kind(), booleans(5, 4) * 2.0 - 1.0, y)
    cases.reductions(losses.CategoricalHinge, one_hot(4, 5), y)


def binary(cases):
    labels, p = booleans(6, 3).astype("float32"), uniform(0.05, 0.95, 6, 3)
    logits = normal(6, 3) * 3
    for kind in (losses.BinaryCrossentropy, losses.BinaryFocalCrossentropy):
        name = kind.__name__
        cases.reductions(kind, labels, p)
        cases(f"{name}.logits", kind(from_logits=True), labels, logits)
        cases(f"{name}.logits_far", kind(from_logits=True), labels, logits * 15)
        cases(f"{name}.smoothing", kind(label_smoothing=0.2), labels, p)
        cases(f"{name}.smoothing_logits", kind(label_smoothing=0.2, from_logits=True), labels,
              logits, uniform(0.2, 2.5, 6))
        cases(f"{name}.axis", kind(axis=1), booleans(2, 3, 4) * 1.0, uniform(0.05, 0.95, 2, 3, 4))
        cases(f"{name}.clipped", kind(), labels, (labels + np.float32(0.3) > 0.9).astype("float32"))
    kind = losses.BinaryFocalCrossentropy
    cases("BinaryFocalCrossentropy.balanced", kind(apply_class_balancing=True, alpha=0.4),
          labels, p)
    cases("BinaryFocalCrossentropy.gamma", kind(gamma=1.3, from_logits=True), labels, logits)


def categorical(cases):
    labels, p, logits = one_hot(4, 6), probabilities(6, 4), normal(6, 4) * 3
    for kind in (losses.CategoricalCrossentropy, losses.CategoricalFocalCrossentropy):
        name = kind.__name__
        cases.reductions(kind, labels, p)
        cases(f"{name}.logits", kind(from_logits=True), labels, logits)
        cases(f"{name}.logits_far", kind(from_logits=True), labels, logits * 15)
        cases(f"{name}.smoothing", kind(label_smoothing=0.1), labels, p)
        cases(f"{name}.smoothing_logits", kind(label_smoothing=0.1, from_logits=True), labels,
              logits, uniform(0.2, 2.5, 6))
        cases(f"{name}.soft_labels", kind(), probabilities(6, 4, k=1), p)
        cases(f"{name}.not_normalized", kind(), labels, uniform(0.1, 0.9, 6, 4))
        cases(f"{name}.axis", kind(axis=1), np.moveaxis(one_hot(3, 2, 5), -1, 1),
              uniform(0.1, 0.9, 2, 3, 5))
        cases(f"{name}.sequence", kind(from_logits=True), one_hot(3, 2, 5), normal(2, 5, 3),
              uniform(0.2, 2.5, 2, 5))
    cases("CategoricalFocalCrossentropy.options",
          losses.CategoricalFocalCrossentropy(alpha=0.5, gamma=1.2), labels, p)
    kind = losses.CategoricalGeneralizedCrossEntropy
    cases.reductions(kind, integers(0, 4, 6), p)
    cases("CategoricalGeneralizedCrossEntropy.q", kind(q=0.8), integers(0, 4, 6), p)
    cases.reductions(losses.KLDivergence, probabilities(6, 4, k=1), p)
    cases("KLDivergence.zeros", losses.KLDivergence(), labels, p)


def sparse(cases):
    kind = losses.SparseCategoricalCrossentropy
    name = kind.__name__
    labels, p, logits = integers(0, 4, 6), probabilities(6, 4), normal(6, 4) * 3
    cases.reductions(kind, labels, p)
    cases(f"{name}.logits", kind(from_logits=True), labels, logits)
    cases(f"{name}.logits_far", kind(from_logits=True), labels, logits * 15)
    cases(f"{name}.column", kind(from_logits=True), labels[:, None], logits)
    cases(f"{name}.float_labels", kind(), labels.astype("float32"), p)
    cases(f"{name}.sequence", kind(from_logits=True), integers(0, 3, 2, 5), normal(2, 5, 3),
          uniform(0.2, 2.5, 2, 5))
    cases(f"{name}.ignore_class", kind(ignore_class=2), labels, p)
    cases(f"{name}.ignore_class_logits", kind(ignore_class=-1, from_logits=True),
          integers(-1, 3, 2, 5), normal(2, 5, 3))


def others(cases):
    labels = booleans(3, 4, 4, 2).astype("float32")
    p = uniform(0.05, 0.95, 3, 4, 4, 2)
    for kind in (losses.Dice, losses.Tversky):
        cases.reductions(kind, labels, p)
        cases(f"{kind.__name__}.axis", kind(axis=(1, 2, 3)), labels, p)
        cases(f"{kind.__name__}.axis_none", kind(axis=(1, 2, 3), reduction="none"), labels, p)
    cases("Tversky.options", losses.Tversky(alpha=0.3, beta=0.9, axis=(1, 2)), labels, p)
    embedding = normal(6, 3)
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    ids = np.array([0, 1, 0, 2, 1, 0], "int32")
    cases.reductions(losses.Circle, ids, embedding, gamma=4.0)
    cases("Circle.options", losses.Circle(gamma=2.0, margin=0.2, remove_diagonal=False), ids,
          embedding)
    sequence = np.array([[1, 2, 2, 0], [3, 1, 0, 0], [2, 0, 0, 0]], "int32")
    cases.reductions(losses.CTC, sequence, normal(3, 7, 4))
