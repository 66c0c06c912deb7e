# shellcheck shell=bash
# git, allowed to speak to the repository it came from. Sourced after settings.sh.
#
# The token goes to git by its environment: it is in no command line, no address and no file. Where actions/checkout has left one already,
# ours is not added: GitHub refuses a request that has two.

remote=${CATALOG_STATE_REMOTE:-origin}
if [ -n "${GITHUB_TOKEN:-}" ]; then token=x-access-token:$GITHUB_TOKEN server=$GITHUB_SERVER_URL
elif [ -n "${CATALOG_STATE_TOKEN:-${GITLAB_TOKEN:-}}" ]; then token=oauth2:${CATALOG_STATE_TOKEN:-$GITLAB_TOKEN} server=$CI_SERVER_URL
else token=
fi

remote_git() {
    if [ -z "$token" ] || git config --get-urlmatch http.extraHeader "$server/" > /dev/null; then
        GIT_TERMINAL_PROMPT=0 git "$@"
        return
    fi
    GIT_TERMINAL_PROMPT=0 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$server/.extraHeader" \
        GIT_CONFIG_VALUE_0="Authorization: Basic $(printf '%s' "$token" | base64 | tr -d '\n')" git "$@"
}

# Brings the branch to $recorded: 1 where there is no such branch. Anything else that goes wrong ends the script: a state that cannot be
# read is not the same as none.
fetch_state() {
    local found=0
    remote_git ls-remote --quiet --exit-code "$remote" "refs/heads/$branch" > /dev/null || found=$?
    case $found in
        0)
            local depth=()
            if [ "$(git rev-parse --is-shallow-repository)" = true ]; then depth=(--depth 1); fi
            remote_git fetch --quiet --no-tags "${depth[@]}" "$remote" "+refs/heads/$branch:$recorded"
            ;;
        2) git update-ref -d "$recorded"; return 1 ;;
        *) echo "catalogctl: branch $branch of $remote, where the state is, cannot be read." >&2; exit 9 ;;
    esac
}

# The files that held.py lists, in a commit.
files_in() {
    git ls-tree -r -z --name-only "$1" -- "$state/$environment.json" "$state/$environment.journal" "$state/runs" | tr '\0' '\n' |
        while read -r file; do
            case $file in
                "$state/runs/$environment."*.jsonl | "$state/runs/$environment."*.plan.json) printf '%s\n' "$file" ;;
                "$state/runs"/*) ;;
                *) printf '%s\n' "$file" ;;
            esac
        done | LC_ALL=C sort
}
