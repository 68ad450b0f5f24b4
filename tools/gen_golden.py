"""Asks Keras 3 for the numbers that the parity tests compare with, and writes them to files.

    python tools/gen_golden.py              # all families, some minutes
    python tools/gen_golden.py losses       # one family

It needs keras 3.15 and jax (any CPU); everything is seeded, so that a second run writes the same
bytes. A family is tests/parity/golden/FAMILY.npz, not compressed, with a member `cases`: uint8,
the UTF-8 text of a JSON list. Where a case names an array, it is another member of the same file;
equal arrays are one member, so cases share them. `null` stands for what is absent. Names of
weights are Keras's paths. "loss" below is sum(output * cotangent) over all float outputs.

ops_elementwise, ops_reduction, ops_movement, ops_linear: one operation of a functional model
    id, op (class name), module, config (as in a saved model), call {args, kwargs} (as in
    inbound_nodes, a tensor being {"tensor": array}), outputs [arrays]; where it has a gradient:
    cotangents [array or null, one an output], grads {array of an input: gradient of loss}
layers_core, layers_convolution, layers_rnn, layers_attention: one layer, already built
    id, config (the whole serialized object), inputs [arrays; several are passed as one list],
    mask (the keyword argument, an array or null), training, weights [{path, trainable, array} in
    the order of layer.weights], outputs, updated_weights {path: array after the call},
    cotangents, input_grads [array or null, one an input], weight_grads {path: array}
losses: id, config, y_true, y_pred, sample_weight, value, cotangent (null for a scalar: 1),
    grad (of the value for y_pred)
metrics: id, config, batches [{y_true, y_pred, sample_weight, result}], where result is the array
    after that batch, variables [{path, array}] at the end. For Mean and Sum y_true is the values
    and y_pred is null.
optimizers: id, config, variables [{path, initial, gradients (steps first), values (after every
    step, steps first)}], state [{path, array} in the order of optimizer.variables, at the end],
    finalized {path: array} (after finalize_variable_values, where averages are kept)
schedules: id, config, steps (array), values (array)
initializers: id, config, shape, dtype, value (an array or null); for random ones mean, std, and
    low, high (no number is outside; null: no limit), orthogonal: gain (rows or columns are
    orthogonal, of this length)
regularizers: id, config, weight, value, grad
constraints: id, config, weight, result
activations: id, activation (the name or the object that a layer's config has), x, y, cotangent,
    grad
training: id, model (the serialized object), compile (get_compile_config), weights [{path,
    initial, final}], x, y, sample_weight (arrays, steps first; null), logs [{name: number}] of
    every train_on_batch (of that batch alone), state [{path, array} of the optimizer at the end],
    prediction of the first batch after it, file (a .keras file beside, of the model before
    training)
mixed: as training, of models whose policy is mixed_bfloat16
"""

import importlib
import os
import pathlib
import sys
import time

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
# Each program runs once: compiling it fast matters, not what it could be optimized to.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "parity" / "golden"
FAMILIES = (
    "ops_elementwise",
    "ops_reduction",
    "ops_movement",
    "ops_linear",
    "layers_core",
    "layers_convolution",
    "layers_rnn",
    "layers_attention",
    "losses",
    "metrics",
    "optimizers",
    "schedules",
    "initializers",
    "regularizers",
    "constraints",
    "activations",
    "training",
    "mixed",
)


def main(wanted):
    from golden.store import Store

    unknown = set(wanted) - set(FAMILIES)
    if unknown:
        sys.exit(f"no such family: {', '.join(sorted(unknown))}; there are {', '.join(FAMILIES)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = 0
    for family in wanted or FAMILIES:
        start = time.time()
        store = Store(family, FOLDER)
        importlib.import_module(f"golden.{family}").add_cases(store)
        path = store.write()
        counts = f"{len(store.cases)} cases, {len(store.arrays)} arrays"
        size = path.stat().st_size // 1024
        print(f"{family}: {counts}, {size} KB, {time.time() - start:.0f} s", flush=True)
        for line in store.failed:
            print("  refused:", line, flush=True)
        failed += len(store.failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
