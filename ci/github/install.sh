#!/usr/bin/env bash
# Puts keysieve on the PATH of the steps that follow: the binary that was named, or a release whose checksum holds.
set -euo pipefail

bin="${RUNNER_TEMP:-/tmp}/keysieve-bin"
mkdir -p "$bin"

if [ -n "${KEYSIEVE_BINARY:-}" ]; then
    cp -- "$KEYSIEVE_BINARY" "$bin/keysieve"
    chmod 755 "$bin/keysieve"
else
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) target=x86_64-unknown-linux-musl ;;
        Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
        Darwin-x86_64) target=x86_64-apple-darwin ;;
        Darwin-arm64) target=aarch64-apple-darwin ;;
        *) echo "keysieve: there is no release for $(uname -s) on $(uname -m)" >&2; exit 2 ;;
    esac
    here="$(cd "$(dirname "$0")/../.." && pwd)"
    version="${KEYSIEVE_VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | head -n 1)}"
    version="${version#v}"
    case "$version" in *[!0-9A-Za-z.+-]* | '') echo "keysieve: '$version' is no version" >&2; exit 2 ;; esac
    file="keysieve-$version-$target.tar.gz"
    url="https://github.com/keysieve/keysieve/releases/download/v$version"
    work="$(mktemp -d)"
    trap 'rm -rf "$work"' EXIT
    curl --proto '=https' --tlsv1.2 -fsSL --retry 3 -o "$work/$file" "$url/$file"
    curl --proto '=https' --tlsv1.2 -fsSL --retry 3 -o "$work/SHA256SUMS" "$url/SHA256SUMS"
    (
        cd "$work"
        grep -F "  $file" SHA256SUMS > wanted
        if command -v sha256sum > /dev/null; then sha256sum -c wanted; else shasum -a 256 -c wanted; fi
    )
    tar -xzf "$work/$file" -C "$bin"
fi

echo "$bin" >> "$GITHUB_PATH"
"$bin/keysieve" --version
