#!/bin/sh
# keysieve:hook 1 @STAGE@@MADE@
# Refuses keys. Put here by `keysieve hook install`; `keysieve hook uninstall` takes it away without a trace.
# A hook that was here before stands beside this file as @STAGE@.before-keysieve and runs first.

stage=@STAGE@
program=@PROGRAM@

input=
case $stage in
pre-push | pre-receive) input=$(cat) ;;
esac
feed() { if [ -n "$input" ]; then printf '%s\n' "$input"; fi; }

before=$(dirname -- "$0")/$stage.before-keysieve
if [ -x "$before" ]; then
    case $stage in
    pre-push | pre-receive) feed | "$before" "$@" || exit $? ;;
    *) "$before" "$@" || exit $? ;;
    esac
fi

# Where keysieve was when the hook was installed, else an absolute folder of PATH: never the scanned repository.
if [ ! -f "$program" ] || [ ! -x "$program" ]; then
    program=
    saved=$IFS
    IFS=:
    set -f
    for folder in $PATH; do
        case $folder in
        /*) if [ -f "$folder/keysieve" ] && [ -x "$folder/keysieve" ]; then
            program=$folder/keysieve
            break
        fi ;;
        esac
    done
    set +f
    IFS=$saved
fi

if [ -z "$program" ]; then
    if [ "${KEYSIEVE_SKIP-}" = 1 ]; then exit 0; fi
    {
        echo "keysieve: refused, because the keysieve program is gone and nothing was scanned"
        printf '  It was installed at %s\n' @PROGRAM@
        printf '  Install it again, or take the hook away: rm -- "%s"\n' "$0"
        echo "  To pass this once: KEYSIEVE_SKIP=1, or git's --no-verify where it has one"
    } >&2
    exit 1
fi

case $stage in
pre-push | pre-receive) feed | "$program" hook run "$stage" -- "$@" ;;
*) "$program" hook run "$stage" -- "$@" ;;
esac
code=$?
case $code in
126 | 127)
    printf 'keysieve: refused, because %s cannot be run and nothing was scanned\n' "$program" >&2
    echo "  Install keysieve again. To pass this once: git's --no-verify where it has one" >&2
    ;;
esac
exit "$code"
