"""`gmsd explanations`: what municipalities wrote to be printed with their figures, read and approved, or sent back."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gmsd.consent import PublicText

app = typer.Typer(help="What municipalities wrote to be printed with their figures: read, approved or sent back.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Id = Annotated[str, typer.Argument(metavar="FORM", help="Such as form.0007.")]
STATES = ("filed", "approved", "sent_back", "replaced")


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="explanations")


@app.command("list")
def list_(
    *,
    state: Annotated[str | None, typer.Option("--state", help="filed (waits to be read), approved, sent_back or replaced.")] = None,
    as_json: Json = False,
) -> None:
    """List the explanations in order of receipt, each with its version."""
    from gmsd.consent import explanations
    from gmsd.database import connect
    from gmsd.settings import get_settings

    if state is not None and state not in STATES:
        raise typer.BadParameter(f"no state {state}; one of {', '.join(STATES)}", param_hint="--state")
    with connect(get_settings(), "loader").connect() as connection:
        found = explanations(connection, state=state)
    if as_json:
        typer.echo(json.dumps([each.to_json() for each in found], ensure_ascii=False, indent=1))
        return
    for each in found:
        typer.echo(f"{each.form_id}  {each.place}  version {each.version}  {each.received_at:%Y-%m-%d %H:%M}  {each.state}")
    if not found:
        typer.echo("No explanation.")


@app.command()
def show(form_id: Id, *, as_json: Json = False) -> None:
    """Show an explanation as it would be printed."""
    from gmsd.consent import explanations
    from gmsd.database import connect
    from gmsd.masking import printable
    from gmsd.settings import get_settings

    with connect(get_settings(), "loader").connect() as connection:
        found = explanations(connection, form_id=form_id)
    if not found:
        typer.echo(f"gmsd: there is no explanation {form_id}; `gmsd explanations list` shows them all", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps(found[0].to_json(), ensure_ascii=False, indent=1))
        return
    typer.echo(f"{form_id}, {found[0].place}, version {found[0].version}, {found[0].state}, by {printable(found[0].name)}")
    typer.echo("\n".join(printable(line) for line in found[0].text.splitlines()))


@app.command()
def approve(form_id: Id, *, as_json: Json = False) -> None:
    """Let an explanation be printed with the figures, as it is, from the next release on."""
    from gmsd.consent import approve_explanation
    from gmsd.journal import Context

    _tell(approve_explanation(Context.open(), form_id, by=getpass.getuser()), as_json, "is printed from the next release on")


@app.command("send-back")
def send_back(
    form_id: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why, in Dutch: the coordinator gets these words by mail.")],
    *,
    as_json: Json = False,
) -> None:
    """Do not print an explanation, and mail the coordinator why."""
    from gmsd.consent import send_back_explanation
    from gmsd.journal import Context

    done = send_back_explanation(Context.open(), form_id, by=getpass.getuser(), reason=reason)
    _tell(done, as_json, "is not printed; the coordinator is mailed the reason")


def _tell(found: PublicText, as_json: bool, what: str) -> None:
    typer.echo(
        json.dumps(found.to_json(), ensure_ascii=False) if as_json else f"{found.form_id} ({found.place}, version {found.version}) {what}."
    )
