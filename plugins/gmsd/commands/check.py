"""`gmsd check`: the pipeline's check on local files; no service is needed."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from gmsd.masking import mask_bsn

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.checking import CheckResult
    from gmsd.rounds import HalfYear
    from gmsd.settings import Settings


class Format(StrEnum):
    """How the result is shown."""

    text = "text"
    json = "json"
    html = "html"
    xlsx = "xlsx"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", readable=False, help="Files, or folders of files, to check.")],
    municipality: Annotated[str | None, typer.Option("--municipality", help="Code of the delivering municipality, such as 0518.")] = None,
    half_year: Annotated[
        str | None, typer.Option("--half-year", help="Code uitvraag, such as H12019, for names that do not tell it.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="text, json, html or xlsx.")] = Format.text,
    out: Annotated[Path | None, typer.Option("--out", help="Write here instead of to the screen; needed for xlsx.")] = None,
) -> None:
    """Check Wmo files as the pipeline does. Exit status 1 when a file is rejected, 2 when one cannot be opened."""
    files, listed = _files(paths)
    expected = _half_year(half_year)
    if form is Format.xlsx and out is None:
        raise typer.BadParameter("xlsx needs a file to write to", param_hint="--out")
    if form in (Format.html, Format.xlsx) and listed:
        raise typer.BadParameter(f"{form.value} is made of one file at a time", param_hint="--format")
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        _refuse(f"{out}: cannot be written to: {'a folder' if out.is_dir() else 'no such folder'}")
    for file in files:
        _municipality(municipality, file, expected)

    from gmsd.checking import check_path, load_engine
    from gmsd.settings import get_settings

    settings = get_settings()
    now = _now(settings)
    load_engine()
    results = []
    for file in files:
        try:
            result = check_path(
                file,
                municipality=municipality,
                half_year=expected,
                received_on=now.date(),
                max_bytes=settings.max_file_bytes,
                max_lines=settings.max_file_lines,
            )
        except OSError as error:
            _unopened(file, error)
        results.append(result)
    _write(_rendered(results, form, listed=listed, now=now), out)
    raise typer.Exit(0 if all(result.accepted for result in results) else 1)


def _files(paths: list[Path]) -> tuple[list[Path], bool]:
    """The files meant, and whether the answer is a list: more paths than one, or a folder."""
    files: list[Path] = []
    for path in paths:
        try:
            if path.is_dir():
                inside = sorted(entry for entry in path.rglob("*") if entry.is_file() and not _hidden(entry.relative_to(path)))
                if not inside:
                    _refuse(f"{path}: a folder without files")
                files += inside
            elif path.exists() and not path.is_file():
                _refuse(f"{path}: neither a file nor a folder")
            else:
                with path.open("rb"):
                    files.append(path)
        except OSError as error:
            _unopened(path, error)
    return files, len(paths) > 1 or paths[0].is_dir()


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _unopened(path: Path, error: OSError) -> NoReturn:
    _refuse(f"{path}: cannot be opened: {(error.strerror or type(error).__name__).lower()}")


def _refuse(line: str) -> NoReturn:
    typer.echo(f"gmsd: {mask_bsn(line)}".encode("utf-8", "replace"), err=True)
    raise typer.Exit(2)


def _half_year(text: str | None) -> HalfYear | None:
    from gmsd.protocol import NoProtocolError, protocol_for
    from gmsd.rounds import HalfYear

    if text is None:
        return None
    try:
        half_year = HalfYear.parse(text)
        protocol_for(half_year)
    except (ValueError, NoProtocolError) as error:
        raise typer.BadParameter(mask_bsn(str(error)), param_hint="--half-year") from None
    return half_year


def _municipality(code: str | None, file: Path, expected: HalfYear | None) -> None:
    """Four digits, and a municipality in the file's half-year when that is known."""
    if code is None:
        return
    if not re.fullmatch(r"[0-9]{4}", code):
        raise typer.BadParameter("a municipality is four digits, such as 0518", param_hint="--municipality")
    from gmsd.checking import half_year_in_name
    from gmsd.reference import is_municipality

    half_year = half_year_in_name(file.name) or expected
    if half_year is not None and not is_municipality(code, half_year):
        raise typer.BadParameter(f"{code} is no municipality in {half_year}", param_hint="--municipality")


def _now(settings: Settings) -> dt.datetime:
    """The clock's moment. A demo's clock stands in a database; without that, today is the system's, and that is said."""
    from gmsd.clock import SystemClock, get_clock

    if settings.clock == "system":
        return SystemClock().now()
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return get_clock(settings).now()
    except (SQLAlchemyError, ValueError):
        typer.echo("gmsd: the demo's clock does not answer; the system's date is used", err=True)
        return SystemClock().now()


def _rendered(results: list[CheckResult], form: Format, *, listed: bool, now: dt.datetime) -> bytes:
    if form is Format.json:
        plain = [result.to_json() for result in results]
        return (json.dumps(plain if listed else plain[0], ensure_ascii=False, indent=1) + "\n").encode()
    if form is Format.text:
        return "\n".join(_text(result) for result in results).encode()

    from gmsd.reference import name
    from gmsd.reporting import FeedbackContext, feedback_html, feedback_xlsx

    result = results[0]
    try:
        title = None if result.municipality is None else name(result.municipality)
    except KeyError:
        title = None
    context = FeedbackContext(checked_at=now, municipality_name=title)
    return feedback_html(result.to_json(), context).encode() if form is Format.html else feedback_xlsx(result.to_json(), context)


_VERDICTS = {
    "accepted": "Goedgekeurd",
    "accepted_without_facultative": "Goedgekeurd, zonder de facultatieve variabelen",
    "rejected": "Afgekeurd",
}
_LEVELS = {"file": "bestand", "base": "basis", "facultative": "facultatief", "notice": "opmerking"}


def _text(result: CheckResult) -> str:
    """The result for a person at a terminal: verdict first, then each fault with where it is and what to do."""
    lines = [
        f"{result.file}: {_VERDICTS[result.verdict]}",
        f"  {result.records} regels gecontroleerd, {result.content_errors} fouten in de inhoud",
    ]
    if not result.readable:
        lines[1] = "  De inhoud is nog niet gecontroleerd: herstel eerst wat er met het bestand is."
    elif result.verdict == "accepted_without_facultative":
        lines.append("  Alle facultatieve variabelen worden leeggemaakt, tenzij u een verbeterd bestand levert.")
    for finding in result.findings:
        place = f" {finding.field}" if finding.field else ""
        lines += ["", f"  [{finding.rule}, {_LEVELS[finding.level]}]{place}: {finding.message}"]
        if finding.level != "file":
            shown = ", ".join(str(line) for line in finding.lines)
            more = " (eerste tien)" if finding.count > len(finding.lines) else ""
            lines.append(f"    {finding.count} keer, op regel{more}: {shown}")
        lines.append(f"    {finding.repair}")
    lines += [f"  [{rule.rule}] Niet gecontroleerd: {rule.reason}" for rule in result.not_run]
    return "\n".join(lines) + "\n"


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        typer.echo(content, nl=False)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        _unopened(out, error)
