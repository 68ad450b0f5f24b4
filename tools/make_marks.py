#!/usr/bin/env python3
"""Writes include/cornu/marks_ops.h and marks.h: for each public function that may fail and has no
macro of its own, one that remembers where the user called from.

    tools/make_marks.py [--check]
"""

import os
import re
import sys
import textwrap

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tree

FOLDER = "include/cornu/"
TARGETS = ("marks_ops.h", "marks.h")
OPS = ("flow.h", "nn.h", "ops.h", "random.h", "tensor.h")  # whose marks are there
DECLARATION = re.compile(r"^CN_API\s+([^;()]*?)\b(cn_\w+)\(([^;()]*)\)\s*;", re.M)
# What cannot fail, or stands behind a macro that marks.
LEFT_OUT = re.compile(
    r"_$|_with$|_new$|_make$|_self$|_item$|_result$|^cn_(error|clear|on_error|die|mark|scope|"
    r"keep|is_|list_(new|length|single|same)|number_|epsilon|history_|logs_|arg_|shape_of|"
    r"dtype_(of|name|size)|rank|size|variable_|class_name|num_threads|version|"
    r"mask_of|metric_name|param_|fmt)")
HEAD = """\
/* Where the user called from, for messages: made by tools/make_marks.py from the other headers. A
 * function stands behind one that remembers the place, once its arguments are there. */
#ifndef %s
#define %s

"""
LAST = """
/* Behind all of them: it puts macros over functions. */
#include <cornu/marks_ops.h>
"""

OFF = "/* clang-format off */\n"
MARKED = OFF + """\
#define CN_BARE_(...) __VA_ARGS__
#define CN_MARKED_(kind, name, parameters, arguments)             \\
    static inline kind name##_at_(cn_at at_, CN_BARE_ parameters) \\
    {                                                             \\
        cn_mark(at_.file, at_.line, #name);                       \\
        return name arguments;                                    \\
    }
"""


def functions(target):
    """(result, name, parameters) of each function to mark, and the headers they stand in."""
    found, headers = {}, set()
    for path in tree.files("include/cornu", suffixes=(".h",)):
        header = path[len(FOLDER):]
        if header in TARGETS or (header in OPS) != (target == "marks_ops.h"):
            continue
        content = tree.text(path)
        macros = set(re.findall(r"#define (cn_\w+)\(", content))
        for kind, name, parameters in DECLARATION.findall(content):
            kind, parameters = " ".join(kind.split()), " ".join(parameters.split())
            if (name in macros or LEFT_OUT.search(name) or kind == "void" or
                    parameters in ("void", "")):
                continue
            found[name] = (kind, parameters)
            headers.add(header)
    return found, headers


def wrapper(name, kind, parameters):
    names = (re.search(r"(\w+)(\[\w*\])?$", one.strip())[1] for one in parameters.split(","))
    arguments = ", ".join(names)
    line = f"CN_MARKED_({kind}, {name}, ({parameters}), ({arguments}))"
    if len(line) > 100:
        line = "\n    ".join(textwrap.wrap(line, 94, break_long_words=False))
    return f"{line}\n#define {name}(...) {name}_at_(CN_AT, __VA_ARGS__)\n"


def content(target):
    found, headers = functions(target)
    is_ops, guard = target == "marks_ops.h", "CORNU_" + target.replace(".", "_").upper()
    head = HEAD % (guard, guard)
    includes = "".join(f"#include <cornu/{header}>\n" for header in sorted(headers))
    wrappers = "".join(wrapper(name, *found[name]) for name in sorted(found))
    return (f"{head}{includes}{'' if is_ops else LAST}\n"
            "#if !defined(CORNU_BUILDING) && !defined(CORNU_NO_MARKS)\n"
            f"{MARKED if is_ops else OFF}\n{wrappers}\n#endif\n\n#endif\n")


def main():
    for target in TARGETS:
        path = FOLDER + target
        if "--check" in sys.argv[1:]:
            squeeze = lambda text: re.sub(r"[\s\\]+", "", text or "")  # however it is laid out
            if squeeze(tree.text(path)) != squeeze(content(target)):
                sys.exit(f"{path} is old: run tools/make_marks.py and clang-format")
            continue
        with open(os.path.join(tree.ROOT, path), "w", encoding="utf-8") as file:
            file.write(content(target))


main()
