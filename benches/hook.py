#!/usr/bin/env python3
"""How long a commit waits: `keysieve staged` beside `git diff --cached --name-only`, in turns, on a repository of yours.

    python3 benches/hook.py --keysieve target/release/keysieve REPO

Stages a line more in one file, then text of 100 KB in ten files, in a private index and object folder: REPO itself is only
read. Prints minimum and median of each side in milliseconds, and the differences. Nothing else may run on the machine.
"""

import argparse
import os
import subprocess
import tempfile
import time


def run(command, env, folder):
    begin = time.perf_counter()
    done = subprocess.run(command, env=env, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit code {done.returncode}")
    return (time.perf_counter() - begin) * 1000


def stage(repo, env, path, content):
    def git(*args, **more):
        return subprocess.run(["git", "-C", repo, *args], env=env, check=True, stdout=subprocess.PIPE, **more).stdout

    blob = git("hash-object", "-w", "--stdin", input=content).decode().strip()
    git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--keysieve", default="target/release/keysieve")
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("repo")
    args = parser.parse_args()
    keysieve = os.path.abspath(args.keysieve)
    folder = subprocess.run(
        ["git", "-C", args.repo, "rev-parse", "--absolute-git-dir"], check=True, stdout=subprocess.PIPE
    ).stdout.decode().strip()
    with tempfile.TemporaryDirectory() as scratch:
        objects = os.path.join(scratch, "objects")
        os.mkdir(objects)
        env = dict(
            os.environ,
            GIT_INDEX_FILE=os.path.join(scratch, "index"),
            GIT_OBJECT_DIRECTORY=objects,
            GIT_ALTERNATE_OBJECT_DIRECTORIES=os.path.join(folder, "objects"),
        )
        subprocess.run(["git", "-C", args.repo, "read-tree", "HEAD"], env=env, check=True)
        names = subprocess.run(
            ["git", "-C", args.repo, "ls-files", "*.c", "*.go", "*.py", "*.rs", "*.js"], env=env, check=True, stdout=subprocess.PIPE
        ).stdout.decode().split("\n")[:400:40]
        texts = {
            name: subprocess.run(
                ["git", "-C", args.repo, "show", f"HEAD:{name}"], env=env, check=True, stdout=subprocess.PIPE
            ).stdout
            for name in names
        }
        first = names[0]
        for what in ("one file", "ten files of 100 KB"):
            if what == "one file":
                stage(args.repo, env, first, texts[first] + b"\n// one line more\n")
            else:
                for name in names:
                    text = texts[name] + b"\n"
                    stage(args.repo, env, name, (text * (100_000 // len(text) + 1))[:100_000])
            sides = {
                "git diff --cached --name-only": ["git", "-C", args.repo, "diff", "--cached", "--name-only"],
                "keysieve staged": [keysieve, "staged", "--quiet"],
            }
            times = {name: [] for name in sides}
            for _ in range(args.turns):
                for name, command in sides.items():
                    times[name].append(run(command, env, args.repo))
            for series in times.values():
                series.sort()
            least = [series[0] for series in times.values()]
            middle = [series[len(series) // 2] for series in times.values()]
            print(what)
            for name, series in times.items():
                print(f"  {name:32} minimum {series[0]:6.1f}  median {series[len(series) // 2]:6.1f} ms")
            print(f"  {'difference':32} minimum {least[1] - least[0]:6.1f}  median {middle[1] - middle[0]:6.1f} ms")


if __name__ == "__main__":
    main()
