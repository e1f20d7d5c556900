"""Files of the Participatiewet through the rooms of the Wmo: received, judged, told, closed, loaded, counted, protected, published.

Their rules, table and words are data; what a benefit is stands in `gmsd.counting.participatie`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.demo.other_laws import benefit_delivery
from gmsd.figures import Period, compute
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context
from gmsd.readers import BucketSource
from gmsd.releases import (
    Proposal,
    answer,
    attack_series,
    build_approved,
    get_release,
    propose,
    publish_approved,
    verify_release,
)
from gmsd.rounds import Calendar, HalfYear, load_calendar
from gmsd.store import get_store
from gmsd.tables import contents_of, table_of
from gmsd.warehouse import close_round, load_half_year
from gmsd.web.site import create_app
from tests.support import read_formats as read
from tests.support import slow_benefits as slow
from tests.support.mails import Maildir, text_of

if TYPE_CHECKING:
    from pathlib import Path

LAW, TABLE = "participatie", "84066NED"
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
PLACES = ("0301", "0339", "0448")
KEYS = {"remaining": "Bijstandsontvangers_2", "entering": "Instroom_4", "leaving": "Uitstroom_6"}


def of(code: str, half: HalfYear) -> bytes:
    return benefit_delivery(6, code, half).data


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """The doors, with a calendar in which this law has every round of the Wmo too."""
    clock.move(dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM))
    rounds = load_calendar().rounds
    others = [replace(known, law=LAW) for known in rounds]
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


def publish(context: Context, run_id: str) -> str:
    settings, at = context.settings, context.clock.now()
    engine = connect(settings, "publisher")
    proposal = Proposal(LAW, H2)
    with engine.begin() as connection:
        asked = propose(connection, context.store, settings, proposal, run_id=run_id, named="", started_by="engineer", at=at)
    with connect(settings, "approver").begin() as connection:
        answer(connection, asked.question, "approved", answered_by="approver", reason="", at=at)
    build_approved(engine, context.store, settings, run_id, at)
    question, _pointer = publish_approved(engine, context.store, settings, run_id, at)
    return question.release_id


@pytest.fixture(scope="module")
def published(context: Context, checked: dict[str, str], clock) -> str:
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
    return publish(context, "run of participatie")


def expected(code: str) -> dict[str, int]:
    halves = [slow.lines_of(of(code, half), half.first_day, half.last_day) for half in (H1, H2)]
    return slow.counts(slow.benefits(slow.of_a_year(*halves)), "1", H1.first_day, H2.last_day)


@pytest.fixture(scope="module")
def files(context: Context, published: str) -> dict[str, bytes]:
    return dict(get_release(context.store, context.settings.bucket_publication, published))


def test_each_figure_is_what_a_plain_count_has_within_its_protection(files: dict[str, bytes]) -> None:
    document = json.loads(files["release.json"])
    assert (document["laws"], document["tables"]) == ([LAW], [TABLE])
    cells = read.statline(files, table_of(TABLE))
    seen = 0
    for code in PLACES:
        for unit, true in expected(code).items():
            shown, _ = cells[KEYS[unit], "2019JJ00", f"GM{code}", "20150"]
            seen += 1
            if true < 8:
                assert shown is None
            elif shown is not None:
                assert shown % 10 == 0
                assert abs(shown - true) <= 9
            else:
                assert true < 18
    assert seen == 9
    assert cells[KEYS["remaining"], "2019JJ00", "GM0301", "20150"][0] is not None


def test_all_its_formats_say_the_same(files: dict[str, bytes], tmp_path: Path) -> None:
    table = table_of(TABLE)
    cells = read.long_csv(files, table)
    assert {key: value for key, (value, _) in read.statline(files, table).items()} == {key: value for key, (value, _) in cells.items()}
    for found in (read.parquet(files, table), read.csvw(files, table, tmp_path), read.pysdmx(files, table), read.ods(files, table)):
        assert found == cells
    content = SimpleNamespace(law=LAW, periods=[Period("2019JJ00", (H1, H2))])
    for found in read.swing(files, table, content):  # type: ignore[arg-type]
        assert found == {key: said for key, said in cells.items() if key[2].startswith("GM")}


def test_the_attack_on_it_finds_nothing(context: Context, published: str) -> None:
    with connect(context.settings, "publisher").connect() as connection:
        found = attack_series(connection, context.settings, LAW)
    assert found is not None
    assert found.passed
    assert found.cells == 3 * len(PLACES), published


def test_it_is_built_again_byte_for_byte(context: Context, published: str) -> None:
    with connect(context.settings, "publisher").connect() as connection:
        verified = verify_release(context, connection, published)
    assert verified.is_equal, verified.differing


def test_it_is_served_beside_a_page_of_its_law(context: Context, published: str) -> None:
    source = BucketSource(get_store(context.settings, "reader"), context.settings.bucket_publication)

    async def read() -> tuple[dict[str, Any], str]:
        transport = httpx.ASGITransport(create_app(source))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            found = await client.get(f"/ODataApi/odata/{TABLE}/TypedDataSet?$format=json&$filter=RegioS eq 'GM0301'")
            page = await client.get(f"/gemeente/GM0301?wet={LAW}")
            return found.json()["value"][0], page.text

    row, page = asyncio.run(read())
    assert row["Leeftijd"].strip() == "20150"
    assert f'data-value="{row["Bijstandsontvangers_2"]}"' in page
