"""The first line: what is wrong with it, and what it seems to be. Names are the protocol's own; what stands there is never told."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from gmsd.checking.damage import with_words
from gmsd.protocol import damage_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.checking.result import Finding
    from gmsd.protocol import Protocol

_LOOKED_AT = 1 << 16
_LINES = 100
_NAMES = 200
# So many names of a header are told apart: a line of nothing but separators must not become a list of half a billion names.
_COLUMNS = 1 << 16
_SHOWN = 5
_QUOTES = "\"'`\u00b4\u2018\u2019\u201c\u201d\u201e"
_SEPARATORS = {",": "comma", "\t": "tab", "|": "pipe", ";": ""}
_OTHER_ENDS = {"mac": "\ufdd0", "line_like": "[\v\f\x85\u2028\u2029]"}
_BEGINNINGS = (
    ("html", r"<!doctype html|<html|<table|<meta\s|<!--\[if"),
    ("xml_excel", r"<\?xml[^>]*>\s*<\?mso-application|<workbook"),
    ("xml", r"<\?xml|<[a-z_][\w.:-]*[\s>/]"),
    ("json", r"\[?\s*\{\s*\"|\[\s*\["),
    ("rtf", r"\{\\rtf"),
    ("mail", r"(mime-version|received|return-path|from|x-[\w-]+|delivered-to): "),
    ("locked", r"-----begin pgp|-----begin pkcs7|-----begin cms"),
    ("sql", r"(insert into|create table|set nocount|use \w+;)"),
)


@dataclass(frozen=True, slots=True)
class HeaderFaults:
    """What is wrong with the header: names of the protocol, and places (from 1) of names it does not know."""

    missing: tuple[str, ...]
    doubled: tuple[str, ...]
    unknown: tuple[int, ...]
    disordered: bool


def judge_header(line: bytes, expected: tuple[str, ...], separator: str) -> HeaderFaults:
    """Compare the first line with the protocol's columns, without regard to case and to blanks around a name.

    Unknown names are told by their place only: in a file without a header they are a person's data. What follows after `_COLUMNS` names is
    taken for one more, which is unknown.
    """
    known = {name.lower().encode(): place for place, name in enumerate(expected)}
    given = [known.get(name.strip(b" \t").lower()) for name in line.split(separator.encode(), _COLUMNS)]
    found = [place for place in given if place is not None]
    first = list(dict.fromkeys(found))
    return HeaderFaults(
        missing=tuple(name for place, name in enumerate(expected) if place not in first),
        doubled=tuple(expected[place] for place in sorted(set(found)) if found.count(place) > 1),
        unknown=tuple(position for position, place in enumerate(given, start=1) if place is None),
        disordered=first != sorted(first),
    )


def explain_header(findings: Sequence[Finding], content: bytes, protocol: Protocol) -> list[Finding]:
    """Say what the first line seems to be.

    Args:
        findings: The faults of the first line, and that no line follows.
        content: The file, UTF-8; lines end with LF or CRLF.
        protocol: Its column names and separator.
    """
    if not findings:
        return []
    beginning = content[:_LOOKED_AT].decode("utf-8", "replace").replace("\r\n", "\n")
    seen = _Header(beginning, protocol)
    headers = damage_list(protocol.law.id).headers
    kinds = seen.as_a_whole()
    wordings = [headers[kind] for kind in kinds if kind in headers]
    if wordings:
        what = " en ".join(wording.what for wording in wordings).replace("{line}", str(seen.line_of_names))
        repair = wordings[0].repair.replace("{header}", protocol.separator.join(protocol.header))
        explained = [replace(with_words(finding, what), repair=repair) for finding in findings]
        # no record stands below names that are all there is of a file without line ends
        apart = protocol.rule_of("no_records").code if not set(kinds) & set(_OTHER_ENDS) else ""
        return [before if before.rule == apart else after for before, after in zip(findings, explained, strict=True)]
    return [_explained(finding, seen, protocol) for finding in findings]


def _explained(finding: Finding, seen: _Header, protocol: Protocol) -> Finding:
    """The words that belong to one rule on the first line."""
    if finding.rule == protocol.rule_of("columns_order").code:
        places = seen.misplaced()
        return finding if places is None else _worded(finding, protocol, "misplaced", [{"expected": places[0], "found": places[1]}])
    if finding.rule != protocol.rule_of("columns_unknown").code:
        return finding
    meant = seen.meant()
    if meant:
        named = _worded(finding, protocol, "meant", [{"place": str(place), "column": column} for place, column in meant[:_SHOWN]])
        rest = len(meant) - _SHOWN
        return with_words(named, f"van nog {rest} is ook te zien wat bedoeld is") if rest > 0 else named
    return _worded(finding, protocol, "last_empty", [{}]) if seen.last_is_empty else finding


def _worded(finding: Finding, protocol: Protocol, name: str, each: list[dict[str, str]]) -> Finding:
    """The finding with the words of this name, once for each filling of the places in them."""
    wording = damage_list(protocol.law.id).headers.get(name)
    if wording is None:
        return finding
    causes = []
    for words in each:
        what = wording.what
        for place, word in words.items():
            what = what.replace(f"{{{place}}}", word)
        causes.append(what)
    return replace(with_words(finding, " en ".join(causes)), repair=wording.repair)


class _Header:
    """The beginning of a file, looked at for what its first line seems to be."""

    def __init__(self, beginning: str, protocol: Protocol) -> None:
        self.lines = beginning.split("\n")[:_LINES]
        self.first = self.lines[0]
        self.separator = protocol.separator
        self.columns = {_plain(name): name for name in protocol.header}
        self.fields = len(protocol.header)
        self.beginning = beginning
        self.line_of_names = 1

    def as_a_whole(self) -> list[str]:
        """What the whole line or file seems to be, by its names in damage.yaml; empty when only single names are wrong."""
        start = self.beginning[:2048].lstrip("\ufeff \t\n\ufdd0")
        for kind, pattern in _BEGINNINGS:
            if re.match(pattern, start, re.IGNORECASE):
                return [kind]
        if re.fullmatch(r"sep=.?", self.first.strip('\ufeff" '), re.IGNORECASE):
            return ["sep"]
        for kind, ends in _OTHER_ENDS.items():
            names, *after = re.split(ends, self.first, maxsplit=_LINES)
            later = any(len(self._names(line)) > self.fields / 2 for line in after)  # below what a spreadsheet left on top
            if later or (any(line.strip("\ufdd0") for line in after) and len(self._names(names)) > 1):
                return [kind]
        known = self._names(self.first)
        if not known:
            return self._without_names()
        separator = _SEPARATORS[self._best_separator(self.first)]
        quoted = any(self._is_quoted(part) for part in self.first.split(self._best_separator(self.first)))
        return [kind for kind in (separator, "quoted" if quoted else "") if kind]

    def _without_names(self) -> list[str]:
        for place, line in enumerate(self.lines[1:], start=2):
            if len(self._names(line)) > self.fields / 2:
                self.line_of_names = place
                return ["later"]
        if not re.sub(rf"[{re.escape(self.separator)}\s\ufdd0\ufeff]", "", self.first):
            return ["nothing"]
        separator = max(_SEPARATORS, key=self.first.count)
        parts = [part.strip(_QUOTES + " ") for part in self.first.split(separator)][:_NAMES]
        digits = sum(bool(re.fullmatch(r"[0-9][0-9.,/-]*", part)) for part in parts)
        return ["data"] if len(parts) > 2 and digits >= max(2, len(parts) / 4) else []

    def _best_separator(self, line: str) -> str:
        return max(_SEPARATORS, key=lambda each: (self._known(line, each), each == self.separator))

    def _known(self, line: str, separator: str) -> int:
        return sum(_plain(part) in self.columns for part in line.split(separator)[:_NAMES])

    def _names(self, line: str) -> list[str]:
        separator = self._best_separator(line)
        return [self.columns[plain] for part in line.split(separator)[:_NAMES] if (plain := _plain(part)) in self.columns]

    def _is_quoted(self, part: str) -> bool:
        part = part.strip()
        return part[:1] in _QUOTES and part != "" and _plain(part) in self.columns

    @property
    def last_is_empty(self) -> bool:
        """Whether a separator follows the last name."""
        return self.first.rstrip(" \t").endswith(self.separator)

    def misplaced(self) -> tuple[str, str] | None:
        """The first column that is not in its place, and the one that stands there."""
        order = {name: place for place, name in enumerate(self.columns.values())}
        found = list(dict.fromkeys(self._names(self.first)))
        pairs = zip(sorted(found, key=order.__getitem__), found, strict=True)
        return next(((right, there) for right, there in pairs if right != there), None)

    def meant(self) -> list[tuple[int, str]]:
        """Places of names that the protocol does not know, and the missing column that each resembles most."""
        parts = self.first.split(self.separator)[:_NAMES]
        exact = {name.lower() for name in self.columns.values()}
        given = [part.strip(" \t").lower() for part in parts]
        missing = {plain: name for plain, name in self.columns.items() if name.lower() not in given}
        meant = []
        for place, part in enumerate(given, start=1):
            if part in exact or not missing:
                continue
            alike = get_close_matches(_plain(part)[:64], missing, n=1, cutoff=0.75)
            if alike:
                meant.append((place, missing.pop(alike[0])))
        return meant


def _plain(name: str) -> str:
    """A name without what people and programs put into and around it."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
