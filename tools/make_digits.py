#!/usr/bin/env python3
"""Writes examples/data/digits.npz from scikit-learn's copy of the UCI handwritten digits:

    tools/make_digits.py

x uint8 (1797, 8, 8, 1) with values 0 to 16, y uint8 (1797,), shuffled, since the original
goes writer by writer. The same bytes each time.
"""

import io
import os
import zipfile

import numpy as np
from sklearn.datasets import load_digits

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../examples/data/digits.npz")


def npy(array):
    data = io.BytesIO()
    np.save(data, array)
    return data.getvalue()


def main():
    digits = load_digits()
    order = np.random.RandomState(0).permutation(len(digits.target))
    arrays = {
        "x": digits.images.astype(np.uint8)[order, ..., None],
        "y": digits.target.astype(np.uint8)[order],
    }
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), npy(array))


if __name__ == "__main__":
    main()
