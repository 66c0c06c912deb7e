# shellcheck shell=bash
# What the scripts of this folder are told by the environment, and the few words that they share. Sourced, not run.
set -euo pipefail
shopt -s inherit_errexit

ci=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${CATALOG_FOLDER:-.}
environment=${CATALOG_ENVIRONMENT:-default}
name=${CATALOG_NAME:-$environment}
out=${CATALOG_OUT:-catalogctl-ci}
branch=${CATALOG_STATE_BRANCH:-}
state=$folder/${CATALOG_STATE_FOLDER:-state}
state=${state#./} state=${state%/}
recorded=refs/catalogctl/state

case $name in
    *[!A-Za-z0-9._-]* | '')
        echo "catalogctl: the name $name is to have letters, digits, points, dashes and underscores only." >&2
        exit 1 ;;
esac
# What makes the plan: the files, or by hand a run that is to be taken back.
run=${CATALOG_REVERT:-}
case $run in
    *[!0-9a-z]*)
        echo "catalogctl: $run is no run; it is the beginning of an id that catalogctl history lists, or latest." >&2
        exit 1 ;;
esac
making=(plan)
if [ -n "$run" ]; then making=(revert "$run"); fi
mkdir -p "$out"

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
learn() { facts=$("$ci/where.py"); }
fact() { sed -n "s/^$1=//p" <<< "$facts"; }
marked() { printf '<!-- catalogctl:comment:%s head=%s digest=%s -->\n' "$name" "$(fact head)" "$1"; }
this_run() { printf '[this run](%s)' "$(fact page)"; }

# The digest of a saved plan, and how many objects it changes.
digest_and_changes() {
    python3 -c 'import json, sys
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

# The environment's files in the folder of the state, one a line in the order of bytes: the state; the journal that a run leaves which was cut
# off; the records of runs. GitHub and GitLab take no larger file than 100 MiB: such a record is not for the branch.
largest_record=99614720
files_here() {
    {
        for file in "$state/$environment.json" "$state/$environment.journal"; do
            if [ -f "$file" ]; then printf '%s\n' "$file"; fi
        done
        records_here -size "-$((largest_record + 1))c"
    } | LC_ALL=C sort
}
records_here() {  # what find is to look for besides
    if [ -d "$state/runs" ]; then find "$state/runs" -maxdepth 1 -type f -name "$environment.*.jsonl" "$@"; fi
}
