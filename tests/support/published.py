"""Rounds of a few municipalities played through the library, from the inbox to public releases."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.demo.register import bsns_of
from gmsd.figures import compute
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.releases import Proposal, answer, build_approved, newest_closed_round, propose, publish_approved
from gmsd.rounds import WMO, HalfYear
from gmsd.warehouse import close_round, load_half_year

if TYPE_CHECKING:
    from gmsd.clock import DatabaseClock
    from gmsd.journal import Context

HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)
CREATED = {"H22018": "20190204", "H12019": "20190902", "H22019": "20200203"}
IN_WINDOW = {"2019-H1": dt.datetime(2019, 9, 10, 9, tzinfo=AMSTERDAM), "2019-H2": dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM)}
CLOSED = {"2019-H1": dt.datetime(2019, 10, 21, 9, tzinfo=AMSTERDAM), "2019-H2": dt.datetime(2020, 3, 23, 9, tzinfo=AMSTERDAM)}


def file_of(code: str, municipality: str, persons: int, *, skipped: int = 0, numbered: bool = False) -> bytes:
    """Everybody has help in the household, each third a wheelchair, each ninth supported housing too; some of it ends in time."""
    year, half = int(code[2:]), int(code[1])
    rows = [HEAD]
    for place, bsn in enumerate(bsns_of(municipality, persons + skipped).tolist()[skipped:]):
        for kind in ("01", "11", "15")[: 1 + (place % 3 == 0) + (place % 9 == 0)]:
            start = f"{year - place % 2}{1 + place % 3:02d}01"
            end = f"{year}{6 * half - 2:02d}15" if place % 7 == 0 else ""
            number = place * 10 + int(kind) if numbered else ""
            rows.append(f"{CREATED[code]};{municipality};{bsn:09d};{kind};{start};{end};1;{number};;;;;")
    return "\n".join([*rows, ""]).encode()


def deliver(context: Context, clock: DatabaseClock, round_: str, files: dict[tuple[str, str], bytes]) -> None:
    """Upload, check and report on files of (code uitvraag, municipality); all must be accepted."""
    clock.move(IN_WINDOW[round_])
    for (code, municipality), data in files.items():
        context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/WMO_{code}_x.csv", data)
    for delivery_id in register_inbox(context).new_deliveries:
        assert check_delivery(context, delivery_id).state == "accepted"
        report_delivery(context, delivery_id)


def close_and_count(context: Context, clock: DatabaseClock, round_: str) -> None:
    """Close a round, load what it froze and count."""
    clock.move(CLOSED[round_])
    close_round(context, round_)
    for half_year in ("2019-H1", "2019-H2")[: int(round_[-1])]:
        load_half_year(context, half_year)
    with connect(context.settings, "loader").begin() as connection:
        compute(connection, WMO, HalfYear.parse(round_), context.clock.now())


def publish(context: Context, run_id: str, law: str = WMO, proposal: Proposal | None = None) -> str:
    """What four tasks and another person do; the id of the release."""
    settings, at = context.settings, context.clock.now()
    engine = connect(settings, "publisher")
    with engine.begin() as connection:
        round_ = newest_closed_round(connection, law)
        assert round_ is not None
        proposal = proposal or Proposal(law, round_)
        asked = propose(connection, context.store, settings, proposal, run_id=run_id, named="", started_by="engineer", at=at)
    with connect(settings, "approver").begin() as connection:
        answer(connection, asked.question, "approved", answered_by="approver", reason="", at=at)
    build_approved(engine, context.store, settings, run_id, at)
    return publish_approved(engine, context.store, settings, run_id, at)[0].release_id
