#!/usr/bin/env bash
# pandera 0.35.0 with polars 2.1.0: what is checked depends on the kind of frame. Of a LazyFrame, which is how a large file is read, only names and types of
# columns are looked at, and figures that break every rule come back as valid; the same rules refuse the same figures as a DataFrame. There, two missing
# values in a column that may be missing are doubles of each other (unique=True), and NaN passes "at least 0" and fails "at most 100".
# Guessed: validate() judges values or says that it did not; missing values are not equal. What helps: collect before, or PANDERA_VALIDATION_DEPTH.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check "pandera[polars]==0.35.0" polars==2.1.0
"$work/env/bin/python" -W ignore - <<'PY'
import os

os.environ.pop("PANDERA_VALIDATION_DEPTH", None)
from importlib.metadata import version

import pandera.polars as pandera
import polars as pl


def passes(frame: pl.DataFrame | pl.LazyFrame, column: pandera.Column) -> bool:
    try:
        pandera.DataFrameSchema({"figure": column}).validate(frame)
    except pandera.errors.SchemaError:
        return False
    return True


least = pandera.Column(float, checks=pandera.Check.ge(0), nullable=True)
most = pandera.Column(float, checks=pandera.Check.le(100), nullable=True)
unique = pandera.Column(float, unique=True, nullable=True)
wrong, doubled = pl.DataFrame({"figure": [-5.0, 250.0]}), pl.DataFrame({"figure": [1.0, 1.0]})
missing, unknown = pl.DataFrame({"figure": [1.0, None, None]}), pl.DataFrame({"figure": [1.0, float("nan")]})
print("pandera", version("pandera"), "polars", version("polars"))
found = {
    "-5 and 250 as DataFrame, at least 0": passes(wrong, least),
    "-5 and 250 as LazyFrame, at least 0": passes(wrong.lazy(), least),
    "1 and 1 as DataFrame, unique": passes(doubled, unique),
    "1 and 1 as LazyFrame, unique": passes(doubled.lazy(), unique),
    "1 and twice missing, unique": passes(missing, unique),
    "NaN, at least 0": passes(unknown, least),
    "NaN, at most 100": passes(unknown, most),
}
for asked, answer in found.items():
    print(f"{asked}: {'valid' if answer else 'invalid'}")
assert list(found.values()) == [False, True, False, True, False, True, False], "it judges otherwise now"
PY
