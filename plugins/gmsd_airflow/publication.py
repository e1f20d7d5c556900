"""The steps of `gmsd_publish`: each opens what it needs, calls the library, and leaves its result in the note of the run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gmsd_airflow.runs import PUBLISH_DAG, WrongRunError, check_release_id, note

if TYPE_CHECKING:
    from gmsd.settings import Settings


class SamePersonError(Exception):
    """Who asked for a publication cannot approve it."""


def preview_release(settings: Settings, run_id: str, round_code: str) -> dict[str, Any]:
    """Work out what a release would say.

    Returns:
        The library's preview with `text`, the same in Markdown.

    Raises:
        WrongRunError: the run is named after another release, or the calendar has no such round.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import plan_release
    from gmsd.rounds import load_calendar

    try:
        wanted = load_calendar().round(round_code)
    except KeyError as error:
        raise WrongRunError(str(error)) from None
    with connect(settings, "publisher").connect() as connection:
        found = plan_release(connection, settings, wanted.code, get_clock(settings).now()).preview()
    check_release_id(run_id, found["release_id"])
    note(settings, PUBLISH_DAG, run_id, f"{found['release_id']} of round {found['round']}: waits for a second person")
    return found | {"text": markdown(found)}


def markdown(found: dict[str, Any]) -> str:
    """A preview as the approver reads it: participation, cells for each period, and the words that are printed."""
    columns = ("period", "status", "shown", "suppressed", "new", "changed", "gone")
    lines = [
        f"Release **{found['release_id']}** of round **{found['round']}**, after {found['previous'] or 'nothing: it is the first'}."
        + (" The data is synthetic." if found["synthetic"] else ""),
        "",
        "| half-year | municipalities in it |",
        "|---|---|",
        *(f"| {half_year} | {taken['n']} of {taken['of']} |" for half_year, taken in found["participation"].items()),
        "",
        f"| {' | '.join(columns)} |",
        "|---|---|--:|--:|--:|--:|--:|",
        *(f"| {' | '.join(str(each[column]) for column in columns)} |" for each in found["periods"]),
        *(f"| {each['period']} | no longer in it | | | | | {each['gone']} |" for each in found["gone_periods"]),
        "",
        *_explanations(found["explanations"]),
    ]
    return "\n".join(lines)


def _explanations(found: list[dict[str, str]]) -> list[str]:
    """The words of municipalities that are printed with the figures, for somebody to read before they are public."""
    if not found:
        return ["No explanation is printed."]
    return [
        f"{len(found)} explanations are printed with the figures, word for word. Read them: a name of a person is not found by a program.",
        "",
        "| half-year | municipality | explanation |",
        "|---|---|---|",
        *(f"| {each['half_year']} | {each['municipality']} {each['name']} | {literal(each['text'])} |" for each in found),
    ]


def literal(text: str) -> str:
    """Text as Markdown shows it, word for word: every sign that may mean something in it is escaped (CommonMark 2.4)."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def decide_release(settings: Settings, run_id: str, asked_by: str | None, *, release_id: str, answered_by: str, approved: bool) -> bool:
    """Whether to go on; who answered stands in the run's note.

    Raises:
        SamePersonError: the person who asked for it approved it.
    """
    if approved and answered_by == asked_by:
        raise SamePersonError(f"{answered_by} asked for this publication and cannot approve it: clear the task `approve`")
    verb = "approved" if approved else "refused"
    note(settings, PUBLISH_DAG, run_id, f"{release_id} {verb} by {answered_by}")
    return approved


def build_approved(settings: Settings, shown: dict[str, Any]) -> dict[str, Any]:
    """Write down the release that was approved.

    Raises:
        PlanChangedError: it would say something else by now.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import build_release, plan_release
    from gmsd.rounds import HalfYear
    from gmsd.store import get_store

    with connect(settings, "publisher").begin() as connection:
        plan = plan_release(connection, settings, HalfYear.parse(shown["round"]), get_clock(settings).now())
        built = build_release(connection, get_store(settings), settings, plan, approved=shown["fingerprint"])
    return {
        "release_id": built.release_id,
        "round": shown["round"],
        "cells_shown": built.cells_shown,
        "cells_suppressed": built.cells_suppressed,
    }


def publish_built(settings: Settings, run_id: str, built: dict[str, Any]) -> dict[str, Any]:
    """Make a built release public and the one in force; safe to repeat."""
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.deliveries import listing, mark_published
    from gmsd.figures import half_years_in_force
    from gmsd.releases import publish
    from gmsd.rounds import HalfYear
    from gmsd.store import get_store

    engine, at = connect(settings, "publisher"), get_clock(settings).now()
    pointer = publish(engine, get_store(settings), settings, built["release_id"], at)
    with engine.begin() as connection:
        counts_now = {each for _, _, each in half_years_in_force(connection, HalfYear.parse(built["round"])).deliveries}
        loaded = [each.delivery_id for each in listing(connection, state="loaded") if each.delivery_id in counts_now]
        mark_published(connection, loaded, release_id=built["release_id"], actor=PUBLISH_DAG, at=at)
    counts = f"{built['cells_shown']} cells shown, {built['cells_suppressed']} suppressed"
    note(settings, PUBLISH_DAG, run_id, f"{built['release_id']} published: {counts}; in force: {pointer['id']}")
    return pointer
