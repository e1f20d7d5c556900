"""Files of the Participatiewet through the rooms of the Wmo: received, judged, told, closed, loaded and counted.

Their rules, table and words are data; what a benefit is stands in `gmsd.counting.participatie`.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import listing
from gmsd.demo.other_laws import benefit_delivery, youth_deliveries
from gmsd.figures import compute
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context
from gmsd.rounds import Calendar, HalfYear, load_calendar
from gmsd.tables import contents_of
from gmsd.warehouse import close_round, load_half_year
from tests.support import slow_benefits as slow
from tests.support.mails import Maildir, text_of

LAW = "participatie"
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
PLACES = ("0301", "0339", "0448")


def of(code: str, half: HalfYear) -> bytes:
    return benefit_delivery(6, code, half).data


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """The doors, with a calendar in which this law and the Jeugdwet have every round of the Wmo too."""
    clock.move(dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM))
    rounds = load_calendar().rounds
    others = [replace(known, law=law) for known in rounds for law in (LAW, "jeugd")]
    return replace(Context.open(settings), calendar=Calendar((*rounds, *others)))


def put(context: Context, key: str, data: bytes) -> None:
    context.store.put(context.settings.bucket_inbox, key, data)


@pytest.fixture(scope="module")
def checked(context: Context) -> dict[str, str]:
    """Delivery -> where it stands: both half-years of three municipalities, of one a spoilt file first."""
    spoilt = of("0448", H2).replace(b"20200203", b"2020-02-03").replace(b";0448;", b";448;", 3)
    put(context, f"{LAW}/H22019/0448/PW_H22019_Texel.csv", spoilt)
    (first,) = register_inbox(context).new_deliveries
    states = {first: check_delivery(context, first).state}
    report_delivery(context, first)
    for half in (H1, H2):
        for code in PLACES:
            put(context, f"{LAW}/{half.upload_code}/{code}/PW_{half.upload_code}_{code}.csv", of(code, half))
    for delivery_id in register_inbox(context).new_deliveries:
        states[delivery_id] = check_delivery(context, delivery_id).state
        report_delivery(context, delivery_id)
    return states


def test_a_file_is_judged_by_its_own_law_and_its_faults_are_told(context: Context, checked: dict[str, str], maildir: Maildir) -> None:
    assert checked.pop("participatie.2019-H2.0448.01") == "rejected"
    assert set(checked.values()) == {"accepted"}
    assert len(checked) == 2 * len(PLACES)
    mails = [text_of(mail) for mail in maildir.mails("wmo-0448")]
    told = next(mail for mail in mails if "participatie.2019-H2.0448.01" in mail and "Gemeentecode" in mail)
    assert "de voorloopnul weggevallen" in told
    assert "PW_H22019_Texel.csv" in told
    folder = f"{LAW}/H22019/0448/participatie.2019-H2.0448.02/"
    reports = set(context.store.keys(context.settings.bucket_outbox, folder))
    assert reports >= {f"{folder}{name}.{kind}" for name in ("terugkoppeling", "op-orde") for kind in ("html", "json", "xlsx")}
    summary = json.loads(context.store.get(context.settings.bucket_outbox, f"{folder}op-orde.json"))
    lines = slow.lines_of(of("0448", H2), H2.first_day, H2.last_day)
    counted = slow.counts(slow.benefits(lines), "1", H2.first_day, H2.last_day)
    assert counted["entering"] > 0
    assert str(len({line.bsn for line in lines if line.kind == "1" and line.bsn != slow.NOBODY})) in json.dumps(summary)


def test_files_of_providers_are_in_no_place(context: Context, checked: dict[str, str]) -> None:
    """A place has one file at a time, so that the file of a second provider would take the place of the first's."""
    made = next(youth_deliveries(6, "0448", H2))
    put(context, made.key, made.data)
    assert not register_inbox(context).new_deliveries
    with context.engine.connect() as connection:
        (unplaced,) = listing(connection, state="unplaced")
    assert "files of providers are checked with gmsd check" in unplaced.reason


def test_it_is_closed_loaded_and_counted(context: Context, checked: dict[str, str], clock) -> None:
    clock.move(dt.datetime(2020, 3, 23, 9, tzinfo=AMSTERDAM))
    close_round(context, f"{LAW}.2019-H2")
    for half in (H1, H2):
        loaded = load_half_year(context, f"{LAW}.{half}")
        lines = [slow.lines_of(of(code, half), half.first_day, half.last_day) for code in PLACES]
        assert (loaded["municipalities"], loaded["rows_used"]) == (len(PLACES), sum(map(len, lines)))
        assert loaded["arrangements"] == sum(len(slow.benefits(each)) for each in lines)
        assert load_half_year(context, f"{LAW}.{half}")["replaced"] == 0
    with context.engine.begin() as connection:
        figures = compute(connection, LAW, H2, context.clock.now())
    assert figures.cells["2019JJ00"] == len(PLACES) * len(contents_of(LAW, H2))
