#!/usr/bin/env bash
# Whether a number is a BSN depends on the package. python-stdnum 2.2 puts zeros before a short one: of the ages 1 to 99 eight are valid (12 as
# 000000012, then 24, 36, 48, 61, 73, 85, 97), and one in eleven of all counts. bsn 0.0.2 takes any length too, and zero; bsn-js 1.0.4 asks for eight or
# nine digits. Whoever looks for BSNs in columns where none belong finds ages and counts by the first two.
# Guessed: a citizen's number has nine digits, eight where a spreadsheet lost the zero. What helps: ask for the length first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2 bsn==0.0.2 numpy==2.0.2
cd "$work"
echo '{"private": true}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts bsn-js@1.0.4 > /dev/null
node -e 'const { isValidBSN } = require("bsn-js"); console.log([...Array(100).keys()].filter((age) => isValidBSN(String(age))).join(" "))' > by-bsn-js
"$work/env/bin/python" - <<'PY'
from importlib.metadata import version
from pathlib import Path

from bsn import bsn
from stdnum.nl import bsn as stdnum

found = {
    "python-stdnum": [age for age in range(100) if stdnum.is_valid(str(age))],
    "bsn": [age for age in range(100) if bsn().validate_bsn(str(age))],
    "bsn-js": [int(age) for age in Path("by-bsn-js").read_text().split()],
}
print("python-stdnum", version("python-stdnum"), "bsn", version("bsn"), "bsn-js 1.0.4")
for name, ages in found.items():
    print(f"ages from 0 to 99 that are a BSN by {name}: {ages}")
share = sum(stdnum.is_valid(str(count)) for count in range(1, 10_000)) / 9_999
print(f"share of the counts 1 to 9999 by python-stdnum: {share:.3f}")
AGES = [12, 24, 36, 48, 61, 73, 85, 97]
assert found == {"python-stdnum": AGES, "bsn": [0, *AGES], "bsn-js": []}, "they agree otherwise now"
PY
