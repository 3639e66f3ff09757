#!/usr/bin/env python3
"""Times `keysieve scan` beside other scanners and ripgrep, in turns, on folders of files.

    bash benches/compare/install.sh PEERS
    python3 benches/compare/tree.py --keysieve target/release/keysieve --peers PEERS --out benches/runs/DATE-MACHINE DIR …

Run it alone on a quiet machine, on folders that are no git work trees (each program has its own idea of what git ignores).
Every run is written down in OUT/tree.tsv, what was measured in OUT/tree.md; nothing is averaged away. No program may ask a
provider: validation is switched off where there is any. What each finds is not compared here, only that it ran to an end:
a program that looks for less has less to do. A program that takes longer than --patience is ended and shown as such.
"""

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from history import said  # noqa: E402

REFERENCE = "keysieve"


def sides(args, folder):
    """What is run: name, command, whether once is enough because it is slow."""
    ours = [args.keysieve, "--no-config", "--progress=never", "--exit-zero", "--format=json", "scan", "--no-git", "--no-ignore"]
    peers = args.peers.resolve() if args.peers else None
    yield "rg -c -F (a literal that is not there)", ["rg", "-c", "-F", "-uuu", "zzqq" * 4, folder], False
    yield REFERENCE, [*ours, folder], False
    yield "keysieve --no-decode", [*ours, "--no-decode", folder], False
    if not peers:
        return
    if (peers / "cargo/bin/ripsecrets").exists():
        yield "ripsecrets", [str(peers / "cargo/bin/ripsecrets"), folder], False
    if (peers / "venv/bin/kingfisher").exists():
        tail = ["--no-validate", "--git-history=none", "--format=json", "--no-update-check", f"--jobs={os.cpu_count()}"]
        yield "kingfisher", [str(peers / "venv/bin/kingfisher"), "scan", folder, *tail], False
        yield "kingfisher --no-base64", [str(peers / "venv/bin/kingfisher"), "scan", folder, *tail, "--no-base64"], False
    if (peers / "venv/bin/detect-secrets").exists():
        # It looks at paths below the current folder only.
        program = str(peers / "venv/bin/detect-secrets")
        command = ["sh", "-c", 'cd "$1" && exec "$2" scan --all-files --no-verify .', "sh", folder, program]
        yield "detect-secrets", command, True


def once(command, patience):
    """Runs a command with its output thrown away: wall and CPU seconds, peak memory in MB, exit code (-9: ended by us)."""
    started = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        wall = time.monotonic() - started
        if pid:
            break
        if wall > patience:
            child.kill()
        time.sleep(0.002)
    child.returncode = os.waitstatus_to_exitcode(status)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode


def table(runs):
    base = min(run[0] for run in runs[REFERENCE])
    lines = ["| what | wall, s (min / median) | CPU, s | peak MB | × keysieve | exit |", "|---|---|---|---|---|---|"]
    for name, all_runs in runs.items():
        wall = [run[0] for run in all_runs]
        cpu, memory = min(run[1] for run in all_runs), max(run[2] for run in all_runs)
        code = "ended by us" if all_runs[-1][3] == -9 else str(all_runs[-1][3])
        lines.append(
            f"| {name} | {min(wall):.2f} / {statistics.median(wall):.2f} | {cpu:.2f} | {memory:.0f} "
            f"| {min(wall) / base:.2f} | {code} |"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--keysieve", default="target/release/keysieve")
    parser.add_argument("--peers", type=Path, help="where install.sh put them")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--patience", type=float, default=600, help="seconds after which a program is ended")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.keysieve = str(Path(args.keysieve).resolve())
    args.out.mkdir(parents=True, exist_ok=True)
    load, rows, parts, versions = os.getloadavg()[0], [], [], {}
    for folder in (str(path.resolve()) for path in args.folders):
        files = sum(len(names) for _, _, names in os.walk(folder))
        size = int(said(["du", "-sb", folder]).split()[0])
        runs = {}
        for turn in range(-1, args.turns):
            for name, command, slow in sides(args, folder):
                versions.setdefault(Path(command[0]).name, said([command[0], "--version"]).splitlines()[:1])
                if slow and turn != 0:
                    continue
                if turn < 0:  # warms the page cache, and the caches that some programs keep
                    once(command, args.patience)
                    continue
                result = once(command, args.patience)
                runs.setdefault(name, []).append(result)
                rows.append((Path(folder).name, turn, name, *result))
                print("\t".join(f"{x:.2f}" if isinstance(x, float) else str(x) for x in rows[-1]), flush=True)
        parts.append(f"## {Path(folder).name}: {files} files, {size / 1e6:.0f} MB\n\n{table(runs)}\n")
    said_versions = "; ".join(v[0] if name in v[0] else f"{name} {v[0]}" for name, v in versions.items() if v)
    head = f"# Files, {datetime.date.today()}, {os.cpu_count()} cores, {platform.machine()}\n\n"
    head += f"{said_versions}; load before: {load:.2f}; {args.turns} turns, sides alternate, one warm-up before.\n"
    (args.out / "tree.md").write_text("\n".join([head, *parts]))
    lines = ["folder\tturn\twhat\twall s\tCPU s\tpeak MB\texit code"]
    lines += ["\t".join(f"{x:.3f}" if isinstance(x, float) else str(x) for x in row) for row in rows]
    (args.out / "tree.tsv").write_text("\n".join(lines) + "\n")
    print("\n".join(parts))


if __name__ == "__main__":
    main()
