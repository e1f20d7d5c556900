"""`gmsd releases diff`, `explain`, `verify` and `audit`: what changed, where a cell comes from, one built again, all attacked together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gmsd.commands.releases import app

if TYPE_CHECKING:
    from gmsd.releases import Difference, Trace

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


def register(_root: typer.Typer) -> None:
    """Add the commands to `gmsd releases`."""
    app.command()(diff)
    app.command()(explain)
    app.command()(verify)
    app.command()(audit)


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="Such as r0001.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Such as r0002.")],
    *,
    show_cells: Annotated[bool, typer.Option("--cells", help="List the cells too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two releases: per table and period the cells that are new, changed, gone, and held (missing since an attack found them)."""
    from gmsd.database import connect
    from gmsd.releases import compare_releases
    from gmsd.settings import get_settings

    with connect(get_settings(), "publisher").connect() as connection:
        found = compare_releases(connection, before, after)
    if as_json:
        said = {"a": before, "b": after, "summary": found.summary.to_dicts(), "cells": found.cells.to_dicts()}
        typer.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    for line in _compared(found, show_cells=show_cells):
        typer.echo(line)


def _compared(found: Difference, *, show_cells: bool) -> list[str]:
    if found.summary.is_empty():
        return [f"{found.after} shows what {found.before} shows."]
    lines = [f"{'table':12}{'period':12}{'new':>9}{'changed':>9}{'gone':>9}{'held':>9}"]
    lines += [
        f"{row['table_id']:12}{row['period']:12}{row['new']:>9}{row['changed']:>9}{row['gone']:>9}{row['held']:>9}"
        for row in found.summary.iter_rows(named=True)
    ]
    if show_cells:
        for row in found.cells.iter_rows(named=True):
            was, now = ("." if row[name] is None else row[name] for name in ("before", "after"))
            lines.append(f"{row['table_id']}  {row['measure']}  {row['period']}  {row['region']}  {row['group_code']}: {was} -> {now}")
    return lines


def explain(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Such as 83262NED.")],
    region: Annotated[str, typer.Argument(metavar="REGION", help="Such as GM0518 or NL01.")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="Such as 2019HJ02, 2019-H2 or 2019JJ00.")],
    group: Annotated[str | None, typer.Argument(metavar="[GROUP]", help="The key of the group; without it the total.")] = None,
    *,
    release_id: Annotated[str | None, typer.Option("--release", help="The release; without it the one in force.")] = None,
    true_value: Annotated[bool, typer.Option("--true-value", help="Show the true count too; noted in the audit trail.")] = False,
    as_json: AsJson = False,
) -> None:
    """Trace a published cell back to its deliveries, rules, mapping and code.

    The true count is read with the publisher's rights in the database, and that it was looked at is written into the audit trail.
    """
    import getpass

    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.journal import audit
    from gmsd.releases import trace_cell
    from gmsd.settings import get_settings

    settings = get_settings()
    with connect(settings, "publisher").begin() as connection:
        found = trace_cell(connection, table, region, period, group, release_id=release_id, true_values=true_value)
        if true_value:
            cell = {"table": found.table, "region": found.region, "period": found.period, "group": found.group}
            audit(connection, found.release_id, "true count seen", at=get_clock(settings).now(), actor=getpass.getuser(), details=cell)
    if as_json:
        typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=1))
        return
    for line in _told(found):
        typer.echo(line)


def verify(release_id: Annotated[str, typer.Argument(metavar="ID", help="Such as r0002.")], *, as_json: AsJson = False) -> None:
    """Build a release again from the deliveries that counted then, and compare every file with what is public, byte for byte.

    Exits with 1 when a file came out otherwise, or when a delivery it was made of is gone, as after a withdrawal.
    """
    from dataclasses import asdict

    from gmsd.database import connect
    from gmsd.journal import Context
    from gmsd.releases import verify_release
    from gmsd.settings import get_settings

    settings = get_settings()
    context = Context.open(settings)

    def told(done: int, of: int) -> None:
        if not as_json and (done % 50 == 0 or done == of):
            typer.echo(f"{done} of {of} deliveries read", err=True)

    with connect(settings, "publisher").connect() as connection:
        found = verify_release(context, connection, release_id, told)
    if as_json:
        typer.echo(json.dumps({**asdict(found), "equal": found.is_equal}, indent=1))
    elif found.gone:
        typer.echo(f"{release_id} cannot be built again: the data of {len(found.gone)} of its deliveries is gone, such as {found.gone[0]}.")
        typer.echo("What is public is what was published: every file has the hash that release.json names.")
    elif found.differing:
        typer.echo(f"{release_id} came out otherwise: {', '.join(found.differing)}")
        typer.echo(f"It was built by {found.built_by}, and is built again by {found.verified_by}.")
    else:
        typer.echo(f"{release_id}: all {found.files} files are equal, byte for byte.")
    if not found.is_equal:
        raise typer.Exit(1)


def audit(*, law: Annotated[str, typer.Option("--law", help="The law.")] = "wmo", as_json: AsJson = False) -> None:
    """Attack all public releases of a law together, as a reader who kept them could, and list the counts that they tell.

    Exits with 1 when one is disclosed. What the attack cannot see is said with --json.
    """
    from gmsd.database import connect
    from gmsd.releases import attack_series
    from gmsd.settings import get_settings

    settings = get_settings()
    with connect(settings, "publisher").connect() as connection:
        found = attack_series(connection, settings, law, progress=None if as_json else lambda said: typer.echo(said, err=True))
    if found is None:
        nothing = {"cells": 0, "disclosed": 0, "repaired": 0, "seconds": 0.0, "findings": []}
        typer.echo(json.dumps(nothing, indent=1) if as_json else f"No release of {law} has been published yet.")
        return
    told = [*found.report["faults"], *found.report["findings"], *found.report["guessed"]]
    if as_json:
        typer.echo(
            json.dumps(
                {**found.describe(), "findings": told, "guesses": found.report["guesses"], "cannot_see": found.report["blind"]}, indent=1
            )
        )
    else:
        typer.echo(f"{found.cells} counts attacked in {found.seconds:.1f} s: {found.disclosed} disclosed, {found.repaired} hidden for it.")
        for line in told:
            typer.echo(f"  {line}")
    if not found.passed:
        raise typer.Exit(1)


def _plain(found: Trace) -> dict[str, Any]:
    from dataclasses import asdict

    said = asdict(found)
    return said if found.true_values is not None else {name: value for name, value in said.items() if name != "true_values"}


def _told(found: Trace) -> list[str]:
    lines = [f"{found.release_id}  {found.table}  {found.region}  {found.period}  {found.group}"]
    lines += [f"  {each['measure']}: {'.' if each['value'] is None else each['value']} ({each['reason']})" for each in found.values]
    lines.append(f"counted as: {', '.join(found.content)}")
    if found.true_values is not None:
        lines += [f"  true count of {name}: {'none' if value is None else value}" for name, value in found.true_values.items()]
    if found.repaired_since:
        lines.append(f"  missing since {found.repaired_since}: the attack on the releases found it out")
    lines.append("protection: " + ", ".join(f"{name} {value}" for name, value in found.protection.items()))
    lines.append("versions: " + ", ".join(f"{name} {value}" for name, value in found.versions.items()))
    lines.append(f"made of {sum(each['delivery_id'] is not None for each in found.deliveries)} deliveries:")
    for each in found.deliveries[:20]:
        rows = f"{each['rows_used']} of {each['rows_in']} rows used" if each["rows_in"] is not None else "not loaded now"
        lines.append(
            f"  {each['half_year']} {each['municipality']}  {each['status']}  {each['delivery_id'] or '-'}  {rows}  {each['sha256'] or ''}"
        )
    if len(found.deliveries) > 20:
        lines.append(f"  and {len(found.deliveries) - 20} more (--json gives all)")
    return lines
