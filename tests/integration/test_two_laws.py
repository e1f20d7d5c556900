"""Two laws side by side: the same municipality, half-year and round of each, and nothing of one that touches the other."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import approve_explanation, explanations, process_forms
from gmsd.database import read_frame
from gmsd.deliveries import listing
from gmsd.figures import half_years_in_force
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context, trail
from gmsd.rounds import WMO, HalfYear
from gmsd.warehouse import NotClosed, NotYetTime, close_preview, close_round, load_half_year
from tests.integration.test_rounds import file_of, rows_of
from tests.support.mails import Maildir, text_of
from tests.support.two_laws import OTHER, make_home, with_rounds

H1 = HalfYear(2019, 1)
FOLDERS = {WMO: "H12019", OTHER: f"{OTHER}/H12019"}
NAMES = {WMO: "WMO", OTHER: "JEUGD"}


@pytest.fixture(scope="module")
def context(settings, clock, tmp_path_factory) -> Context:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GMSD_HOME", str(make_home(tmp_path_factory.mktemp("home"))))
        clock.move(dt.datetime(2019, 9, 10, 9, tzinfo=AMSTERDAM))
        yield with_rounds(Context.open(settings))


def put(context: Context, key: str, data: bytes) -> None:
    context.store.put(context.settings.bucket_inbox, key, data)


def file_a_form(context: Context, folder: str, municipality: str, kind: str, **fields: str | None) -> None:
    form = {"half_year": "H12019", "municipality": municipality, "name": "Coördinator", **fields}
    put(context, f"{folder}/{municipality}/formulieren/{kind}.json", json.dumps(form).encode())


def states(context: Context, **filters: str) -> dict[str, str]:
    with context.engine.connect() as connection:
        return {delivery.delivery_id: delivery.state for delivery in listing(connection, **filters)}


def test_uploads_of_each_law_have_ids_numbers_and_corrections_of_their_own(context: Context) -> None:
    for law, folder in FOLDERS.items():
        for municipality in ("0518", "0363"):
            put(context, f"{folder}/{municipality}/{NAMES[law]}_H12019_x.csv", file_of(municipality))
    put(context, f"{OTHER}/H12019/0518/JEUGD_H12019_b.csv", file_of("0518", numbers=True))
    put(context, f"{OTHER}/", b"")
    put(context, "bw/H12019/0518/WMO_H12019_x.csv", file_of("0518"))
    put(context, "wmo/H12019/0518/WMO_H12019_x.csv", file_of("0518"))
    found = register_inbox(context)
    assert sorted(found.new_deliveries) == [
        "2019-H1.0363.01", "2019-H1.0518.01", "jeugd.2019-H1.0363.01", "jeugd.2019-H1.0518.01", "jeugd.2019-H1.0518.02"
    ]  # fmt: skip
    assert (len(found.unplaced), found.markers) == (2, 1)
    with context.engine.connect() as connection:
        reasons = {delivery.reason for delivery in listing(connection, state="unplaced")}
        attempts = {delivery.delivery_id: delivery.attempt for delivery in listing(connection, municipality="0518")}
    assert any("no law that there are rules for" in reason for reason in reasons)
    assert any("the first part of the key is wmo" in reason for reason in reasons)
    assert attempts == {"2019-H1.0518.01": 1, "jeugd.2019-H1.0518.01": 1, "jeugd.2019-H1.0518.02": 2}
    kept = set(context.store.keys(context.settings.bucket_deliveries, "jeugd."))
    assert kept == {"jeugd.2019-H1.0363.01", "jeugd.2019-H1.0518.01", "jeugd.2019-H1.0518.02"}


def test_a_delivery_supersedes_within_its_law_and_is_reported_in_its_folder(context: Context, maildir: Maildir) -> None:
    for delivery_id in states(context, state="received"):
        check_delivery(context, delivery_id)
        report_delivery(context, delivery_id)
    assert states(context, law=OTHER) == {
        "jeugd.2019-H1.0363.01": "accepted", "jeugd.2019-H1.0518.01": "superseded", "jeugd.2019-H1.0518.02": "accepted"
    }  # fmt: skip
    assert states(context, law=WMO) == {"2019-H1.0363.01": "accepted", "2019-H1.0518.01": "accepted"}
    outbox = list(context.store.keys(context.settings.bucket_outbox))
    assert f"{OTHER}/H12019/0518/jeugd.2019-H1.0518.02/terugkoppeling.html" in outbox
    assert "H12019/0518/2019-H1.0518.01/op-orde.json" in outbox
    with context.engine.connect() as connection:
        beside = dict(connection.execute(text("SELECT delivery_id, op_orde -> 'compared_with' FROM check_result")).all())
    assert all(each.startswith("jeugd.") == delivery_id.startswith("jeugd.") for delivery_id, others in beside.items() for each in others)
    mails = [text_of(mail) for mail in maildir.mails("wmo-0518")]
    assert any(f"{OTHER}/H12019/0518/jeugd.2019-H1.0518.02/terugkoppeling.html" in mail for mail in mails)


def test_a_form_is_about_the_law_of_its_folder(context: Context, maildir: Maildir) -> None:
    file_a_form(context, FOLDERS[OTHER], "0518", "toelichting", text="Over de jeugd.")
    file_a_form(context, FOLDERS[WMO], "0518", "toelichting", text="Over de Wmo.")
    file_a_form(context, FOLDERS[OTHER], "0363", "intrekking", reason=None)
    register_inbox(context)
    assert list(process_forms(context).values()) == ["filed", "filed", "carried_out"]
    assert states(context, municipality="0363") == {"2019-H1.0363.01": "accepted", "jeugd.2019-H1.0363.01": "withdrawn"}
    private = set(context.store.keys(context.settings.bucket_deliveries))
    assert "2019-H1.0363.01" in private
    assert "jeugd.2019-H1.0363.01" not in private
    inbox = {version.key for version in context.store.versions(context.settings.bucket_inbox) if "0363" in version.key}
    assert inbox == {"H12019/0363/WMO_H12019_x.csv", f"{OTHER}/H12019/0363/formulieren/intrekking.json"}
    outbox = list(context.store.keys(context.settings.bucket_outbox))
    assert any(key.startswith("H12019/0363/") for key in outbox)
    assert not any(key.startswith(f"{OTHER}/H12019/0363/") for key in outbox)
    done = next(text_of(mail) for mail in maildir.mails("wmo-0363") if "jeugd.2019-H1.0363.01" in text_of(mail) and "weg" in text_of(mail))
    assert "kenmerk 2019-H1.0363.01" not in done


def test_a_round_of_a_law_is_closed_and_loaded_without_the_other(context: Context, clock) -> None:
    clock.move(dt.datetime(2019, 10, 21, 9, tzinfo=AMSTERDAM))
    assert close_preview(context, "jeugd.2019-H1")["half_years"] == {"jeugd.2019-H1": 1}
    assert close_round(context, "jeugd.2019-H1") == {"jeugd.2019-H1": {"delivered": 1, "withdrawn": 1, "not_delivered": 353}}
    assert states(context, law=WMO) == {"2019-H1.0363.01": "accepted", "2019-H1.0518.01": "accepted"}
    with pytest.raises(NotClosed, match=r"takes 2019-H1 has"):
        load_half_year(context, "2019-H1")
    loaded = load_half_year(context, "jeugd.2019-H1")
    assert (loaded["half_year"], loaded["round"], loaded["municipalities"]) == ("jeugd.2019-H1", "jeugd.2019-H1", 1)
    assert rows_of(context, "SELECT DISTINCT law FROM record UNION SELECT DISTINCT law FROM arrangement") == [(OTHER,)]
    before = rows_of(context, f"SELECT * FROM record WHERE law = '{OTHER}' ORDER BY line")

    assert close_round(context, "2019-H1") == {"2019-H1": {"delivered": 2, "not_delivered": 353}}
    assert load_half_year(context, "2019-H1")["municipalities"] == 2
    assert load_half_year(context, "2019-H1")["municipalities"] == 2
    assert rows_of(context, f"SELECT * FROM record WHERE law = '{OTHER}' ORDER BY line") == before
    accounts = rows_of(context, "SELECT law, municipality, delivery_id FROM load_account ORDER BY 1, 2")
    assert accounts == [
        (OTHER, "0518", "jeugd.2019-H1.0518.02"), (WMO, "0363", "2019-H1.0363.01"), (WMO, "0518", "2019-H1.0518.01")
    ]  # fmt: skip
    with context.engine.connect() as connection:
        told = [(row["subject"], row["event"], row["actor"]) for row in trail(connection) if row["event"] in ("closed", "loaded")]
    assert told == [
        ("round jeugd.2019-H1", "closed", "close"), ("half-year jeugd.2019-H1", "loaded", "load"),
        ("round 2019-H1", "closed", "close"), ("half-year 2019-H1", "loaded", "load"),  # the second time there was nothing to load
    ]  # fmt: skip


def test_a_law_goes_through_its_own_rounds_in_turn(context: Context, clock) -> None:
    """The second round of the Wmo does not wait for a first round of another law."""
    clock.move(dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM))
    put(context, f"{OTHER}/H12019/0518/JEUGD_H12019_c.csv", file_of("0518"))
    (late,) = register_inbox(context).new_deliveries
    assert late == "jeugd.2019-H1.0518.03"
    check_delivery(context, late)
    clock.move(dt.datetime(2020, 3, 23, 9, tzinfo=AMSTERDAM))
    closed = close_round(context, "2019-H2", empty_confirmed_by="engineer")
    assert closed["2019-H1"] == {"kept": 2, "not_delivered": 353}
    with context.engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET state = 'accepted' WHERE delivery_id = 'jeugd.2019-H1.0518.02'"))
    with pytest.raises(NotYetTime, match=r"round jeugd\.2019-H1 holds deliveries .* before round jeugd\.2019-H2"):
        close_round(context, "jeugd.2019-H2")
    with context.engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET state = 'loaded' WHERE delivery_id = 'jeugd.2019-H1.0518.02'"))
    assert close_round(context, "jeugd.2019-H2")["jeugd.2019-H1"] == {"delivered": 1, "withdrawn": 1, "not_delivered": 353}


def test_what_counts_and_what_is_explained_is_told_of_one_law(context: Context) -> None:
    with context.engine.connect() as connection:
        waiting = explanations(connection, state="filed")
    for each in waiting:
        approve_explanation(context, each.form_id, by="engineer")
    with context.engine.connect() as connection:
        counted = {law: half_years_in_force(connection, law, HalfYear(2019, 2), to_count=False).deliveries for law in (WMO, OTHER)}
        schema = dict.fromkeys(("half_year", "municipality", "text"), pl.String)
        explained = {
            law: read_frame(connection, "releases/explanations", schema, law=law, round="2019-H2", release="")["text"].to_list()
            for law in (WMO, OTHER)
        }
    assert counted == {
        WMO: (("2019-H1", "0363", "2019-H1.0363.01"), ("2019-H1", "0518", "2019-H1.0518.01")),
        OTHER: (("2019-H1", "0518", "jeugd.2019-H1.0518.03"),),
    }
    assert explained == {WMO: ["Over de Wmo."], OTHER: ["Over de jeugd."]}
