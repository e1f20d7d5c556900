"""A protocol as a whole, and which one a half-year has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from gmsd.protocol.codes import CodeList, read_code_list
from gmsd.protocol.layout import Derived, Field, Rule, read_derived, read_field, read_rule
from gmsd.protocol.reading import ProtocolError, expectations_folder, read_mapping, wanted
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from great_expectations import ExpectationSuite

Level = Literal["base", "facultative"]
_FILES: dict[Level, str] = {"base": "basis.yaml", "facultative": "facultatief.yaml"}


class NoProtocolError(LookupError):
    """No protocol holds for the half-year."""


@dataclass(frozen=True)
class Protocol:
    """The layout of a file and every rule on it.

    Attributes:
        id: Its name, such as `wmo-2020`.
        title: Its Dutch title.
        first: The first half-year it holds for.
        last: The last one; None = until further notice.
        separator: What stands between two fields of a line.
        max_bytes: The largest file that is read.
        max_lines: The most lines that are read.
        fields: The columns, in order.
        rules: Every rule by code, in the order in which findings are told.
        derived: The columns made before the suites run, in order.
        code_lists: The code lists by name.
        suites: The two suites as they stand in their files.
    """

    id: str
    title: str
    first: HalfYear
    last: HalfYear | None
    separator: str
    max_bytes: int
    max_lines: int
    fields: tuple[Field, ...]
    rules: dict[str, Rule]
    derived: tuple[Derived, ...]
    code_lists: dict[str, CodeList]
    suites: dict[Level, dict[str, Any]]

    @property
    def header(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(field.name for field in self.fields)

    def holds_for(self, half_year: HalfYear) -> bool:
        """Whether files about the half-year follow this protocol."""
        return self.first <= half_year and (self.last is None or half_year <= self.last)

    def rule_of(self, check: str) -> Rule:
        """The rule that `checking` runs under this name."""
        for rule in self.rules.values():
            if rule.check == check:
                return rule
        raise ProtocolError(f"{self.id}: structuur.yaml has no rule for {check}")

    def codes(self, name: str, half_year: HalfYear) -> tuple[str, ...]:
        """The codes of a list that are valid in the half-year."""
        if name not in self.code_lists:
            raise ProtocolError(f"{self.id}: no code list {name}")
        return self.code_lists[name].valid_in(half_year)

    def suite(
        self, level: Level | None = None, *, half_year: HalfYear, received_on: dt.date, municipality: str | None = None
    ) -> ExpectationSuite:
        """A Great Expectations suite with its parameters filled in.

        Args:
            level: One of the two suites; None = both in one, so that one pass over the data is enough.
            half_year: Decides which codes are right.
            received_on: The day the file came in.
            municipality: The delivering municipality; a rule that needs it is left out when it is None.

        Raises:
            ProtocolError: When a suite asks for a parameter that does not exist.
        """
        import great_expectations as gx

        parameters: dict[str, Any] = {f"CODES_{name.upper()}": list(codes.valid_in(half_year)) for name, codes in self.code_lists.items()}
        parameters |= {"RECEIVED_ON": received_on.isoformat(), "MUNICIPALITIES": None if municipality is None else [municipality]}
        levels: tuple[Level, ...] = ("base", "facultative") if level is None else (level,)
        expectations = []
        for each in levels:
            for expectation in self.suites[each]["expectations"]:
                filled = _filled(expectation["kwargs"], parameters, self.id)
                if filled is not None:
                    expectations.append({**expectation, "kwargs": filled})
        name = self.id if level is None else self.suites[level]["name"]
        return gx.ExpectationSuite(name=name, expectations=expectations)


def _filled(kwargs: dict[str, Any], parameters: dict[str, Any], protocol: str) -> dict[str, Any] | None:
    """The arguments with their `$PARAMETER`s filled in, or None when one of those is unknown in this check."""
    filled = {}
    for key, value in kwargs.items():
        if isinstance(value, dict) and "$PARAMETER" in value:
            name = value["$PARAMETER"]
            if name not in parameters:
                raise ProtocolError(f"{protocol}: no parameter {name}")
            if parameters[name] is None:
                return None
            filled[key] = parameters[name]
        else:
            filled[key] = value
    return filled


@cache
def _protocols(folder: Path) -> tuple[Protocol, ...]:
    """Every protocol for Wmo files, oldest first."""
    law = folder / "wmo"
    lists = [read_code_list(path) for path in sorted((law / "codes").glob("*.yaml"))]
    code_lists = {codes.name: codes for codes in lists}
    found = [_read_protocol(path.parent, code_lists) for path in sorted(law.glob("*/structuur.yaml"))]
    if not found:
        raise ProtocolError(f"{law}: no protocol; each is a folder with structuur.yaml")
    return tuple(sorted(found, key=lambda protocol: protocol.first))


def _read_protocol(folder: Path, code_lists: dict[str, CodeList]) -> Protocol:
    path = folder / "structuur.yaml"
    meta = wanted(read_mapping(path), "meta", dict, path)
    fields = tuple(read_field(entry, path) for entry in wanted(meta, "fields", list, path))
    for field in fields:
        if field.codes is not None and field.codes not in code_lists:
            raise ProtocolError(f"{path}: field {field.name}: no code list {field.codes}")
    rules = [read_rule(entry, path) for entry in wanted(meta, "rules", list, path)]
    derived: list[Derived] = []
    suites: dict[Level, dict[str, Any]] = {}
    for level, name in _FILES.items():
        suite = suites[level] = read_mapping(folder / name)
        wanted(suite, "name", str, folder / name)
        derived += [read_derived(entry, folder / name) for entry in suite.get("meta", {}).get("derived", [])]
        rules += [read_rule(wanted(entry, "meta", dict, folder / name), folder / name) for entry in suite["expectations"]]
    by_code = {rule.code: rule for rule in rules}
    if len(by_code) < len(rules):
        raise ProtocolError(f"{folder}: two rules have the same code")
    limits, half_years = wanted(meta, "limits", dict, path), wanted(meta, "half_years", dict, path)
    return Protocol(
        id=wanted(meta, "protocol", str, path),
        title=wanted(meta, "title", str, path),
        first=HalfYear.parse(wanted(half_years, "from", str, path)),
        last=None if half_years.get("to") is None else HalfYear.parse(half_years["to"]),
        separator=wanted(meta, "separator", str, path),
        max_bytes=wanted(limits, "bytes", int, path),
        max_lines=wanted(limits, "lines", int, path),
        fields=fields,
        rules=by_code,
        derived=tuple(derived),
        code_lists=code_lists,
        suites=suites,
    )


def protocol_for(half_year: HalfYear) -> Protocol:
    """The protocol that files about the half-year follow: chosen by the data's half-year, never by today.

    Raises:
        NoProtocolError: When no protocol holds for it.
    """
    for protocol in reversed(_protocols(expectations_folder())):
        if protocol.holds_for(half_year):
            return protocol
    raise NoProtocolError(f"no protocol for {half_year}")


def newest_protocol() -> Protocol:
    """The protocol by which a file is described when its half-year is unknown."""
    return _protocols(expectations_folder())[-1]
