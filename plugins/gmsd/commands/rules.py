"""`gmsd rules`: the rules of the check, for who edits or explains them."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from gmsd.protocol import Protocol, Rule

rules_app = typer.Typer(help="The rules of the check.", no_args_is_help=True)
AS_JSON = typer.Option("--json", help="Print data.")
PROTOCOL = typer.Option("--protocol", metavar="ID", help="Such as wmo-2020; without it the newest for the Wmo.")


def register(app: typer.Typer) -> None:
    """Add the group; other modules add their commands to it."""
    app.add_typer(rules_app, name="rules")


def _chosen(name: str | None) -> Protocol:
    from gmsd.protocol import expectations_folder, newest_protocol, protocols
    from gmsd.rounds import WMO

    if name is None:
        return newest_protocol(WMO)
    every = {protocol.id: protocol for protocol in protocols(expectations_folder())}
    if name not in every:
        raise typer.BadParameter(f"no protocol {name}; there is {', '.join(every)}", param_hint="--protocol")
    return every[name]


@rules_app.command()
def validate(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FOLDER]", exists=True, file_okay=False, help="A folder like expectations/; without it that of the installation."
        ),
    ] = None,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Tell every mistake in the files of laws and tables: file, line, what is wrong, what would be right. Exits 1 when there is any."""
    from gmsd.protocol import expectations_folder, mistakes_in, protocols
    from gmsd.tables import table_mistakes

    place = folder.absolute() if folder is not None else expectations_folder()
    # tables are read by law: with a mistake in a law there is nothing to read them by
    mistakes = mistakes_in(place) or table_mistakes(place)
    if as_json:
        typer.echo(
            json.dumps([{"file": str(each.path), "line": each.line, "text": each.text} for each in mistakes], ensure_ascii=False, indent=1)
        )
    elif mistakes:
        typer.echo("\n".join(map(str, mistakes)))
    else:
        found = protocols(place)
        rules = sum(len(protocol.rules) for protocol in found)
        typer.echo(f"{place}: no mistakes in {rules} rules of {', '.join(protocol.id for protocol in found)}")
    raise typer.Exit(1 if mistakes else 0)


@rules_app.command(name="list")
def list_rules(protocol: Annotated[str | None, PROTOCOL] = None, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """List every rule with its level, the variable it is told at and its sentence."""
    rules = _chosen(protocol).rules.values()
    if as_json:
        typer.echo(json.dumps([_plain(rule) for rule in rules], ensure_ascii=False, indent=1))
        return
    for rule in rules:
        typer.echo(f"{rule.code:<9} {rule.level:<12} {rule.field or '-':<27} {rule.message}")


@rules_app.command()
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Such as BSN-02.")],
    protocol: Annotated[str | None, PROTOCOL] = None,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Show all that is known of one rule, in Dutch."""
    from gmsd.protocol import catalogue_of, expectations_folder, nearest, protocols

    chosen = _chosen(protocol)
    rule = chosen.rules.get(code.upper())
    if rule is None:
        raise typer.BadParameter(f"no rule {code} in {chosen.id}; {nearest(code.upper(), chosen.rules)}", param_hint="CODE")
    if as_json:
        typer.echo(json.dumps(_plain(rule), ensure_ascii=False, indent=1))
        return
    page = catalogue_of(chosen, protocols(expectations_folder(), chosen.law.id))
    entry = next(entry for section in page.sections for entry in section.entries if entry.code == rule.code)
    rows = {
        "Wat er mis is": entry.message,
        "Waar": entry.where,
        "Herstel": entry.repair,
        "Goede waarde": entry.example,
        "Uitleg": entry.explanation,
        "Gevolg": f"{entry.level}. {entry.consequence}",
        "Bron": f"{entry.source}. {entry.status}",
        "Geldt voor": entry.period,
    }
    typer.echo(f"{rule.code} ({chosen.id})")
    for label, text in rows.items():
        if text is not None:
            typer.echo(f"{label + ':':<15}{text}")


@rules_app.command()
def page(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where the HTML page is written.")],
    protocol: Annotated[str | None, PROTOCOL] = None,
) -> None:
    """Write the catalogue of rules as one HTML page that opens without a network."""
    from gmsd.feedback import rules_html

    to.write_text(rules_html(_chosen(protocol)), encoding="utf-8")
    typer.echo(str(to))


def _plain(rule: Rule) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(rule)
