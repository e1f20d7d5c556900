"""`gmsd check`: the pipeline's check on local files; no service is needed."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import warnings
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from gmsd.commands._check_settings import CheckSettings, check_settings
from gmsd.commands._dutch import DutchCommand, Refusal, reason
from gmsd.commands._imports import imports
from gmsd.errors import GmsdError
from gmsd.masking import STEERING, mask_bsn, printable
from gmsd.rounds import WMO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from gmsd.checking import CheckResult
    from gmsd.protocol import Law
    from gmsd.rounds import HalfYear
    from gmsd.settings import Settings

_LARGE = 20 * 2**20
_NOT_IN_NAMES = re.compile('[<>:"/\\\\|?]')


class ReportFormat(StrEnum):
    """How the result is shown."""

    text = "text"
    json = "json"
    html = "html"
    xlsx = "xlsx"


_REPORTS = (ReportFormat.html, ReportFormat.xlsx)


def _path(text: str) -> Path:
    """A path; nothing at all is what an empty variable of a script leaves, and would mean the folder one stands in."""
    if not text.strip():
        raise Refusal("er staat een lege naam; schrijf de naam van een bestand of map")
    return Path(text)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(cls=DutchCommand, short_help="Check files as the pipeline does (in Dutch).")(check)


def check(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="BESTAND", parser=_path, help="Bestanden, of mappen met bestanden, om te controleren."),
    ],
    municipality: Annotated[
        str | None, typer.Option("--municipality", metavar="CODE", help="Code van de gemeente die levert, zoals 0518.")
    ] = None,
    half_year: Annotated[
        str | None,
        typer.Option("--half-year", metavar="H12019", help="Code uitvraag, zoals H12019, voor bestanden waarvan de naam die niet noemt."),
    ] = None,
    law: Annotated[str, typer.Option("--law", metavar="WET", help="De wet, voor bestanden waarvan de naam die niet noemt.")] = WMO,
    form: Annotated[
        ReportFormat,
        typer.Option("--format", metavar="text|json|html|xlsx", show_default=False, help="Hoe u de uitslag wilt zien. Standaard: text."),
    ] = ReportFormat.text,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="PAD",
            parser=_path,
            help="Schrijf hierheen en niet naar het scherm; nodig voor xlsx. Een map als u html of xlsx van meer bestanden wilt.",
        ),
    ] = None,
) -> None:
    """Controleert uw bestand zoals het CBS dat doet, op uw eigen computer: er wordt niets verstuurd.

    U ziet eerst de uitslag, dan per variabele wat er mis is, waar dat staat en hoe u het herstelt. Met --format xlsx krijgt u alle
    regelnummers in een Excel-bestand. De afsluitcode is 0 als alles is goedgekeurd, 1 als een bestand is afgekeurd, en 2 als een bestand
    niet kan worden geopend of de opdracht niet klopt.

    \b
    gmsd check WMO_H22019_gemeenteDenHaag.csv --municipality 0518
    gmsd check WMO_H22019_gemeenteDenHaag.csv --format xlsx --out fouten.xlsx
    """  # noqa: D301  typer leaves the lines below a backspace as they are
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # they are for who edits rules or writes code, and would stand between a person and the verdict
    given = _Given.of(paths, form, out)
    laws = {file.path: _law(file.path, law) for file in given.files}
    expected = _half_year(half_year, laws.values())
    for path, its_law in laws.items():
        _municipality(municipality, path, expected, its_law)

    settings = check_settings()
    run = _Run(given, laws, settings, _now(settings), municipality, expected)
    with imports():
        run.check(given.files[0])
    for file in given.files[1:]:
        run.check(file)
    run.finish()
    raise typer.Exit(run.status)


@dataclass(frozen=True)
class _File:
    """A file to check, and what it is called to the person: a file in a folder by its path from there."""

    path: Path
    label: str


@dataclass(frozen=True)
class _Given:
    """What was asked for: the files, whether the answer is a list (more paths than one, or a folder), the form and where it goes.

    `passed_over` counts the files that systems and transfer programs left in a folder.
    """

    files: list[_File]
    passed_over: int
    listed: bool
    form: ReportFormat
    out: Path | None

    @classmethod
    def of(cls, paths: list[Path], form: ReportFormat, out: Path | None) -> _Given:
        """Look at the paths; what cannot be done is refused before a file is checked."""
        listed = len(paths) > 1 or _is_folder(paths[0])
        folder = listed and form in _REPORTS
        found = [_files(path, out if folder else None) for path in paths]
        files, passed_over = [file for each, _ in found for file in each], sum(over for _, over in found)
        if form in _REPORTS and out is None:
            if form is ReportFormat.xlsx and not listed:
                raise Refusal("noem een bestand om het xlsx-bestand naar te schrijven", param_hint="--out")
            if folder:
                raise Refusal(f"noem een map om de {form.value}-bestanden in te schrijven", param_hint="--out")
        if out is not None:
            _writable(out, files, folder=folder)
        return cls(files, passed_over, listed, form, out)


def _files(path: Path, reports: Path | None) -> tuple[list[_File], int]:
    """The files that a path means, and how many of a folder are passed over, because a system or transfer program left them there.

    Of a folder those in subfolders are meant too, but no report of ours.
    """
    try:
        if _is_folder(path):
            inside = sorted(_below(path, reports))
            meant = [_File(each, str(each.relative_to(path))) for each in inside if not _left_behind(each.relative_to(path))]
            over = len(inside) - len(meant)
            return (meant, over) if meant else _refuse(f"{path}: een map zonder bestanden om te controleren{_passed_over(over, '; ')}")
        if path.exists() and not path.is_file():
            _refuse(f"{path}: geen bestand en geen map")
        with path.open("rb"):
            return [_File(path, path.name)], 0
    except OSError as error:
        _unopened(Path(error.filename or path), error)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        _unopened(path, error)


def _below(folder: Path, reports: Path | None) -> Iterator[Path]:
    """Links to folders are not followed: a file is checked once, and a circle has an end."""

    def stop(error: OSError) -> NoReturn:
        raise error

    for place, folders, names in os.walk(folder, onerror=stop):
        here = Path(place)
        folders[:] = [name for name in folders if reports is None or not _same(here / name, reports)]
        yield from (here / name for name in names if (here / name).is_file())


def _left_behind(path: Path) -> bool:
    """By the list that the inbox has; what lies in a hidden folder is not meant either, whatever it is called."""
    from gmsd.protocol import is_left_behind

    return is_left_behind(path) or any(part.startswith(".") for part in path.parts[:-1])


def _passed_over(count: int, before: str = "") -> str:
    if not count:
        return ""
    files, were = ("bestand", "is") if count == 1 else ("bestanden", "zijn")
    return f"{before}{count} {files} van een systeem of overdrachtsprogramma {were} overgeslagen"


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _writable(out: Path, files: list[_File], *, folder: bool) -> None:
    if folder and out.exists() and not out.is_dir():
        _refuse(f"{out}: kan niet worden geschreven: het is geen map, en er zijn meer rapporten")
    if not folder and out.is_dir():
        _refuse(f"{out}: kan niet worden geschreven: het is een map")
    if not out.parent.is_dir():
        _refuse(f"{out}: kan niet worden geschreven: die map bestaat niet")
    if any(_same(file.path, out) for file in files):
        _refuse(f"{out}: kan niet worden geschreven: het is een bestand dat wordt gecontroleerd")


def _unopened(path: Path, error: OSError) -> NoReturn:
    _refuse(_trouble(path, error))


def _trouble(path: Path, error: OSError) -> str:
    return f"{path}: kan niet worden geopend: {reason(error)}"


def _tell(line: str) -> None:
    typer.echo(f"gmsd: {printable(line)}".encode("utf-8", "replace"), err=True)


def _refuse(line: str) -> NoReturn:
    _tell(line)
    raise typer.Exit(2)


def _law(file: Path, otherwise: str) -> Law:
    """The law that the file's name begins with, else the one that was asked for."""
    from gmsd.checking import law_in_name
    from gmsd.protocol import NoLawError, law_of, laws

    try:
        asked_for = law_of(otherwise)
    except NoLawError:
        known = ", ".join(each.id for each in laws())
        raise Refusal(f"er is geen wet {otherwise}; kies uit {known}", param_hint="--law") from None
    return law_in_name(file.name) or asked_for


def _half_year(text: str | None, laws: Collection[Law]) -> HalfYear | None:
    """The half-year of the option; one that no law of the files has a protocol for is refused."""
    from gmsd.protocol import has_protocol
    from gmsd.rounds import HalfYear

    if text is None:
        return None
    try:
        half_year = HalfYear.parse(text)
    except ValueError:
        raise Refusal("dit is geen halfjaar; schrijf bijvoorbeeld H22019", param_hint="--half-year") from None
    if not any(has_protocol(half_year, law.id) for law in laws):
        raise Refusal(f"voor het {half_year.dutch} is er geen protocol", param_hint="--half-year")
    return half_year


def _municipality(code: str | None, file: Path, expected: HalfYear | None, law: Law) -> None:
    """Four digits, and a municipality in the file's half-year when that is known and files about it exist; else it is the file's fault."""
    if code is None:
        return
    if not re.fullmatch(r"[0-9]{4}", code):
        raise Refusal("een gemeentecode heeft vier cijfers, zoals 0518", param_hint="--municipality")
    from gmsd.checking import half_year_in_name, not_then
    from gmsd.protocol import has_protocol
    from gmsd.reference import is_municipality

    half_year = half_year_in_name(file.name, law) or expected
    if half_year is None or is_municipality(code, half_year) or not has_protocol(half_year, law.id):
        return
    known = not_then(code, half_year)
    if known is None:
        raise Refusal(f"{code} is geen gemeente", param_hint="--municipality")
    how = f"; {known.how}" if known.how else ""
    raise Refusal(f"{known.called} bestond niet in het {half_year.dutch}: {known.existed}{how}", param_hint="--municipality")


def _now(settings: CheckSettings | Settings) -> dt.datetime:
    """The clock's moment. A demo's clock stands in a database; without that, today is the system's, and that is said."""
    from gmsd.clock import SystemClock, get_clock

    if settings.clock == "system":
        return SystemClock().now()
    from sqlalchemy.exc import SQLAlchemyError

    from gmsd.settings import get_settings

    try:
        return get_clock(get_settings()).now()
    except (SQLAlchemyError, GmsdError):
        typer.echo("gmsd: de klok van de demo antwoordt niet; de datum van deze computer geldt", err=True)
        return SystemClock().now()


class _Screen:
    """The terminal: its width, whether it shows colours, and a line of progress on stderr that goes away by itself."""

    def __init__(self) -> None:
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        self.width = shutil.get_terminal_size().columns
        self.colour = not plain and sys.stdout.isatty()
        self._moving = os.environ.get("TERM") != "dumb" and sys.stderr.isatty()
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a screen that lacks a character shows a question mark

    def progress(self, text: str) -> None:
        """Show what is being done, when somebody can see it."""
        if self._moving:
            sys.stderr.write(f"\r\x1b[2K{printable(text)[: self.width - 1]}")
            sys.stderr.flush()

    def done(self) -> None:
        """Take the line of progress away."""
        if self._moving:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


@dataclass
class _Run:
    """One run over the files: each is checked, told and forgotten but for its result in JSON."""

    given: _Given
    laws: dict[Path, Law]
    settings: CheckSettings | Settings
    now: dt.datetime
    municipality: str | None
    half_year: HalfYear | None
    screen: _Screen = field(default_factory=_Screen)
    results: list[tuple[_File, dict[str, Any]]] = field(default_factory=list)
    written: set[Path] = field(default_factory=set)
    status: int = 0

    def check(self, file: _File) -> None:
        """Check a file. One of a folder that cannot be opened is told, and the others are still checked."""
        from gmsd.checking import check_path, judge_without_gx

        total = len(self.given.files)
        try:
            if total > 1 or file.path.stat().st_size >= _LARGE:
                place = f"[{len(self.results) + 1}/{total}] " if total > 1 else ""
                self.screen.progress(f"{place}{file.label} wordt gecontroleerd")
            result = check_path(
                file.path,
                municipality=self.municipality,
                half_year=self.half_year,
                received_on=self.now.date(),
                law_id=self.laws[file.path].id,
                max_bytes=self.settings.max_file_bytes,
                max_lines=self.settings.max_file_lines,
                judge=judge_without_gx,
            )
        except OSError as error:
            self.screen.done()
            _tell(_trouble(file.path, error))
            self.status = 2
            return
        self.screen.done()
        plain = result.to_json()
        self.results.append((file, plain))
        self.status = max(self.status, 0 if result.accepted else 1)
        self._told(file, result, plain)

    def _told(self, file: _File, result: CheckResult, plain: dict[str, Any]) -> None:
        """What can be told of a file at once: its line in a list, its own report."""
        if self.given.form in _REPORTS:
            self._report(file, result, plain)
        elif self.given.form is ReportFormat.text and self.given.listed and self.given.out is None:
            typer.echo(self._line(file, plain), nl=False)

    def _report(self, file: _File, result: CheckResult, plain: dict[str, Any]) -> None:
        from gmsd.feedback import feedback_html, feedback_xlsx

        if self.given.form is ReportFormat.html:
            content = feedback_html(plain, self._context(plain)).encode()
        else:
            content = feedback_xlsx(plain, self._context(plain), lines=result.all_lines())
        if self.given.out is None:
            typer.echo(content, nl=False)
            return
        path = self._free(self.given.out, file) if self.given.listed else self.given.out
        _write(path, content)
        typer.echo(self._line(file, plain, report=str(path)), nl=False)

    def _free(self, folder: Path, file: _File) -> Path:
        """Where a file's report goes in the folder: as the file lies in its own, under a name that is no person's number."""
        safe = [_NOT_IN_NAMES.sub("_", mask_bsn(STEERING.sub("_", part)).replace("*", "x"))[:120] for part in Path(file.label).parts]
        for number in range(1, len(self.given.files) + 1):
            path = folder.joinpath(*safe[:-1], f"{safe[-1]}{f' ({number})' if number > 1 else ''}.{self.given.form.value}")
            if path not in self.written:
                break
        self.written.add(path)
        return path

    def _context(self, plain: dict[str, Any]) -> Any:
        from gmsd.feedback import FeedbackContext
        from gmsd.reference import name

        try:
            title = None if plain["municipality"] is None else name(plain["municipality"])
        except KeyError:
            title = None
        return FeedbackContext(
            checked_at=self.now,
            municipality_name=title,
            rules_url=self.settings.rules_url,
            place_compared=self.municipality is not None,
        )

    def _line(self, file: _File, plain: dict[str, Any], *, report: str | None = None) -> str:
        from gmsd.feedback import feedback_line

        colour = self.screen.colour and (self.given.out is None or report is not None)
        return feedback_line(plain, name=file.label, report=report, width=self.screen.width, colour=colour)

    def finish(self) -> None:
        """Tell what could not be told while files were checked."""
        plain = [result for _, result in self.results]
        if self.given.form is ReportFormat.json:
            if self.given.passed_over:
                _tell(_passed_over(self.given.passed_over))
            content = _json(plain if self.given.listed else plain[0]) if plain or self.given.listed else ""
        elif self.given.form in _REPORTS:
            content = self._summary() if self.given.listed else ""
        else:
            content = self._text()
        if self.given.out is None or self.given.form in _REPORTS:
            typer.echo(content.encode() if self.given.form is ReportFormat.json else content, nl=False)
        else:
            _write(self.given.out, content.encode("utf-8", "replace"))

    def _text(self) -> str:
        from gmsd.feedback import feedback_text

        colour = self.screen.colour and self.given.out is None
        faulty = []
        for file, plain in self.results:
            if not self.given.listed:
                return feedback_text(plain, self._context(plain), width=self.screen.width, colour=colour)
            if plain["verdict"] != "accepted":
                text = feedback_text(plain, self._context(plain), name=file.label, width=self.screen.width, colour=colour)
                faulty.append(f"\n{'-' * min(self.screen.width, 80)}\n{text}")
        lines = "" if self.given.out is None else "".join(self._line(file, plain) for file, plain in self.results)
        return lines + "".join(faulty) + self._summary() if self.results else ""

    def _summary(self) -> str:
        from gmsd.feedback import feedback_summary

        plain = [result for _, result in self.results]
        summary = feedback_summary(plain, width=self.screen.width, colour=self.screen.colour and self.given.out is None)
        over = _passed_over(self.given.passed_over)
        return f"\n{summary}{over}\n" if over else f"\n{summary}"


def _json(plain: Any) -> str:
    text = json.dumps(plain, ensure_ascii=False, indent=1)
    return STEERING.sub(lambda found: found.group() if found.group() == "\n" else f"\\u{ord(found.group()):04x}", text) + "\n"


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        _refuse(f"{path}: kan niet worden geschreven: {reason(error)}")
