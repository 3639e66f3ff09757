#!/usr/bin/env bash
# Chooses what to scan from the event, scans it, and writes annotations, the job summary and SARIF. Ends with 0: the
# exit code is an output, so that the reports are uploaded before the job fails.
set -euo pipefail

keysieve="${RUNNER_TEMP:-/tmp}/keysieve-bin/keysieve"
[ -x "$keysieve" ] || keysieve=keysieve
mode="${KEYSIEVE_MODE:-auto}"
range="${KEYSIEVE_RANGE:-}"
base="${KEYSIEVE_BASE:-}"
head="${KEYSIEVE_HEAD:-HEAD}"

is_commit() { git cat-file -e "$1^{commit}" 2> /dev/null; }
# A hash, and nothing that git could take for an option or another revision.
is_hash() { [[ "$1" =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] && ! [[ "$1" =~ ^0+$ ]]; }

# The checkout of GitHub's own action is shallow unless told otherwise: fetch what the range needs.
complete() {
    if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
        git fetch --quiet --no-tags --unshallow origin || true
    fi
    for commit in "$@"; do
        is_commit "$commit" || git fetch --quiet --no-tags origin "$commit" || true
    done
}

if [ "$mode" = auto ]; then
    case "${GITHUB_EVENT_NAME:-}" in
        pull_request | pull_request_target | merge_group | push) mode="diff" ;;
        *) mode=history ;;
    esac
fi

declare -a what
case "$mode" in
    diff)
        if [ -z "$range" ]; then
            if ! is_hash "$head"; then head="$(git rev-parse --verify HEAD)"; fi
            if is_hash "$base"; then complete "$base" "$head"; else complete "$head"; fi
            if is_hash "$base" && is_commit "$base"; then
                # What a push adds is before..after; what a pull request adds is counted from where it branched off.
                if [ "${GITHUB_EVENT_NAME:-}" = push ]; then range="$base..$head"; else range="$base...$head"; fi
            elif branch="refs/remotes/origin/${KEYSIEVE_DEFAULT_BRANCH:-main}" && is_commit "$branch" \
                && [ "$(git rev-parse "$branch")" != "$(git rev-parse "$head")" ]; then
                # A new branch, or one that was rewritten: all that the default branch does not have.
                range="$branch...$head"
            fi
        fi
        # Without any base everything is new.
        if [ -n "$range" ]; then what=(diff "$range"); else what=(history); fi
        ;;
    scan) what=(scan) ;;
    history)
        complete
        what=(history)
        ;;
    *)
        echo "keysieve: mode '$mode' is none of auto, diff, scan, history" >&2
        exit 2
        ;;
esac

untrusted="${KEYSIEVE_UNTRUSTED:-auto}"
[ "$untrusted" = auto ] && untrusted="${KEYSIEVE_FORK:-false}"
[ "$untrusted" = true ] && what+=(--untrusted)

while IFS= read -r arg; do
    [ -n "$arg" ] && what+=("$arg")
done <<< "${KEYSIEVE_ARGS:-}"

sarif="${KEYSIEVE_SARIF:-keysieve.sarif}"
echo "keysieve ${what[*]}"
code=0
"$keysieve" "${what[@]}" --format github --report "sarif=$sarif" --report "markdown=${GITHUB_STEP_SUMMARY:-/dev/null}" || code=$?

{
    echo "exit-code=$code"
    if [ -s "$sarif" ]; then echo "sarif-file=$sarif"; fi
} >> "${GITHUB_OUTPUT:-/dev/null}"
