#!/usr/bin/env bash
# polars 2.1.0: a literal cut at a column of separators is cut row by row by str.split and str.find, but str.splitn and str.split_exact take the
# separator of the first row for all and give one row. Inside a larger expression, such as when/then, that one row is repeated without a word: a
# position worked out from it (OData's indexof('2019HJ01',Perioden), say) is wrong for every row but the first. Exits 0 while it is so, 1 when it
# has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0
"$work/env/bin/python" - <<'PY'
import sys
import polars as pl
frame = pl.DataFrame({"part": ["2019", "HJ", "J01"]})
text, part = pl.lit("2019HJ01"), pl.col("part")
found = {
    "split": [cut[0] for cut in frame.select(text.str.split(part)).to_series()],
    "find": frame.select(text.str.find(part, literal=True)).to_series().to_list(),
    "splitn": frame.select(pl.when(part != "").then(text.str.splitn(part, 2).struct[0])).to_series().to_list(),
    "split_exact": frame.select(pl.when(part != "").then(text.str.split_exact(part, 1).struct[0])).to_series().to_list(),
}
height = frame.select(text.str.splitn(part, 2)).height
print("polars", pl.__version__, "- what stands before 2019, HJ and J01 in 2019HJ01:", found, "- rows of splitn alone:", height)
right, first = ["", "2019", "2019H"], ["", "", ""]
if (found, height) != ({"split": right, "find": [0, 4, 5], "splitn": first, "split_exact": first}, 1):
    sys.exit("changed")
PY
