"""The same networks in Cornu and its peers, one after the other:

    bench/models/networks.py BUILD [OPTION...] [NAME...]    (bench/models/run makes the programs in
                                                            BUILD and calls this)

Names: of peers, torch, torch_compiled, jax, tensorflow, openvino (those that can be imported), and
of networks, nms (non-maximum suppression, nms.py) and start (a saved model); default: all.

    --threads N    that many threads, on as many cores (2)
    --shared       each process five times more beside a busy one, and beside a busy one for each
                   core: time / time alone
    --best         the best of the repeats instead of the median

A repeat is several steps or predictions, so that a median is of the long run: the first two are not
timed, and the first call of all on its own.

A process of its own trains each network of each peer on random samples, another predicts, and the
next peer follows at once, so that all see the same machine. Columns:

    step, predict 1, predict 32    microseconds of one, the number is the batch
    first                          milliseconds from the start of the predicting process to its
                                   first prediction, the network newly made
    1st step, 1st pred             milliseconds of the first call of each: plans and compilers
    train MiB, pred MiB            peak memory of the two processes (VmHWM)
    of top                         (Cornu) of the time in kernels, what the machine's ceilings for
                                   products and memory, measured in that process, ask for: training,
                                   and predicting

Ratios are the best peer's number / Cornu's. Peers' steps are loops of one's own: mlp's has Cornu's
own train_step and own traced loop (loops.c) beside it.
"""

import argparse
import collections
import contextlib
import functools
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

THREADS = int(os.environ.get("BENCH_THREADS", 2))
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
PEERS = ("torch", "torch_compiled", "jax", "tensorflow", "openvino")
COLUMNS = {"step": "step", "predict": "predict 1", "predict32": "predict 32", "first": "first",
           "step call": "1st step", "predict call": "1st pred", "step memory": "train MiB",
           "predict memory": "pred MiB"}
TIMES = ("step", "predict", "predict32")
SHARED_RUNS = 5


def environment():
    return {**os.environ, "CORNU_NUM_THREADS": str(THREADS), "OMP_NUM_THREADS": str(THREADS),
            "BENCH_THREADS": str(THREADS), "BENCH_START": str(time.perf_counter() * 1e6),
            "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}


def output_of(command, errors=subprocess.DEVNULL, **changes):
    done = subprocess.run(command, env={**environment(), **changes}, stdout=subprocess.PIPE,
                          stderr=errors, text=True)
    return done.stdout if done.returncode == 0 else None


@contextlib.contextmanager
def busy_processes(count):
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
                for _ in range(count)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def library_of(peer):
    return peer.split("_")[0]


def command_for(build, peer, name, kind):
    if peer == "Cornu":
        repeats = NETWORKS[name].repeats
        return [os.path.join(build, "bench_models"), name, str(repeats), kind]
    return [sys.executable, os.path.abspath(__file__), "--peer", peer, name, kind]


def measured(text):
    """{what: [numbers]} of lines "WHAT NUMBER"; WHAT may have spaces."""
    found = collections.defaultdict(list)
    for line in (text or "").splitlines():
        what, number = line.rsplit(None, 1)
        found[what.strip()].append(float(number))
    return found


def kinds_of(name):
    return ("step", "predict") if NETWORKS[name].batch else ("predict",)


def numbers_of(build, peer, name):
    found = collections.defaultdict(list)
    for kind in kinds_of(name):
        if kind == "step" and peer == "openvino":
            continue
        text = output_of(command_for(build, peer, name, kind), KERAS_BACKEND=library_of(peer))
        for what, numbers in measured(text).items():
            found[f"{kind} {what}" if what in ("call", "memory") else what] += numbers
    for what, numbers in found.items():
        scale = {"first": 1e3, "step call": 1e3, "predict call": 1e3, "step memory": 1024,
                 "predict memory": 1024}.get(what, 1)
        found[what] = [number / scale for number in numbers]
    return found


def share_of_ceilings(build, name, kind):
    """Percent, from the report of CORNU_PROFILE."""
    command = command_for(build, "Cornu", name, kind)
    with tempfile.TemporaryFile("w+") as report, tempfile.TemporaryDirectory() as folder:
        output_of(command, report, CORNU_PROFILE=os.path.join(folder, "trace.json"))
        report.seek(0)
        found = re.search(r"kernels: .*ask for (\d+)%", report.read())
    return found[1] + "%" if found else "-"


def print_row(title, cells):
    print(f"  {title:<18}" + "".join(f"{cell:>12}" for cell in cells), flush=True)


def cell(number):
    return "" if number is None else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


class Table:
    def __init__(self, title, middle, columns):
        self.middle, self.columns, self.rows = middle, columns, {}
        print(f"\n{title}")
        print_row("", columns.values())

    def values(self, found):
        return {what: self.middle(found[what]) for what in self.columns if found.get(what)}

    def add(self, title, found):
        self.rows[title] = row = self.values(found)
        print_row(title, [cell(row.get(what)) for what in self.columns] if row else ["failed"])

    def add_shared(self, title, run):
        """How a process is placed beside the busy ones decides much: the median of several."""
        alone = self.rows[title]
        for count in sorted({1, THREADS}):
            runs = []
            for _ in range(SHARED_RUNS):
                with busy_processes(count):
                    runs.append(self.values(run()))
            ratios = {what: statistics.median(row[what] / alone[what] for row in runs)
                      for what in TIMES if what in alone and all(what in row for row in runs)}
            print_row(f"  beside {count} busy", [cell(ratios.get(what)) for what in self.columns])

    def add_ratio(self, title, of="Cornu"):
        own, cells = self.rows[of], []
        for what in self.columns:
            others = [row[what] for peer, row in self.rows.items()
                      if peer in PEERS and what in row]
            cells.append(cell(min(others) / own[what]) if others and own.get(what) else "")
        print_row(title, cells)


def add_own_loops(table, build):
    found = measured(output_of([os.path.join(build, "bench_loops"), "30"]))
    for title in ("own train_step", "traced"):
        table.add(title, {"step": found[title]})
        table.add_ratio("  best peer / it", title)


def compare(build, name, peers, middle, shared):
    table = Table(f"{name}: trained in batches of {NETWORKS[name].batch}" if NETWORKS[name].batch
                  else f"{name}: predicts", middle, COLUMNS)
    for peer in ["Cornu", *peers]:
        table.add(peer, numbers_of(build, peer, name))
        if shared:
            table.add_shared(peer, functools.partial(numbers_of, build, peer, name))
    table.add_ratio("best peer / Cornu")
    print_row("of top", [share_of_ceilings(build, name, kind) if kind in kinds_of(name) else ""
                         for kind in ("step", "predict")])
    if name == "mlp":
        add_own_loops(table, build)


def compare_nms(build, peers, middle, shared):
    import nms

    table = Table(f"nms: {nms.BOXES} boxes, {nms.CLASSES} classes", middle, {"predict": "predict"})
    with tempfile.TemporaryDirectory() as folder:
        nms.write_inputs(folder)
        for peer in ["Cornu", *(p for p in peers if p in nms.PEERS)]:
            command = ([os.path.join(build, "bench_nms"), folder, str(nms.REPEATS)]
                       if peer == "Cornu" else
                       [sys.executable, os.path.abspath(__file__), "--peer", peer, "nms", folder])
            found = measured(output_of(command))
            table.add(peer, found)
            if found and peer != "Cornu" and nms.differ(folder, peer):
                print("    found other boxes")
            if shared:
                table.add_shared(peer, lambda: measured(output_of(command)))
    table.add_ratio("best peer / Cornu")


def start_times(build, peers, middle):
    """From the start of a process to the first prediction of a saved model, and its memory."""
    columns = {"first": "first, ms", "memory": "MiB"}
    table = Table("small, loaded from a file, by a process that ends then", middle, columns)
    with tempfile.TemporaryDirectory() as folder:
        output_of([sys.executable, os.path.abspath(__file__), "--save", folder],
                  KERAS_BACKEND=library_of(peers[0]) if peers else "jax")
        path = os.path.join(folder, "small.keras")
        for peer in ["Cornu", *(p for p in peers if p in ("torch", "jax", "tensorflow"))]:
            command = ([os.path.join(build, "bench_models"), path] if peer == "Cornu" else
                       [sys.executable, os.path.abspath(__file__), "--peer", peer, path, "first"])
            found = collections.defaultdict(list)
            for _ in range(9 if peer == "Cornu" else 3):
                one = measured(output_of(command, KERAS_BACKEND=peer))
                found["first"] += [us / 1e3 for us in one["first"]]
                found["memory"] += [kib / 1024 for kib in one["memory"]]
            table.add(peer, found)
    table.add_ratio("best peer / Cornu")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--best", action="store_true")
    asked = parser.parse_intermixed_args()
    for name in asked.names:
        if name not in PEERS and name not in NETWORKS and name not in ("nms", "start"):
            parser.error(f"no peer and no network is named {name}")
    return asked


def main():
    global THREADS
    asked = arguments()
    THREADS = asked.threads
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])  # of all that follow
    middle = min if asked.best else statistics.median
    build = os.path.abspath(asked.build)
    names = [n for n in asked.names if n not in PEERS] or [*NETWORKS, "nms", "start"]
    peers = [p for p in [n for n in asked.names if n in PEERS] or PEERS
             if output_of([sys.executable, "-c", f"import {library_of(p)}"]) is not None]
    for name in names:
        if name == "nms":
            compare_nms(build, peers, middle, asked.shared)
        elif name == "start":
            start_times(build, peers, middle)
        else:
            compare(build, name, peers, middle, asked.shared)


def run_peer(peer, what, kind):
    import nms
    import peers

    if what == "nms":
        nms.run_peer(peer, kind, THREADS)
    elif kind == "first":
        peers.first_prediction(peer, what)
    else:
        getattr(peers, peer)(what, kind)


if __name__ == "__main__":
    if sys.argv[1] == "--save":
        from keras_networks import save_small

        save_small(sys.argv[2])
    elif sys.argv[1] == "--peer":
        run_peer(*sys.argv[2:])
    else:
        main()
