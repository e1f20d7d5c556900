#!/usr/bin/env bash
# cell-key-perturbation 3.1.0 adds noise to counts by a key that is the sum of the keys of the persons counted, so that equal counts get unlike noise. A
# count of persons of whom a feature is unknown is in the table too, but always has key 0: one noise for one count, in every municipality. Whoever knows
# a single such count, or the noise for key 0, knows all of them. A warning says that there are missing values, not that their key is none.
# Guessed: the unknown are a category like another, with the sum of their keys. What helps: a word such as "unknown" in place of the missing value.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check cell-key-perturbation==3.1.0 pandas==2.3.3 numpy==2.0.2
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import numpy
import pandas
from cell_key_perturbation.create_perturbed_table import create_perturbed_table

REGIONS, KEYS = [f"GM{code:04}" for code in (344, 363, 518, 599, 855, 988)], 256
noise = pandas.DataFrame([(count, key, key % 5 - 2) for count in range(1, 751) for key in range(KEYS)], columns=["pcv", "ckey", "pvalue"])
keys = numpy.random.default_rng(0).integers(0, KEYS, 2 * 20 * len(REGIONS))
rows = [(region, kind) for region in REGIONS for kind in ("known", None) for _ in range(20)]
persons = pandas.DataFrame(rows, columns=["region", "kind"]).assign(record_key=keys)


def table(of: pandas.DataFrame) -> pandas.DataFrame:
    return create_perturbed_table(of, noise, ["region"], ["kind"], "record_key")


made, named = table(persons), table(persons.fillna({"kind": "unknown"}))
print("cell-key-perturbation", version("cell-key-perturbation"))
print(made.to_string())
lost = made.loc[made["kind"].isna()]
whole = named.loc[named["kind"] == "unknown"]
print("20 persons each of kind unknown are shown as", sorted({int(count) for count in lost["count"]}), "and, where the unknown have a name, as", sorted({int(count) for count in whole["count"]}))
assert set(lost["ckey"]) == {0} and set(lost["count"]) == {18}, "the unknown have keys of their own now"
assert len(set(whole["ckey"])) == len(REGIONS) and len(set(whole["count"])) > 1
PY
