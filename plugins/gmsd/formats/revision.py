"""What changed since the release before, in the words of StatLine's "Wijzigingen per": `CHANGES.md`, and the same in a table's own text.

It tells what two releases side by side tell, and why nothing of it changed: neither of a municipality nor of a figure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from gmsd.dutch import dutch_day, dutch_half_year, dutch_list
from gmsd.formats.wording import STATUS_WORDS, rounding_words, threshold_words
from gmsd.reference import name, successions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gmsd.disclosure import Protection
    from gmsd.formats.content import Changes, PublishedTable, ReleaseBefore, ReleaseContent
    from gmsd.reference import Succession

_WAYS = {"counting": "De telling van cliënten en arrangementen", "disclosure": "De beveiliging van aantallen"}
"""The versions that a reader hears of, with what they are of."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What became of a period since the release before.

    Attributes:
        title: Of the period, in Dutch.
        status: Its status in words; empty when it is no longer there.
        was: Its status in the release before; empty when it was not there.
        new: Figures shown for the first time.
        changed: Figures shown with another value.
        gone: Figures shown no longer.
    """

    title: str
    status: str
    was: str
    new: int
    changed: int
    gone: int

    @property
    def is_revised(self) -> bool:
        """Whether a figure of a period that was there already is another one, new or no longer shown."""
        return bool(self.was) and self.new + self.changed + self.gone > 0

    @property
    def words(self) -> str:
        """What became of it, to follow its title."""
        if not self.status:
            return "vervallen"
        if not self.was:
            return f"toegevoegd, {self.status}"
        return self.status if self.status == self.was else f"{self.status} (was {self.was})"


def revisions(content: ReleaseContent, published: PublishedTable | None = None) -> tuple[Revision, ...]:
    """What became of each period of this release and of the one before, in order.

    Args:
        content: The release.
        published: One of its tables; None for all that the release before held too, together.
    """
    before = content.before
    tables = [each for each in content.tables if not is_new(each, before)] if published is None else [published]
    was = {} if before is None or (published is not None and is_new(published, before)) else before.statuses
    titles = {each.key: each.title for each in (*content.periods, *(before.periods if before else ()))}
    counted: dict[str, list[Changes]] = {}
    for change in (change for each in tables for change in each.changes):
        counted.setdefault(change.period, []).append(change)
    own = {each.key for each in (content.periods if published is None else published.periods)}
    now = {key: STATUS_WORDS[status] for key, status in content.statuses.items() if key in own}
    keys = now.keys() | counted.keys() | (was.keys() if published is None else set())
    return tuple(
        Revision(
            titles[key],
            now.get(key, ""),
            STATUS_WORDS.get(was.get(key, ""), ""),
            *(sum(getattr(change, kind) for change in counted.get(key, ())) for kind in ("new", "changed", "gone")),
        )
        for key in sorted(keys)
    )


def is_new(published: PublishedTable, before: ReleaseBefore | None) -> bool:
    """Whether the release before did not hold the table; of the first release nothing is new."""
    return before is not None and published.table.table_id not in before.protections


def mergers(content: ReleaseContent) -> list[str]:
    """Who took over whom in the half-years that are added, a sentence for each day and successor; of a split, for who ended."""
    before = content.before
    known = {each.key for each in before.periods} if before else set()
    added = [period.halves[0] for period in content.periods if not period.is_year and period.key not in known]
    links = [each for each in successions() if any(half.first_day <= each.day <= half.last_day for half in added)]
    together: dict[tuple[object, ...], list[Succession]] = {}
    for each in links:
        whole = each.code_from if each.kind == "split" else each.code_to
        together.setdefault((each.day, each.kind, whole), []).append(each)
    return [_merger(found) for found in together.values()]


def _merger(found: list[Succession]) -> str:
    first, day = found[0], dutch_day(found[0].day)
    if first.kind == "renamed":
        return f"Per {day} heet {name(first.code_from)} (GM{first.code_from}) {name(first.code_to)} (GM{first.code_to})."
    if first.kind == "split":
        return f"Per {day} is {name(first.code_from)} verdeeld over {_names(each.code_to for each in found)}."
    verb = "is" if len(found) == 1 else "zijn"
    return f"Per {day} {verb} {_names(each.code_from for each in found)} opgegaan in {name(first.code_to)}."


def _names(codes: Iterable[str]) -> str:
    return dutch_list(sorted(name(code) for code in codes))


def method(content: ReleaseContent) -> list[str]:
    """How figures are made from now on, where that is otherwise than before: a sentence each."""
    return [] if content.before is None else [*_protected(content, content.before), *_made(content, content.before)]


def _protected(content: ReleaseContent, before: ReleaseBefore) -> list[str]:
    """How counts are protected from now on, where that is otherwise than before; tables that changed alike in one sentence."""
    rounded: dict[Protection, list[str]] = {}
    covered: dict[int, list[str]] = {}
    for each in content.tables:
        was = before.protections.get(each.table.table_id, each.protection)
        if each.table.counts and each.protection != replace(was, coverage=each.protection.coverage):
            rounded.setdefault(each.protection, []).append(each.table.table_id)
        if each.protection.coverage != was.coverage:
            covered.setdefault(each.protection.coverage, []).append(each.table.table_id)
    return [
        f"De aantallen in {dutch_list(tables)} zijn voortaan {rounding_words(protection)}. {threshold_words(protection)}"
        for protection, tables in rounded.items()
    ] + [
        f"Nederland ontbreekt in {dutch_list(tables)} voortaan als getoonde gemeenten minder dan {share} procent van alle inwoners hebben."
        for share, tables in covered.items()
    ]


def _made(content: ReleaseContent, before: ReleaseBefore) -> list[str]:
    """Another way of counting or protecting, and another mapping of product categories to groups."""
    now, then = content.versions, before.versions
    said = [
        f"{what} volgt voortaan {now[name]} (was {then[name]})."
        for name, what in _WAYS.items()
        if name in now and name in then and now[name] != then[name]
    ]
    mapping, earlier = (cast("dict[str, str]", versions.get("mapping", {})) for versions in (now, then))
    last = ""
    for half in (period.halves[0] for period in content.periods if not period.is_year):
        version, was = mapping.get(str(half), ""), earlier.get(str(half), last)
        if was and version and version != was:
            said.append(f"Voor het {dutch_half_year(half)} geldt indeling {version} van productcategorieën in groepen (eerder {was}).")
        last = version
    return said
