#!/usr/bin/env bash
# Liberation day, 5 May, is a holiday of the Dutch law on terms (Algemene termijnenwet, article 3) in every year: a term for objections that ends on it
# runs on to the next working day. The package holidays 0.108 has it among the public holidays once in five years only, as many employers give it;
# workalendar 17.0.0 has it every year. A term whose last day is 5 May 2026 ends on that day by the one and on 6 May by the other.
# Guessed: public holidays of one country are one list. What helps: the days of the law as data of one's own, or categories=("public", "optional").
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check holidays==0.108 workalendar==17.0.0
"$work/env/bin/python" -W ignore - <<'PY'
from collections.abc import Callable
from datetime import date, timedelta
from importlib.metadata import version

import holidays
from workalendar.europe import Netherlands

YEARS = range(2024, 2031)
free = holidays.NL(years=YEARS)
optional = holidays.NL(years=YEARS, categories=("public", "optional"))
calendar = Netherlands()
may = {"holidays": [], "holidays, optional too": [], "workalendar": []}
for year in YEARS:
    day = date(year, 5, 5)
    for name, found in zip(may, (day in free, day in optional, calendar.is_holiday(day))):
        may[name] += [year] if found else []
print("holidays", version("holidays"), "workalendar", version("workalendar"))
for name, years in may.items():
    print(f"5 May is free by {name}:", years)


def end_of_term(works: Callable[[date], bool]) -> date:
    day = date(2026, 5, 5)
    while not works(day):
        day += timedelta(days=1)
    return day


ends = end_of_term(free.is_working_day), end_of_term(calendar.is_working_day)
print("a term whose last day is 5 May 2026 ends on:", *ends)
assert may["workalendar"] == may["holidays, optional too"] == list(YEARS)
assert may["holidays"] == [2025, 2030], "holidays counts 5 May otherwise now"
assert ends == (date(2026, 5, 5), date(2026, 5, 6)), "the two agree on the end of the term now"
PY
