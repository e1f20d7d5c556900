#!/usr/bin/env bash
# Resolve the .in files into lock files with hashes and without an index host. `UPGRADE=1` takes newer versions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=var/tools/uv/bin/uv
[ -x "$uv" ] || uv=$(command -v uv) || { echo "lock: uv is needed: python3 -m pip install uv" >&2; exit 1; }
# one lock for every Python from the oldest that pyproject.toml claims: what only some of them need carries a marker
oldest=$(sed -n 's/^requires-python = ">=\([0-9.]*\),.*/\1/p' pyproject.toml)
eval "$(python3 services/pip_settings.py "python3 -m pip")"
# a folder of this machine may hold the wheel of one Python alone: what is locked must be what everybody can fetch
for setting in UV_INDEX UV_FIND_LINKS; do
    case "${!setting:-}" in file:* | /*) unset "$setting" ;; esac
done
for name in requirements requirements-scale requirements-dev requirements-services requirements-bootstrap; do
    # versions stay as they were locked, hashes are asked again: uv keeps those it finds and would never learn of the wheels of another platform
    [ ! -f "$name.lock" ] || sed -i -e '/^ *--hash=/d' -e 's/ \\$//' "$name.lock"
    "$uv" pip compile --quiet --generate-hashes --universal --python-version "$oldest" --no-annotate --no-header --no-emit-index-url \
        ${UPGRADE:+--upgrade} "$name.in" -o "$name.lock"
    if grep -nE '://|--(index|find-links|extra)' "$name.lock"; then echo "lock: $name.lock names an index" >&2; exit 1; fi
    echo "$name.lock: $(grep -c '==' "$name.lock") packages"
done
