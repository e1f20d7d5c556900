"""`gmsd demo`: synthetic deliveries and the played story."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from gmsd.demo.choice import Choice
    from gmsd.rounds import HalfYear

app = typer.Typer(help="Synthetic deliveries and the played story.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="demo")


def _choice(text: str) -> Choice:
    if text == "all":
        return "all"
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise typer.BadParameter("give a number from 1 up, or all", param_hint="--municipalities")
    return int(text)


def _laws(text: str) -> tuple[str, ...]:
    from gmsd.demo.other_laws import LAWS

    if text not in (*LAWS, "all"):
        raise typer.BadParameter(f"give {', '.join(LAWS)} or all", param_hint="--law")
    return LAWS if text == "all" else (text,)


def _half_years(texts: list[str], laws: tuple[str, ...]) -> tuple[HalfYear, ...]:
    from gmsd.demo.other_laws import first_and_last
    from gmsd.rounds import HalfYear

    try:
        half_years = [HalfYear.parse(text) for text in texts]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--half-year") from None
    first, last = first_and_last(laws)
    for half_year in half_years:
        if not first <= half_year <= last:
            raise typer.BadParameter(f"{half_year} is not between {first} and {last}", param_hint="--half-year")
    return tuple(dict.fromkeys(half_years))


@app.command()
def deliveries(
    *,
    to: Annotated[Path, typer.Option("--to", help="Folder to write to; made when absent.", file_okay=False)],
    municipalities: Annotated[
        str, typer.Option("--municipalities", help="How many, or all. The first thirty are the demo's own choice, six of each size.")
    ] = "30",
    half_year: Annotated[
        list[str] | None, typer.Option("--half-year", help="Code uitvraag, as H12019; may be repeated. Default: H12019 and H22019.")
    ] = None,
    law: Annotated[str, typer.Option("--law", metavar="LAW", help="wmo, jeugd, participatie or all, of the same persons.")] = "wmo",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same files.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
    more: Annotated[list[str] | None, typer.Argument(metavar="[HALF_YEAR]...", help="Further half-years.")] = None,
) -> None:
    """Write synthetic deliveries, laid out as inbox keys: {code uitvraag}/{gemeentecode}/{file name}.

    The persons are made up. Their BSNs are numbers from 900000000 up that pass the 11-proef. When every half-year asked for lies before
    2019 they are an archive: manifest.csv is written beside them, for `gmsd archive import`.

    Files of the Jeugdwet (one a provider) and the Participatiewet lie below jeugd/ and participatie/. Their form is our own, and they exist
    for 2017 to 2023. `gmsd check` judges them by their own law; the pipeline takes them where the calendar has a round.
    """
    choice, laws = _choice(municipalities), _laws(law)
    half_years = _half_years((half_year or []) + (more or []) or ["H12019", "H22019"], laws)
    try:
        written = _write(to, choice, half_years, laws, seed, quiet=as_json)
    except OSError as error:
        typer.echo(f"gmsd: cannot write to {to}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps(written, indent=1))
    else:
        records = sum(int(entry["records"]) for entry in written)
        typer.echo(f"{len(written)} deliveries, {records:,} records, in {to}")


def _write(
    to: Path, choice: Choice, half_years: tuple[HalfYear, ...], laws: tuple[str, ...], seed: int, *, quiet: bool
) -> list[dict[str, str | int]]:
    from rich.console import Console
    from rich.progress import track

    from gmsd.archive import MANIFEST, manifest_text
    from gmsd.demo.archive import is_archive, manifest_row
    from gmsd.demo.choice import municipalities_of
    from gmsd.demo.other_laws import deliveries_of_laws
    from gmsd.rounds import WMO

    archive, manifest = is_archive(half_years) and WMO in laws, []
    to.mkdir(parents=True, exist_ok=True)
    total = sum(len(municipalities_of(choice, half_year)) for half_year in half_years)
    written: list[dict[str, str | int]] = []
    made = deliveries_of_laws(seed, choice, half_years, laws)
    for delivery in track(
        made, "Deliveries", total=total if laws == (WMO,) else None, console=Console(stderr=True, quiet=quiet), transient=True
    ):
        path = to / delivery.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(delivery.data)
        if archive and delivery.law == WMO:
            manifest.append(manifest_row(delivery))
        written.append(
            {
                "law": delivery.law,
                "half_year": str(delivery.half_year),
                "municipality": delivery.municipality,
                "key": delivery.key,
                "records": delivery.records,
                "bytes": len(delivery.data),
            }
        )
    if archive:
        (to / MANIFEST).write_text(manifest_text(manifest), encoding="utf-8")
    return written


@app.command()
def play(
    *,
    municipalities: Annotated[str, typer.Option("--municipalities", help="How many (30 or more), or all.")] = "30",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same files.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON; progress goes to stderr.")] = False,
) -> None:
    """Play two rounds from upload to publication through Airflow; the services must run (`make demo` starts them).

    A demo that was interrupted goes on where it stopped; one that has been played shows its results.
    """
    from rich.console import Console

    from gmsd.demo.screen import show
    from gmsd.settings import get_settings

    console = Console(stderr=as_json)
    found = _play(_choice(municipalities), municipalities, seed, console)
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    else:
        show(console, found, get_settings())
    if found["deviations"]:
        raise typer.Exit(1)


def _play(choice: Choice, text: str, seed: int, console: Console) -> dict[str, Any]:
    from gmsd.demo.measure import PeakMemory
    from gmsd.demo.player import Player, State, report
    from gmsd.demo.screen import Screen
    from gmsd.demo.story import build_story
    from gmsd.settings import get_settings

    settings = get_settings()
    state = State.read(settings.home / "var" / "demo" / "state.json", text, seed)
    if state.report is not None:
        console.print("This demo has been played; these are its results. Give RESET=1 to play it again.")
        return state.report
    try:
        story = build_story(choice, seed)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--municipalities") from None
    measure = PeakMemory((settings.home / "var" / "services" / "run").resolve())
    with measure, Screen(console, len(story.uploads)) as screen, closing(Player(settings, story, state, screen, measure)) as player:
        player.play()
        state.report = report(player)
    state.write()
    path = settings.home / "var" / "demo" / "report.json"
    path.write_text(json.dumps(state.report, indent=1) + "\n", encoding="utf-8")
    return state.report
