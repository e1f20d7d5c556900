"""`gmsd backfill`: Airflow's backfill for a range of half-years, started and followed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from gmsd.journal import Context
    from gmsd.releases import Ahead
    from gmsd.rounds import HalfYear, Round
    from gmsd.settings import Settings
    from gmsd_airflow.backfills import Followed, Wish

Order = Literal["oldest", "newest"]
Reprocess = Literal["completed", "failed", "none"]


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(backfill)


def backfill(
    first: Annotated[str, typer.Argument(metavar="FROM", help="The first half-year, such as 2015-H1.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="The last half-year.")],
    *,
    law: Annotated[str, typer.Option("--law", help="The law; no round of another is touched.")] = "wmo",
    order: Annotated[Order, typer.Option("--order", help="Which round goes first.")] = "oldest",
    at_once: Annotated[int, typer.Option("--max-active-runs", min=1, max=16, help="How many closes run side by side.")] = 1,
    reprocess: Annotated[
        Reprocess,
        typer.Option(help="Rounds that have a run already: run those again that are over (completed), that failed (failed), or none."),
    ] = "completed",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; nothing is started.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON; progress goes to stderr.")] = False,
) -> None:
    """Close, load and count the rounds of a range of half-years again, through Airflow; follow it to the end.

    A round that has been closed keeps what was frozen: its half-years are loaded and counted again by the rules of now. Rounds that have
    not been closed go oldest first and one at a time where one takes a half-year of another. How many tasks run at a time is for the pool
    gmsd_backfill to say.

    Nothing is published and nobody is mailed: at the end stands how many figures of each period are changed, and how many published cells
    a publication would show otherwise; a person starts it. Breaking the command off stops the following, not the backfill.

    Exit status: 0 = everything was closed, loaded and counted; 1 = something failed, another backfill is running, or a round has nothing
    to close; 2 = wrong usage.
    """
    from gmsd.journal import Context
    from gmsd_airflow import backfills

    context = Context.open()
    from_half, to_half = _half_year(first, "FROM"), _half_year(last, "TO")
    if from_half > to_half:
        raise typer.BadParameter(f"{from_half} comes after {to_half}", param_hint="FROM")
    rounds = backfills.rounds_between(context.calendar, law, from_half, to_half)
    planned = [_planned(context.settings, known) for known in rounds]
    wish = backfills.Wish(rounds, order, at_once, reprocess)
    wish.refuse_out_of_turn({each["round"] for each in planned if each["closed"]})
    if dry_run:
        would = backfills.preview(context.settings, wish)
        told = {"order": order, "max_active_runs": at_once, "reprocess": reprocess, "range": list(wish.ends)}
        answer = {"law": law, **told, "rounds": [each | {"run": each["round"] in would} for each in _in_order(planned, order)]}
        _print(answer, _plan_text(_in_order(planned, order), would, wish), as_json)
        return
    empty = [each["round"] for each in planned if not each["closed"] and not each["accepted"]]
    if empty:
        raise backfills.NothingToBackfill(
            f"nothing was accepted in {', '.join(empty)}: import its archive first (`gmsd archive import`), or leave it out of the range"
        )
    before = _figures(context.settings, law, rounds)
    started = backfills.start(context.settings, wish)
    for left_out in sorted({known.id for known in rounds} - {known.id for known in started.rounds}):
        typer.echo(f"round {left_out} is left out: {backfills.left_out_because(reprocess)}", err=True)
    typer.echo(f"backfill {started.number} is running in Airflow", err=True)
    done = backfills.follow(context.settings, started, _Progress())
    changed = _changed(before, _figures(context.settings, law, rounds))
    ahead, unknown = _ahead(context, law)
    answer = {
        "backfill": started.number,
        "law": law,
        "closes": [asdict(run) for run in done.closes],
        "loads": [asdict(run) for run in done.loads],
    }
    cells = None if ahead is None else [{"table": table, **asdict(each)} for table, each in ahead.cells]
    said = {"figures": changed, "cells": cells, "cells_unknown": unknown, "published": False}
    _print(answer | said, "\n".join([*_done_lines(done, changed), *_ahead_lines(ahead, unknown)]), as_json)
    if not done.succeeded:
        raise typer.Exit(1)


def _half_year(text: str, name: str) -> HalfYear:
    from gmsd.rounds import HalfYear

    try:
        return HalfYear.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=name) from None


def _planned(settings: Settings, known: Round) -> dict[str, Any]:
    """A round before its backfill: its half-years, deliveries that count or would, and whether it was closed."""
    from gmsd.database import connect, statement

    about = {"law": known.law, "round": str(known.code)}
    with connect(settings, "loader").connect() as connection:
        accepted = sum(1 for _ in connection.execute(statement("warehouse/accepted"), about))
        closed = connection.execute(statement("warehouse/closes"), about).first() is not None
    return {"round": known.id, "half_years": [str(half) for half in sorted(known.takes)], "accepted": accepted, "closed": closed}


def _figures(settings: Settings, law: str, rounds: Sequence[Round]) -> pl.DataFrame:
    """The true figures of every period that the half-years of these rounds touch; they stay in memory."""
    from gmsd.database import connect
    from gmsd.figures import periods, true_figures

    halves = {half for known in rounds for half in known.takes}
    with connect(settings, "loader").connect() as connection:
        return true_figures(connection, law, periods(halves | {half.other for half in halves}))


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> list[dict[str, Any]]:
    from gmsd.figures import changed_figures

    return changed_figures(before, after).to_dicts()


def _ahead(context: Context, law: str) -> tuple[Ahead | None, str]:
    """What a publication would show otherwise; None, and why, when that cannot be told."""
    from gmsd.database import connect
    from gmsd.errors import GmsdError
    from gmsd.releases import cells_ahead

    with connect(context.settings, "publisher").connect() as connection:
        try:
            found = cells_ahead(connection, context.settings, law, context.clock.now())
        except GmsdError as error:
            return None, str(error)
    return found, "" if found else "no round has been closed"


class _Progress:
    """How far it is, on stderr: a line each time that changes."""

    def __init__(self) -> None:
        self.told = ""

    def __call__(self, found: Followed) -> None:
        if found.words != self.told:
            self.told = found.words
            typer.echo(self.told, err=True)


def _print(answer: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(answer, indent=1) if as_json else text)


def _in_order(planned: Sequence[dict[str, Any]], order: Order) -> list[dict[str, Any]]:
    return list(planned if order == "oldest" else reversed(planned))


def _plan_text(planned: Sequence[dict[str, Any]], would: Sequence[str], wish: Wish) -> str:
    from gmsd_airflow.backfills import left_out_because

    return "\n".join(
        f"{each['round']}  {', '.join(each['half_years'])}: "
        + ("closed, to be loaded and counted again" if each["closed"] else f"to be closed, {each['accepted']} deliveries accepted")
        + ("" if each["round"] in would else f"; left out: {left_out_because(wish.reprocess)}")
        for each in planned
    )


def _told(each: dict[str, Any], kinds: Sequence[str]) -> str:
    return ", ".join(f"{each[kind]} {kind}" for kind in kinds)


def _done_lines(done: Followed, changed: Sequence[dict[str, Any]]) -> list[str]:
    lines = [f"{run.partition}: {run.state} ({run.run_id or 'no run'})" for run in (*done.closes, *done.loads) if run.state != "success"]
    lines.append(f"{done.words}; nothing is published.")
    for each in changed:
        same = not (each["changed"] or each["new"] or each["gone"])
        told = "unchanged" if same else _told(each, ("changed", "new", "gone", "unchanged"))
        lines.append(f"  {each['period']}: {told}")
    return lines


def _ahead_lines(ahead: Ahead | None, unknown: str) -> list[str]:
    if ahead is None:
        return [f"What a publication would show otherwise cannot be told: {unknown}."]
    if not ahead.previous:
        return ["Nothing has been published yet: a publication would show every cell for the first time."]
    if not ahead.cells:
        return [f"A publication would show no cell otherwise than {ahead.previous}."]
    lines = [f"A publication would show these cells otherwise than {ahead.previous} (its attack may hide more):"]
    return lines + [f"  {table} {each.period}: {_told(asdict(each), ('changed', 'new', 'gone'))}" for table, each in ahead.cells]
