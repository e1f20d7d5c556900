#!/usr/bin/env bash
# suda 0.2.2 scores how easily a person stands out in a file, and gives the risk of being recognised as dis-suda, which is to share out the disclosure
# intrusion score over the persons who stand out. It is 0 for everybody, whatever score is asked: it is filled only where a column is above zero that
# was set to zero just before. And a person of whom one feature is missing gets no score from it, where the word "unknown" makes the same person
# stand out most.
# Guessed: the riskiest person has the highest dis-suda. What helps: divide the column suda by its sum oneself, and fill in what is missing before.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check suda==0.2.2 pandas==2.3.3 numpy==2.0.2
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import pandas
from suda import suda

persons = pandas.DataFrame(
    {
        "region": ["GM0363"] * 5 + ["GM0518"] * 4 + ["GM0599"] * 2,
        "age": ["60"] * 4 + ["90"] + ["60"] * 4 + [None, "60"],
        "kind": ["01", "01", "02", "02", "01", "01", "01", "02", "02", "01", "01"],
    }
)
print("suda", version("suda"), "pandas", version("pandas"))
scored = {}
for name, file in (("missing", persons), ("unknown", persons.fillna("unknown"))):
    scored[name] = suda(file.copy(), max_msu=2, dis=0.1)
    print(scored[name][["region", "age", "kind", "suda", "dis-suda"]].loc[[0, 4, 9, 10]].to_string(index=False))
assert all(file.loc[4, "suda"] > 0 for file in scored.values())
assert all((file["dis-suda"] == 0).all() for file in scored.values()), "dis-suda is filled now"
assert scored["missing"].loc[9, "suda"] == 0 and scored["unknown"].loc[9, "suda"] > 0, "a missing feature is scored otherwise now"
PY
