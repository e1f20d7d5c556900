"""Each withdrawal gets an answer that a coordinator understands: asked for by a page, repeated, contradicted, of both halves, late."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import CannotWithdraw, Foreseen, NotAsked, ask_withdrawal, confirm_withdrawal, foresee, process_forms
from gmsd.deletion import enforce
from gmsd.deliveries import listing
from gmsd.intake import check_delivery, register_inbox
from gmsd.journal import Context, send_queued
from gmsd.rounds import WMO, HalfYear, Place
from tests.integration.test_rounds import file_of
from tests.support.mails import text_of

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(moment(2020, 2, 10, 9))
    return Context.open(settings)


def deliver(context: Context, municipality: str, half_year: HalfYear = H2, *, numbers: bool = False) -> str:
    code = half_year.upload_code
    context.store.put(
        context.settings.bucket_inbox, f"{code}/{municipality}/WMO_{code}_{municipality}.csv", file_of(municipality, numbers=numbers)
    )
    (delivery_id,) = register_inbox(context).new_deliveries
    assert check_delivery(context, delivery_id).state == "accepted"
    return delivery_id


def file_withdrawal(context: Context, municipality: str, half_year: HalfYear = H2) -> None:
    code = half_year.upload_code
    form = {"half_year": code, "municipality": municipality, "name": "Coördinator", "reason": None}
    context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/formulieren/intrekking.json", json.dumps(form).encode())
    register_inbox(context)


def told(maildir, municipality: str) -> str:
    """The last words on it: that a form came in, and what became of it."""
    return " ".join(" ".join(text_of(mail) for mail in maildir.mails(f"wmo-{municipality}")[-2:]).split())


def ask(context: Context, place: Place) -> dt.datetime:
    until = ask_withdrawal(
        context, place, name="Coördinator", reason="dubbel", link=lambda token: f"https://portaal.invalid/intrekken/{token}"
    )
    send_queued(context)
    return until


def test_what_would_vanish_is_said_before_and_nothing_is_changed(context: Context):
    place = Place(WMO, H2, "0518")
    assert foresee(context, place).answer == "not_delivered"
    delivered = deliver(context, "0518")
    found: Foreseen = foresee(context, place)
    assert (found.answer, [each.delivery_id for each in found.deliveries]) == ("can", [delivered])
    assert (found.until, found.stays, found.loses_year) == (moment(2020, 3, 21), None, True)
    assert foresee(context, Place(WMO, HalfYear(2031, 1), "0518")).answer == "no_round"


def test_a_page_asks_at_the_coordinators_own_address_and_only_the_confirmation_files_it(context: Context, clock, maildir):
    place = Place(WMO, H2, "0518")
    until = ask(context, place)
    assert until == moment(2020, 2, 11, 9)
    asked = told(maildir, "0518")
    assert "Er is nog niets verwijderd" in asked
    assert "levering 2019-H2.0518.01" in asked
    assert "WMO_H22019_0518.csv" not in text_of(maildir.mails("wmo-0518")[-1]), "no deletion reaches a mailbox"
    first = re.search(r"intrekken/([\w-]{40,})", asked)
    assert first is not None
    assert process_forms(context) == {}
    ask(context, place)
    with pytest.raises(NotAsked):
        confirm_withdrawal(context, first.group(1))
    token = re.findall(r"intrekken/([\w-]{40,})", told(maildir, "0518"))[-1]
    with pytest.raises(NotAsked):
        confirm_withdrawal(context, token[:-1])
    clock.move(moment(2020, 2, 11, 9, 1))
    with pytest.raises(NotAsked):
        confirm_withdrawal(context, token)
    ask(context, place)
    token = re.findall(r"intrekken/([\w-]{40,})", told(maildir, "0518"))[-1]
    assert confirm_withdrawal(context, token) == (place, "H22019/0518/formulieren/intrekking.json")
    with context.engine.connect() as connection:
        kept = connection.execute(text("SELECT name, reason, used_at IS NOT NULL FROM withdrawal_request")).one()
    assert tuple(kept) == ("", None, True), "the form holds who asked and why, and is kept for its period only"
    with pytest.raises(NotAsked):
        confirm_withdrawal(context, token)
    register_inbox(context)
    assert list(process_forms(context).values()) == ["carried_out"]
    assert foresee(context, place).answer == "already_withdrawn"
    with pytest.raises(CannotWithdraw) as refused:
        ask(context, place)
    assert refused.value.answer == "already_withdrawn"


def test_repeated_it_says_when_it_was_done_before(context: Context, maildir):
    file_withdrawal(context, "0518")
    assert list(process_forms(context).values()) == ["nothing_to_withdraw"]
    assert "U had dit halfjaar al ingetrokken: op dinsdag 11 februari 2020 om 9.01 uur (kenmerk form.0001)" in told(maildir, "0518")


def test_not_delivered_it_says_so(context: Context, maildir):
    file_withdrawal(context, "0363")
    assert list(process_forms(context).values()) == ["nothing_to_withdraw"]
    assert "Er waren voor dit halfjaar in deze ronde geen bestanden van uw gemeente" in told(maildir, "0363")
    assert any("er was niets om te verwijderen" in str(mail["Subject"]) for mail in maildir.mails("wmo-0363"))


def test_delivered_again_after_the_form_it_says_that_this_counts(context: Context, clock, maildir):
    deliver(context, "0344")
    file_withdrawal(context, "0344")
    clock.move(moment(2020, 2, 12, 9))
    again = deliver(context, "0344", numbers=True)
    assert list(process_forms(context).values()) == ["carried_out"]
    assert f"na deze intrekking leverde u opnieuw, op woensdag 12 februari 2020 om 9.00 uur (kenmerk {again})" in told(maildir, "0344")
    with context.engine.connect() as connection:
        assert [each.state for each in listing(connection, municipality="0344")] == ["withdrawn", "accepted"]


def test_of_both_halves_each_says_how_the_other_stands(context: Context, maildir):
    deliver(context, "0599", H1)
    deliver(context, "0599", H2)
    file_withdrawal(context, "0599", H2)
    process_forms(context)
    assert "Uw levering over het eerste halfjaar van 2019 telt nog wel mee" in told(maildir, "0599")
    file_withdrawal(context, "0599", H1)
    process_forms(context)
    assert "Ook het tweede halfjaar van 2019 heeft u ingetrokken: over 2019 komen er geen cijfers van uw gemeente" in told(maildir, "0599")


def test_after_the_last_day_it_is_too_late(context: Context, clock):
    deliver(context, "0772")
    clock.move(moment(2020, 3, 21))
    found = foresee(context, Place(WMO, H2, "0772"))
    assert (found.answer, found.until) == ("too_late", moment(2020, 3, 21))
    with pytest.raises(CannotWithdraw) as refused:
        ask(context, Place(WMO, H2, "0772"))
    assert refused.value.answer == "too_late"


def test_who_asked_and_why_is_forgotten_a_while_after_it_could_be_confirmed(context: Context, clock):
    clock.move(moment(2020, 2, 13, 9))
    deliver(context, "0150")
    ask(context, Place(WMO, H2, "0150"))

    def questions() -> int:
        with context.engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM withdrawal_request")) or 0)

    assert questions() == 2
    clock.move(moment(2020, 3, 14, 9))
    enforce(context)
    assert questions() == 1
    clock.move(moment(2020, 3, 15, 10))
    enforce(context)
    assert questions() == 0
