"""`gmsd withdraw` and `gmsd explain`: file a form on behalf of a coordinator."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import typer

Municipality = Annotated[str, typer.Argument(metavar="MUNICIPALITY", help="Four digits, such as 0518.")]
HalfYearCode = Annotated[str, typer.Argument(metavar="HALF_YEAR", help="Such as H22019 or 2019-H2; of another law jeugd.2019-H2.")]
Name = Annotated[str, typer.Option("--name", help="Who files it.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(withdraw)
    app.command()(explain)


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
