"""Files of providers of youth care: several for one municipality and half-year, each replaced by the next of the same provider only."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import get, listing
from gmsd.demo.other_laws import youth_deliveries
from gmsd.intake import check_and_report, register_inbox
from gmsd.journal import Context
from gmsd.rounds import Calendar, HalfYear, Place, load_calendar
from gmsd.warehouse import close_round
from gmsd.warehouse.close import OfProviders
from tests.support.mails import Maildir, text_of

LAW, H2, CODE = "jeugd", HalfYear(2019, 2), "0301"
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


def test_a_round_of_providers_is_not_closed(context: Context, clock) -> None:
    """What counts of a municipality is one delivery there; two providers would replace each other."""
    clock.move(dt.datetime(2020, 3, 23, 9, tzinfo=AMSTERDAM))
    with pytest.raises(OfProviders, match="files come from providers"):
        close_round(context, f"{LAW}.2019-H2")
