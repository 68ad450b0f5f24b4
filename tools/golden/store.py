"""Collects the cases of a family and writes them as one reproducible, uncompressed npz file."""

import contextlib
import io
import json
import zipfile
import zlib

import numpy as np


class Store:
    """The arrays and cases of one family. Equal arrays are kept once, so cases share inputs."""

    def __init__(self, family, folder):
        self.family, self.folder = family, folder
        self.cases = []
        self.arrays = {}
        self.failed = []
        self._by_content = {}

    @contextlib.contextmanager
    def attempt(self, name):
        """A case that Keras refuses is reported; the others are still made."""
        try:
            yield
        except Exception as error:
            text = " ".join(str(error).split())
            self.failed.append(f"{name}: {type(error).__name__}: {text[:300]}")

    def put(self, value):
        """Keeps an array and returns the name that a case refers to it by."""
        array = np.asarray(value)
        if array.dtype.name == "bfloat16":
            array = array.astype(np.float32)
        array = np.array(array, order="C", copy=True)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._by_content:
            name = f"a{len(self.arrays)}"
            self._by_content[key] = name
            self.arrays[name] = array
        return self._by_content[key]

    def add(self, case):
        if any(case["id"] == other["id"] for other in self.cases):
            raise ValueError(f"{self.family}: two cases are called {case['id']!r}")
        json.dumps(case, allow_nan=False)  # refuse what no reader of strict JSON takes
        self.cases.append(case)

    def write(self):
        """Writes FAMILY.npz. Members are stored, dated 1980, in a fixed order."""
        text = json.dumps(self.cases, separators=(",", ":"), allow_nan=False)
        members = {"cases": np.frombuffer(text.encode(), np.uint8), **self.arrays}
        path = self.folder / f"{self.family}.npz"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for name, array in members.items():
                stream = io.BytesIO()
                np.lib.format.write_array(stream, array, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(name + ".npy"), stream.getvalue())
        return path


def rng(*key):
    """A generator that depends on nothing but the key."""
    return np.random.default_rng(zlib.crc32(repr(key).encode()))


def normal(*shape, k=0, dtype="float32", scale=1.0):
    """Standard normal numbers; k tells inputs of one shape apart."""
    return (rng("normal", shape, k).standard_normal(shape) * scale).astype(dtype)


def uniform(low, high, *shape, k=0, dtype="float32"):
    return rng("uniform", low, high, shape, k).uniform(low, high, shape).astype(dtype)


def integers(low, high, *shape, k=0, dtype="int32"):
    """Whole numbers, low <= n < high."""
    return rng("integers", low, high, shape, k).integers(low, high, shape).astype(dtype)


def booleans(*shape, k=0):
    return rng("booleans", shape, k).random(shape) < 0.5


def cotangent(array):
    """The weights of the sum that is differentiated; None where there is no gradient."""
    if not is_float(array):
        return None
    shape = np.shape(array)
    dtype = np.asarray(array).dtype
    dtype = np.float32 if dtype.name == "bfloat16" else dtype
    return rng("cotangent", shape).uniform(-1, 1, shape).astype(dtype)


def is_float(array):
    return np.asarray(array).dtype.name in ("float32", "float64", "float16", "bfloat16")
