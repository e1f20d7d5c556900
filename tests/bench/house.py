"""What a delivery goes through after its check, what is written about it, what the demo makes, and the report of very many faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

KEY = bytes(range(32))


def read(folder: Path) -> Callable[[], None]:
    """The delivery as a frame of strings."""

    def run() -> None:
        files.read_strings(folder / files.DELIVERY)

    return run


def records(folder: Path) -> Callable[[], None]:
    """From an accepted file to records with pseudonyms; its check is no part of it."""
    make = _records(folder)

    def run() -> None:
        make()

    return run


def _records(folder: Path) -> Callable[[], pl.DataFrame]:
    from gmsd.checking import check_path, pseudonymise, read_records

    path = folder / files.DELIVERY
    data, result = path.read_bytes(), check_path(path, **files.KNOWN)
    return lambda: pseudonymise(read_records(data, result), KEY)


def arrangements(folder: Path) -> Callable[[], None]:
    """From records to arrangements."""
    from gmsd import counting

    accepted = _records(folder)()

    def run() -> None:
        counting.arrangements(counting.in_scope(accepted, files.HALF_YEAR), by_allocation=False)

    return run


def synthetic(_folder: Path) -> Callable[[], None]:
    """The demo's file of the largest municipality."""
    from gmsd.demo import delivery

    def run() -> None:
        delivery(1, files.MUNICIPALITY, files.HALF_YEAR)

    return run


def report_clean(folder: Path) -> Callable[[], None]:
    """What is written about an accepted file."""
    return _everything(folder / files.CLEAN, "accepted")


def report_refused(folder: Path) -> Callable[[], None]:
    """What is written about a rejected file that has faults of every rule."""
    return _everything(folder / files.REFUSED, "rejected")


def _everything(path: Path, verdict: str) -> Callable[[], None]:
    """The four reports and the mail about one file, from its stored result to bytes; the store is no part of it."""
    import datetime as dt

    from gmsd.checking import check_path
    from gmsd.feedback import Checked, FeedbackContext, feedback_html, feedback_json, feedback_xlsx, validation_report
    from gmsd.letters import Standing, VerdictContext, verdict_mail
    from gmsd.rendering import Party, Receipt
    from gmsd.rounds import WMO, Place, load_calendar

    result = check_path(path, **files.KNOWN)
    assert result.verdict == verdict
    plain, lines = result.to_json(), result.all_lines()
    moment = dt.datetime(2020, 2, 20, 12, tzinfo=dt.UTC)
    place = Place(WMO, files.HALF_YEAR, files.MUNICIPALITY)
    party, upload = Party(place, "Amsterdam"), Receipt(result.file, moment, "2019-H2.0363.01", result.bytes, result.sha256, 1, place)
    about = FeedbackContext(moment, moment, party.municipality_name, upload.delivery_id, "https://example.org/regels")
    standing = Standing(upload if result.accepted else None, 20)
    keys = tuple(f"{party.folder}/{upload.delivery_id}/terugkoppeling.{form}" for form in ("html", "xlsx", "json"))
    calendar_round = load_calendar().round(files.HALF_YEAR)

    def run() -> None:
        checked = Checked.of(plain)
        feedback_html(checked, about).encode()
        feedback_xlsx(checked, about, lines=lines)
        feedback_json(checked).encode()
        validation_report(checked, about).encode()
        verdict_mail(VerdictContext(party, upload, calendar_round, standing, checked, keys, about.rules_url))

    run()
    return run


def check_refused(folder: Path) -> Callable[[], None]:
    """The check of that rejected file, its last step before the reports."""
    from gmsd.checking import check_path

    def run() -> None:
        check_path(folder / files.REFUSED, **files.KNOWN)

    run()
    return run


def report(folder: Path) -> Callable[[], None]:
    """The report in its three forms, all line numbers in the workbook."""
    import datetime as dt

    from gmsd.checking import check_path
    from gmsd.feedback import FeedbackContext, feedback_html, feedback_json, feedback_xlsx

    result = check_path(folder / files.WRONG, **files.KNOWN)
    plain, lines = result.to_json(), result.all_lines()
    assert result.content_errors >= 11.7 * result.records
    context = FeedbackContext(checked_at=dt.datetime(2020, 2, 20, 12, tzinfo=dt.UTC), municipality_name="Amsterdam")

    def run() -> None:
        feedback_html(plain, context)
        feedback_xlsx(plain, context, lines=lines)
        feedback_json(plain)

    return run
