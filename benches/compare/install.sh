#!/usr/bin/env bash
# Installs the peers that registries carry into a folder of their own, for benches/compare/tree.py and benches/history.py:
#
#   bash benches/compare/install.sh DIR
#
# Their binaries are run for comparison only. ripgrep is taken from PATH.
set -euo pipefail

dir="${1:?usage: install.sh DIR}"
mkdir -p "$dir"
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet detect-secrets==1.5.0 kingfisher-bin==2.14.0
cargo install --quiet --locked --root "$dir/cargo" ripsecrets@0.1.11
command -v rg > /dev/null || echo "ripgrep is not on PATH: apt-get install ripgrep" >&2
for program in venv/bin/kingfisher venv/bin/detect-secrets cargo/bin/ripsecrets; do
    echo "$dir/$program: $("$dir/$program" --version)"
done
