#!/usr/bin/env python3
"""How fast vectorscan (hyperscan's fork) finds the regexes of `benches/scan.rs` in text that lies in memory, on one core.

    pip install hyperscan
    KEYSIEVE_CORPUS=DIR KEYSIEVE_PATTERNS=/tmp/patterns cargo bench --bench scan regex_set
    python3 benches/vectorscan.py /tmp/patterns DIR

Reads the files in the order of that benchmark, and at most as much; prints the best of five turns.
"""

import os
import stat
import sys
import time

import hyperscan

MOST = 256 << 20


def files(root):
    """The contents of the regular files below a folder, in the order of their paths."""
    found, size = [], 0

    def collect(path):
        nonlocal size
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode):
            with open(path, "rb") as file:
                found.append(file.read())
            size += len(found[-1])
        elif stat.S_ISDIR(mode):
            for name in sorted(os.listdir(path)):
                if size < MOST:
                    collect(os.path.join(path, name))

    collect(root)
    return found, size


def main():
    patterns = open(sys.argv[1], "rb").read().split(b"\n")
    texts, size = files(sys.argv[2])
    # A rule is told once a file: no time goes into Python.
    flags = [hyperscan.HS_FLAG_SINGLEMATCH] * len(patterns)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=patterns, ids=list(range(len(patterns))), elements=len(patterns), flags=flags)
    best, hits = None, 0
    for _ in range(5):
        hits = 0

        def hit(*_):
            nonlocal hits
            hits += 1

        begun = time.perf_counter()
        for text in texts:
            database.scan(text, match_event_handler=hit)
        took = time.perf_counter() - begun
        best = took if best is None else min(best, took)
    print(f"{len(patterns)} patterns, {size / 1e6:.0f} MB, {hits} rules told, {best:.3f} s, {size / best / 1e9:.2f} GB/s")
    print(f"python-hyperscan {hyperscan.__version__}")


if __name__ == "__main__":
    main()
