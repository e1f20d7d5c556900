"""Of a date that exists nobody says that it does not: a rule between two dates finds such dates too."""

import datetime as dt

import polars as pl

from gmsd.protocol import damage_list
from gmsd.rounds import WMO


def exists(text: str) -> bool:
    try:
        dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def test_a_day_that_is_not_there_is_told_from_one_that_is():
    (kind,) = [each for each in damage_list(WMO).cells if each.name == "date_not_there"]
    years = [0, 1, 4, 100, 400, 1896, 1900, 1996, 2000, *range(2014, 2030), 2100, 9999]
    texts = pl.Series([f"{year:04d}{month:02d}{day:02d}" for year in years for month in range(100) for day in range(100)])
    assert texts.str.contains(kind.regex).to_list() == [not exists(text) for text in texts]
