"""`gmsd suppliers`: whose software makes the files of which municipality, and which faults those files share."""

from __future__ import annotations

import datetime as dt
import getpass
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear

app = typer.Typer(help="Whose software makes the files of which municipality, and which faults they share.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="suppliers")


@app.command("set")
def set_(
    municipality: Annotated[str, typer.Argument(metavar="CODE", help="Four digits, such as 0518.")],
    supplier: Annotated[str, typer.Argument(metavar="NAME", help="The company; an empty one when it is not known any more.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day on which its software makes the files.")],
    *,
    law: Annotated[str | None, typer.Option("--law", help="Only for this law, such as wmo.")] = None,
    as_json: Json = False,
) -> None:
    """Name whose software makes the files of a municipality from a day on, until another is named. The same again changes nothing."""
    from gmsd.journal import Context
    from gmsd.protocol import laws
    from gmsd.registration import EVERY_LAW, set_supplier

    if law is not None and law not in (known := [each.id for each in laws()]):
        raise typer.BadParameter(f"no law {law}; one of {', '.join(known)}", param_hint="--law")
    try:
        day = dt.date.fromisoformat(first)
    except ValueError:
        raise typer.BadParameter(f"not a day: {first}; write it as 2020-02-03", param_hint="--from") from None
    context = Context.open()
    try:
        with context.engine.begin() as connection:
            named = set_supplier(
                connection, municipality, supplier, day, at=context.clock.now(), actor=getpass.getuser(), law=law or EVERY_LAW
            )
    except KeyError:
        raise typer.BadParameter(f"no municipality has or had the code {municipality}", param_hint="CODE") from None
    if as_json:
        typer.echo(json.dumps(asdict(named), default=str))
        return
    typer.echo(f"From {day} on files of {municipality} are made by {named.supplier or 'software that is not known'}.")


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List whose software makes the files of which municipality, and from when on."""
    from gmsd.journal import Context
    from gmsd.reference import name
    from gmsd.registration import all_suppliers

    with Context.open().engine.connect() as connection:
        found = all_suppliers(connection)
    if as_json:
        typer.echo(json.dumps([{**asdict(each), "name": name(each.municipality)} for each in found], default=str, indent=1))
        return
    for each in found:
        law = f"  only {each.law}" if each.law else ""
        typer.echo(f"{each.municipality} {name(each.municipality)}  from {each.valid_from}  {each.supplier or 'not known'}{law}")
    if not found:
        typer.echo("No supplier is named yet: `gmsd suppliers set CODE NAME --from DATE`.")


@app.command()
def faults(
    *,
    half_year: Annotated[str | None, typer.Option("--half-year", metavar="HALF_YEAR", help="Only files about it, such as 2019-H2.")] = None,
    law: Annotated[str, typer.Option("--law", help="Of which law.")] = "wmo",
    every: Annotated[bool, typer.Option("--all", help="Also rules that only one municipality of the supplier broke.")] = False,
    as_json: Json = False,
) -> None:
    """Show which rules the files of one supplier break in more than one municipality, how many have it still, and how the others stand.

    A file is the supplier's whose software the municipality had on the day of receipt. A fault that was corrected since counts too, and
    is not among those that have it still. Nothing is said of what was withdrawn. Notices are no faults.
    """
    from gmsd.journal import Context
    from gmsd.watch import supplier_faults

    asked = _half_year(half_year)
    with Context.open().engine.connect() as connection:
        found = [each for each in supplier_faults(connection, law, half_year=asked) if every or each.municipalities > 1]
    if as_json:
        typer.echo(json.dumps([asdict(each) | {"half_year": str(each.half_year)} for each in found], indent=1))
        return
    for each in found:
        rule, share = f"{each.half_year}  {each.supplier}  {each.rule} ({each.level})", f"{each.municipalities} of {each.of} municipalities"
        others = f"others {each.others} of {each.of_others}"
        typer.echo(f"{rule}  {share}, {each.still} still; {others}  {', '.join(each.codes)}")
    if not found:
        typer.echo("No rule is broken by files of several municipalities of one supplier; `gmsd suppliers list` shows whose is known.")


def _half_year(text: str | None) -> HalfYear | None:
    from gmsd.rounds import HalfYear

    try:
        return None if text is None else HalfYear.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--half-year") from None
