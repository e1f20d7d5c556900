"""`gmsd rounds`: windows and status of each round; `gmsd clock`: the movable time of a demo."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.rounds import Round

app = typer.Typer(help="Windows and status of each round.", no_args_is_help=True)
clock_app = typer.Typer(help="The time that the pipeline goes by.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="rounds")
    root.add_typer(clock_app, name="clock")


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the rounds of the calendar with their windows and what they are doing now."""
    from gmsd.rounds import load_calendar

    found = _described(list(load_calendar().rounds))
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    for entry in found:
        counts = ", ".join(f"{half}: {sum(part['states'].values())} uploads" for half, part in entry["half_years"].items())
        typer.echo(
            f"{entry['round']}  {entry['phase']:10}  deliver {entry['window'][0]} - {entry['window'][1]}  "
            f"withdraw {entry['withdrawal'][0]} - {entry['withdrawal'][1]}  close {entry['close']}  release {entry['release']}  {counts}"
        )


@app.command()
def show(
    round_code: Annotated[str, typer.Argument(metavar="ROUND", help="Such as 2019-H2 or jeugd.2019-H2.")],
    *,
    as_json: Json = False,
) -> None:
    """Show one round: its days, its deliveries by state, and what its close has frozen."""
    from gmsd.rounds import load_calendar

    try:
        known = load_calendar().round(round_code)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    entry = _described([known])[0]
    if as_json:
        typer.echo(json.dumps(entry, indent=1))
        return
    typer.echo(f"Round {entry['round']}: {entry['phase']}")
    typer.echo(f"  deliver      {entry['window'][0]} - {entry['window'][1]}")
    typer.echo(f"  withdraw     {entry['withdrawal'][0]} - {entry['withdrawal'][1]}")
    typer.echo(f"  close        {entry['close']}, release {entry['release']}")
    for half, part in entry["half_years"].items():
        states = ", ".join(f"{count} {state}" for state, count in part["states"].items()) or "no uploads"
        typer.echo(f"  {half}: {states}; {part['not_delivered']} of {part['municipalities']} municipalities have not delivered")
        if part["frozen"]:
            typer.echo(f"           frozen: {', '.join(f'{count} {status}' for status, count in part['frozen'].items())}")


def _described(rounds: list[Round]) -> list[dict[str, Any]]:
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.settings import get_settings

    settings = get_settings()
    now = get_clock(settings).now()
    with connect(settings, "loader").connect() as connection:
        return [_entry(connection, known, now) for known in rounds]


def _entry(connection: Connection, known: Round, now: dt.datetime) -> dict[str, Any]:
    from gmsd.database import statement
    from gmsd.deliveries import not_delivered
    from gmsd.reference import municipalities

    of_round = {"law": known.law, "round": str(known.code)}
    states: dict[str, dict[str, int]] = {}
    for row in connection.execute(statement("deliveries/states_of_round"), of_round):
        states.setdefault(row.half_year, {})[row.state] = row.deliveries
    frozen: dict[str, dict[str, int]] = {}
    for row in connection.execute(statement("warehouse/closes"), of_round):
        frozen.setdefault(row.half_year, {})[row.status] = row.municipalities
    halves = {}
    for half in sorted(known.takes):
        codes = sorted(municipalities(half))
        halves[str(half)] = {
            "municipalities": len(codes),
            "not_delivered": len(not_delivered(connection, known, half, codes)),
            "states": states.get(str(half), {}),
            "frozen": frozen.get(str(half), {}),
        }
    return {
        "round": known.id,
        "phase": known.phase(now),
        "window": [known.window_first.isoformat(), known.window_last.isoformat()],
        "withdrawal": [known.withdrawal_first.isoformat(), known.withdrawal_last.isoformat()],
        "close": known.close.isoformat(),
        "release": known.release.isoformat(),
        "half_years": halves,
    }


@clock_app.command("show")
def show_clock(*, as_json: Json = False) -> None:
    """Show what time it is for the pipeline."""
    from gmsd.clock import get_clock
    from gmsd.settings import get_settings

    settings = get_settings()
    now = get_clock(settings).now().isoformat(timespec="seconds")
    typer.echo(json.dumps({"now": now, "clock": settings.clock}) if as_json else f"{now} ({settings.clock})")


@clock_app.command("move")
def move_clock(
    to: Annotated[str, typer.Argument(metavar="MOMENT", help="Such as 2020-03-06T12:00; Dutch time when it names no zone.")],
    *,
    as_json: Json = False,
) -> None:
    """Move the clock of a demo or a test forward; refused when the pipeline goes by the system's time."""
    from gmsd.clock import AMSTERDAM, DatabaseClock, get_clock
    from gmsd.database import statement
    from gmsd.settings import get_settings

    try:
        moment = dt.datetime.fromisoformat(to)
    except ValueError:
        raise typer.BadParameter(f"not a moment: {to}; write it as 2020-03-06T12:00") from None
    clock = get_clock(get_settings())
    if not isinstance(clock, DatabaseClock):
        typer.echo("gmsd: the clock is the system's (GMSD_CLOCK=system): it cannot be moved", err=True)
        raise typer.Exit(1)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)
    with clock.engine.connect() as connection:
        before = connection.scalar(statement("clock/read"))
    if before is not None and moment < before:
        typer.echo(f"gmsd: the clock stands at {clock.now().isoformat(timespec='seconds')} and does not go back", err=True)
        raise typer.Exit(1)
    clock.move(moment)
    now = clock.now().isoformat(timespec="seconds")
    typer.echo(json.dumps({"now": now, "clock": "database"}) if as_json else now)
