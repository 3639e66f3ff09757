#!/usr/bin/env python3
"""Times `keysieve history` beside git and other scanners, in turns, on whole repositories.

    python3 benches/history.py --keysieve target/release/keysieve --out benches/runs/DATE-MACHINE REPO.git …

Run it alone on a quiet machine. Each repository must be complete (a missing object ends other programs early): strip
what a mirror lacks with `git filter-repo --strip-blobs-with-ids`. Every run is written down in OUT/history.tsv, with
what was measured in OUT/history.md; nothing is averaged away. Needs nothing but Python and git.
"""

import argparse
import datetime
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


def once(command, cwd):
    """Runs a command with its output thrown away: wall and CPU seconds, peak memory in MB, exit code."""
    started = time.monotonic()
    child = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode


def said(command, cwd=None):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False).stdout.strip()


def sides(args, repo, cache):
    """What is run: name, command, whether it may be left out of most repetitions because it is slow."""
    ours = [args.keysieve, "--no-config", "--progress=never", "--exit-zero", "--format=json"]
    history = [*ours, "history", "."]
    yield "cat-file", ["git", "cat-file", "--batch-all-objects", "--unordered", "--batch", "--buffer"], False
    yield "keysieve", [*history, "--threads=2"], False
    yield "rev-list", ["git", "rev-list", "--objects", "--all"], False
    yield "keysieve, 1 thread", [*history, "--threads=1"], False
    yield "keysieve, cache written", [*history, "--threads=2", f"--cache={cache}"], False
    yield "keysieve, cache used", [*history, "--threads=2", f"--cache={cache}"], False
    if args.kingfisher:
        tail = ["--no-validate", "--git-history=full", "--format=json", "--no-update-check", "--jobs=2"]
        yield "kingfisher", [args.kingfisher, "scan", str(repo), *tail], True


def measure(args, repo, rows):
    shape = said(["git", "count-objects", "-v"], repo).replace("\n", ", ")
    once(["git", "cat-file", "--batch-all-objects", "--unordered", "--batch", "--buffer"], repo)  # warms the cache
    for turn in range(args.turns):
        cache = tempfile.mkdtemp()
        for name, command, slow in sides(args, repo, cache):
            if slow and turn >= args.slow_turns:
                continue
            result = once(command, repo)
            rows.append((repo.stem, turn, name, *result))
            print(f"{repo.stem}\t{turn}\t{name}\t" + "\t".join(f"{x:.2f}" for x in result), flush=True)
        shutil.rmtree(cache)
    return shape


def table(rows, repo):
    """Minimum and median of each side, as ratios of the reference beside."""
    walls = {}
    for row in rows:
        if row[0] == repo:
            walls.setdefault(row[2], []).append(row[3:6])
    base = min(wall for wall, _, _ in walls["cat-file"])
    lines = ["| what | wall, s (min / median) | CPU, s | peak MB | × cat-file |", "|---|---|---|---|---|"]
    for name, runs in walls.items():
        wall = [run[0] for run in runs]
        cpu, memory = min(run[1] for run in runs), max(run[2] for run in runs)
        lines.append(
            f"| {name} | {min(wall):.2f} / {statistics.median(wall):.2f} | {cpu:.2f} | {memory:.0f} | {min(wall) / base:.2f} |"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repos", nargs="+", type=Path, help="bare repositories or .git folders")
    parser.add_argument("--keysieve", default="target/release/keysieve")
    parser.add_argument("--kingfisher", help="the program of the PyPI wheel `kingfisher-bin`, if it is to run too")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--slow-turns", type=int, default=1, help="turns in which slow peers run too")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.keysieve = str(Path(args.keysieve).resolve())
    args.out.mkdir(parents=True, exist_ok=True)
    load, rows, parts = os.getloadavg()[0], [], []
    for repo in (path.resolve() for path in args.repos):
        shape = measure(args, repo, rows)
        parts.append(f"## {repo.stem}\n\n{shape}\n\n{table(rows, repo.stem)}\n")
    versions = [said([args.keysieve, "--version"]), said(["git", "--version"])]
    if args.kingfisher:
        versions.append(said([args.kingfisher, "--version"]))
    head = f"# History, {datetime.date.today()}, {os.cpu_count()} cores, {platform.machine()}\n\n"
    head += f"{'; '.join(versions)}; load before: {load:.2f}; {args.turns} turns, sides alternate.\n"
    (args.out / "history.md").write_text("\n".join([head, *parts]))
    lines = ["repository\tturn\twhat\twall s\tCPU s\tpeak MB\texit code"]
    lines += ["\t".join(f"{x:.3f}" if isinstance(x, float) else str(x) for x in row) for row in rows]
    (args.out / "history.tsv").write_text("\n".join(lines) + "\n")
    print("\n".join(parts))


if __name__ == "__main__":
    main()
