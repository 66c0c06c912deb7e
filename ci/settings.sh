# shellcheck shell=bash
# What the scripts of this folder are told by the environment, and the few words that they share. Sourced, not run.
# shellcheck source-path=SCRIPTDIR source=clean.sh
. "${BASH_SOURCE[0]%/*}/clean.sh"
# shellcheck source-path=SCRIPTDIR source=git.sh
. "$ci/git.sh"

folder=${CATALOG_FOLDER:-.}
if [ -d "$folder" ] && ! in_checkout "$(cd "$folder" && pwd -P)"; then refuse "$folder, the folder of the project file, leads out of the checkout."; fi
environment=${CATALOG_ENVIRONMENT:-default}
name=${CATALOG_NAME:-$environment}
branch=${CATALOG_STATE_BRANCH:-}
state=$folder/${CATALOG_STATE_FOLDER:-state}
state=${state#./} state=${state%/}
recorded=refs/catalogctl/state

for word in "$name" "$environment"; do
    case $word in
        *[!A-Za-z0-9._-]* | '' | .*)
            echo "catalogctl: the name $word is to have letters, digits, points, dashes and underscores only." >&2
            exit 1 ;;
    esac
done
# What makes the plan: the files, or by hand a run that is to be taken back.
run=${CATALOG_REVERT:-}
case $run in
    *[!0-9a-z]*)
        echo "catalogctl: $run is no run; it is the beginning of an id that catalogctl history lists, or latest." >&2
        exit 1 ;;
esac
making=(plan)
if [ -n "$run" ]; then making=(revert "$run"); fi

# What a job writes is below a folder of its own, which no checkout can fill: what is in it, this job wrote.
out=${CATALOG_OUT:-}
if [ -z "$out" ]; then out=$(mktemp -d); fi
case $out in /*) ;; *) out=$PWD/$out ;; esac
out=${out%/}
if in_checkout "$out"; then refuse "$out, where plan and comment are to be written, is in the checkout. CATALOG_OUT names a folder outside of it."; fi
if [ -L "$out" ]; then refuse "$out, where plan and comment are to be written, is a link."; fi
if [ -e "$out" ]; then
    if [ ! -d "$out" ] || [ ! -O "$out" ]; then refuse "$out, where plan and comment are to be written, is no folder of this user."; fi
    chmod 700 "$out"
else
    mkdir -m 700 "$out"
fi

# The Python of the catalogctl that is installed, isolated: neither the checkout nor the environment adds to what it imports.
if ! python=$(command -v catalogctl); then
    echo "catalogctl: the command is not on PATH, outside of the checkout. ci/install puts it there." >&2
    exit 1
fi
python=$(readlink -f "$python")
python=${python%/*}/python3
if [ ! -x "$python" ]; then python=$(command -v python3); fi
isolated() { "$python" -I "$@"; }

# On GitHub a line that begins with two colons is a command to the runner, whoever wrote it: between these it is text. What titles and
# stores say is in the output of most commands.
as_text() {
    if [ "${GITHUB_ACTIONS:-}" != true ]; then "$@" 2>&1; return; fi
    local word code=0
    word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$word"
    "$@" 2>&1 || code=$?
    echo "::$word::"
    return "$code"
}
catalog() { catalogctl -C "$folder" --env "$environment" "$@"; }
output() { if [ -n "${GITHUB_OUTPUT:-}" ]; then printf '%s\n' "$1=$2" >> "$GITHUB_OUTPUT"; fi; }
summary() { if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat >> "$GITHUB_STEP_SUMMARY"; else cat > /dev/null; fi; }
# What where.py tells, for the scripts that ask; learn comes first.
learn() { facts=$(isolated "$ci/where.py"); }
fact() { sed -n "s/^$1=//p" <<< "$facts"; }
marked() { printf '<!-- catalogctl:comment:%s head=%s digest=%s -->\n' "$name" "$(fact head)" "$1"; }
this_run() { printf '[this run](%s)' "$(fact page)"; }

# The digest of a saved plan, and how many objects it changes.
digest_and_changes() {
    isolated -c 'import json, sys
plan = json.load(open(sys.argv[1], "rb"))
print(plan["digest"], sum(number for action, number in plan["summary"].items() if action != "no_op"))' "$1"
}
# Says how to have the plan with this digest applied, which ended with this exit code; for a log as for Markdown.
way_to_approve() {  # DIGEST CODE
    local allow
    if [ "${GITHUB_ACTIONS:-}" = true ]; then
        allow='the input allow'
        printf '\nTo have exactly this done, run the workflow by hand ("Run workflow") with its digest:\n\n    %s\n\n' "$1"
        if [ -n "$run" ]; then printf 'and with the same run to revert:\n\n    %s\n\n' "$run"; fi
    else
        allow='the variable CATALOG_ALLOW'
        printf '\nTo have exactly this done, run a pipeline of the main branch by hand ("Run pipeline") with its digest as a variable:\n\n'
        printf '    CATALOG_APPROVED=%s\n%s\n' "$1" "${run:+    CATALOG_REVERT=$run
}"
    fi
    if [ "$2" = 3 ]; then printf 'It is refused as it is. What its hints say is to be allowed goes along with the digest, in %s.\n\n' "$allow"; fi
}

# As docs/commands.md, "Exit codes".
meaning() {
    case $1 in
        3) echo 'refused by a safety limit or for a protected object' ;;
        4) echo 'the state is locked by another run' ;;
        5) echo 'refused: something changed since it was approved, or nothing was' ;;
        6) echo 'done in part; run it once more' ;;
        7) echo 'the outcome of a step is unknown; run it once more' ;;
        8) echo 'a store refused the credentials, or a key is missing' ;;
        9) echo 'a store is down, limits us, or answers nonsense' ;;
        130 | 143) echo 'interrupted; run it once more' ;;
        *) echo 'an error' ;;
    esac
}

# The state and the records of runs in the checkout, by Python alone: a link there is refused (5), whatever it leads to.
held() { isolated "$ci/held.py" "$folder" "${CATALOG_STATE_FOLDER:-state}" "$environment" "$@"; }
