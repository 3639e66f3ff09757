#!/usr/bin/env python3
"""Measures keysieve on lines that were labelled by hand.

    scripts/accuracy.py PATH/TO/keysieve CHECKOUTS [--missed]

CHECKOUTS holds one folder `owner+name` for each repository of docs/accuracy/labels.tsv, at the commit named there; nothing
is fetched. The labels say of a line `true` (a credential that opens something where the file is used), `test` (one of a
test, an example or documentation) or `false` (none). A line counts as reported when a finding touches it.
"""
import argparse, collections, json, pathlib, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
LABELS = HERE.parent / "docs" / "accuracy" / "labels.tsv"


def reported(keysieve, folder):
    """The lines of a checkout that findings touch."""
    command = [keysieve, "scan", ".", "--no-git", "--no-config", "--format", "jsonl"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode not in (0, 1, 3):
        sys.exit(f"{folder}: keysieve ended with {run.returncode}: {run.stderr[-1000:]}")
    lines = {}
    for text in run.stdout.splitlines():
        finding = json.loads(text)
        path = finding["path"].removeprefix("./")
        for line in range(finding["line"], finding["end_line"] + 1):
            lines[path, line] = finding["rule"]
    return lines


def row(name, found, positives, wrong):
    precision = found / (found + wrong) if found + wrong else 0.0
    recall = found / positives if positives else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    print(f"| {name} | {found} of {positives} | {wrong} | {100 * precision:.0f} % | {100 * recall:.0f} % | {100 * f1:.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("keysieve", type=pathlib.Path)
    parser.add_argument("checkouts", type=pathlib.Path)
    parser.add_argument("--missed", action="store_true", help="print what was missed or wrongly reported, without its text")
    args = parser.parse_args()
    labels = collections.defaultdict(list)
    for text in LABELS.read_text().splitlines()[1:]:
        repository, _, path, line, label = text.split("\t")
        labels[repository].append((path, int(line), label))
    count = collections.Counter()
    for repository, lines in sorted(labels.items()):
        folder = args.checkouts / repository.replace("/", "+")
        if not folder.is_dir():
            sys.exit(f"{folder} is missing: check {repository} out there")
        found = reported(args.keysieve.resolve(), folder)
        for path, line, label in lines:
            hit = (path, line) in found
            count[label, hit] += 1
            if args.missed and hit == (label == "false"):
                print(f"{label} {repository} {path}:{line} {found.get((path, line), 'missed')}")
    true, test, wrong = count["true", True], count["test", True], count["false", True]
    all_true, all_test = true + count["true", False], test + count["test", False]
    print("| positives | found | false alarms | precision | recall | F1 |")
    print("|---|---|---|---|---|---|")
    row("true", true, all_true, wrong)
    row("true and test", true + test, all_true + all_test, wrong)
    print(f"\n{sum(count.values())} lines of {len(labels)} repositories; {wrong + count['false', False]} of them are none.")


if __name__ == "__main__":
    main()
