# shellcheck shell=bash
# The one place that starts git. Sourced after clean.sh: `git` in a script is this function.
#
# A repository is one only by its .git; hooks, monitors, pagers and submodules are off. git and what it starts have no key but the one that
# remote.sh gives them. No script asks it for anything that would run a filter: files are read with hash-object --no-filters.

git() (
    for variable in $(compgen -e); do
        case $variable in
            PATH | HOME | USER | TMPDIR | XDG_CONFIG_HOME | SSH_AUTH_SOCK | SSL_CERT_FILE | SSL_CERT_DIR | CURL_CA_BUNDLE) ;;
            http_proxy | https_proxy | no_proxy | all_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY | ALL_PROXY) ;;
            GIT_*) ;;
            *) export -n "${variable?}" ;;
        esac
    done
    export LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0 GIT_NO_REPLACE_OBJECTS=1
    exec git --no-pager -c safe.bareRepository=explicit -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.pager=cat \
        -c core.attributesFile=/dev/null -c protocol.ext.allow=never -c submodule.recurse=false -c fetch.recurseSubmodules=false \
        -c push.recurseSubmodules=no -c push.gpgSign=false -c log.showSignature=false -c gc.auto=0 -c maintenance.auto=false "$@"
)
