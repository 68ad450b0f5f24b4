"""The same networks in Cornu and its peers, one after the other:

    bench/models/networks.py MODELS [NAME...]    (bench/models/run builds MODELS and calls this)

MODELS is the program made of models.c; names: of peers, torch, jax, tensorflow, openvino (those
that can be imported), and of networks; default: all.
Each trains on random samples and predicts single ones, on two threads: microseconds, the best and
the median of several repeats. Last, the time from the start of a process to the first prediction of
a saved model. A process of its own runs each network of each peer, and the next peer follows at
once, so that all see the same machine.
"""

import collections
import os
import statistics
import subprocess
import sys
import tempfile
import time

THREADS = 2
Network = collections.namedtuple(
    "Network", "batch steps shape classes optimizer words repeats", defaults=(0, 15))
# batch 0: predictions only; steps are those of a repeat; classes: 0 is a regression, 1 yes or no;
# words: the inputs are words
NETWORKS = {
    "small": Network(16, 500, (4,), 3, "sgd"),
    "mlp": Network(32, 100, (784,), 10, "adam"),
    "fashion": Network(128, 6, (28, 28, 1), 10, "adam"),
    "dense1": Network(1, 1000, (1,), 0, "sgd"),
    "lstm": Network(32, 3, (80,), 1, "adam", words=20000),
    "transformer": Network(16, 1, (128,), 20, "adam", words=10000, repeats=5),
    "video": Network(4, 1, (24, 64, 64, 3), 10, "adam", repeats=5),
    "resnet": Network(32, 1, (64, 64, 1), 2, "sgd", repeats=5),
    "resnet224": Network(0, 1, (224, 224, 3), 1000, "sgd"),
    "effnet224": Network(0, 1, (224, 224, 3), 1000, "sgd"),
}
WIDTH, HEADS, BLOCKS = 256, 8, 4  # of the transformer
PEERS = ("torch", "jax", "tensorflow", "openvino")


def environment():
    return {**os.environ, "CORNU_NUM_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS),
            "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "",
            "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}


def output_of(command, **changes):
    done = subprocess.run(command, env={**environment(), **changes}, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    return done.stdout if done.returncode == 0 else None


def command_for(program, peer, *arguments):
    if peer == "Cornu":
        return [program, *arguments]
    return [sys.executable, os.path.abspath(__file__), "--" + peer, *arguments]


def times(program, peer, name):
    """{"step": [microseconds], "predict": [...]}, or None where the peer fails."""
    text = output_of(command_for(program, peer, *([name, str(NETWORKS[name].repeats)]
                                       if peer == "Cornu" else [name])), KERAS_BACKEND=peer)
    if not text:
        return None
    found = {"step": [], "predict": []}
    for line in text.splitlines():
        kind, number = line.split()
        found[kind].append(float(number))
    return found


def table(title, rows):
    """rows: {peer: [numbers] or None}; the ratio is to the best of the others."""
    best = {peer: min(numbers) for peer, numbers in rows.items() if numbers}
    if not best:
        return
    others = [value for peer, value in best.items() if peer != "Cornu"]
    print(f"\n{title}")
    for peer, numbers in rows.items():
        if not numbers:
            print(f"  {peer:<12} {'failed' if numbers is None else '-'}")
            continue
        ratio = f"{best[peer] / min(others):8.2f} x the best peer" if others else ""
        print(f"  {peer:<12} best {best[peer]:10.2f}   median {statistics.median(numbers):10.2f}"
              f"{ratio if peer == 'Cornu' else ''}")
    sys.stdout.flush()


def start_times(program, peers):
    with tempfile.TemporaryDirectory() as folder:
        output_of([sys.executable, os.path.abspath(__file__), "--save", folder])
        path, rows = os.path.join(folder, "small.keras"), {}
        for peer in (p for p in peers if p != "openvino"):
            command = command_for(program, peer, path)
            numbers = []
            for _ in range(9 if peer == "Cornu" else 3):
                start = time.perf_counter()
                if output_of(command) is not None:
                    numbers.append((time.perf_counter() - start) * 1e3)
            rows[peer] = numbers
        table("start of a process to the first prediction of a saved model, milliseconds", rows)


def main(program, wanted):
    names = [n for n in wanted if n in NETWORKS] or list(NETWORKS)
    peers = ["Cornu"] + [p for p in [w for w in wanted if w not in NETWORKS] or PEERS
                         if output_of([sys.executable, "-c", f"import {p}"]) is not None]
    for name in names:
        found = {peer: times(program, peer, name) for peer in peers}
        for kind, what in (("step", f"training step, batch {NETWORKS[name].batch}"),
                           ("predict", "prediction of 1")):
            table(f"{name}: {what}, microseconds", {p: f and f[kind] for p, f in found.items()})
    if len(names) == len(NETWORKS):
        start_times(program, peers)


def run_peer(peer, what):
    import peers

    if what in NETWORKS:
        getattr(peers, peer)(what)
    else:
        peers.first_prediction(peer, what)


if __name__ == "__main__":
    if sys.argv[1] == "--save":
        from keras_networks import save_small

        save_small(sys.argv[2])
    elif sys.argv[1].startswith("--"):
        run_peer(sys.argv[1][2:], sys.argv[2])
    else:
        main(os.path.abspath(sys.argv[1]), sys.argv[2:])
