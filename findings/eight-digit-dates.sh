#!/usr/bin/env bash
# A date of eight digits, JJJJMMDD, is no such thing to the tools of this field. Great Expectations' rule "matches strftime format %Y%m%d" passes
# 2019815 and even 201911 (seven and six digits: month and day may have one). Polars' str.to_date("%Y%m%d") refuses those, but takes a blank before
# the year and a blank for a lost zero ("201908 5"), which the rule of Great Expectations takes too in the second case and not in the first.
# Guessed: %Y%m%d means eight digits, the same for both. What helps: a regex of eight digits first, then the date.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check great-expectations==1.24.1 polars==2.1.0
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import great_expectations as gx
import pandas
import polars

written = ["20190815", "2019815", "201911", " 20190815", "201908 5", "20190230"]
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("here").add_dataframe_asset("dates")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": pandas.DataFrame({"date": written})})
rule = gx.expectations.ExpectColumnValuesToMatchStrftimeFormat(column="date", strftime_format="%Y%m%d")
refused = set(batch.validate(rule).result["partial_unexpected_list"])
dates = polars.Series(written).str.to_date("%Y%m%d", strict=False)
print("great-expectations", version("great-expectations"), "polars", version("polars"))
print(f"{'written':12} {'Great Expectations':20} Polars")
for text, date in zip(written, dates):
    print(f"{text!r:12} {'refused' if text in refused else 'passed':20} {date or 'refused'}")
assert refused == {" 20190815", "20190230"}, "Great Expectations judges otherwise now"
assert [text for text, date in zip(written, dates) if date is None] == ["2019815", "201911", "20190230"], "Polars judges otherwise now"
PY
