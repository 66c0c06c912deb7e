# shellcheck shell=bash
# What every script sources first. From here on nothing that lies in a checkout is run, imported or read as a setting: its files are a
# stranger's, and a job has keys. Sourced, not run; only words of bash are used until PATH is cleaned.
set -euo pipefail
shopt -s inherit_errexit
set -o noglob

unset CDPATH
ci=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
checkouts=()
for place in "${GITHUB_WORKSPACE:-}" "${CI_PROJECT_DIR:-}" "$PWD"; do
    if [ -n "$place" ] && place=$(cd "$place" 2> /dev/null && pwd -P) && [ "$place" != / ]; then checkouts+=("$place"); fi
done

# Whether a path is below a checkout, as it is written or as its links lead. One that is relative is.
in_checkout() {
    local real place
    case $1 in /*) ;; *) return 0 ;; esac
    real=$(cd "$1" 2> /dev/null && pwd -P) || real=$(cd "${1%/*}/" 2> /dev/null && pwd -P)/${1##*/} || real=$1
    for place in "${checkouts[@]}"; do
        case $real/ in "$place"/*) return 0 ;; esac
        case $1/ in "$place"/*) return 0 ;; esac
    done
    return 1
}

cleaned=
while read -r -d : folder; do
    if ! in_checkout "$folder"; then cleaned+=${cleaned:+:}$folder; fi
done <<< "$PATH:"
export PATH=$cleaned

for variable in $(compgen -e); do
    case $variable in
        # How git and pip reach their hosts is the runner's to say. A checkout cannot set it.
        GIT_SSL_CAINFO | GIT_SSL_CAPATH | GIT_SSH | GIT_SSH_COMMAND) ;;
        PIP_INDEX_URL | PIP_EXTRA_INDEX_URL | PIP_NO_INDEX | PIP_CERT | PIP_CLIENT_CERT | PIP_PROXY | PIP_TRUSTED_HOST) ;;
        PIP_DEFAULT_TIMEOUT | PIP_TIMEOUT | PIP_RETRIES | PIP_NO_CACHE_DIR) ;;
        PIP_CONFIG_FILE | PIP_FIND_LINKS | PIP_CACHE_DIR) if in_checkout "${!variable}"; then unset "$variable"; fi ;;
        GIT_* | PIP_* | PYTHON?* | BASH_ENV | ENV | GLOBIGNORE) unset "$variable" ;;
    esac
done
export PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1

# Ends with 5: what is there is not taken for ours, nor written over.
refuse() {
    echo "catalogctl: $1" >&2
    exit 5
}
