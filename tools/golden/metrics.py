"""Cases of every metric: the result after each of three batches, and the variables at the end."""

import keras
import numpy as np
from keras import metrics
from keras.saving import serialize_keras_object

from golden.losses import one_hot, probabilities
from golden.op_case import check_finite
from golden.store import booleans, integers, normal, uniform

BATCHES = 3


def add_cases(store):
    cases = MetricCases(store)
    means(cases)
    accuracies(cases)
    confusion(cases)
    curves(cases)
    f_scores(cases)
    overlaps(cases)
    correlations(cases)


class MetricCases:
    def __init__(self, store):
        self.store = store

    def __call__(self, name, metric, y_true, y_pred, weight=None):
        """y_true, y_pred and weight are functions of the number of the batch."""
        with self.store.attempt(name):
            put = self.store.put
            batches = []
            for k in range(BATCHES):
                arguments = [None if f is None else np.asarray(f(k)) for f in (y_true, y_pred)]
                weights = None if weight is None else np.asarray(weight(k))
                arguments = [a for a in arguments if a is not None]
                metric.update_state(*arguments, sample_weight=weights)
                result = np.asarray(metric.result())
                check_finite(name, [result])
                names = [put(a) for a in arguments] + [None]
                batches.append({
                    "y_true": names[0],
                    "y_pred": names[1],
                    "sample_weight": None if weights is None else put(weights),
                    "result": put(result),
                })
            self.store.add({
                "id": name,
                "config": serialize_keras_object(metric),
                "batches": batches,
                "variables": [{"path": v.path, "array": put(v)} for v in metric.variables],
            })
        keras.backend.clear_session()  # names start at 0 again

    def both(self, name, make, y_true, y_pred, size=6, whole=False):
        """Without weights, and with a weight a sample; `whole` for metrics that count in int."""
        self(name, make(), y_true, y_pred)

        def weight(k):
            if whole:
                return integers(1, 4, size, k=k + 99)
            return uniform(0.2, 2.5, size, k=k)

        self(f"{name}.weights", make(), y_true, y_pred, weight)


def labels(*shape):
    return lambda k: booleans(*shape, k=k).astype("float32")


def floats(*shape, first=0):
    return lambda k: normal(*shape, k=first + k)


def shares(*shape):
    return lambda k: uniform(0.02, 0.98, *shape, k=k)


def classes(n, *shape):
    return lambda k: integers(0, n, *shape, k=k)


def means(cases):
    cases.both("Mean", metrics.Mean, floats(6), None)
    cases.both("Mean.rank_2", metrics.Mean, floats(6, 2), None)
    cases.both("Sum", metrics.Sum, floats(6), None)
    names = """MeanSquaredError MeanAbsoluteError RootMeanSquaredError LogCoshError
        CosineSimilarity""".split()
    for name in names:
        cases.both(name, getattr(metrics, name), floats(6, 3), floats(6, 3, first=9))
    for name in "MeanAbsolutePercentageError MeanSquaredLogarithmicError Poisson".split():
        cases.both(name, getattr(metrics, name), lambda k: uniform(0.2, 2.5, 6, 3, k=k),
                   lambda k: uniform(0.2, 2.5, 6, 3, k=k + 9))
    for name in ("Hinge", "SquaredHinge"):
        cases.both(name, getattr(metrics, name), labels(6, 3), floats(6, 3))
    cases.both("CategoricalHinge", metrics.CategoricalHinge, lambda k: one_hot(4, 6, k=k),
               floats(6, 4))
    cases.both("KLDivergence", metrics.KLDivergence, lambda k: probabilities(6, 4, k=k),
               lambda k: probabilities(6, 4, k=k + 9))
    cases("MeanSquaredError.temporal", metrics.MeanSquaredError(), floats(2, 5, 3),
          floats(2, 5, 3, first=9), lambda k: uniform(0.2, 2.5, 2, 5, k=k))
    cross = "BinaryCrossentropy"
    cases.both(cross, metrics.BinaryCrossentropy, labels(6, 3), shares(6, 3))
    cases.both(f"{cross}.logits",
               lambda: metrics.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
               labels(6, 3), floats(6, 3))
    cross = "CategoricalCrossentropy"
    cases.both(cross, metrics.CategoricalCrossentropy, lambda k: one_hot(4, 6, k=k),
               lambda k: probabilities(6, 4, k=k))
    cases.both(f"{cross}.logits", lambda: metrics.CategoricalCrossentropy(from_logits=True),
               lambda k: one_hot(4, 6, k=k), floats(6, 4))
    cases.both(f"Sparse{cross}", metrics.SparseCategoricalCrossentropy, classes(4, 6),
               lambda k: probabilities(6, 4, k=k))
    cases.both(f"Sparse{cross}.logits",
               lambda: metrics.SparseCategoricalCrossentropy(from_logits=True, ignore_class=1),
               classes(4, 6), floats(6, 4))


def accuracies(cases):
    cases.both("Accuracy", metrics.Accuracy, classes(3, 6), lambda k: integers(0, 3, 6, k=k + 9))
    cases.both("BinaryAccuracy", metrics.BinaryAccuracy, labels(6, 3), shares(6, 3))
    cases.both("BinaryAccuracy.threshold", lambda: metrics.BinaryAccuracy(threshold=0.7),
               labels(6, 1), shares(6, 1))
    cases.both("CategoricalAccuracy", metrics.CategoricalAccuracy, lambda k: one_hot(3, 6, k=k),
               floats(6, 3))
    cases.both("SparseCategoricalAccuracy", metrics.SparseCategoricalAccuracy, classes(3, 6),
               floats(6, 3))
    cases("SparseCategoricalAccuracy.sequence", metrics.SparseCategoricalAccuracy(),
          classes(3, 2, 5), floats(2, 5, 3))
    cases.both("TopKCategoricalAccuracy", lambda: metrics.TopKCategoricalAccuracy(k=2),
               lambda k: one_hot(5, 6, k=k), floats(6, 5))
    cases.both("SparseTopKCategoricalAccuracy",
               lambda: metrics.SparseTopKCategoricalAccuracy(k=3), classes(5, 6), floats(6, 5))


def confusion(cases):
    counts = "TruePositives TrueNegatives FalsePositives FalseNegatives".split()
    for name in counts + ["Precision", "Recall"]:
        kind = getattr(metrics, name)
        cases.both(name, kind, labels(6, 3), shares(6, 3))
        cases.both(f"{name}.thresholds", lambda: kind(thresholds=[0.2, 0.5, 0.9]), labels(6),
                   shares(6))
    for name in ("Precision", "Recall"):
        kind = getattr(metrics, name)
        cases.both(f"{name}.top_k", lambda: kind(top_k=2), labels(6, 4), shares(6, 4))
        cases.both(f"{name}.class_id", lambda: kind(class_id=1), labels(6, 4), shares(6, 4))
        cases.both(f"{name}.top_k_class_id", lambda: kind(top_k=2, class_id=1), labels(6, 4),
                   shares(6, 4))


def curves(cases):
    y, p = labels(20), shares(20)
    cases.both("AUC", lambda: metrics.AUC(num_thresholds=25), y, p, size=20)
    for curve in ("ROC", "PR", "PRGAIN"):
        for method in ("interpolation", "minoring", "majoring"):
            metric = metrics.AUC(num_thresholds=25, curve=curve, summation_method=method)
            cases(f"AUC.{curve}.{method}", metric, y, p)
    cases("AUC.thresholds", metrics.AUC(thresholds=[0.1, 0.45, 0.8]), y, p)
    cases("AUC.logits", metrics.AUC(num_thresholds=25, from_logits=True), y, floats(20))
    cases("AUC.200", metrics.AUC(), y, p)
    cases("AUC.multi_label", metrics.AUC(num_thresholds=15, multi_label=True, num_labels=3),
          labels(8, 3), shares(8, 3))
    cases("AUC.label_weights",
          metrics.AUC(num_thresholds=15, multi_label=True, label_weights=[0.2, 1.0, 0.5]),
          labels(8, 3), shares(8, 3))
    for name in """PrecisionAtRecall RecallAtPrecision SensitivityAtSpecificity
            SpecificityAtSensitivity""".split():
        kind = getattr(metrics, name)
        cases.both(name, lambda: kind(0.6, num_thresholds=25), y, p, size=20)
        cases(f"{name}.class_id", kind(0.6, num_thresholds=25, class_id=1), labels(8, 3),
              shares(8, 3))


def f_scores(cases):
    y, p = lambda k: one_hot(3, 8, k=k), lambda k: probabilities(8, 3, k=k)
    for average in (None, "micro", "macro", "weighted"):
        cases.both(f"F1Score.{average}", lambda: metrics.F1Score(average=average), y, p, size=8)
        cases.both(f"FBetaScore.{average}",
                   lambda: metrics.FBetaScore(average=average, beta=2.0, threshold=0.4), y, p,
                   size=8)
    for way in ("uniform_average", "variance_weighted_average"):
        cases.both(f"R2Score.{way}", lambda: metrics.R2Score(class_aggregation=way), floats(6, 3),
                   floats(6, 3, first=9))
    cases("R2Score.none", metrics.R2Score(class_aggregation=None, num_regressors=2),
          floats(6, 3), floats(6, 3, first=9))


def overlaps(cases):
    cases.both("IoU", lambda: metrics.IoU(num_classes=3, target_class_ids=[0, 2]), classes(3, 6),
               lambda k: integers(0, 3, 6, k=k + 9), whole=True)
    cases("IoU.ignore_class", metrics.IoU(3, [0, 2], ignore_class=1), classes(3, 2, 4),
          lambda k: integers(0, 3, 2, 4, k=k + 9))
    cases.both("MeanIoU", lambda: metrics.MeanIoU(num_classes=3), classes(3, 6),
               lambda k: integers(0, 3, 6, k=k + 9), whole=True)
    cases("MeanIoU.dense_prediction", metrics.MeanIoU(3, sparse_y_pred=False), classes(3, 6),
          floats(6, 3))
    cases.both("BinaryIoU", lambda: metrics.BinaryIoU([0, 1], threshold=0.4), labels(6), shares(6),
               whole=True)
    cases("OneHotIoU", metrics.OneHotIoU(3, [0, 2]), lambda k: one_hot(3, 6, k=k), floats(6, 3))
    cases("OneHotMeanIoU", metrics.OneHotMeanIoU(3), lambda k: one_hot(3, 6, k=k), floats(6, 3))


def correlations(cases):
    for name in ("PearsonCorrelation", "ConcordanceCorrelation"):
        kind = getattr(metrics, name)
        cases.both(name, kind, floats(6, 5), floats(6, 5, first=9))
        cases(f"{name}.axis", kind(axis=1), floats(2, 5, 3), floats(2, 5, 3, first=9))
