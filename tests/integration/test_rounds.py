"""Two rounds without Airflow: close, load, the second round's redelivery and withdrawal; and the commands that show them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.database import connect
from gmsd.deliveries import RoundClosed, get, listing, mark_published
from gmsd.intake import StagingLost, check_delivery, register_inbox, report_delivery
from gmsd.intake.judge import judge
from gmsd.journal import Context, Stage
from gmsd.warehouse import NotYetTime, StillUnchecked, close_preview, close_round, load_half_year, sweep_staging
from gmsd_airflow.runs import check_in_run

HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)
# Two records that meet (one arrangement by dates), one of another kind, one before the half-year, one of nobody known.
ROWS = (
    ("999900006", "01", "20190101", "20190301", "1", "11"),
    ("999900006", "01", "20190302", "", "1", "12"),
    ("999900018", "02", "20190101", "", "2", "13"),
    ("999900031", "02", "20180101", "20181231", "1", "14"),
    ("999999999", "02", "20190201", "", "1", "15"),
)


def file_of(municipality: str, *, numbers: bool = False, faulty_unit: bool = False) -> bytes:
    lines = [HEAD]
    for bsn, kind, start, end, form, number in ROWS:
        lines.append(
            f"20190902;{municipality};{bsn};{kind};{start};{end};{form};{number if numbers else ''};;{'99' if faulty_unit else ''};;;"
        )
    return "\n".join([*lines, ""]).encode()


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(moment(2019, 9, 10, 9))
    return Context.open(settings)


def upload(context: Context, code: str, municipality: str, data: bytes) -> None:
    context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/WMO_{code}_x.csv", data)


def withdraw(context: Context, code: str, municipality: str, *, half_year: str | None = None) -> dict[str, str]:
    form = {"half_year": half_year or code, "municipality": municipality, "name": "Coördinator", "reason": None}
    context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/formulieren/intrekking.json", json.dumps(form).encode())
    register_inbox(context)
    return dict(process_forms(context))


def states(context: Context) -> dict[str, str]:
    with context.engine.connect() as connection:
        return {delivery.delivery_id: delivery.state for delivery in listing(connection)}


def rows_of(context: Context, query: str) -> list[tuple]:
    raw = context.engine.raw_connection()
    try:
        return raw.cursor().execute(query).fetchall()
    finally:
        raw.close()


def test_first_round_closes_only_in_time_and_with_everything_checked(context: Context, clock):
    for municipality, options in (
        ("0518", {"numbers": True}),
        ("0363", {}),
        ("0344", {"numbers": True, "faulty_unit": True}),
        ("0599", {}),
    ):
        upload(context, "H12019", municipality, file_of(municipality, **options))
    registered = register_inbox(context).new_deliveries
    assert withdraw(context, "H12019", "0599") == {"form.0001": "carried_out"}
    with pytest.raises(NotYetTime):
        close_round(context, "2019-H1")
    clock.move(moment(2019, 10, 21))
    with pytest.raises(StillUnchecked):
        close_round(context, "2019-H1")
    for delivery_id in registered:
        check_delivery(context, delivery_id)
    clock.move(moment(2020, 3, 23))
    with pytest.raises(NotYetTime, match="2019-H1"):
        close_round(context, "2019-H2")
    clock.move(moment(2019, 10, 21))
    assert close_preview(context, "2019-H1")["accepted"] == 3
    frozen = close_round(context, "2019-H1")
    assert frozen == {"2019-H1": {"delivered": 3, "withdrawn": 1, "not_delivered": 351}}
    assert close_round(context, "2019-H1") == frozen
    assert set(states(context).values()) == {"approved", "withdrawn"}


def asked(context: Context, delivery_id: str, action: str) -> dict:
    """What the form of *Delivery* does, without Airflow."""
    return check_in_run(context.settings, "manual__1", {"delivery": delivery_id, "action": action}, actor="engineer")


def test_after_the_close_nothing_of_the_round_changes(context: Context):
    for action in ("check again", "let in"):
        with pytest.raises(RoundClosed, match="has been closed: its deliveries do not change any more"):
            asked(context, "2019-H1.0518.01", action)
    assert list(withdraw(context, "H12019", "0518").values()) == ["too_late"]
    assert states(context)["2019-H1.0518.01"] == "approved"


def test_after_the_close_a_report_is_sent_again_and_a_check_changes_nothing(context: Context, maildir):
    before = rows_of(context, "SELECT * FROM delivery ORDER BY delivery_id"), rows_of(context, "SELECT * FROM check_result ORDER BY 1")
    assert report_delivery(context, "2019-H1.0518.01").mails.sent == 2
    sent = len(maildir.mails())
    assert asked(context, "2019-H1.0518.01", "check")["state"] == "approved"
    assert report_delivery(context, "2019-H1.0518.01").mails.sent == 0
    assert asked(context, "2019-H1.0518.01", "send report again")["verdict"] == "accepted"
    assert report_delivery(context, "2019-H1.0518.01", resend=True).mails.sent == 2
    assert len(maildir.mails()) == sent + 2
    assert (
        rows_of(context, "SELECT * FROM delivery ORDER BY delivery_id"),
        rows_of(context, "SELECT * FROM check_result ORDER BY 1"),
    ) == before


def test_load_accounts_for_every_row_and_twice_is_once(context: Context):
    first = load_half_year(context, "2019-H1")
    table = "SELECT municipality, line, person, product_category, allocation_number, unit FROM record ORDER BY 1, 2"
    before = rows_of(context, table)
    again = load_half_year(context, "2019-H1")
    assert again == {**first, "replaced": 0, "unchanged": 3}
    assert (first["replaced"], first["unchanged"], first["removed"]) == (3, 0, 0)
    assert rows_of(context, table) == before
    assert (first["municipalities"], first["rows_in"], first["rows_used"], first["rows_out_of_scope"]) == (3, 15, 12, 3)
    account = rows_of(context, "SELECT municipality, rows_merged, arrangements, persons, rows_unknown_person FROM load_account ORDER BY 1")
    # By allocation number nothing is joined; by dates the two that meet are; without its facultative columns 0344 has no numbers.
    assert account == [("0344", 1, 3, 2, 1), ("0363", 1, 3, 2, 1), ("0518", 0, 4, 2, 1)]
    assert {row[4:] for row in before if row[0] == "0344"} == {(None, None)}
    assert sorted(set(states(context).values())) == ["loaded", "withdrawn"]


def test_records_that_are_missing_from_staging_are_made_again(context: Context):
    context.store.delete(context.settings.bucket_staging, "2019-H1.0363.01.parquet")
    before = rows_of(context, "SELECT * FROM record WHERE municipality = '0363' ORDER BY line")
    load_half_year(context, "2019-H1")
    assert rows_of(context, "SELECT * FROM record WHERE municipality = '0363' ORDER BY line") == before


def staged(context: Context, delivery_id: str) -> bytes:
    return context.store.get(context.settings.bucket_staging, f"{delivery_id}.parquet")


def test_housekeeping_makes_records_that_are_missing_again(context: Context):
    before = staged(context, "2019-H1.0363.01")
    context.store.delete(context.settings.bucket_staging, "2019-H1.0363.01.parquet")
    context.store.put(context.settings.bucket_staging, "2019-H1.9999.01.parquet", b"nobody's")
    assert sweep_staging(context) == {"kept": 2, "deleted": 1, "made_again": 1}
    assert staged(context, "2019-H1.0363.01") == before
    assert sweep_staging(context) == {"kept": 3, "deleted": 0, "made_again": 0}


def test_what_was_accepted_is_made_again_whatever_the_rules_say_today(context: Context):
    before = staged(context, "2019-H1.0363.01")
    context.store.delete(context.settings.bucket_staging, "2019-H1.0363.01.parquet")
    stricter = replace(context, settings=context.settings.model_copy(update={"max_file_lines": 1}))
    with context.engine.connect() as connection:
        delivery = get(connection, "2019-H1.0363.01")
    assert not judge(stricter, delivery, file_of("0363")).accepted
    assert sweep_staging(stricter)["made_again"] == 1
    assert staged(context, "2019-H1.0363.01") == before


def test_published_is_noted_with_the_publishers_rights(context: Context):
    ids = [each for each, state in states(context).items() if state == "loaded"]
    with connect(context.settings, "publisher").begin() as connection:
        assert mark_published(connection, ids, release_id="r0001", actor=Stage.PUBLICATION, at=context.clock.now()) == 3
        assert mark_published(connection, ids, release_id="r0001", actor=Stage.PUBLICATION, at=context.clock.now()) == 0


def test_second_round_replaces_keeps_and_leaves_the_released_as_released(context: Context, clock):
    clock.move(moment(2020, 2, 10, 9))
    for municipality in ("0518", "0363"):
        upload(context, "H12019", municipality, file_of(municipality))
        upload(context, "H22019", municipality, file_of(municipality))
    for delivery_id in register_inbox(context).new_deliveries:
        check_delivery(context, delivery_id)
    clock.move(moment(2020, 3, 20, 23, 59))
    # 0363 withdraws its redelivery: the released one stays.
    assert list(withdraw(context, "H12019", "0363").values()) == ["carried_out"]
    assert list(withdraw(context, "H22019", "0344").values()) == ["nothing_to_withdraw"]
    assert list(withdraw(context, "H22019", "0518", half_year="H12019").values()) == ["malformed"]
    versions = list(context.store.versions(context.settings.bucket_inbox, "H12019/0363/WMO"))
    with context.engine.connect() as connection:
        kept = get(connection, "2019-H1.0363.01")
    assert [v.version_id for v in versions] == [kept.version_id]
    clock.move(moment(2020, 3, 23))
    assert close_round(context, "2019-H2") == {
        "2019-H1": {"delivered": 1, "kept": 2, "withdrawn": 1, "not_delivered": 351},
        "2019-H2": {"delivered": 2, "not_delivered": 353},
    }
    now = states(context)
    assert now["2019-H1.0518.01"] == "superseded"
    assert now["2019-H1.0518.02"] == "approved"
    assert now["2019-H1.0363.01"] == "published"
    assert now["2019-H1.0363.02"] == "withdrawn"
    assert load_half_year(context, "2019-H1")["municipalities"] == 3
    assert load_half_year(context, "2019-H2")["municipalities"] == 2
    # A rule over the calendar year: without numbers in the redelivery the records are joined by their dates.
    merged = rows_of(context, "SELECT rows_merged FROM load_account WHERE municipality = '0518' AND half_year = '2019-H1'")
    assert merged == [(1,)]


def test_commands_show_it(gmsd):
    listed = json.loads(gmsd("deliveries", "list", "--half-year", "H12019", "--municipality", "0518", "--json").stdout)
    assert [(each["delivery_id"], each["state"]) for each in listed] == [("2019-H1.0518.01", "superseded"), ("2019-H1.0518.02", "loaded")]
    shown = json.loads(gmsd("deliveries", "show", "2019-H1.0518.01", "--json").stdout)
    assert [each["to_state"] for each in shown["history"] if each["to_state"]] == [
        "received", "accepted", "approved", "loaded", "published", "superseded",
    ]  # fmt: skip
    rounds = json.loads(gmsd("rounds", "list", "--json").stdout)
    assert [(each["round"], each["phase"]) for each in rounds][-2:] == [("2019-H1", "closed"), ("2019-H2", "closed")]
    assert rounds[-1]["half_years"]["2019-H1"]["frozen"]["kept"] == 2
    assert (rounds[0]["round"], rounds[0]["half_years"]["2015-H1"]["municipalities"]) == ("2015-H1", 393)
    assert gmsd("rounds", "show", "2019-H2").returncode == 0
    missing = gmsd("deliveries", "missing", "--round", "2019-H2")
    assert "353 of 355" in missing.stdout
    assert json.loads(gmsd("clock", "show", "--json").stdout) == {"now": "2020-03-23T00:00:00+01:00", "clock": "database"}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("deliveries", "show", "2019-H1.0518.99"), 1),
        (("deliveries", "list", "--state", "lost"), 2),
        (("deliveries", "list", "--half-year", "2019"), 2),
        (("deliveries", "list", "--municipality", "518"), 2),
        (("deliveries", "missing", "--round", "2031-H1"), 2),
        (("deliveries", "let-in", "2019-H1.0518.01"), 1),
        (("rounds", "show", "2031-H1"), 1),
        (("clock", "move", "2019-01-01T00:00"), 1),
        (("clock", "move", "yesterday"), 2),
    ],
)
def test_commands_refuse_in_one_line(gmsd, arguments: tuple[str, ...], status: int):
    done = gmsd(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert "Traceback" not in done.stderr
    if status == 1:
        assert done.stderr.startswith("gmsd: ")
        assert len(done.stderr.splitlines()) == 1


def test_records_that_cannot_be_made_again_are_told_and_do_not_stop_the_others(context: Context):
    with context.engine.connect() as connection:
        delivery = get(connection, "2019-H1.0344.01")
    context.store.delete(context.settings.bucket_deliveries, delivery.delivery_id)
    for each in ("2019-H1.0344.01", "2019-H1.0363.01", "2019-H1.0518.02"):
        context.store.delete(context.settings.bucket_staging, f"{each}.parquet")
    with pytest.raises(
        StagingLost, match=r"^the records of 2019-H1\.0344\.01 are not in the staging bucket, and its raw file is gone or changed$"
    ):
        sweep_staging(context)
    assert staged(context, "2019-H1.0363.01")
    assert staged(context, "2019-H1.0518.02")
