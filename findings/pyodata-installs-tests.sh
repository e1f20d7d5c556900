#!/usr/bin/env bash
# pyodata 1.12.1 installs a package named `tests` beside itself (its own tests, conftest.py included). A project whose folder `tests` has no
# __init__.py (common with pytest's importlib mode) loses it: a regular package anywhere on the path wins from a folder without that file,
# also when the folder comes first. `import tests.helpers` then fails with ModuleNotFoundError, after nothing but installing a client.
# Exits 0 while it is so, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pyodata==1.12.1
mkdir -p "$work/project/tests" && echo "answer = 42" > "$work/project/tests/helpers.py"
cd "$work/project"
"$work/env/bin/python" - <<'PY'
import importlib.metadata, sys
import tests
print("pyodata", importlib.metadata.version("pyodata"), "- top level:", sorted({str(f).split("/")[0] for f in importlib.metadata.files("pyodata") if "/" in str(f)}))
print("first on the path:", repr(sys.path[0]), "- `import tests` gives:", "site-packages" if "site-packages" in str(tests.__file__) else tests.__path__)
try:
    import tests.helpers
except ModuleNotFoundError as error:
    print("import tests.helpers:", error)
else:
    sys.exit("changed: the project's own folder is found")
PY
