#!/usr/bin/env bash
# Make the environments: .venv (pipeline) and .venv-services, from the hash-pinned locks. Safe to repeat: what is up to date is left alone.
# Needs one of the Pythons below and a package index; the index that pip is configured for is handed to uv in the environment. `--dev` adds the
# test tools. PYTHON=/path/to/python chooses the interpreter; without it environments keep the one they have, and new ones take the first found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV
umask 022
LOG=var/log/bootstrap.log
DISK_MB=2500
SUPPORTED=(3.11 3.12 3.13) # as requires-python in pyproject.toml says
ONE_OF="Python 3.11, 3.12 or 3.13"

say() { printf '%s\n' "$*"; }
fail() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

# What the environment must be like to be left alone: its locks, the package's definition and its place.
mark() { { cat "$@" pyproject.toml; printf '%s' "$PWD"; } | sha256sum | cut -d' ' -f1; }

fresh() { # folder, mark
    usable "$1" && [ -f "$1/.mark" ] && grep -qx "$2" "$1/.mark"
}

usable() { # folder: an environment of a Python that is there and supported, and of the one that PYTHON names
    local own
    own=$(identity "$1/bin/python") && { [ -z "$chosen" ] || [ "$own" = "$chosen" ]; }
}

identity() { # python: which interpreter this is, the one below a virtual environment; fails when it is none that we support
    [ -n "$1" ] && "$1" -I -c '
import sys
if "%d.%d" % sys.version_info[:2] not in sys.argv[1:]:
    sys.exit(1)
print(sys.version.split()[0], sys.base_prefix)' "${SUPPORTED[@]}" 2> /dev/null
}

find_python() {
    local candidate version
    local candidates=("${PYTHON:-}")
    if [ -z "${PYTHON:-}" ]; then
        candidates=(.venv/bin/python .venv-services/bin/python) # one of them may have to be made anew: by the same interpreter
        for version in "${SUPPORTED[@]}"; do candidates+=("python$version"); done
        candidates+=(python3 python)
        for version in "${SUPPORTED[@]}"; do candidates+=("/usr/bin/python$version" "/usr/local/bin/python$version"); done
    fi
    for candidate in "${candidates[@]}"; do
        if identity "$candidate" > /dev/null; then
            # sys.executable of a virtual environment would tie ours to it: take the interpreter below it
            python=$("$candidate" -I -c 'import sys; print(getattr(sys, "_base_executable", "") or sys.executable)')
            return 0
        fi
    done
    python=
}

# uv comes from the package index through pip, pinned as everything else; a uv of the machine is the second choice, plain pip the last.
find_uv() {
    uv=var/tools/uv/bin/uv
    local host=${python:-$(command -v python3 || true)}
    pip="$host -m pip"
    if [ -n "$host" ] && ! "$host" -m pip --version > /dev/null 2>&1; then
        pip=
        if ! var/tools/pip/bin/python -m pip --version > /dev/null 2>&1; then
            rm -rf var/tools/pip
            "$host" -m venv var/tools/pip >> "$LOG" 2>&1 || true # Debian: without python3.X-venv there is no pip in it
        fi
        if var/tools/pip/bin/python -m pip --version > /dev/null 2>&1; then pip="var/tools/pip/bin/python -m pip"; fi
    fi
    [ -z "$host" ] && pip=
    if [ -n "$pip" ]; then eval "$("$host" services/pip_settings.py "$pip")"; fi
    "$uv" --version > /dev/null 2>&1 && return 0
    if [ -n "$pip" ]; then
        say "Fetching the installer (uv)"
        # shellcheck disable=SC2086 # a command and its arguments
        PIP_DISABLE_PIP_VERSION_CHECK=1 $pip install --quiet --target var/tools/uv --upgrade --require-hashes -r requirements-bootstrap.lock >> "$LOG" 2>&1 \
            && "$uv" --version > /dev/null 2>&1 && return 0
    fi
    uv=$(command -v uv || true)
    if [ -z "$uv$pip" ] && [ -n "$host" ]; then
        fail "$host has neither pip nor the module venv, and there is no uv: install one of them (Debian 12: apt install python3.11-venv)"
    fi
}

explain() { # what was being done
    local tail
    tail=$(tail -n 60 "$LOG")
    case $tail in
        *"No space left"* | *"os error 28"*) fail "disk full while $1" ;;
        *"error sending request"* | *"dns error"* | *"onnection refused"* | *"NewConnectionError"* | *"name resolution"* | *"Network is unreachable"* | *"Could not connect"*)
            fail "the package index cannot be reached while $1; set the one to use with 'pip config set global.index-url ADDRESS'" ;;
        *"not found in the package registry"* | *"No matching distribution"* | *"no version of"*) fail "the package index lacks a package while $1; see $LOG" ;;
    esac
    fail "$1 failed; see $LOG"
}

install() { # folder, title, lock
    local folder=$1 title=$2 lock=$3
    if ! usable "$folder" \
        || { [ -f "$folder/.place" ] && [ "$(cat "$folder/.place")" != "$PWD" ]; }; then
        rm -rf "$folder"
    fi
    say "Installing $title"
    printf '== %s\n' "$title" >> "$LOG"
    rm -f "$folder/.mark"
    if [ -n "$uv" ]; then
        [ -x "$folder/bin/python" ] || "$uv" venv --quiet --no-project --python "$python" "$folder" >> "$LOG" 2>&1 || explain "making $folder"
        "$uv" pip install --quiet --python "$folder/bin/python" --compile-bytecode --require-hashes -r "$lock" >> "$LOG" 2>&1 || explain "installing $title"
    else
        [ -x "$folder/bin/python" ] || "$python" -m venv "$folder" >> "$LOG" 2>&1 || explain "making $folder"
        "$folder/bin/python" -m pip install --quiet --require-hashes -r "$lock" >> "$LOG" 2>&1 || explain "installing $title"
    fi
    printf '%s' "$PWD" > "$folder/.place"
}

install_package() { # the project itself, editable; its build tool comes from the lock
    if [ -n "$uv" ]; then
        "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e . >> "$LOG" 2>&1 || explain "installing the package"
    else
        .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e . >> "$LOG" 2>&1 || explain "installing the package"
    fi
}

main() {
    local lock=requirements.lock title="the pipeline's environment (Airflow, Great Expectations, Polars: 1 GB, about a minute)"
    local pipeline services chosen=
    if [ -n "${PYTHON:-}" ]; then chosen=$(identity "$PYTHON") || fail "PYTHON=$PYTHON is not $ONE_OF"; fi
    services=$(mark requirements-services.lock)
    pipeline=$(mark requirements.lock)
    case "${1:-}" in
        --dev)
            lock=requirements-dev.lock title="the pipeline's environment with the test tools (about a minute)"
            pipeline=$(mark requirements.lock requirements-scale.lock requirements-dev.lock) ;;
        --scale)
            lock=requirements-scale.lock title="the pipeline's environment with Celery and its broker (about a minute)"
            pipeline=$(mark requirements.lock requirements-scale.lock) ;;
    esac
    if fresh .venv "$pipeline" && fresh .venv-services "$services"; then return 0; fi

    mkdir -p var/log var/tools
    : > "$LOG"
    exec 9> var/tools/lock
    flock 9 # two of us at once would spoil each other's work
    find_python
    [ -d .venv ] || [ "$(df -Pm . | awk 'NR == 2 { print $4 }')" -ge "$DISK_MB" ] || fail "disk full: less than $DISK_MB MB free at $PWD"
    if [ ! -w "${HOME:-/}" ]; then export UV_CACHE_DIR="$PWD/var/tools/cache"; fi
    find_uv
    if [ -z "$python" ] && [ -n "$uv" ]; then
        say "Fetching Python ${SUPPORTED[0]}"
        "$uv" python install --quiet "${SUPPORTED[0]}" >> "$LOG" 2>&1 && python=$("$uv" python find --no-project "${SUPPORTED[0]}") || python=
    fi
    [ -n "$python" ] || fail "$ONE_OF is needed and was not found; install one (Debian 12: apt install python3.11 python3.11-venv) or set PYTHON=/path/to/python"
    if ! fresh .venv-services "$services"; then
        install .venv-services "the services' environment (object store, PostgreSQL, mail: 130 MB)" requirements-services.lock
        printf '%s\n' "$services" > .venv-services/.mark
    fi
    if ! fresh .venv "$pipeline"; then
        install .venv "$title" "$lock"
        install_package
        # an environment with more is also good for what needs less
        {
            printf '%s\n' "$pipeline"
            mark requirements.lock
            if [ "$lock" = requirements-dev.lock ]; then mark requirements.lock requirements-scale.lock; fi
        } > .venv/.mark
    fi
    say "Environments ready ($(.venv/bin/python --version))"
}

main "$@"
