"""`gmsd deliveries`: what arrived, its state and why."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.deliveries import Delivery
    from gmsd.rounds import HalfYear

app = typer.Typer(help="What arrived, its state and why.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Such as 2019-H2.0518.03.")]
HalfYearOption = Annotated[
    str | None, typer.Option("--half-year", help="Only this half-year: H22019 or 2019-H2; of another law jeugd.2019-H2.")
]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="deliveries")


@app.command("list")
def list_(
    *,
    half_year: HalfYearOption = None,
    municipality: Annotated[str | None, typer.Option("--municipality", help="Only this municipality: four digits.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Only this state, such as accepted or late.")] = None,
    round_code: Annotated[str | None, typer.Option("--round", help="Only this round, such as 2019-H2 or jeugd.2019-H2.")] = None,
    as_json: Json = False,
) -> None:
    """List the deliveries in order of receipt."""
    from gmsd.clock import AMSTERDAM
    from gmsd.database import connect
    from gmsd.deliveries import STATES, listing
    from gmsd.settings import get_settings

    if state is not None and state not in STATES:
        raise typer.BadParameter(f"no state {state}; one of {', '.join(STATES)}", param_hint="--state")
    if municipality is not None and not (len(municipality) == 4 and municipality.isascii() and municipality.isdigit()):
        raise typer.BadParameter("a municipality is four digits, such as 0518", param_hint="--municipality")
    law, half = _partition(half_year, "--half-year")
    law_of_round, code = _partition(round_code, "--round")
    if law and law_of_round and law != law_of_round:
        raise typer.BadParameter(f"a half-year of {law} is in no round of {law_of_round}", param_hint="--round")
    with connect(get_settings(), "loader").connect() as connection:
        found = listing(connection, law=law or law_of_round, half_year=half, municipality=municipality, state=state, round_code=code)
    if as_json:
        typer.echo(json.dumps([_plain(delivery) for delivery in found], ensure_ascii=False, indent=1))
        return
    if not found:
        typer.echo("No delivery.")
    for delivery in found:
        shown = _plain(delivery)
        facts = (
            f"{delivery.delivery_id:16}",
            f"{delivery.received_at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}",
            f"{delivery.state:10}",
            shown["file"],
            delivery.shown_reason,
        )
        typer.echo("  ".join(facts) + ("  (data deleted)" if delivery.deleted_at else ""))


@app.command()
def show(delivery_id: Id, *, as_json: Json = False) -> None:
    """Show one delivery: its receipt, the result of its check, and everything that happened to it."""
    from gmsd.clock import AMSTERDAM
    from gmsd.database import connect, statement
    from gmsd.deliveries import check_result, get
    from gmsd.settings import get_settings

    with connect(get_settings(), "loader").connect() as connection:
        delivery = get(connection, delivery_id)
        stored = check_result(connection, delivery_id)
        trail = [dict(row) for row in connection.execute(statement("journal/audit_of"), {"subject": delivery_id}).mappings()]
    history = [{**row, "at": row["at"].astimezone(AMSTERDAM).isoformat()} for row in trail]
    shown = {**_plain(delivery), "check": stored[0] if stored else None, "history": history}
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for name, value in shown.items():
        if name not in ("check", "history") and value not in (None, ""):
            typer.echo(f"{name:18}{value}")
    for finding in stored[0]["findings"] if stored else []:
        lines = f", lines {', '.join(map(str, finding['lines']))}" if finding["lines"] else ""
        typer.echo(f"  {finding['rule']} ({finding['level']}) x {finding['count']}{lines}: {finding['message']}")
    for row in trail:
        change = f"{row['from_state'] or 'new'} -> {row['to_state']}" if row["to_state"] else row["event"]
        typer.echo(f"  {row['at'].astimezone(AMSTERDAM):%Y-%m-%d %H:%M}  {change}  {row['reason']}  ({row['actor']})")


@app.command()
def missing(
    *,
    round_code: Annotated[str, typer.Option("--round", help="The round, such as 2019-H2; of another law jeugd.2019-H2.")],
    half_year: HalfYearOption = None,
    as_json: Json = False,
) -> None:
    """List who has not delivered yet: municipalities without a delivery in the round that is accepted or waits for its check.

    By default the round's own half-year is looked at.
    """
    from gmsd.database import connect
    from gmsd.deliveries import not_delivered
    from gmsd.reference import municipalities
    from gmsd.rounds import UnknownRoundError, load_calendar
    from gmsd.settings import get_settings

    try:
        known = load_calendar().round(round_code)
    except (UnknownRoundError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint="--round") from None
    law, half = _partition(half_year, "--half-year")
    wanted = half or known.code
    if wanted not in known.takes or law not in (None, known.law):
        raise typer.BadParameter(f"round {known.id} does not take {half_year}", param_hint="--half-year")
    names = municipalities(wanted)
    with connect(get_settings(), "loader").connect() as connection:
        codes = not_delivered(connection, known, wanted, sorted(names))
    if as_json:
        typer.echo(json.dumps([{"municipality": code, "name": names[code]} for code in codes], ensure_ascii=False, indent=1))
        return
    for code in codes:
        typer.echo(f"{code}  {names[code]}")
    typer.echo(f"{len(codes)} of {len(names)} municipalities have not delivered {wanted} in round {known.id}.")


@app.command("let-in")
def let_in(
    delivery_id: Id,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit trail; no personal data.")] = "",
    as_json: Json = False,
) -> None:
    """Count a late delivery in its round after all, and mail its coordinator; the next intake checks it."""
    from gmsd.intake import let_in as count_in
    from gmsd.journal import Context

    delivery = count_in(Context.open(), delivery_id, getpass.getuser(), reason)
    typer.echo(json.dumps(_plain(delivery), ensure_ascii=False) if as_json else f"{delivery_id} counts now and waits for its check.")


@app.command()
def extend(
    municipality: Annotated[str, typer.Argument(metavar="MUNICIPALITY", help="Four digits, such as 0518.")],
    half_year: Annotated[str, typer.Argument(metavar="HALF_YEAR", help="Such as H22019 or 2019-H2; of another law jeugd.2019-H2.")],
    *,
    until: Annotated[str, typer.Option("--until", help="The last day, such as 2020-03-13: after the window, before the close.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit trail; no personal data.")],
    round_code: Annotated[str | None, typer.Option("--round", help="The round; without it the newest that takes the half-year.")] = None,
) -> None:
    """Let a municipality deliver after the window, and mail its coordinator."""
    import datetime as dt

    from gmsd.intake import extend as grant
    from gmsd.journal import Context
    from gmsd.reference import is_municipality
    from gmsd.rounds import Place, UnknownRoundError, parse_partition

    context = Context.open()
    try:
        place, last = Place(*parse_partition(half_year), municipality), dt.date.fromisoformat(until)
        taking = context.calendar.taking(place.half_year, place.law)
        begun = [known for known in taking if known.opens_at <= context.clock.now()]
        known = context.calendar.round(round_code, place.law) if round_code else (begun or list(taking))[-1]
    except (UnknownRoundError, ValueError, IndexError) as error:
        raise typer.BadParameter(str(error)) from None
    if not is_municipality(municipality, place.half_year):
        raise typer.BadParameter(f"{municipality} is not a municipality in {place.half_year}")
    grant(context, place, known, last, reason=reason, actor=getpass.getuser())
    typer.echo(f"{municipality} may deliver {place.half_year} in round {known.id} until {last}, that day included.")


@app.command()
def confirm(
    delivery_id: Id,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The name of the remark, as the op-orde report writes it.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why it is right, in the coordinator's words; at most 2,000 characters.")],
    as_json: Json = False,
) -> None:
    """Confirm on behalf of a coordinator that a remark of the op-orde report is right; the reasons may be filed as explanation."""
    from dataclasses import asdict

    from gmsd.intake import confirm as keep
    from gmsd.journal import Context

    found = keep(Context.open(), delivery_id, code, reason, actor=getpass.getuser())
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    typer.echo(f"{code} of {delivery_id} is confirmed; its report says so. As explanation (`gmsd explain`) may serve:")
    typer.echo(found.explanation)


@app.command()
def erase(
    delivery_id: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit trail; it names nobody.")],
    *,
    as_json: Json = False,
) -> None:
    """Delete an upload that belongs to no place, everywhere and for good, with a proof: nobody else can."""
    from gmsd.consent import erase_unplaced
    from gmsd.journal import Context

    form, state = erase_unplaced(Context.open(), delivery_id, by=getpass.getuser(), reason=reason)
    if as_json:
        typer.echo(json.dumps({"form": form, "state": state}))
    else:
        typer.echo(f"{delivery_id} is deleted ({form}); `gmsd consent proof {form}` proves it.")


def _partition(text: str | None, option: str) -> tuple[str | None, HalfYear | None]:
    """The law and the half-year that an option names; nothing without the option."""
    from gmsd.rounds import parse_partition

    if text is None:
        return None, None
    try:
        return parse_partition(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _plain(delivery: Delivery) -> dict[str, Any]:
    """A delivery as plain values, moments in Dutch time; a number in a name that can be a BSN is masked."""
    from gmsd.clock import AMSTERDAM

    def moment(at: dt.datetime | None) -> str | None:
        return at.astimezone(AMSTERDAM).isoformat() if at else None

    place = delivery.place
    return {
        "delivery_id": delivery.delivery_id,
        "half_year": str(place.half_year) if place else None,
        "municipality": place.municipality if place else None,
        "round": str(delivery.round) if delivery.round else None,
        "file": delivery.shown_name,
        "key": delivery.shown_key,
        "version_id": delivery.version_id,
        "sha256": delivery.sha256,
        "bytes": delivery.size_bytes,
        "received_at": moment(delivery.received_at),
        "state": delivery.state,
        "reason": delivery.shown_reason,
        "attempt": delivery.attempt,
        "verdict": delivery.verdict,
        "checked_at": moment(delivery.checked_at),
        "facultative_used": delivery.facultative_used,
        "deleted_at": moment(delivery.deleted_at),
    }
