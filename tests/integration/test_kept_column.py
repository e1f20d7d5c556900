"""One more variable that is kept reaches the warehouse by law.yaml, a field and a migration; where it was refused it stays empty there."""

from __future__ import annotations

import datetime as dt

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.intake import check_delivery, register_inbox
from gmsd.journal import Context
from gmsd.settings import get_settings
from gmsd.warehouse import close_round, load_half_year
from tests.support.kept_column import COLUMN, TYPE, file_of, make_home


@pytest.fixture
def home_with_a_column(tmp_path, monkeypatch):
    monkeypatch.setenv("GMSD_HOME", str(make_home(tmp_path)))
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


def test_it_is_loaded_and_emptied_like_the_others(settings, clock, home_with_a_column):
    clock.move(dt.datetime(2019, 9, 10, 9, tzinfo=AMSTERDAM))
    context = Context.open(settings)
    raw = connect(settings, "owner").raw_connection()
    try:
        raw.cursor().execute(f"ALTER TABLE record ADD COLUMN {COLUMN} {TYPE}")
        raw.commit()
    finally:
        raw.close()
    for municipality, data in (
        ("0518", file_of("0518", "30", "", "120")),
        ("0344", file_of("0344", "45", "60", unit="99")),
        ("0363", file_of("0363", "45", "heel veel")),
    ):
        context.store.put(settings.bucket_inbox, f"H12019/{municipality}/WMO_H12019_x.csv", data)
    verdicts = [check_delivery(context, each).verdict for each in register_inbox(context).new_deliveries]
    assert sorted(map(str, verdicts)) == ["accepted", "accepted_without_facultative", "accepted_without_facultative"]
    clock.move(dt.datetime(2019, 10, 21, tzinfo=AMSTERDAM))
    close_round(context, "2019-H1")
    assert load_half_year(context, "2019-H1")["rows_used"] == 7
    read = context.engine.raw_connection()
    try:
        rows = read.cursor().execute(f"SELECT municipality, {COLUMN} FROM record ORDER BY municipality, line").fetchall()
    finally:
        read.close()
    assert rows == [("0344", None), ("0344", None), ("0363", None), ("0363", None), ("0518", 30), ("0518", None), ("0518", 120)]
