"""What the checks share: the files of the tree, and the closing line "N passed, N failed"."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IGNORED = {".git", "__pycache__", "build"}


def files(*folders, suffixes=("",)):
    """Paths relative to the root, sorted, of the files below `folders` (all when none is named)."""
    found = []
    for folder in folders or (".",):
        for place, inner, names in os.walk(os.path.join(ROOT, folder)):
            inner[:] = sorted(d for d in inner
                              if d not in IGNORED and not d.startswith(("build-", "build_")))
            for name in sorted(names):
                if name.endswith(tuple(suffixes)):
                    found.append(os.path.relpath(os.path.join(place, name), ROOT))
    return found


def text(path):
    """The text of a file, or None where it is not UTF-8 text."""
    try:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            content = file.read()
    except (UnicodeDecodeError, FileNotFoundError):
        return None
    return None if "\0" in content else content


class Report:
    """Collects findings; a subject (a file, a rule) passes when it has none."""

    def __init__(self):
        self.passed = self.failed = 0

    def subject(self, findings):
        for finding in findings:
            print(finding)
        if findings:
            self.failed += 1
        else:
            self.passed += 1

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
