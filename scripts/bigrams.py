#!/usr/bin/env python3
"""Makes src/engine/judge/table.rs: how likely each pair of characters is in what people write.

    scripts/bigrams.py TREE... > src/engine/judge/table.rs

Reads the words and identifiers of source trees (C, Go, Perl, shell, documentation; the committed table came from the
kernel's Documentation, fs, net and drivers/usb of Linux 6.1, all of hashicorp/terraform and all of git/git), counts
pairs of characters, and writes for each pair eight times the binary logarithm of its conditional probability. Tokens
that are mostly digits or hex are left out, since they are what the table is meant to tell apart. Only counts leave
this script, no text.
"""
import math
import os
import re
import sys

SYMBOLS = 54  # a-z, A-Z, any digit, any separator
TOKEN = re.compile(rb"[A-Za-z0-9_-]{6,40}")
HEXISH = re.compile(rb"^(0[xX])?[0-9a-fA-F_-]+$")


def symbol(byte):
    if 97 <= byte <= 122:
        return byte - 97
    if 65 <= byte <= 90:
        return byte - 65 + 26
    return 52 if 48 <= byte <= 57 else 53


def main():
    counts = [[0] * SYMBOLS for _ in range(SYMBOLS)]
    seen = {}
    for tree in sys.argv[1:]:
        for folder, folders, files in os.walk(tree):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(folder, name)
                if os.path.islink(path) or os.path.getsize(path) > 300_000:
                    continue
                with open(path, "rb") as f:
                    text = f.read()
                if b"\0" in text:
                    continue
                for token in TOKEN.findall(text):
                    seen[token] = seen.get(token, 0) + 1
    for token, times in seen.items():
        if HEXISH.match(token) or 2 * sum(48 <= b <= 57 for b in token) > len(token):
            continue
        weight = 1 + times.bit_length()  # a frequent word counts more, but not as often as it occurs
        for a, b in zip(token, token[1:]):
            counts[symbol(a)][symbol(b)] += weight
    print("//! Made by `scripts/bigrams.py`; do not edit. See there for what it was made from.\n")
    print("/// Eight times the binary logarithm of the probability that the second symbol follows the first in words and")
    print("/// identifiers that people wrote. Symbols: a-z, A-Z, any digit, any separator.")
    print("#[rustfmt::skip]")
    print(f"pub(super) static NATURAL: [[i8; {SYMBOLS}]; {SYMBOLS}] = [")
    for row in counts:
        total = sum(row) + SYMBOLS
        bits = [max(-127, round(8 * math.log2((c + 1) / total))) for c in row]
        print("    [" + ",".join(map(str, bits)) + "],")
    print("];")


if __name__ == "__main__":
    main()
