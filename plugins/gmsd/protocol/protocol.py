"""A protocol as a whole, and which one a half-year has."""

from __future__ import annotations

from dataclasses import dataclass, field
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

    Parameter = dt.date | tuple[str, ...]

Level = Literal["base", "facultative"]
_FILES: dict[Level, str] = {"base": "basis.yaml", "facultative": "facultatief.yaml"}
_MUNICIPALITIES, _RECEIVED_ON, _CODES = "MUNICIPALITIES", "RECEIVED_ON", "CODES_"


class NoProtocolError(LookupError):
    """No protocol holds for the half-year."""


@dataclass(frozen=True, eq=False)
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
    _open: dict[bool, ExpectationSuite] = field(default_factory=dict, init=False, repr=False, compare=False)
    _valid: dict[HalfYear, dict[str, Parameter]] = field(default_factory=dict, init=False, repr=False, compare=False)

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

    def parameters(self, half_year: HalfYear, received_on: dt.date, municipality: str | None = None) -> dict[str, Parameter]:
        """What fills each `$PARAMETER` of the suites.

        Args:
            half_year: Decides which codes are right.
            received_on: The day the file came in.
            municipality: The delivering municipality; its parameter is left out when it is None.

        Returns:
            `RECEIVED_ON`, `MUNICIPALITIES` when known, and `CODES_<LIST>`; every value is hashable, the codes are made once a half-year.
        """
        codes = self._valid.get(half_year)
        if codes is None:
            codes = {f"{_CODES}{name.upper()}": listed.valid_in(half_year) for name, listed in self.code_lists.items()}
            self._valid[half_year] = codes
        known: dict[str, Parameter] = {} if municipality is None else {_MUNICIPALITIES: (municipality,)}
        return {**codes, **known, _RECEIVED_ON: received_on}

    def open_suite(self, *, municipality_known: bool) -> ExpectationSuite:
        """Both levels in one Great Expectations suite, with `{"$PARAMETER": ...}` where `parameters` gives the value.

        One such suite serves every delivery, so that it is made and compiled once; callers share it and leave it as it is.

        Args:
            municipality_known: Whether the delivering municipality is known; without it the rules that need it are left out.
        """
        if municipality_known not in self._open:
            import great_expectations as gx

            expectations = [
                expectation
                for level in _FILES
                for expectation in self.suites[level]["expectations"]
                if municipality_known or _MUNICIPALITIES not in _asked(expectation["kwargs"])
            ]
            self._open[municipality_known] = gx.ExpectationSuite(name=self.id, expectations=expectations)
        return self._open[municipality_known]

    def suite(
        self, level: Level | None = None, *, half_year: HalfYear, received_on: dt.date, municipality: str | None = None
    ) -> ExpectationSuite:
        """A Great Expectations suite with its parameters filled in, for who runs it elsewhere.

        Args:
            level: One of the two suites; None = both in one, so that one pass over the data is enough.
            half_year: Decides which codes are right.
            received_on: The day the file came in.
            municipality: The delivering municipality; a rule that needs it is left out when it is None.

        Raises:
            ProtocolError: When a suite asks for a parameter that does not exist.
        """
        import great_expectations as gx

        parameters = self.parameters(half_year, received_on, municipality)
        expectations = []
        for each in _FILES if level is None else (level,):
            for expectation in self.suites[each]["expectations"]:
                asked = _asked(expectation["kwargs"])
                if municipality is None and _MUNICIPALITIES in asked:
                    continue
                unknown = sorted(asked - parameters.keys())
                if unknown:
                    raise ProtocolError(f"{self.id}: no parameter {', '.join(unknown)}")
                expectations.append({**expectation, "kwargs": _filled(expectation["kwargs"], parameters)})
        name = self.id if level is None else self.suites[level]["name"]
        return gx.ExpectationSuite(name=name, expectations=expectations)


def _asked(kwargs: dict[str, Any]) -> set[str]:
    """The parameters that an expectation asks for."""
    return {value["$PARAMETER"] for value in kwargs.values() if isinstance(value, dict) and "$PARAMETER" in value}


def _filled(kwargs: dict[str, Any], parameters: dict[str, Parameter]) -> dict[str, Any]:
    """The arguments with their parameters filled in, as plain values."""
    filled = dict(kwargs)
    for key, value in kwargs.items():
        if isinstance(value, dict) and "$PARAMETER" in value:
            given = parameters[value["$PARAMETER"]]
            filled[key] = list(given) if isinstance(given, tuple) else given
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
    for each in fields:
        if each.codes is not None and each.codes not in code_lists:
            raise ProtocolError(f"{path}: field {each.name}: no code list {each.codes}")
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
