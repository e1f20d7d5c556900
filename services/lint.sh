#!/usr/bin/env bash
# Everything that can be judged without running the pipeline. Goes on after a finding, so that one run shows all of them.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=.venv/bin
failed=()

judge() { # name, command...
    local name=$1
    shift
    echo "== $name"
    "$@" || failed+=("$name")
}

judge format "$bin/ruff" format --check --quiet .
judge lint "$bin/ruff" check --quiet .
judge types "$bin/mypy"
judge rooms "$bin/lint-imports"
judge pages "$bin/python" docs/generate.py --check
if [ -f docker-compose.yaml ]; then
    judge "compose schema" "$bin/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yaml
    # the secrets it requires are made up here: only its form is judged
    mkdir -p var && "$bin/python" -m services.compose_env var/lint.env > /dev/null
    judge "compose config" "$bin/docker-compose" --env-file var/lint.env config --quiet
fi

if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}"
    exit 1
fi
echo "Nothing to remark"
