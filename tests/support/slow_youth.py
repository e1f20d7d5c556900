"""An independent count of youth care: plain Python over the delivered files, written from the rules and not from our code.

Rules: a line of a provider is a trajectory, and the same line of one known person twice is one; a line that the second half of a year
reports again (same person, form, provider and first day) takes the place of the first half's; 999999999 and 000000000 (not born yet) are
nobody: no young person, and each line a trajectory. A young person counts once in every form and once in every total.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction

NOBODY = ""
AGES = {
    "under_23": {"age_0_9": 10, "age_10_19": 10, "age_20_29": 3},
    "under_18": {"age_0_9": 10, "age_10_19": 8},
    "from_12_to_22": {"age_10_19": 8, "age_20_29": 3},
}
"""Column of ten years of age -> how many of them belong to the group."""
_HELP, _WITHOUT_TEAM, _STAY = range(31, 39), range(32, 35), range(35, 39)
FORMS = {
    "JZ": (*_HELP, *range(41, 46), *range(51, 58)),
    "JH12": tuple(_HELP),
    "JH121": (31, *_WITHOUT_TEAM),
    "JH1211": (31,),
    "JH1212": tuple(_WITHOUT_TEAM),
    "JH12121": (32,),
    "JH12122": (33,),
    "JH12123": (34,),
    "JH122": tuple(_STAY),
    "JH1221": (35,),
    "JH1222": (36,),
    "JH1223": (37,),
    "JH1224": (38,),
    "JB1": tuple(range(41, 46)),
    "JB11": (41, 42),
    "JB12": (43, 44, 45),
    "JR1": tuple(range(51, 58)),
}
BOTH = {"JB1JH122": ("JB1", "JH122")}
"""Young people who have a form of the one and of the other in the period."""
INDICATORS = {"JH12": "under_23", "JH122": "JH12", "JB1": "under_18", "JB1JH122": "JB1", "JR1": "from_12_to_22"}
"""The indicators of 85098NED, and what each is set against: inhabitants of some ages, or young people with another form."""


@dataclass(frozen=True)
class Line:
    """A line of a provider: of whom, which form, from when to when."""

    bsn: str
    form: int
    provider: str
    start: dt.date
    end: dt.date | None


def _day(text: str) -> dt.date | None:
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None


def lines_of(data: bytes, first: dt.date, last: dt.date) -> list[Line]:
    """The lines of a file that ran on a day of its half-year."""
    found = []
    for row in csv.DictReader(io.StringIO(data.decode()), delimiter=";"):
        start, end = _day(row["Startdatum"]), _day(row["Einddatum"])
        assert start is not None
        bsn = NOBODY if row["BSN"] in {"999999999", "000000000"} else row["BSN"]
        if start <= last and (end is None or end >= first):
            found.append(Line(bsn, int(row["Hulpvorm"]), row["Aanbiedercode"], start, end))
    return found


def of_a_year(first_half: list[Line], second_half: list[Line]) -> list[Line]:
    """The lines of a year: of the first half those that the second does not report again, one for one, those that ended first."""
    again = Counter(replace(line, end=None) for line in second_half)
    kept = []
    for line in sorted(first_half, key=lambda each: each.end or dt.date.max):
        key = replace(line, end=None)
        if again[key]:
            again[key] -= 1
        else:
            kept.append(line)
    return kept + second_half


def counts(lines: list[Line], form: str) -> dict[str, int]:
    """Young people with a form of care, and trajectories of it."""
    of_form = [line for line in lines if line.form in FORMS[form]]
    known = {line for line in of_form if line.bsn != NOBODY}
    return {"clients": len({line.bsn for line in known}), "arrangements": len(known) + sum(line.bsn == NOBODY for line in of_form)}


def persons(lines: list[Line], form: str) -> int:
    """Young people with a form of care, or with both of two."""
    held = [{line.bsn for line in lines if line.form in FORMS[each] and line.bsn != NOBODY} for each in BOTH.get(form, (form,))]
    return len(set.intersection(*held))


def aged(ages: str, inhabitants: int, then: int, by_age: dict[str, int]) -> int:
    """Inhabitants of some ages: their share on the day that ages are known of (`then`: all inhabitants of that day), halves up."""
    share = Fraction(sum(by_age[name] * years for name, years in AGES[ages].items()), 10 * then)
    return int(inhabitants * share + Fraction(1, 2))


def per_thousand(shown: int, inhabitants: int) -> int:
    """A shown count for every thousand inhabitants, halves up."""
    return int(Fraction(1000 * shown, inhabitants) + Fraction(1, 2))
