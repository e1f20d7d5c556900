"""`gmsd coordinators`: who serves which places, since when and by which address; and their personal links."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from gmsd.journal import Context
    from gmsd.registration import Coordinator, PersonalLink, Term
    from gmsd.rounds import Round

app = typer.Typer(help="Who serves which municipalities, since when, by which address; and their personal links.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="Address for mail: of a team rather than a person.")]
Municipality = Annotated[str, typer.Option("--municipality", metavar="CODE", help="Four digits, such as 0518.")]
Law = Annotated[str | None, typer.Option("--law", help="Only this law, such as wmo.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="coordinators")


@app.command("list")
def list_(
    *,
    municipality: Annotated[str | None, typer.Option("--municipality", metavar="CODE", help="Only this municipality: four digits.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only the municipalities of today that nobody serves.")] = False,
    as_json: Json = False,
) -> None:
    """List who serves or served which municipality, from when to when, by which addresses and with which links."""
    from gmsd.journal import Context

    context = Context.open()
    if missing:
        without = _missing(context)
        typer.echo(
            json.dumps(without, ensure_ascii=False, indent=1)
            if as_json
            else "\n".join(f"{e['municipality']}  {e['name']}" for e in without)
        )
        return
    found = [entry for entry in _listed(context) if municipality in (None, entry["municipality"])]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for entry in found:
        until = f" until {entry['to']}" if entry["to"] else ""
        links = ", ".join(f"link {each['number']} of {each['round']} {each['state']}" for each in entry["links"])
        about = ", ".join(filter(None, (entry["law"] and f"only {entry['law']}", entry["correspondence_number"], entry["contact"], links)))
        typer.echo(
            f"{entry['municipality']} {entry['name']}  from {entry['from']}{until}  {', '.join(entry['addresses'])}  {about}".rstrip()
        )
    if not found:
        typer.echo("Nobody is registered yet: `gmsd coordinators add ADDRESS --municipality CODE --from DATE`.")


@app.command()
def add(
    address: Address,
    municipality: Municipality,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day on which it serves, such as 2020-02-03.")],
    *,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The first day on which it no longer does, when that is known.")
    ] = None,
    law: Law = None,
    number: Annotated[str, typer.Option("--number", help="The correspondence number of this municipality.")] = "",
    contact: Annotated[str, typer.Option("--contact", help="Whom letters are for: a team rather than a person.")] = "",
    also: Annotated[list[str] | None, typer.Option("--also", metavar="ADDRESS", help="One more address of the same coordinator.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="End the terms of everybody else at this municipality on that day.")] = False,
    as_json: Json = False,
) -> None:
    """Register that a coordinator serves a municipality from a day on. The same again changes nothing.

    Who has the address already serves this municipality too; mails, reports and receipts of each stay apart. Several coordinators may serve
    one municipality: each is mailed. A municipality that took over others serves their places with its own.
    """
    from gmsd.journal import Context
    from gmsd.registration import EVERY_LAW, add_term, coordinators, end_terms, serving_on

    _known_municipality(municipality)
    day, last = _day(first, "--from"), _day(to, "--to") if to else None
    kept = _law(law) or EVERY_LAW
    context = Context.open()
    at, actor = context.clock.now(), getpass.getuser()
    with context.engine.begin() as connection:
        term = add_term(
            connection, address, municipality, day, at=at, actor=actor, valid_to=last, law=kept, correspondence_number=number.strip(),
            contact=contact, further=also or (),
        )  # fmt: skip
        others = [each for each in serving_on(connection, day).terms.get(municipality, ()) if each.coordinator_id != term.coordinator_id]
        known = coordinators(connection)
        if replace:
            for each in others:
                if each.of_law(kept) or kept == EVERY_LAW:
                    end_terms(connection, known[each.coordinator_id].addresses[0], municipality, day, at=at, actor=actor, law=each.law)
        entry = _entry(known[term.coordinator_id], term, [], context)
    if as_json:
        typer.echo(json.dumps(entry, ensure_ascii=False, indent=1))
        return
    typer.echo(f"{entry['coordinator']} serves {municipality} {entry['name']} from {entry['from']}{' until ' + entry['to'] if to else ''}.")
    for each in () if replace else others:
        typer.echo(
            f"{known[each.coordinator_id].addresses[0]} serves it too since {each.valid_from}; `gmsd coordinators end` ends that.", err=True
        )


@app.command()
def end(
    address: Address,
    municipality: Municipality,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The first day on which it no longer serves, such as 2020-02-03.")],
    *,
    law: Law = None,
    as_json: Json = False,
) -> None:
    """End what a coordinator serves: from that day on it gets no mail about the municipality, and its links open nothing of it."""
    from gmsd.journal import Context
    from gmsd.registration import coordinators, end_terms

    _known_municipality(municipality)
    day = _day(on, "--on")
    context = Context.open()
    with context.engine.begin() as connection:
        ended = end_terms(connection, address, municipality, day, at=context.clock.now(), actor=getpass.getuser(), law=_law(law))
        known = coordinators(connection)
    entries = [_entry(known[term.coordinator_id], term, [], context) for term in ended]
    if as_json:
        typer.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        return
    for entry in entries:
        typer.echo(f"{entry['coordinator']} serves {municipality} {entry['name']} until {entry['to']}, that day not included.")


@app.command()
def link(
    address: Address,
    round_code: Annotated[str, typer.Option("--round", metavar="ROUND", help="Such as 2019-H2 or jeugd.2019-H2.")],
    *,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take it back: from now on it opens nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Print the personal link of a coordinator in a round, or take it back.

    Whoever has it can upload for the coordinator's municipalities, and nothing else. It ends with the round's withdrawal window, and with
    what the coordinator serves. A link that was taken back is not made again by a mail: the next one is made by this command.
    """
    from gmsd.journal import Context, link_address
    from gmsd.registration import coordinator_of, make_link, revoke_links

    of = _round(round_code)
    context = Context.open()
    at, actor = context.clock.now(), getpass.getuser()
    token = None
    with context.engine.begin() as connection:
        known = coordinator_of(connection, address)
        if revoke:
            revoked = revoke_links(connection, known.coordinator_id, of, at=at, actor=actor)
        else:
            token = make_link(connection, context.settings, known.coordinator_id, of, at=at, actor=actor)
    entry: dict[str, Any] = {"coordinator": known.coordinator_id, "round": of.id}
    if token is None:
        entry["revoked"] = revoked
        typer.echo(json.dumps(entry) if as_json else f"{revoked} link{'' if revoked == 1 else 's'} taken back.")
        return
    entry |= {"link": link_address(context.settings, token), "token": token, "ends": of.withdrawal_ends_at.isoformat()}
    typer.echo(json.dumps(entry, indent=1) if as_json else entry["link"])


@app.command()
def letter(
    address: Address,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where the page is written, to be printed and sent by post.")],
) -> None:
    """Make a letter with new codes for a coordinator's account, as a page to print; the codes of an earlier letter end.

    The codes stand on that page only. Print it, send it by post and delete the file.
    """
    import os

    from gmsd.journal import Context
    from gmsd.letters import codes_letter
    from gmsd.reference import name
    from gmsd.registration import coordinator_of, make_letter, places_of

    context = Context.open()
    at = context.clock.now()
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        with context.engine.begin() as connection:
            known = coordinator_of(connection, address)
            terms = places_of(connection, known.coordinator_id, at.date())
            made = make_letter(connection, context.settings, known.coordinator_id, at=at, actor=getpass.getuser())
        file.write(
            codes_letter(
                made.codes,
                made_at=at,
                municipalities=list(dict.fromkeys(name(term.municipality) for term in terms)),
                contact=known.contact,
                numbers=list(dict.fromkeys(term.correspondence_number for term in terms if term.correspondence_number)),
                portal=context.settings.portal_url,
            )
        )
    typer.echo(f"{len(made.codes)} codes in {to}; print it, send it by post, and delete the file.")


@app.command()
def replies(*, as_json: Json = False) -> None:
    """List what coordinators answered in the portal to the question how easy it was, 5 = very."""
    from gmsd.database import statement
    from gmsd.journal import Context
    from gmsd.masking import printable

    with Context.open().engine.connect() as connection:
        found = [dict(row) for row in connection.execute(statement("web/replies")).mappings()]
    if as_json:
        typer.echo(json.dumps([{**each, "at": each["at"].isoformat()} for each in found], ensure_ascii=False, indent=1))
        return
    for each in found:
        typer.echo(printable(f"{each['at']:%Y-%m-%d %H:%M}  {each['score']}  {each['delivery_id']}  {each['words']}").rstrip())
    if not found:
        typer.echo("Nobody has answered yet.")


def _listed(context: Context) -> list[dict[str, Any]]:
    from gmsd.registration import all_terms, links_of

    with context.engine.connect() as connection:
        made = links_of(connection)
        terms = all_terms(connection)
        links = [(each, _link(context, connection, each)) for each in made]
    return [
        _entry(coordinator, term, [told for each, told in links if each.coordinator_id == coordinator.coordinator_id], context)
        for coordinator, term in terms
    ]


def _link(context: Context, connection: Any, made: PersonalLink) -> dict[str, Any]:
    from gmsd.registration import state_of

    return {
        "round": made.round_id,
        "number": made.number,
        "state": state_of(connection, context.calendar, made, context.clock.now()),
        "made": made.made_at.isoformat(),
        "revoked": made.revoked_at.isoformat() if made.revoked_at else None,
    }


def _missing(context: Context) -> list[dict[str, str]]:
    from gmsd.reference import municipalities_on
    from gmsd.registration import serving_on

    today = context.clock.now().date()
    with context.engine.connect() as connection:
        served = serving_on(connection, today).terms
    return [{"municipality": code, "name": name} for code, name in municipalities_on(today).items() if code not in served]


def _entry(coordinator: Coordinator, term: Term, links: list[dict[str, Any]], context: Context) -> dict[str, Any]:
    from gmsd.reference import name

    return {
        "coordinator": coordinator.coordinator_id,
        "address": coordinator.addresses[0],
        "addresses": list(coordinator.addresses),
        "contact": coordinator.contact,
        "municipality": term.municipality,
        "name": name(term.municipality),
        "law": term.law or None,
        "from": term.valid_from.isoformat(),
        "to": term.valid_to.isoformat() if term.valid_to else None,
        "serves": term.holds_on(context.clock.now().date()),
        "correspondence_number": term.correspondence_number,
        "links": links,
    }


def _known_municipality(code: str) -> None:
    from gmsd.reference import municipality

    try:
        municipality(code)
    except KeyError:
        raise typer.BadParameter(f"no municipality has or had the code {code}", param_hint="--municipality") from None


def _day(text: str, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"not a day: {text}; write it as 2020-02-03", param_hint=option) from None


def _law(law: str | None) -> str | None:
    from gmsd.protocol import laws

    known = [each.id for each in laws()]
    if law is not None and law not in known:
        raise typer.BadParameter(f"no law {law}; one of {', '.join(known)}", param_hint="--law")
    return law


def _round(code: str) -> Round:
    from gmsd.rounds import load_calendar

    try:
        return load_calendar().round(code)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--round") from None
