"""`gmsd withdraw` and `gmsd explain`: file a form on behalf of a coordinator; `gmsd consent`: what was withdrawn is gone."""

from __future__ import annotations

import json
from pathlib import Path
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
        str | None,
        typer.Argument(
            metavar="[PROOF]", help="A form such as form.0007, a delivery, or a proof as a file (bewijs.json); without it all of them."
        ),
    ] = None,
    *,
    also: Annotated[list[Path] | None, typer.Option("--also", help="Search this folder too, such as that of a backup.")] = None,
    as_json: Json = False,
) -> None:
    """Search warehouse, buckets and disks again for what deletion proofs say is gone. Exit status 1, and where, when something is found.

    A proof that is given as a file has to be, byte for byte, the one that the audit trail speaks of.
    """
    from dataclasses import asdict

    from gmsd.consent import check_document, find_left, proofs, search_disk
    from gmsd.journal import Context

    context = Context.open()
    with context.engine.connect() as connection:
        if about is not None and Path(about).is_file():
            about = check_document(connection, Path(about).read_text(encoding="utf-8"))
        searched = proofs(connection, about)
    on_disk, looked = search_disk(context, searched, also or [])
    found = find_left(context, searched) + on_disk
    if as_json:
        told = {"proofs": len(searched), "gone": not found, "found": [asdict(left) for left in found]}
        typer.echo(json.dumps(told | {"files": looked.files, "bytes": looked.bytes, "unread": looked.unread}, indent=1))
    elif not found:
        typer.echo(f"What {len(searched)} deletion proofs say is gone, is gone.")
        where = (
            f"{looked.files} files on disk ({looked.bytes:,} bytes) were searched"
            if looked.files
            else "no files of services on this machine"
        )
        typer.echo(f"{where}{f', {looked.unread} could not be read' if looked.unread else ''}.")
    for left in () if as_json else found:
        typer.echo(f"gmsd: {left.delivery_id} was withdrawn and is in {left.where}", err=True)
    if found:
        raise typer.Exit(1)


@consent.command()
def proof(
    form: Annotated[str, typer.Argument(metavar="FORM", help="The withdrawal, such as form.0007.")],
    *,
    kind: Annotated[Literal["json", "html"], typer.Option("--format", help="For a program or for a person.")] = "json",
    out: Annotated[Path | None, typer.Option("--out", help="Write it there.")] = None,
) -> None:
    """Print the proof of a deletion, as it also lies in the outbox of the municipality."""
    from gmsd.database import connect
    from gmsd.deletion import kept_proof, proof_page
    from gmsd.settings import get_settings

    with connect(get_settings(), "loader").connect() as connection:
        kept = kept_proof(connection, form)
    if kept is None:
        typer.echo(f"gmsd: there is no proof of {form}: nothing was deleted by it, or that is still under way", err=True)
        raise typer.Exit(1)
    text = kept if kind == "json" else proof_page(kept)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def withdraw(
    municipality: Municipality,
    half_year: HalfYearCode,
    name: Name,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; may be left out, but not after publication.")] = None,
    after_publication: Annotated[
        bool,
        typer.Option("--after-publication", help="A round has been closed for it: withdraw everything of the half-year, now and for good."),
    ] = False,
    as_json: Json = False,
) -> None:
    """File a withdrawal: intake deletes what the municipality delivered of the half-year in this round.

    With --after-publication everything of the half-year is deleted at once, whichever round it came in, although its round has been
    closed or its figures are public: only the engineer can do that. The next release shows it nowhere.
    """
    if after_publication:
        if reason is None or not reason.strip():
            raise typer.BadParameter("after publication a withdrawal has a reason", param_hint="--reason")
        _withdraw_published(municipality, half_year, name, reason, as_json)
        return
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


def _place(municipality: str, half_year: str) -> Any:
    from gmsd.reference import is_municipality
    from gmsd.rounds import Place, parse_partition

    try:
        place = Place(*parse_partition(half_year), municipality)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if not is_municipality(municipality, place.half_year):
        raise typer.BadParameter(f"{municipality} is not a municipality in {place.half_year}")
    return place


def _withdraw_published(municipality: str, half_year: str, name: str, reason: str, as_json: bool) -> None:
    from gmsd.consent import withdraw_published
    from gmsd.journal import Context

    place = _place(municipality, half_year)
    form, state = withdraw_published(Context.open(), place, by=name, reason=reason)
    if as_json:
        typer.echo(json.dumps({"kind": "withdrawal", "form": form, "state": state}))
    else:
        typer.echo(f"Everything of {place} is deleted ({form}); `gmsd consent proof {form}` proves it. The next release shows it nowhere.")


def _file(kind: Literal["withdrawal", "explanation"], municipality: str, half_year: str, as_json: bool, **content: Any) -> None:
    from gmsd.consent import file_form
    from gmsd.journal import Context

    place = _place(municipality, half_year)
    key = file_form(Context.open(), kind, place=place, **content)
    if as_json:
        typer.echo(json.dumps({"kind": kind, "key": key}))
    else:
        typer.echo(f"Filed as {key}; intake deals with it within half an hour (`gmsd deliveries list` shows the result).")
