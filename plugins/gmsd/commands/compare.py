"""`gmsd compare`: which municipalities are alike, how alike and why; no service is needed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gmsd.commands._dutch import DutchCommand, Refusal

if TYPE_CHECKING:
    from gmsd.comparison import ComparisonAnswer, Comparisons, Terms

_ALL = "alle"


class _CompareCommand(DutchCommand):
    """The command, whose help names the themes and filters that there are."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Themes and filters of the last year, which stand in data."""
        super().format_epilog(ctx, formatter)
        from gmsd.comparison import trait_sets

        held = _comparisons(max(trait_sets()))
        with formatter.section("Thema's"):
            formatter.write_dl(list(held.traits.themes))
        with formatter.section("Filters"):
            formatter.write_dl([(name, f"{each.title}: {', '.join(each.values)}") for name, each in held.filters.items()])


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(cls=_CompareCommand, short_help="Compare a municipality with others like it (in Dutch).")(compare)


def compare(
    municipality: Annotated[str, typer.Argument(metavar="GEMEENTE", help="Code van de gemeente, zoals 0518 of GM0518.")],
    year: Annotated[int, typer.Option("--year", metavar="JAAR", help="Het jaar van de kenmerken. Standaard: 2020.")] = 2020,
    number: Annotated[
        str, typer.Option("--number", metavar="AANTAL", help="Hoeveel gemeenten u wilt zien, of: alle. Standaard: 10.")
    ] = "10",
    unlike: Annotated[bool, typer.Option("--unlike", help="Toont juist de gemeenten die het minst lijken.")] = False,
    alike_but: Annotated[
        str | None,
        typer.Option("--alike-but", metavar="THEMA", help="Toont gemeenten die in dit thema verschillen en in de rest lijken."),
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="NAAM=WAARDE",
            help="Alleen gemeenten met deze waarde. Mag vaker: bij dezelfde naam is een van de waarden genoeg.",
        ),
    ] = None,
    weights: Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="THEMA=GEWICHT", help="Hoe zwaar een thema telt, zoals 1.5; standaard 1. Mag vaker."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Toont het antwoord als JSON.")] = False,
) -> None:
    """Zoekt de gemeenten die het meest op een gemeente lijken in kenmerken van de bevolking.

    Bij elke gemeente ziet u de afstand, wat die betekent, of de gelijkenis wederzijds is, en hoe vast haar plaats is: in hoeveel van
    200 trekkingen binnen de afronding van de kenmerken zij blijft staan. Een lege lijst is ook een antwoord.

    \b
    gmsd compare 0518
    gmsd compare 0184 --number 20 --weight wonen=2 --filter provincie=Flevoland
    """  # noqa: D301  typer leaves the lines below a backspace as they are
    from gmsd.comparison import NotOfYearError, Terms, TermsError

    if unlike and alike_but is not None:
        raise Refusal("kies --unlike of --alike-but, niet allebei")
    terms = Terms(
        number=_number(number),
        order="unlike" if unlike else "alike" if alike_but is None else "alike_but",
        theme=alike_but,
        filters=_filters(filters or []),
        weights=_weights(weights or []),
    )
    try:
        held = _comparisons(year)
        answer = held.compare(_code(municipality), terms)
    except NotOfYearError as error:
        raise Refusal(str(error), param_hint="GEMEENTE") from None
    except TermsError as error:
        raise Refusal(str(error)) from None
    typer.echo(json.dumps(answer.to_json(), ensure_ascii=False, indent=1) if as_json else _text(answer, terms))


def _comparisons(year: int) -> Comparisons:
    from gmsd.comparison import Comparisons, load_filters, policy_folder, trait_sets
    from gmsd.settings import get_settings

    return Comparisons(year, load_filters(year, policy_folder(get_settings())) if year in trait_sets() else ())


def _code(text: str) -> str:
    found = re.fullmatch(r"(?:GM)?([0-9]{4})", text.strip(), re.IGNORECASE)
    return found[1] if found else text


def _number(text: str) -> int:
    if text in (_ALL, "all"):
        return 10_000
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise Refusal("schrijf een geheel getal, of: alle", param_hint="--number")
    return int(text)


def _pairs(given: list[str], option: str, example: str) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in given]
    for name, sign, value in pairs:
        if not (name and sign and value):
            raise Refusal(f"schrijf een naam en een waarde, zoals {example}", param_hint=option)
    return [(name, value) for name, _, value in pairs]


def _filters(given: list[str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, value in _pairs(given, "--filter", "provincie=Utrecht"):
        found[name] = found.get(name, frozenset()) | {value}
    return found


def _weights(given: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for theme, value in _pairs(given, "--weight", "wonen=1.5"):
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
            raise Refusal(f"het gewicht van {theme} is een getal, zoals 1.5", param_hint="--weight")
        if theme in found:
            raise Refusal(f"het thema {theme} krijgt twee gewichten", param_hint="--weight")
        found[theme] = float(value)
    return found


def _text(answer: ComparisonAnswer, terms: Terms) -> str:
    """The answer for people: a line a neighbour, then what stands apart."""
    from gmsd.dutch import dutch_day, dutch_list, dutch_number, dutch_share
    from gmsd.reference import name

    titles = dict(answer.traits.themes)
    order = {
        "alike": "Lijkt het meest",
        "unlike": "Lijkt het minst",
        "alike_but": f"Lijkt, maar niet in: {titles.get(terms.theme or '', '')}",
    }
    lines = [
        f"{name(answer.municipality)} (GM{answer.municipality}), kenmerken van {answer.traits.year}: {answer.verdict}",
        *[
            f"Filter {each.title.lower()}: {' of '.join(sorted(each.values[value] for value in terms.filters[each.name]))}"
            + (" (verzonnen voorbeeld)" if each.synthetic else "")
            for each in answer.filters
            if each.name in terms.filters
        ],
        "",
    ]
    if answer.neighbours:
        lines.append(f"{order[terms.order]:30}  afstand  {'':12}  wederzijds  blijft staan  verschilt het meest in")
    for each in answer.neighbours:
        most = max(each.share, key=lambda theme: each.share[theme])
        mutual = "ja" if each.mutual else "nee"
        lines.append(
            f"GM{each.municipality} {name(each.municipality)[:23]:23}  {dutch_number(each.distance, 3):>7}  {each.word:12}  "
            f"{mutual:10}  {dutch_share(each.stability, 0):>12}  {titles[most]} ({dutch_share(each.share[most], 0)})"
        )
    if not answer.neighbours:
        lines.append("Er is geen gemeente om mee te vergelijken.")
    if answer.unknown:
        days = dutch_list([dutch_day(day) for day in sorted({trait.date for trait in answer.unknown})])
        lines += [
            "",
            f"Van {name(answer.municipality)} zijn {len(answer.unknown)} van de {len(answer.z)} kenmerken niet bekend: die van {days}.",
        ]
    if answer.not_comparable:
        lines += ["", f"Te weinig gemeenschappelijke kenmerken: {', '.join(f'GM{code}' for code in answer.not_comparable[:10])}"]
        lines[-1] += f" en nog {len(answer.not_comparable) - 10}" if len(answer.not_comparable) > 10 else ""
    return "\n".join(lines)
