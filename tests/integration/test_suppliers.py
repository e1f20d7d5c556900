"""Faults that the files of one supplier share: counted by municipality, told to the engineer once, and gone with what was withdrawn."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.database import connect
from gmsd.intake import check_delivery, register_inbox
from gmsd.journal import Context, send_queued
from gmsd.registration import set_supplier
from gmsd.watch import look_around, supplier_faults
from tests.integration.test_rounds import file_of
from tests.support.mails import Maildir, text_of

AT = dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM)
SUPPLIED = {
    "0518": "Bouwsel bv",
    "0363": "bouwsel  BV",
    "0344": "Bouwsel bv",
    "0599": "Bouwsel bv",
    "0014": "Anders",
    "0772": "Anders",
    "0150": "Anders",
}


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """Four municipalities of one supplier, three of which have the same fault, and three of another, one of which has it too."""
    clock.move(AT)
    context = Context.open(settings)
    with context.engine.begin() as connection:
        for code, supplier in SUPPLIED.items():
            set_supplier(connection, code, supplier, dt.date(2019, 1, 1), at=AT, actor="engineer")
    for code in SUPPLIED:
        deliver(context, code, faulty=code in ("0518", "0363", "0344", "0014"))
    return context


def deliver(context: Context, code: str, *, faulty: bool, numbers: bool = False) -> None:
    data = file_of(code, faulty_unit=faulty, numbers=numbers)
    context.store.put(context.settings.bucket_inbox, f"H22019/{code}/WMO_H22019_{code}.csv", data)
    for delivery_id in register_inbox(context).new_deliveries:
        check_delivery(context, delivery_id)


def shared(context: Context, supplier: str = "Bouwsel bv") -> tuple[int, int, int, int, int, tuple[str, ...]]:
    with context.engine.connect() as connection:
        (found,) = (each for each in supplier_faults(connection, "wmo") if each.supplier == supplier)
    return found.municipalities, found.of, found.still, found.others, found.of_others, found.codes


def test_municipalities_are_counted_by_the_software_that_made_their_files(context: Context):
    assert shared(context) == (3, 4, 3, 1, 3, ("0344", "0363", "0518"))
    assert shared(context, "Anders") == (1, 3, 1, 3, 4, ("0014",))


def test_the_engineer_is_told_once_and_again_only_when_a_rule_joins(context: Context):
    (told,) = (each for each in look_around(context, "x") if each.startswith("supplier_faults"))
    assert told.startswith("supplier_faults supplier.2019-H2.2019-H2.")
    assert not [each for each in look_around(context, "x") if each.startswith("supplier_faults")]
    send_queued(context)
    mails = Maildir(Path(context.settings.maildir)).mails(context.settings.mail_engineer)
    (mail,) = (each for each in mails if "made by software of" in " ".join(str(each["Subject"]).split()))
    words = " ".join(text_of(mail).split())
    assert "in 3 of 4 municipalities (0344, 0363, 0518), with other software in 1 of 3" in words
    assert "Anders" not in words


def test_what_is_corrected_counts_and_is_not_there_any_more_and_what_is_withdrawn_is_gone(context: Context):
    deliver(context, "0518", faulty=False, numbers=True)
    assert shared(context) == (3, 4, 2, 1, 3, ("0344", "0363", "0518"))
    form = {"half_year": "H22019", "municipality": "0363", "name": "Team", "reason": None}
    context.store.put(context.settings.bucket_inbox, "H22019/0363/formulieren/intrekking.json", json.dumps(form).encode())
    register_inbox(context)
    assert list(process_forms(context).values()) == ["carried_out"]
    assert shared(context) == (2, 3, 1, 1, 3, ("0344", "0518"))


def test_the_commands_name_a_supplier_from_a_day_on_and_show_what_its_files_share(context: Context, gmsd):
    found = json.loads(gmsd("suppliers", "faults", "--half-year", "H22019", "--json").stdout)
    assert [(each["supplier"], each["municipalities"], each["still"]) for each in found] == [("Bouwsel bv", 2, 1)]
    assert len(json.loads(gmsd("suppliers", "faults", "--all", "--json").stdout)) == 2
    assert json.loads(gmsd("suppliers", "faults", "--half-year", "H12019", "--json").stdout) == []
    assert {each["supplier"] for each in json.loads(gmsd("suppliers", "list", "--json").stdout)} == {"Bouwsel bv", "Anders"}
    # from the day of the files on another's, and from the next day on not known: the files stay the other's
    gmsd("suppliers", "set", "0518", "Anders", "--from", "2020-02-10")
    gmsd("suppliers", "set", "0518", "", "--from", "2020-02-11")
    assert shared(context) == (1, 2, 1, 2, 4, ("0344",))
    assert shared(context, "Anders") == (2, 4, 1, 1, 2, ("0014", "0518"))
    # of one law only: it goes before what holds for all
    gmsd("suppliers", "set", "0518", "Bouwsel bv", "--from", "2019-01-01", "--law", "wmo")
    assert shared(context)[:2] == (2, 3)
    assert "no municipality" in gmsd("suppliers", "set", "9999", "x", "--from", "2020-01-01").stderr
    assert "not a day" in gmsd("suppliers", "set", "0518", "x", "--from", "1 mei").stderr
    assert "at most 100 characters" in gmsd("suppliers", "set", "0518", "x" * 101, "--from", "2020-01-01").stderr
    with connect(context.settings, "loader").connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM audit WHERE event = 'supplier named'").scalar() == len(SUPPLIED) + 3
