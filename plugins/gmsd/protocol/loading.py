"""From the folder with expectations to protocols, and which one a half-year has."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gmsd.protocol.codes import read_code_lists
from gmsd.protocol.damage import damage_mistakes
from gmsd.protocol.layout import Field, Rule, read_fields, read_rule
from gmsd.protocol.left_behind import left_behind_mistakes
from gmsd.protocol.protocol import FILES, Level, NoProtocolError, Protocol
from gmsd.protocol.reading import Document, Key, Mistake, Place, ProtocolError, expectations_folder
from gmsd.protocol.suites import SuiteFile, parameter_names, read_suite, tell_patterns, tell_refused
from gmsd.protocol.vocabulary import CHECKS, STATUSES
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from gmsd.protocol.codes import CodeList

_FILE = {"name": Key(str), "notes": Key(str, required=False), "expectations": Key(list), "meta": Key(dict)}
_META = {
    "protocol": Key(str),
    "title": Key(str),
    "half_years": Key(dict),
    "status": Key(str, among=STATUSES),
    "reason": Key(str, required=False),
    "separator": Key(str),
    "limits": Key(dict),
    "fields": Key(list),
    "rules": Key(list),
}
_HALF_YEARS = {"from": Key(str), "to": Key(str, required=False, nullable=True)}
_LIMITS = {"bytes": Key(int), "lines": Key(int)}
_LEVELS: dict[str, tuple[str, ...]] = {
    "structuur.yaml": ("file", "base", "notice"),
    "basis.yaml": ("base", "notice"),
    "facultatief.yaml": ("facultative", "notice"),
}


@cache
def protocols(folder: Path) -> tuple[Protocol, ...]:
    """Every protocol for Wmo files, oldest first.

    Args:
        folder: The folder with expectations.

    Raises:
        ProtocolError: When files in it are not in order; all mistakes are told.
    """
    found, mistakes, _untried = _read(folder)
    if mistakes:
        raise ProtocolError(*_in_order(mistakes))
    return found


def mistakes_in(folder: Path | None = None) -> tuple[Mistake, ...]:
    """Every mistake in the files of the protocols, also those that only Great Expectations or polars can tell.

    Args:
        folder: The folder with expectations; that of the installation when None.
    """
    folder = folder or expectations_folder()
    _found, mistakes, untried = _read(folder)
    for each in untried:
        tell_patterns(each.patterns)
        tell_refused(each.expectations, each.parameters)
    mistakes += damage_mistakes(folder)
    mistakes += left_behind_mistakes(folder)
    return _in_order(mistakes)


def protocol_for(half_year: HalfYear) -> Protocol:
    """The protocol that files about the half-year follow: chosen by the data's half-year, never by today.

    Raises:
        NoProtocolError: When no protocol holds for it.
    """
    for protocol in reversed(protocols(expectations_folder())):
        if protocol.holds_for(half_year):
            return protocol
    raise NoProtocolError(f"no protocol for {half_year}")


def newest_protocol() -> Protocol:
    """The protocol by which a file is described when its half-year is unknown."""
    return protocols(expectations_folder())[-1]


@dataclass(frozen=True, slots=True)
class _Untried:
    """What is in order as far as reading tells: expectations, with a value for each parameter, and patterns of derived columns."""

    parameters: dict[str, Any]
    expectations: list[Place]
    patterns: list[Place]


def _read(folder: Path) -> tuple[tuple[Protocol, ...], list[Mistake], list[_Untried]]:
    """What there is, what is wrong with it, and what can be tried out."""
    mistakes: list[Mistake] = []
    law = folder / "wmo"
    code_lists, names = read_code_lists(sorted((law / "codes").glob("*.yaml")), mistakes)
    found: list[tuple[Protocol, Place]] = []
    untried: list[_Untried] = []
    for path in sorted(law.glob("*/structuur.yaml")):
        root = Document(path, mistakes).root
        suites: dict[Level, Place | None] = {level: Document(path.with_name(name), mistakes).root for level, name in FILES.items()}
        if root is None:
            continue
        read, files = _read_protocol(root, suites, code_lists, names)
        if read is not None:
            found.append((read, root))
            values: dict[str, Any] = dict.fromkeys(parameter_names(names), ())
            values |= read.parameters(read.first, dt.date(2000, 1, 1), "0000")
            untried += [_Untried(values, file.expectations, file.patterns) for file in files]
    if not found and not mistakes:
        mistakes.append(Mistake(law, None, "no protocol; each is a folder with structuur.yaml"))
    found.sort(key=lambda each: each[0].first)
    return _one_after_the_other(found), mistakes, untried


def _in_order(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    return tuple(sorted(dict.fromkeys(mistakes), key=lambda mistake: (str(mistake.path), mistake.line or 0)))


def _one_after_the_other(found: list[tuple[Protocol, Place]]) -> tuple[Protocol, ...]:
    """The protocols with the last half-year of each; those that hold for the same half-year or leave one out are mistakes."""
    whole = []
    for (protocol, place), (following, next_place) in pairwise(found):
        half_years, last = place.at("meta").at("half_years"), protocol.last
        if following.id == protocol.id:
            next_place.fault(f'protocol "{following.id}" stands in {place.document.path} too; each has its own name', "meta", "protocol")
        if following.first == protocol.first:
            next_place.fault(
                f"{protocol.id} holds from {protocol.first} too; each begins in its own half-year", "meta", "half_years", "from"
            )
        elif last is not None and last >= following.first:
            half_years.fault(f"to is {last}, but {following.id} holds from {following.first}; end at {following.first.previous}", "to")
        elif last is not None and last.next < following.first:
            half_years.fault(
                f"to is {last}, and the next, {following.id}, begins at {following.first}: the half-years between have none", "to"
            )
        whole.append(replace(protocol, last=following.first.previous if last is None else last))
    return (*whole, *(protocol for protocol, _place in found[-1:]))


def _read_protocol(
    root: Place, suites: dict[Level, Place | None], code_lists: dict[str, CodeList], names: Collection[str]
) -> tuple[Protocol | None, list[SuiteFile]]:
    """One protocol, or None when it cannot be made; and its suites."""
    read = root.read(_FILE)
    meta = root.at("meta").read(_META) if isinstance(root.value.get("meta"), dict) else None
    if read is None or meta is None:
        return None, []
    place = root.at("meta")
    fields = read_fields(place.at("fields"), names)
    by_name = {field.name: field for field in fields} if len(fields) == len(meta["fields"]) else None
    rules = _read_checks(place.at("rules"), by_name)
    columns = {field.name: frozenset({field.name}) for field in fields}
    files: dict[Level, SuiteFile] = {
        level: read_suite(suite, by_name, columns, names, _LEVELS[FILES[level]]) if suite is not None else SuiteFile()
        for level, suite in suites.items()
    }
    every = rules + [rule for file in files.values() for rule in file.rules]
    _tell_twins(every)
    first, last = _half_years(place.at("half_years"))
    limits = place.at("limits").read(_LIMITS)
    for key, value in (limits or {}).items():
        if value < 1:
            place.at("limits").fault(f"{key} is {value}; it is 1 or more", key)
    if len(meta["separator"].encode()) != 1 or meta["separator"].isalnum() or meta["separator"] in '"\r\n':
        place.fault("separator is one character that stands in no value, such as ;", "separator")
    if first is None or limits is None:
        return None, []
    protocol = Protocol(
        id=meta["protocol"],
        title=meta["title"],
        first=first,
        last=last,
        status=meta["status"],
        reason=meta["reason"],
        separator=meta["separator"],
        max_bytes=limits["bytes"],
        max_lines=limits["lines"],
        fields=fields,
        rules={rule.code: rule for rule, _place in every},
        derived=tuple(derived for file in files.values() for derived in file.derived),
        code_lists=code_lists,
        suites={level: file.suite for level, file in files.items()},
        folder=root.document.path.parent,
        mistakes_in=mistakes_in,
    )
    return protocol, list(files.values())


def _read_checks(listed: Place, fields: dict[str, Field] | None) -> list[tuple[Rule, Place]]:
    """The rules that `checking` runs itself; each of its checks has one."""
    rules = []
    for place in listed.each():
        rule = read_rule(place, fields, check=True, levels=_LEVELS["structuur.yaml"])
        if rule is not None:
            rules.append((rule, place.named(f"rule {rule.code}")))
    by_check: dict[str | None, Place] = {}
    for rule, place in rules:
        if rule.check in by_check:
            place.fault(f"check {rule.check} has a rule on line {by_check[rule.check].line} too; each has one", "check")
        by_check.setdefault(rule.check, place)
    missing = [check for check in CHECKS if check not in by_check]
    if missing and len(rules) == len(listed.value):
        listed.fault(f"no rule for check {', '.join(missing)}; each of them is run, so that each has a rule")
    return rules


def _tell_twins(rules: list[tuple[Rule, Place]]) -> None:
    places: dict[str, Place] = {}
    for rule, place in rules:
        earlier = places.setdefault(rule.code, place)
        if earlier is not place:
            file = "" if earlier.document is place.document else f"{earlier.document.path.name} "
            place.fault(
                f"this code stands twice, also in {file}line {earlier.document.line((*earlier.keys, 'code'))}; each rule has its own",
                "code",
            )


def _half_years(place: Place) -> tuple[HalfYear | None, HalfYear | None]:
    read = place.read(_HALF_YEARS)
    if read is None:
        return None, None
    parsed: dict[str, HalfYear | None] = {"from": None, "to": None}
    for key in parsed:
        if read[key] is not None:
            try:
                parsed[key] = HalfYear.parse(read[key])
            except ValueError:
                place.fault(f'{key} "{read[key]}" is no half-year; write it as 2019-H2', key)
    first, last = parsed["from"], parsed["to"]
    if first is not None and last is not None and last < first:
        place.fault(f"to ({last}) lies before from ({first})", "to")
    return first, last
