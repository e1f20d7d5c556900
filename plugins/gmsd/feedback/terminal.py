"""The result of a check for a person at a terminal: the words of the report, in the width of the screen."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gmsd import dutch
from gmsd.feedback.explanation import explain, missed
from gmsd.feedback.result import LEVEL_TITLES, Checked
from gmsd.rendering import clean_text
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gmsd.feedback.context import FeedbackContext
    from gmsd.feedback.explanation import Explanation
    from gmsd.feedback.result import ReportedFinding

WIDEST, NARROWEST = 100, 40
_LABELS = 21
_TONES = {"accepted": "32", "accepted_without_facultative": "33", "rejected": "31"}
_BOLD = "1"
_SHORT = {"accepted": "Goedgekeurd", "accepted_without_facultative": "Zonder facultatief", "rejected": "Afgekeurd"}

_MEANS = {
    "none": "Dit bestand is technisch in orde.",
    "facultative": "De basisvariabelen zijn in orde. In de facultatieve variabelen staan fouten.",
    "base": "Zo kan het CBS dit bestand niet gebruiken: in de basisvariabelen staan fouten.",
    "file": "Er is iets mis met het bestand zelf. De inhoud is nog niet gecontroleerd.",
    "nothing": "Zo kan het CBS dit bestand niet gebruiken. De inhoud is wel gecontroleerd.",
    "not_run": "Niet alle regels konden worden toegepast. Dat ligt niet aan u.",
}
_NEXT = {
    "none": "U hoeft niets te herstellen: u kunt dit bestand leveren.",
    "facultative": "Herstel de fouten hieronder en controleer het bestand opnieuw, dan gebruikt het CBS ook de facultatieve variabelen. "
    "U kunt het bestand ook zo leveren; dan gebruikt het CBS alleen de basisvariabelen.",
    "base": "Herstel de fouten hieronder, het liefst in het systeem waar het bestand uit komt. Controleer het bestand daarna opnieuw. "
    "Lever het als hier Goedgekeurd staat.",
    "file": "Herstel eerst wat hieronder staat en controleer het bestand opnieuw. Pas dan ziet u of er ook fouten in de inhoud staan.",
    "nothing": "Doe wat hieronder staat en controleer het bestand opnieuw. Lever het als hier Goedgekeurd staat.",
    "not_run": "Meld dit bij het CBS, met de codes die hieronder staan.",
}
_NOT_COMPARED = "de plaats van levering is niet vergeleken (geef bijvoorbeeld: --municipality {})"
_EMPTIED = (
    "Gevolg: als u dit bestand zo levert, maakt het CBS alle facultatieve variabelen leeg. Dat geldt voor alle regels, ook voor de regels "
    "zonder fout."
)
_ALSO = (
    "Herstel ook de fouten in de facultatieve variabelen. Ze zijn niet de reden van de afkeuring. Maar blijven ze staan in een bestand dat "
    "verder goed is, dan maakt het CBS alle facultatieve variabelen leeg."
)


@dataclass
class _Page:
    """Lines of at most `width` characters; nothing in them steers a terminal but the page's own colours."""

    width: int
    colour: bool
    lines: list[str] = field(default_factory=list)

    def text(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """A paragraph."""
        for line in _wrapped(text, self.width - indent):
            self.lines.append(" " * indent + self._styled(line, style))

    def heading(self, text: str) -> None:
        """A title with an empty line above and below it."""
        self.gap()
        self.text(text, style=_BOLD)
        self.gap()

    def gap(self) -> None:
        """One empty line."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def labelled(self, label: str, text: str) -> None:
        """A label with its text beside it, or below it where there is little room."""
        if self.width < 3 * _LABELS:
            self.text(f"{label}:", indent=2, style=_BOLD)
            self.text(text, indent=4)
            return
        first = f"  {label}:".ljust(_LABELS + 2)
        for line in _wrapped(text, self.width - len(first)):
            self.lines.append(self._styled(first, _BOLD) + line)
            first = " " * len(first)

    def _styled(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if style and self.colour and text.strip() else text


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(re.sub(r"\s+", " ", clean_text(text)).strip(), width, break_on_hyphens=False) or [""]


def _within(width: int) -> int:
    return max(NARROWEST, min(width, WIDEST))


def feedback_text(
    result: Mapping[str, Any], context: FeedbackContext, *, name: str | None = None, width: int = 80, colour: bool = False
) -> str:
    """Tell the result of one file: verdict, what to do next, then each fault with where it is and how to repair it.

    Args:
        result: The JSON of the check.
        context: What is known beside it.
        name: How the person called the file, such as its path in a folder; else the file's name.
        width: Of the terminal, in characters.
        colour: Whether the terminal shows colours.
    """
    checked = Checked.of(result)
    page = _Page(_within(width), colour)
    tone = f"{_BOLD};{_TONES[checked.verdict]}"
    page.text(f"{checked.verdict_words}: {name or checked.file}", style=tone)
    if checked.nothing_counts is not None:
        page.text(checked.nothing_counts.message)
    page.text(_MEANS[checked.cause])
    if checked.nothing_counts is None and checked.mostly_outside is not None:
        page.text(f"Let op: {checked.mostly_outside.message}")
    page.gap()
    first = "Controleer eerst of u het juiste bestand hebt. " if checked.accepted and checked.mostly_outside is not None else ""
    page.labelled("Wat u nu doet", first + _NEXT[checked.cause])
    for label, value in _facts(checked, context):
        page.labelled(label, value)
    explained = explain(checked, context.rules_url)
    for level in ("file", "base", "facultative"):
        _level(page, checked, level, explained)
    if checked.at("facultative"):
        page.gap()
        page.text(_EMPTIED if checked.verdict == "accepted_without_facultative" else _ALSO, style=_BOLD)
    _remarks(page, checked, explained)
    if any(not finding.shows_all_lines for finding in checked.findings if finding.lines):
        page.gap()
        page.text("Van elke fout ziet u hier de eerste tien regels. Alle regelnummers staan in het Excel-bestand dat u zo maakt:")
        page.lines.append("  gmsd check BESTAND --format xlsx --out rapport.xlsx")
    page.gap()
    return "\n".join(page.lines)


def feedback_line(result: Mapping[str, Any], *, name: str, report: str | None = None, width: int = 80, colour: bool = False) -> str:
    """Tell the verdict of one file of many in a line, folded where the terminal is too narrow; below it where its report was written."""
    checked = Checked.of(result)
    word = _SHORT[checked.verdict]
    counts = "" if checked.verdict == "accepted" else f" ({_counted(checked)})"
    lines = _wrapped(f"{name}{counts}", _within(width) - _LABELS)
    if report is not None:
        lines.append(f"rapport: {clean_text(report)}")
    first = f"\x1b[{_TONES[checked.verdict]}m{word}\x1b[0m" if colour else word
    return "\n".join([f"{first}{' ' * (_LABELS - len(word))}{lines[0]}", *(f"{' ' * _LABELS}{line}" for line in lines[1:])]) + "\n"


def feedback_summary(results: Iterable[Mapping[str, Any]], *, width: int = 80, colour: bool = False) -> str:
    """Tell how many files have which verdict."""
    verdicts = [result["verdict"] for result in results]
    page = _Page(_within(width), colour)
    page.text(f"{dutch.dutch_count(len(verdicts), 'bestand', 'bestanden')} gecontroleerd", style=_BOLD)
    for verdict, words in (
        ("accepted", "goedgekeurd"),
        ("accepted_without_facultative", "goedgekeurd, zonder facultatieve variabelen"),
        ("rejected", "afgekeurd"),
    ):
        number = verdicts.count(verdict)
        if number:
            page.text(f"{dutch.dutch_number(number):>7} {words}", style=_TONES[verdict])
    return "\n".join(page.lines) + "\n"


def _counted(checked: Checked) -> str:
    if checked.nothing_counts is not None:
        return "niets in het bestand telt mee"
    if not checked.content_checked:
        return dutch.dutch_count(checked.errors("file"), "fout", "fouten") + " in het bestand zelf"
    return dutch.dutch_count(checked.content_errors, "fout", "fouten")


def _facts(checked: Checked, context: FeedbackContext) -> list[tuple[str, str]]:
    half_year = None if checked.half_year is None else HalfYear.parse(checked.half_year)
    if checked.municipality is None:
        municipality = f"onbekend; {_NOT_COMPARED.format('0518')}"
    else:
        municipality = " ".join(filter(None, (context.municipality_name, f"({checked.municipality})")))
        if not context.place_compared:
            municipality = f"{municipality}, volgens de eerste regel met een bestaande code; {_NOT_COMPARED.format(checked.municipality)}"
    facts = [
        ("Halfjaar", "onbekend" if half_year is None else f"{dutch.dutch_half_year(half_year)} ({half_year.upload_code})"),
        ("Gemeente", municipality),
        ("Gecontroleerd", f"{dutch.dutch_count(checked.records, 'regel', 'regels')}, op {dutch.dutch_moment(context.checked_at)}"),
    ]
    if not checked.content_checked:
        facts[-1] = ("Gecontroleerd", f"alleen het bestand zelf, op {dutch.dutch_moment(context.checked_at)}")
    if checked.content_errors:
        parts = [f"{dutch.dutch_number(checked.errors('base'))} in de basisvariabelen"]
        parts.append(f"{dutch.dutch_number(checked.errors('facultative'))} in de facultatieve variabelen")
        facts.append(("Fouten", f"{dutch.dutch_number(checked.content_errors)}: {' en '.join(parts)}"))
    return facts


def _level(page: _Page, checked: Checked, level: str, explained: Mapping[str, Explanation]) -> None:
    variables = checked.variables(level)
    if not variables:
        return
    page.heading(LEVEL_TITLES[level].upper())
    for variable in variables:
        page.gap()
        page.text(f"{variable.name} ({dutch.dutch_count(variable.count, 'fout', 'fouten')})", style=_BOLD)
        for place, finding in enumerate(variable.findings):
            if place:
                page.gap()
            _finding(page, finding, explained[finding.rule])


def _finding(page: _Page, finding: ReportedFinding, more: Explanation) -> None:
    notice = finding.level == "notice"
    page.labelled("Wat zien wij" if notice else "Wat is er mis", finding.message)
    if finding.lines:
        page.labelled("Waar", _where(finding))
    page.labelled("Wat kunt u doen" if notice else "Hoe herstelt u het", finding.repair)
    if more.example and not notice:
        page.labelled("Goede waarde", f"bijvoorbeeld {more.example}")
    if more.codes and not notice:
        page.labelled("Codes die mogen", ", ".join(code for code, _ in more.codes))
    if more.more:
        page.labelled("Uitleg", more.more)
    page.labelled("Code", ", ".join(filter(None, (finding.rule, finding.source, more.url))))


def _where(finding: ReportedFinding) -> str:
    rest = finding.count - len(finding.lines)
    more = f" en nog {dutch.dutch_count(rest, 'regel', 'regels')}" if rest else ""
    return f"{'regel' if finding.count == 1 else 'regels'} {dutch.dutch_lines(finding.lines)}{more}"


def _remarks(page: _Page, checked: Checked, explained: Mapping[str, Explanation]) -> None:
    notices, not_run = checked.at("notice"), missed(checked, "")
    if notices:
        page.heading("OPMERKINGEN")
        page.text("Dit zijn geen fouten. De uitslag verandert er niet door, maar kijk er gerust even naar.")
        for notice in notices:
            page.gap()
            page.text(notice.variable, style=_BOLD)
            _finding(page, notice, explained[notice.rule])
    if not_run:
        page.heading("NIET GECONTROLEERD")
        page.text("Deze regels konden niet worden toegepast. Of uw bestand eraan voldoet, is dus niet bekend.")
        for each in not_run:
            page.labelled(each.rule, f"{each.variable}: {each.reason}")
