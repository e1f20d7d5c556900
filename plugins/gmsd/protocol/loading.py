"""From the folder with expectations to protocols, and which one a half-year has."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gmsd.protocol.codes import read_code_lists
from gmsd.protocol.damage import damage_mistakes
from gmsd.protocol.law import law_of, laws, read_laws
from gmsd.protocol.layout import Field, Rule, read_fields, read_rule
from gmsd.protocol.left_behind import left_behind_mistakes
from gmsd.protocol.protocol import FILES, Level, NoProtocolError, Protocol
from gmsd.protocol.reading import Document, Key, Mistake, Node, ProtocolError, expectations_folder
from gmsd.protocol.suites import SuiteFile, parameter_names, read_suite, tell_patterns, tell_refused
from gmsd.protocol.vocabulary import CHECKS, STATUSES
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from gmsd.protocol.codes import CodeList
    from gmsd.protocol.law import Law

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


def protocols(folder: Path, law_id: str | None = None) -> tuple[Protocol, ...]:
    """Every protocol of a law, or of all of them one law after the other; those of one law oldest first.

    Args:
        folder: The folder with expectations.
        law_id: The law; None = all.

    Raises:
        NoLawError: When there is no such law.
        ProtocolError: When files of it are not in order; all mistakes are told.
    """
    wanted = [each.id for each in laws(folder)] if law_id is None else [law_id]
    return tuple(protocol for each in wanted for protocol in _of_law(folder, each))


@cache
def _of_law(folder: Path, law_id: str) -> tuple[Protocol, ...]:
    found, mistakes, _untried = _read(folder / law_id, law_of(law_id, folder))
    if mistakes:
        raise ProtocolError(*_in_order(mistakes))
    return found


def mistakes_in(folder: Path | None = None) -> tuple[Mistake, ...]:
    """Every mistake in the files of laws and protocols, also those that only Great Expectations or polars can tell.

    Args:
        folder: The folder with expectations; that of the installation when None.
    """
    folder = folder or expectations_folder()
    known, of_laws = read_laws(folder)
    mistakes = [*of_laws, *left_behind_mistakes(folder)]
    for name, each in known.items():
        _found, of_law, untried = _read(folder / name, each)
        for file in untried:
            tell_patterns(file.patterns)
            tell_refused(file.expectations, file.parameters)
        mistakes += [*of_law, *damage_mistakes(folder / name)]
    return _in_order(mistakes)


def protocol_for(half_year: HalfYear, law_id: str) -> Protocol:
    """The protocol that files about the half-year follow: chosen by the data's half-year, never by today.

    Raises:
        NoLawError: When there is no such law.
        NoProtocolError: When no protocol of it holds for the half-year.
    """
    found = _holding(half_year, law_id)
    if found is None:
        raise NoProtocolError(f"no protocol for {half_year} ({law_id})")
    return found


def has_protocol(half_year: HalfYear, law_id: str) -> bool:
    """Whether files about the half-year have a protocol."""
    return _holding(half_year, law_id) is not None


def newest_protocol(law_id: str) -> Protocol:
    """The protocol of a law that holds for the latest half-years."""
    return _of_law(expectations_folder(), law_id)[-1]


def protocol_or_newest(half_year: HalfYear | None, law_id: str) -> Protocol:
    """The protocol by which a file is described: the newest when its half-year is unknown or has none."""
    found = None if half_year is None else _holding(half_year, law_id)
    return found or newest_protocol(law_id)


def _holding(half_year: HalfYear, law_id: str) -> Protocol | None:
    return next((each for each in reversed(_of_law(expectations_folder(), law_id)) if each.holds_for(half_year)), None)


@dataclass(frozen=True, slots=True)
class _Untried:
    """What is in order as far as reading tells: expectations, with a value for each parameter, and patterns of derived columns."""

    parameters: dict[str, Any]
    expectations: list[Node]
    patterns: list[Node]


def _read(folder: Path, of: Law | None) -> tuple[tuple[Protocol, ...], list[Mistake], list[_Untried]]:
    """What there is in the folder of a law (None when that could not be read), what is wrong with it, and what can be tried out."""
    mistakes: list[Mistake] = []
    code_lists, names = read_code_lists(sorted((folder / "codes").glob("*.yaml")), mistakes)
    found: list[tuple[Protocol, Node]] = []
    untried: list[_Untried] = []
    for path in sorted(folder.glob("*/structuur.yaml")):
        root = Document(path, mistakes).root
        suites: dict[Level, Node | None] = {level: Document(path.with_name(name), mistakes).root for level, name in FILES.items()}
        if root is None:
            continue
        read, files = _read_protocol(root, suites, code_lists, names, of)
        if read is not None:
            found.append((read, root))
            values: dict[str, Any] = dict.fromkeys(parameter_names(names), ())
            values |= read.parameters(read.first, dt.date(2000, 1, 1), "0000")
            untried += [_Untried(values, file.expectations, file.patterns) for file in files]
    if not found and not mistakes and of is not None:
        mistakes.append(Mistake(folder, None, "no protocol; each is a folder with structuur.yaml"))
    found.sort(key=lambda each: each[0].first)
    return _one_after_the_other(found), mistakes, untried


def _in_order(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    return tuple(sorted(dict.fromkeys(mistakes), key=lambda mistake: (str(mistake.path), mistake.line or 0)))


def _one_after_the_other(found: list[tuple[Protocol, Node]]) -> tuple[Protocol, ...]:
    """The protocols with the last half-year of each; those that hold for the same half-year or leave one out are mistakes."""
    whole = []
    for (protocol, node), (following, next_node) in pairwise(found):
        half_years, last = node.at("meta").at("half_years"), protocol.last
        if following.id == protocol.id:
            next_node.fault(f'protocol "{following.id}" stands in {node.document.path} too; each has its own name', "meta", "protocol")
        if following.first == protocol.first:
            next_node.fault(
                f"{protocol.id} holds from {protocol.first} too; each begins in its own half-year", "meta", "half_years", "from"
            )
        elif last is not None and last >= following.first:
            half_years.fault(f"to is {last}, but {following.id} holds from {following.first}; end at {following.first.previous}", "to")
        elif last is not None and last.next < following.first:
            half_years.fault(
                f"to is {last}, and the next, {following.id}, begins at {following.first}: the half-years between have none", "to"
            )
        whole.append(replace(protocol, last=following.first.previous if last is None else last))
    return (*whole, *(protocol for protocol, _node in found[-1:]))


def _read_protocol(
    root: Node, suites: dict[Level, Node | None], code_lists: dict[str, CodeList], names: Collection[str], of: Law | None
) -> tuple[Protocol | None, list[SuiteFile]]:
    """One protocol, or None when it cannot be made; and its suites."""
    read = root.read(_FILE)
    meta = root.at("meta").read(_META) if isinstance(root.value.get("meta"), dict) else None
    if read is None or meta is None:
        return None, []
    node = root.at("meta")
    fields = read_fields(node.at("fields"), names, None if of is None else of.record)
    by_name = {field.name: field for field in fields} if len(fields) == len(meta["fields"]) else None
    rules = _read_checks(node.at("rules"), by_name)
    columns = {field.name: frozenset({field.name}) for field in fields}
    files: dict[Level, SuiteFile] = {
        level: read_suite(suite, by_name, columns, names, _LEVELS[FILES[level]]) if suite is not None else SuiteFile()
        for level, suite in suites.items()
    }
    every = rules + [rule for file in files.values() for rule in file.rules]
    _tell_twins(every)
    first, last = _half_years(node.at("half_years"))
    limits = node.at("limits").read(_LIMITS)
    for key, value in (limits or {}).items():
        if value < 1:
            node.at("limits").fault(f"{key} is {value}; it is 1 or more", key)
    if len(meta["separator"].encode()) != 1 or meta["separator"].isalnum() or meta["separator"] in '"\r\n':
        node.fault("separator is one character that stands in no value, such as ;", "separator")
    if of is not None and not meta["protocol"].startswith(f"{of.id}-"):
        node.fault(f'protocol "{meta["protocol"]}" does not begin with {of.id}-, so that another law could have it too', "protocol")
    if first is None or limits is None or of is None:
        return None, []
    protocol = Protocol(
        law=of,
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
        rules={rule.code: rule for rule, _node in every},
        derived=tuple(derived for file in files.values() for derived in file.derived),
        code_lists=code_lists,
        suites={level: file.suite for level, file in files.items()},
        folder=root.document.path.parent,
        mistakes_in=mistakes_in,
    )
    return protocol, list(files.values())


def _read_checks(listed: Node, fields: dict[str, Field] | None) -> list[tuple[Rule, Node]]:
    """The rules that `checking` runs itself; each of its checks has one."""
    rules = []
    for node in listed.each():
        rule = read_rule(node, fields, check=True, levels=_LEVELS["structuur.yaml"])
        if rule is not None:
            rules.append((rule, node.named(f"rule {rule.code}")))
    by_check: dict[str | None, Node] = {}
    for rule, node in rules:
        if rule.check in by_check:
            node.fault(f"check {rule.check} has a rule on line {by_check[rule.check].line} too; each has one", "check")
        by_check.setdefault(rule.check, node)
    missing = [check for check in CHECKS if check not in by_check]
    if missing and len(rules) == len(listed.value):
        listed.fault(f"no rule for check {', '.join(missing)}; each of them is run, so that each has a rule")
    return rules


def _tell_twins(rules: list[tuple[Rule, Node]]) -> None:
    nodes: dict[str, Node] = {}
    for rule, node in rules:
        earlier = nodes.setdefault(rule.code, node)
        if earlier is not node:
            file = "" if earlier.document is node.document else f"{earlier.document.path.name} "
            node.fault(
                f"this code stands twice, also in {file}line {earlier.document.line((*earlier.keys, 'code'))}; each rule has its own",
                "code",
            )


def _half_years(node: Node) -> tuple[HalfYear | None, HalfYear | None]:
    read = node.read(_HALF_YEARS)
    if read is None:
        return None, None
    parsed: dict[str, HalfYear | None] = {"from": None, "to": None}
    for key in parsed:
        if read[key] is not None:
            try:
                parsed[key] = HalfYear.parse(read[key])
            except ValueError:
                node.fault(f'{key} "{read[key]}" is no half-year; write it as 2019-H2', key)
    first, last = parsed["from"], parsed["to"]
    if first is not None and last is not None and last < first:
        node.fault(f"to ({last}) lies before from ({first})", "to")
    return first, last
