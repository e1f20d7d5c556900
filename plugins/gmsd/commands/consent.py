"""`gmsd withdraw` and `gmsd explain`: file a form on behalf of a coordinator; `gmsd consent`: what was withdrawn is gone."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import typer

Municipality = Annotated[str, typer.Argument(metavar="MUNICIPALITY", help="Four digits, such as 0518.")]
HalfYearCode = Annotated[str, typer.Argument(metavar="HALF_YEAR", help="Such as H22019 or 2019-H2; of another law jeugd.2019-H2.")]
Name = Annotated[str, typer.Option("--name", help="Who files it.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


consent = typer.Typer(help="What was withdrawn: listed, and searched for again.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(withdraw)
    app.command()(explain)
    app.add_typer(consent, name="consent")


@consent.command("list")
def list_(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print the list that `gmsd restore --withdrawn` reads.")] = False
) -> None:
    """List the deliveries whose data were deleted after a withdrawal, oldest first.

    A backup does not know of withdrawals that come after it. Write this list with --json to a place outside the installation, often: it
    holds no name and nothing of what was delivered.
    """
    from gmsd.backup import withdrawn_list
    from gmsd.clock import get_clock
    from gmsd.consent import proofs
    from gmsd.database import connect
    from gmsd.settings import get_settings

    settings = get_settings()
    with connect(settings, "loader").connect() as connection:
        found = proofs(connection)
    if as_json:
        typer.echo(withdrawn_list(found, get_clock(settings).now().isoformat()).decode(), nl=False)
        return
    for proof in found:
        typer.echo(f"{proof.at:%Y-%m-%d %H:%M}  {proof.form}  {proof.delivery_id}")
    if not found:
        typer.echo("Nothing has been withdrawn yet.")


@consent.command()
def verify(
    about: Annotated[
        str | None, typer.Argument(metavar="[PROOF]", help="A form such as form.0007, or a delivery; without it all of them.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Search warehouse and every bucket again for what deletion proofs say is gone. Exit status 1, and where, when something is found."""
    from dataclasses import asdict

    from gmsd.consent import find_left, proofs
    from gmsd.journal import Context

    context = Context.open()
    with context.engine.connect() as connection:
        searched = proofs(connection, about)
    found = find_left(context, searched)
    if as_json:
        told = {"proofs": len(searched), "gone": not found, "found": [asdict(left) for left in found]}
        typer.echo(json.dumps(told, indent=1))
    elif not found:
        typer.echo(f"What {len(searched)} deletion proofs say is gone, is gone.")
    for left in () if as_json else found:
        typer.echo(f"gmsd: {left.delivery_id} was withdrawn and is in {left.where}", err=True)
    if found:
        raise typer.Exit(1)


def withdraw(
    municipality: Municipality,
    half_year: HalfYearCode,
    name: Name,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; may be left out.")] = None,
    as_json: Json = False,
) -> None:
    """File a withdrawal: intake deletes what the municipality delivered of the half-year in this round."""
    _file("withdrawal", municipality, half_year, as_json, name=name, reason=reason)


def explain(
    municipality: Municipality,
    half_year: HalfYearCode,
    name: Name,
    text: Annotated[str, typer.Option("--text", help="The explanation, at most 2,000 characters; printed with the figures.")],
    as_json: Json = False,
) -> None:
    """File an explanation that is printed with the figures of the municipality."""
    _file("explanation", municipality, half_year, as_json, name=name, text=text)


def _file(kind: Literal["withdrawal", "explanation"], municipality: str, half_year: str, as_json: bool, **content: Any) -> None:
    from gmsd.consent import file_form
    from gmsd.journal import Context
    from gmsd.reference import is_municipality
    from gmsd.rounds import Place, parse_partition

    try:
        place = Place(*parse_partition(half_year), municipality)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if not is_municipality(municipality, place.half_year):
        raise typer.BadParameter(f"{municipality} is not a municipality in {place.half_year}")
    key = file_form(Context.open(), kind, place=place, **content)
    if as_json:
        typer.echo(json.dumps({"kind": kind, "key": key}))
    else:
        typer.echo(f"Filed as {key}; intake deals with it within half an hour (`gmsd deliveries list` shows the result).")
