"""The overview on real services: municipalities in every state through two rounds, and the same few statements for all of them."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.database import connect
from gmsd.deliveries import get, listing, mark_published
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context, Stage
from gmsd.overview import MunicipalityRow, RoundOverview, delivery_account, municipality_account, round_overview
from gmsd.rounds import HalfYear
from gmsd.store import get_store
from gmsd.warehouse import close_round, load_half_year
from gmsd_airflow import overview_page
from tests.integration.test_rounds import file_of, moment
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Iterator

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
STATEMENTS = 11


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(moment(2019, 9, 10, 9))
    return Context.open(settings)


def put(context: Context, code: str, municipality: str, data: bytes, name: str = "x", *, readable: bool = True) -> None:
    get_store(context.settings, "portal").client.put_object(
        Bucket=context.settings.bucket_inbox,
        Key=f"{code}/{municipality}/WMO_{code}_{name}.csv",
        Body=data,
        **({"ACL": "bucket-owner-full-control"} if readable else {}),
    )


def form(context: Context, code: str, municipality: str, kind: str) -> None:
    content = {"half_year": code, "municipality": municipality, "name": "Coördinator"}
    content |= {"reason": None} if kind == "intrekking" else {"text": "Wij telden anders."}
    context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/formulieren/{kind}.json", json.dumps(content).encode())


def intake(context: Context, *, check: bool = True) -> None:
    for delivery_id in register_inbox(context).new_deliveries:
        if check:
            check_delivery(context, delivery_id)
            report_delivery(context, delivery_id)
    process_forms(context)


def overview(context: Context, code: HalfYear, half_year: HalfYear) -> RoundOverview:
    known = context.calendar.round(code)
    with context.engine.connect() as connection:
        return round_overview(connection, context.settings, context.calendar, known, half_year, context.clock.now())


def by_code(found: RoundOverview) -> dict[str, MunicipalityRow]:
    return {row.place.municipality: row for row in found.rows}


@pytest.fixture(scope="module")
def first(context: Context, clock) -> RoundOverview:
    """The first round after its window: every state that an upload can have before a close."""
    put(context, "H12019", "0363", file_of("0363"))
    put(context, "H12019", "0518", file_of("0518"))
    put(context, "H12019", "0599", file_of("0518"))  # another municipality's: rejected
    put(context, "H12019", "0344", file_of("0344"))
    put(context, "H12019", "0014", file_of("0014"), readable=False)
    put(context, "H12019", "0772", file_of("0772", faulty_unit=True))
    form(context, "H12019", "0363", "toelichting")
    intake(context)
    put(context, "H12019", "0363", file_of("0363", numbers=True), "y")
    intake(context)
    put(context, "H12019", "0363", file_of("0363", numbers=True), "y")
    put(context, "H12019", "0518", file_of("0599"), "y")
    intake(context)
    form(context, "H12019", "0344", "intrekking")
    intake(context)
    put(context, "H12019", "0855", file_of("0855"))
    intake(context, check=False)
    clock.move(moment(2019, 10, 8, 9))
    put(context, "H12019", "0080", file_of("0080"))
    put(context, "wie", "weet", b"x")
    intake(context)
    return overview(context, H1, H1)


def test_every_municipality_has_a_row_and_every_state_its_place(first):
    rows = by_code(first)
    assert len(first.rows) == 355
    assert {code: rows[code].state for code in ("0363", "0518", "0599", "0344", "0014", "0772", "0855", "0080", "0637")} == {
        "0363": "accepted", "0518": "accepted", "0599": "rejected", "0344": "withdrawn", "0014": "unreadable", "0772": "accepted",
        "0855": "received", "0080": "late", "0637": "not_delivered",
    }  # fmt: skip
    assert first.states["not_delivered"] == 355 - 8
    assert first.absent == 355 - 4


def test_a_row_tells_what_counts_and_what_came_after(first):
    rows = by_code(first)
    amsterdam, den_haag = rows["0363"], rows["0518"]
    assert [each and each.delivery_id for each in (amsterdam.standing, amsterdam.newest)] == ["2019-H1.0363.02", "2019-H1.0363.03"]
    assert (amsterdam.newest and amsterdam.newest.state, amsterdam.attempts, amsterdam.corrections) == ("repeat", 2, 1)
    assert [each and each.delivery_id for each in (den_haag.standing, den_haag.newest)] == ["2019-H1.0518.01", "2019-H1.0518.02"]
    assert (amsterdam.explanation, amsterdam.withdrawal) == ("filed", None)
    assert (rows["0344"].withdrawal, rows["0344"].remarks) == ("carried_out", None)
    assert amsterdam.coordinator == "wmo-0363@" + amsterdam.coordinator.partition("@")[2]


def test_remarks_are_those_of_the_check(context, first):
    rows = by_code(first)
    for code in ("0363", "0599", "0772"):
        row = rows[code]
        assert row.standing is not None
        assert row.remarks is not None
        with context.engine.connect() as connection:
            account = delivery_account(connection, row.standing.delivery_id, context.clock.now())
        assert account.checked is not None
        told = Counter()
        for each in account.checked.findings:
            told[each.level] += each.count
        remarks = row.remarks
        assert (remarks.file_faults, remarks.base_faults, remarks.facultative_faults, remarks.notices) == tuple(
            told[level] for level in ("file", "base", "facultative", "notice")
        )
    assert rows["0599"].remarks is not None
    assert rows["0599"].remarks.faults > 0
    assert [rows[code].remarks and rows[code].remarks.has_op_orde for code in ("0363", "0599")] == [True, False]


def test_deadlines_count_from_the_window_and_from_the_receipt(first):
    rows = by_code(first)
    due = {code: rows[code].deadline for code in ("0363", "0637", "0599", "0855", "0080")}
    assert due["0363"] is None
    assert [(each.what, str(each.due), each.days_late) for each in due.values() if each] == [
        ("delivery", "2019-10-04", 4), ("delivery", "2019-10-04", 4), ("verdict", "2019-09-13", 25), ("delivery", "2019-10-04", 4)
    ]  # fmt: skip


def test_last_day_of_the_totals_is_what_the_rows_say(first):
    last = first.totals[-1]
    assert last.day == first.now.astimezone(AMSTERDAM).date()
    assert last.counts == {"accepted": 3, "being checked": 1, "rejected": 2, "not counted": 1, "withdrawn": 1, "not delivered": 347}
    assert first.totals[0].counts["not delivered"] == 355


@pytest.fixture(scope="module")
def closed(context: Context, clock, first) -> RoundOverview:
    """After the close, the load and a publication."""
    check_delivery(context, "2019-H1.0855.01")
    clock.move(moment(2019, 10, 21, 9))
    close_round(context, "2019-H1")
    load_half_year(context, "2019-H1")
    with connect(context.settings, "publisher").begin() as connection:
        mark_published(connection, ["2019-H1.0518.01"], release_id="r0001", actor=Stage.PUBLICATION, at=context.clock.now())
    return overview(context, H1, H1)


def test_after_the_close_a_row_says_what_was_laid_down(closed):
    rows = by_code(closed)
    assert closed.phase == "closed"
    assert {code: (rows[code].state, rows[code].participation) for code in ("0363", "0518", "0344", "0637")} == {
        "0363": ("loaded", "delivered"), "0518": ("published", "delivered"), "0344": ("withdrawn", "withdrawn"),
        "0637": ("not_delivered", "not_delivered"),
    }  # fmt: skip


def test_rows_are_accounted_for_at_each_step(context, closed):
    with context.engine.connect() as connection:
        account = delivery_account(connection, "2019-H1.0363.02", context.clock.now())
    assert [(step.name, step.rows_in, step.missing) for step in account.steps] == [("check", 5, 0), ("op-orde", 5, 0), ("load", 5, 0)]
    assert [sum(step.left_out.values()) for step in account.steps] == [0, 1, 1]
    assert [each.to_state for each in account.history if each.to_state] == ["received", "accepted", "approved", "loaded"]
    keys = set(context.store.keys(context.settings.bucket_outbox, account.delivery.outbox_prefix))
    assert {account.delivery.outbox_prefix + name for name in account.reports} <= keys
    assert [each.kind for each in account.mails]


def test_a_delivery_names_its_release_and_a_withdrawn_one_nothing_of_its_content(context, closed):
    with context.engine.connect() as connection:
        published = delivery_account(connection, "2019-H1.0518.01", context.clock.now())
        withdrawn = delivery_account(connection, "2019-H1.0344.01", context.clock.now())
    assert published.releases == ("r0001",)
    assert (withdrawn.checked, withdrawn.steps, withdrawn.reports) == (None, (), ())
    assert withdrawn.history[-1].event == "erased"


def test_a_municipality_tells_all_its_deliveries_forms_mails_and_their_history(context, closed):
    with context.engine.connect() as connection:
        found = municipality_account(connection, context.settings, "0363", context.clock.now())
    assert [each.delivery_id for each in found.deliveries] == ["2019-H1.0363.03", "2019-H1.0363.02", "2019-H1.0363.01"]
    assert [(each.kind, each.state) for each in found.forms] == [("explanation", "filed")]
    assert {each.recipient for each in found.mails} == {found.coordinator}
    sequences = [each.sequence for each in found.history]
    assert sequences == sorted(sequences, reverse=True)
    assert {each.subject for each in found.history} == {each.delivery_id for each in found.deliveries} | {found.forms[0].form_id}


def test_the_next_round_keeps_what_still_counts(context, clock, closed):
    clock.move(moment(2020, 2, 10, 9))
    rows = by_code(overview(context, H2, H1))
    assert rows["0363"].kept == get_delivery(context, "2019-H1.0363.02")
    assert (rows["0363"].state, rows["0344"].kept, rows["0363"].explanation) == ("not_delivered", None, None)
    assert {row.kept for row in overview(context, H2, H2).rows} == {None}


def get_delivery(context: Context, delivery_id: str):
    with context.engine.connect() as connection:
        return get(connection, delivery_id)


@pytest.fixture
def asked(context: Context) -> Iterator[list[str]]:
    """Every statement that the warehouse is asked."""
    found: list[str] = []

    def note(_connection, _cursor, said, *_):
        found.append(said)

    event.listen(context.engine, "before_cursor_execute", note)
    yield found
    event.remove(context.engine, "before_cursor_execute", note)


def test_the_whole_country_takes_the_same_few_statements_and_less_than_a_second(context, closed, asked):
    overview(context, H2, H2)
    few = len(asked)
    assert few <= STATEMENTS
    with connect(context.settings, "owner").begin() as connection:
        connection.execute(
            text("""
                INSERT INTO delivery (delivery_id, law, half_year, municipality, upload_number, round, bucket, object_key, version_id,
                    file_name, sha256, size_bytes, received_at, registered_at, state, attempt, verdict, checked_at, facultative_used)
                SELECT '2019-H2.' || code || '.01', 'wmo', '2019-H2', code, 1, '2019-H2', 'x', code, 'v', 'x.csv', repeat('0', 64), 1,
                    '2020-02-10 09:00+01', '2020-02-10 09:00+01', 'accepted', 1, 'accepted', '2020-02-10 09:00+01', true
                FROM unnest(CAST(:codes AS text [])) AS code
            """),
            {"codes": [row.place.municipality for row in overview(context, H2, H2).rows]},
        )
        connection.execute(
            text("""
                INSERT INTO check_result (delivery_id, result, op_orde, rules_version, checked_at)
                SELECT delivery.delivery_id, other.result, other.op_orde, other.rules_version, other.checked_at
                FROM delivery CROSS JOIN check_result AS other
                WHERE delivery.round = '2019-H2' AND other.delivery_id = '2019-H1.0772.01'
            """)
        )
    asked.clear()
    found = overview(context, H2, H2)
    assert found.states == {"accepted": 355}
    assert len(asked) == few
    taken = []
    for _ in range(3):
        begin = time.perf_counter()
        page = overview_page.render_overview(overview_page.overview_page(context.settings, {"round": "2019-H2"}))
        taken.append(time.perf_counter() - begin)
    assert page.count("2019-H2.0") > 100
    assert min(taken) < patience(1), taken


def test_a_report_comes_from_the_outbox_and_one_that_is_not_there_does_not(context, closed):
    found = overview_page.report(context.settings, "2019-H1.0363.02", "op-orde.json")
    assert found.media_type == "application/json"
    assert json.loads(found.body)
    for delivery_id, name in (
        ("2019-H1.0363.02", "../../x"),
        ("2019-H1.0344.01", "op-orde.json"),
        ("2019-H1.0599.01", "op-orde.html"),
        ("2019-H1.0000.01", "op-orde.html"),
        ("unplaced.0001", "terugkoppeling.html"),
    ):
        with pytest.raises(overview_page.NotThereError):
            overview_page.report(context.settings, delivery_id, name)


def test_pages_render_for_every_delivery_and_municipality(context, closed):
    with context.engine.connect() as connection:
        ids = [each.delivery_id for each in listing(connection, round_code=H1)]
    for delivery_id in [*ids, "unplaced.0001"]:
        assert delivery_id in overview_page.render_delivery(overview_page.delivery_page(context.settings, delivery_id))
    for code in ("0363", "0344", "0637"):
        assert code in overview_page.render_municipality(overview_page.municipality_page(context.settings, code))
    with pytest.raises(overview_page.NotThereError):
        overview_page.municipality_page(context.settings, "9999")
