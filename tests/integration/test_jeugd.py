"""Files of providers of youth care: several for one municipality and half-year, each replaced by the next of its provider, counted."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import find_left, process_forms, proofs
from gmsd.database import connect
from gmsd.deliveries import get, listing
from gmsd.demo.other_laws import youth_deliveries
from gmsd.figures import compute, periods, true_figures
from gmsd.intake import check_and_report, register_inbox
from gmsd.journal import Context
from gmsd.readers import BucketSource
from gmsd.reference import inhabitants, printed_trait
from gmsd.reference.ages import AGES_DAY
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
from gmsd.rounds import Calendar, HalfYear, Place, load_calendar
from gmsd.store import get_store
from gmsd.tables import table_of
from gmsd.warehouse import close_round, load_half_year
from gmsd.web.site import create_app
from tests.support import read_formats as read
from tests.support import slow_youth as slow
from tests.support.mails import Maildir, text_of

if TYPE_CHECKING:
    from pathlib import Path

LAW, H1, H2 = "jeugd", HalfYear(2019, 1), HalfYear(2019, 2)
CODE, OTHER, GONE = "0301", "0448", "0339"
TABLE, SHARES = "84134NED", "85098NED"
KEYS = {"clients": "JongerenMetJeugdzorg_1", "arrangements": "Trajecten_3"}
FIRST, SECOND = "98030100", "98030101"
MADE = {each.file_name[-12:-4]: each for each in youth_deliveries(6, CODE, H2)}


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """The doors, with a calendar in which this law has every round of the Wmo too."""
    clock.move(dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM))
    rounds = load_calendar().rounds
    return replace(Context.open(settings), calendar=Calendar((*rounds, *(replace(known, law=LAW) for known in rounds))))


def put(context: Context, provider: str, data: bytes | None = None, name: str = "") -> None:
    name = name or f"JEUGD_H22019_{provider}.csv"
    context.store.put(context.settings.bucket_inbox, f"{LAW}/H22019/{CODE}/{name}", MADE[provider].data if data is None else data)


def stand(context: Context) -> dict[str, tuple[str, str, int | None]]:
    """Delivery -> its provider, state and attempt."""
    with context.engine.connect() as connection:
        return {each.delivery_id[-2:]: (each.placed[0].provider, each.state, each.attempt) for each in listing(connection, law=LAW)}


def test_each_provider_has_a_file_that_counts_and_attempts_of_its_own(context: Context, maildir: Maildir) -> None:
    spoilt = MADE[FIRST].data.replace(b";0301;", b";301;", 2)
    for provider, data, name in (
        (FIRST, spoilt, ""),
        (SECOND, None, ""),
        (FIRST, None, ""),
        (SECOND, None, ""),
        (FIRST, None, "JEUGD_H22019_aanbieder.csv"),
        (SECOND, MADE[SECOND].data + MADE[SECOND].data.splitlines(keepends=True)[-1], f"JEUGD_H22019_{SECOND}_tweede.csv"),
    ):
        put(context, provider, data, name)
        register_inbox(context)
    check_and_report(context)
    assert stand(context) == {
        "01": (FIRST, "rejected", 1), "02": (SECOND, "superseded", 1), "03": (FIRST, "accepted", 2), "04": (SECOND, "repeat", None),
        "05": ("", "rejected", 1), "06": (SECOND, "accepted", 2),
    }  # fmt: skip
    with context.engine.connect() as connection:
        assert get(connection, f"{LAW}.2019-H2.{CODE}.03").placed[0] == Place(LAW, H2, CODE, FIRST)
    mails = [text_of(mail) for mail in maildir.mails(f"wmo-{CODE}")]
    told = next(mail for mail in mails if f"{LAW}.2019-H2.{CODE}.01" in mail and "Gemeentecode" in mail)
    assert "de voorloopnul weggevallen" in told
    assert any("geen aanbiedercode van acht cijfers" in " ".join(mail.split()) for mail in mails)


def test_a_file_of_another_provider_than_its_name_says_is_refused(context: Context) -> None:
    put(context, FIRST, MADE[SECOND].data)
    register_inbox(context)
    check_and_report(context)
    assert stand(context)["07"] == (FIRST, "rejected", 3)
    assert stand(context)["03"] == (FIRST, "accepted", 2)


def test_reports_speak_of_young_people_and_set_no_provider_beside_others(context: Context) -> None:
    folder = f"{LAW}/H22019/{CODE}/{LAW}.2019-H2.{CODE}.06/"
    page = context.store.get(context.settings.bucket_outbox, f"{folder}op-orde.html").decode()
    assert "jongeren in het halfjaar" in page
    assert "maatwerkarrangement" not in page
    told = json.loads(context.store.get(context.settings.bucket_outbox, f"{folder}op-orde.json"))
    assert told["summary"]["law"] == LAW
    assert told["summary"]["persons"] > 0


@pytest.fixture(scope="module")
def delivered(context: Context) -> dict[tuple[str, HalfYear], list[bytes]]:
    """The files that count: of Zutphen in the second half those of the tests above, of the others whatever their providers sent."""
    again = MADE[SECOND].data + MADE[SECOND].data.splitlines(keepends=True)[-1]
    found = {(CODE, H2): [MADE[FIRST].data, again]}
    for code, half in ((CODE, H1), (OTHER, H1), (OTHER, H2), (GONE, H1), (GONE, H2)):
        made = list(youth_deliveries(6, code, half))
        assert len(made) > 1
        found[code, half] = [each.data for each in made]
        for each in made:
            context.store.put(context.settings.bucket_inbox, each.key, each.data)
    register_inbox(context)
    check_and_report(context)
    return found


def test_a_withdrawal_takes_the_files_of_every_provider_of_the_place(context: Context, delivered, clock) -> None:
    clock.move(dt.datetime(2020, 3, 10, 9, tzinfo=AMSTERDAM))
    form = {"half_year": "H22019", "municipality": GONE, "name": "Coördinator", "reason": None}
    context.store.put(context.settings.bucket_inbox, f"{LAW}/H22019/{GONE}/formulieren/intrekking.json", json.dumps(form).encode())
    register_inbox(context)
    assert set(process_forms(context).values()) == {"carried_out"}
    with context.engine.connect() as connection:
        of_place = listing(connection, law=LAW, municipality=GONE)
        gone = proofs(connection)
    assert len(gone) == len(delivered[GONE, H2])
    assert {(each.placed[0].half_year, each.state) for each in of_place} == {(H1, "accepted"), (H2, "withdrawn")}
    assert find_left(context, gone) == []
    assert not list(context.store.keys(context.settings.bucket_staging, f"{LAW}.2019-H2.{GONE}."))
    assert list(context.store.keys(context.settings.bucket_staging, f"{LAW}.2019-H1.{GONE}."))


def lines_of(files: list[bytes], half: HalfYear) -> list[slow.Line]:
    return [line for data in files for line in slow.lines_of(data, half.first_day, half.last_day)]


@pytest.fixture(scope="module")
def closed(context: Context, delivered, clock) -> dict[str, dict[str, int]]:
    clock.move(dt.datetime(2020, 3, 23, 9, tzinfo=AMSTERDAM))
    return close_round(context, f"{LAW}.2019-H2")


def test_every_provider_is_frozen_loaded_and_accounted_for(context: Context, delivered, closed) -> None:
    assert {half: (found["delivered"], found.get("withdrawn", 0)) for half, found in closed.items()} == {
        f"{LAW}.2019-H1": (3, 0), f"{LAW}.2019-H2": (2, 1),
    }  # fmt: skip
    for half in (H1, H2):
        there = [(code, lines_of(files, half)) for (code, of), files in delivered.items() if of == half and (code, of) != (GONE, H2)]
        loaded = load_half_year(context, f"{LAW}.{half}")
        assert (loaded["municipalities"], loaded["rows_used"]) == (len(there), sum(len(lines) for _, lines in there))
        assert loaded["arrangements"] == sum(slow.counts(lines, "JZ")["arrangements"] for _, lines in there)
        assert loaded["replaced"] == sum(len(files) for (code, of), files in delivered.items() if of == half and (code, of) != (GONE, H2))
        assert load_half_year(context, f"{LAW}.{half}")["replaced"] == 0


def test_what_is_lost_of_one_provider_is_loaded_again_and_nothing_of_the_others(context: Context, closed) -> None:
    taken = text("DELETE FROM arrangement WHERE law = :law AND half_year = '2019-H2' AND municipality = :code AND provider = :provider")
    with connect(context.settings, "owner").begin() as connection:
        assert connection.execute(taken, {"law": LAW, "code": CODE, "provider": int(SECOND)}).rowcount > 0
    assert load_half_year(context, f"{LAW}.2019-H2")["replaced"] == 1


def test_figures_are_those_of_a_plain_count_over_the_files_of_all_providers(context: Context, delivered, closed) -> None:
    with context.engine.begin() as connection:
        compute(connection, LAW, H2, context.clock.now())
        stored = true_figures(connection, LAW, periods((H1, H2)))
    found = {(period, code, content): value for period, code, content, value in stored.iter_rows()}
    names = {"clients": "jeugd|{}", "arrangements": "jeugd|all|{}"}
    wanted = {}
    for code in (CODE, OTHER, GONE):
        halves = {half: lines_of(delivered[code, half], half) for half in (H1, H2)}
        shown = {H1.statline: halves[H1]}
        if code != GONE:
            shown |= {H2.statline: halves[H2], "2019JJ00": slow.of_a_year(halves[H1], halves[H2])}
        for period, lines in shown.items():
            for form in slow.FORMS:
                wanted |= {(period, code, names[unit].format(form)): value for unit, value in slow.counts(lines, form).items()}
            wanted |= {(period, code, names["clients"].format(form)): slow.persons(lines, form) for form in slow.BOTH}
    assert found == wanted
    assert found["2019JJ00", CODE, "jeugd|JZ"] < found[H1.statline, CODE, "jeugd|JZ"] + found[H2.statline, CODE, "jeugd|JZ"]


def publish(context: Context, run_id: str) -> str:
    settings, at = context.settings, context.clock.now()
    engine = connect(settings, "publisher")
    with engine.begin() as connection:
        asked = propose(connection, context.store, settings, Proposal(LAW, H2), run_id=run_id, named="", started_by="engineer", at=at)
    with connect(settings, "approver").begin() as connection:
        answer(connection, asked.question, "approved", answered_by="approver", reason="", at=at)
    build_approved(engine, context.store, settings, run_id, at)
    question, _pointer = publish_approved(engine, context.store, settings, run_id, at)
    return question.release_id


@pytest.fixture(scope="module")
def published(context: Context, closed) -> str:
    return publish(context, "run of jeugd")


@pytest.fixture(scope="module")
def files(context: Context, published: str) -> dict[str, bytes]:
    return dict(get_release(context.store, context.settings.bucket_publication, published))


def test_each_figure_is_what_a_plain_count_has_within_its_protection(delivered, files: dict[str, bytes]) -> None:
    document = json.loads(files["release.json"])
    assert (document["laws"], document["tables"]) == ([LAW], [TABLE, SHARES])
    cells = read.statline(files, table_of(TABLE))
    everybody = printed_trait("inhabitants", AGES_DAY)
    ages = {name: printed_trait(name, AGES_DAY) for name in slow.AGES["under_23"]}
    seen: Counter[str] = Counter()
    for code in (CODE, OTHER, GONE):
        halves = {half: lines_of(delivered[code, half], half) for half in (H1, H2)}
        of_periods = {H1.statline: halves[H1], H2.statline: halves[H2], "2019JJ00": slow.of_a_year(halves[H1], halves[H2])}
        under = slow.aged("under_23", inhabitants(code, H2), int(everybody[code]), {name: int(each[code]) for name, each in ages.items()})
        for period, lines in of_periods.items():
            for form in slow.FORMS:
                where = (period, f"GM{code}", form)
                rate = cells["JongerenMetJeugdzorgPer1000_2", *where][0]
                for unit, true in slow.counts(lines, form).items():
                    shown = cells[KEYS[unit], *where][0]
                    if code == GONE and period != H1.statline:
                        assert (shown, rate) == (None, None)
                    elif shown is None:
                        assert true < 12
                        seen["hidden"] += 1
                    else:
                        assert (shown % 5, true >= 8, shown >= 10) == (0, True, True)
                        assert abs(shown - true) <= 4
                        seen["shown"] += 1
                    if unit == "clients" and shown is not None:
                        assert rate == slow.per_thousand(shown, under)
                    elif unit == "clients":
                        assert rate is None
    assert min(seen["shown"], seen["hidden"]) > 20
    assert {value for (_, _, region, _), (value, _) in cells.items() if region == "NL01"} == {None}, "three municipalities are no country"


def test_indicators_are_of_the_shown_counts_and_of_what_each_is_set_against(delivered, files: dict[str, bytes]) -> None:
    cells, beside = (read.statline(files, table_of(each)) for each in (SHARES, TABLE))
    printed = {name: printed_trait(name, AGES_DAY) for name in ("inhabitants", "age_0_9", "age_10_19", "age_20_29")}
    seen = 0
    for code, period in product((CODE, OTHER, GONE), (H1.statline, H2.statline, "2019JJ00")):
        shown = {form: cells["Jongeren_1", period, f"GM{code}", form][0] for form in slow.INDICATORS}
        assert {beside[KEYS["clients"], period, f"GM{code}", form][0] == shown[form] for form in ("JH12", "JH122", "JB1", "JR1")} == {True}
        by_age = {name: int(found[code]) for name, found in printed.items()}
        for form, of in slow.INDICATORS.items():
            rate = cells["JongerenPer1000_2", period, f"GM{code}", form][0]
            base = slow.aged(of, inhabitants(code, H2), by_age["inhabitants"], by_age) if of in slow.AGES else shown[of]
            if shown[form] is None or base is None:
                assert rate is None
            else:
                told = slow.per_thousand(shown[form], base)
                assert rate == (told if of in slow.AGES else min(told, 1000))
                seen += 1
    assert seen > 15
    halves = [lines_of(delivered[CODE, half], half) for half in (H1, H2)]
    true, told = slow.persons(slow.of_a_year(*halves), "JB1JH122"), cells["Jongeren_1", "2019JJ00", f"GM{CODE}", "JB1JH122"][0]
    assert true < 12 if told is None else abs(told - true) <= 4


@pytest.mark.parametrize("table_id", [TABLE, SHARES])
def test_all_its_formats_say_the_same(files: dict[str, bytes], tmp_path: Path, table_id: str) -> None:
    table = table_of(table_id)
    cells = read.long_csv(files, table)
    assert {key: value for key, (value, _) in read.statline(files, table).items()} == {key: value for key, (value, _) in cells.items()}
    for found in (read.parquet(files, table), read.csvw(files, table, tmp_path), read.pysdmx(files, table), read.ods(files, table)):
        assert found == cells
    content = SimpleNamespace(law=LAW, periods=periods((H1, H2)))
    shown = {(each.measure, group) for each in table.indicators for group in each.codes}
    for found in read.swing(files, table, content):  # type: ignore[arg-type]
        assert found == {key: said for key, said in cells.items() if key[2].startswith("GM") and (key[0], key[3]) in shown}


def test_the_attack_on_it_finds_nothing_and_it_is_built_again_byte_for_byte(context: Context, published: str) -> None:
    with connect(context.settings, "publisher").connect() as connection:
        found = attack_series(connection, context.settings, LAW)
        verified = verify_release(context, connection, published)
    assert found is not None
    assert (found.passed, found.disclosed) == (True, 0)
    assert found.cells == (3 + 2 + 2) * (2 * len(slow.FORMS) + len(slow.BOTH))
    assert verified.is_equal, (verified.differing, verified.gone)


def test_it_is_served_beside_a_page_of_its_law(context: Context, published: str) -> None:
    source = BucketSource(get_store(context.settings, "reader"), context.settings.bucket_publication)

    async def ask() -> tuple[dict[str, Any], str, int]:
        transport = httpx.ASGITransport(create_app(source))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            wanted = f"RegioS eq 'GM{CODE}' and Perioden eq '2019HJ02' and VormenVanJeugdzorg eq 'JZ'"
            found = await client.get(f"/ODataApi/odata/{TABLE}/TypedDataSet", params={"$format": "json", "$filter": wanted})
            page = await client.get(f"/gemeente/GM{CODE}?wet={LAW}&periode=2019HJ02")
            topic = await client.get(f"/onderwerp/{TABLE}?periode=2019HJ02&groep=JZ")
            (row,) = found.json()["value"]
            return row, page.text, topic.status_code

    row, page, topic = asyncio.run(ask())
    assert topic == 200
    for key in ("JongerenMetJeugdzorg_1", "JongerenMetJeugdzorgPer1000_2", "Trajecten_3"):
        assert row[key] > 0
        assert f'data-value="{row[key]}"' in page
