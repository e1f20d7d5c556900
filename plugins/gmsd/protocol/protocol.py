"""A protocol as a whole: what a file of some half-years looks like, and the suites that check it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from gmsd.errors import GmsdError
from gmsd.protocol.reading import ProtocolError
from gmsd.protocol.suites import asked, build, filled
from gmsd.protocol.vocabulary import CODES, LAST_DAY, MUNICIPALITIES, PROVIDERS, RECEIVED_ON, YEAR_LATER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection
    from pathlib import Path

    from great_expectations import ExpectationSuite

    from gmsd.protocol.codes import CodeList
    from gmsd.protocol.law import Law
    from gmsd.protocol.layout import Derived, Field, Rule
    from gmsd.protocol.reading import Mistake
    from gmsd.rounds import HalfYear

    Parameter = dt.date | tuple[str, ...]

Level = Literal["base", "facultative"]
FILES: dict[Level, str] = {"base": "basis.yaml", "facultative": "facultatief.yaml"}


class NoProtocolError(GmsdError):
    """No protocol holds for the half-year."""


@dataclass(frozen=True, eq=False)
class Protocol:
    """The layout of a file and every rule on it.

    Attributes:
        law: The law that the file is about.
        id: Its name, such as `wmo-2020`.
        title: Its Dutch title.
        first: The first half-year it holds for.
        last: The last one; None = until further notice.
        status: Where its layout comes from: seed, public or assumed.
        reason: Why this choice, in Dutch, when it is assumed.
        separator: What stands between two fields of a line.
        max_bytes: The largest file that is read.
        max_lines: The most lines that are read.
        fields: The columns, in order.
        rules: Every rule by code, in the order in which findings are told.
        derived: The columns made before the suites run, in order.
        code_lists: The code lists by name.
        suites: The two suites as they stand in their files.
        folder: Where its files lie.
        mistakes_in: Reads a folder of protocols and tells what is wrong in it, for when Great Expectations does not take a suite.
    """

    law: Law
    id: str
    title: str
    first: HalfYear
    last: HalfYear | None
    status: str
    reason: str | None
    separator: str
    max_bytes: int
    max_lines: int
    fields: tuple[Field, ...]
    rules: dict[str, Rule]
    derived: tuple[Derived, ...]
    code_lists: dict[str, CodeList]
    suites: dict[Level, dict[str, Any]]
    folder: Path
    mistakes_in: Callable[[Path], tuple[Mistake, ...]] = field(repr=False)
    _open: dict[bool, ExpectationSuite] = field(default_factory=dict, init=False, repr=False, compare=False)
    _valid: dict[HalfYear, dict[str, Parameter]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def header(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(field.name for field in self.fields)

    def holds_for(self, half_year: HalfYear) -> bool:
        """Whether files about the half-year follow this protocol."""
        return self.first <= half_year and (self.last is None or half_year <= self.last)

    def may_pass_later(self, refused_by: Collection[str]) -> bool:
        """Whether the same file may be right on a later day: it was refused, and only by rules (codes) that pass with time."""
        return bool(refused_by) and all(code in self.rules and self.rules[code].passes_with_time for code in refused_by)

    def rule_of(self, check: str) -> Rule:
        """The rule that `checking` runs under this name."""
        for rule in self.rules.values():
            if rule.check == check:
                return rule
        raise ProtocolError(f"{self.id}: structuur.yaml has no rule for {check}")

    def rule_on(self, column: str) -> Rule:
        """The first rule that looks at a column.

        Raises:
            ProtocolError: there is none.
        """
        for suite in self.suites.values():
            for expectation in suite["expectations"]:
                if expectation["kwargs"].get("column") == column:
                    return self.rules[expectation["meta"]["code"]]
        raise ProtocolError(f"{self.id}: no rule on column {column}")

    def derived_of(self, kind: str) -> Derived:
        """The first column that is made in this way.

        Raises:
            ProtocolError: there is none.
        """
        for derived in self.derived:
            if derived.kind == kind:
                return derived
        raise ProtocolError(f"{self.id}: no derived column of kind {kind}")

    def codes(self, name: str, half_year: HalfYear) -> tuple[str, ...]:
        """The codes of a list that are valid in the half-year."""
        if name not in self.code_lists:
            raise ProtocolError(f"{self.id}: no code list {name}")
        return self.code_lists[name].valid_in(half_year)

    def parameters(
        self, half_year: HalfYear, received_on: dt.date, municipality: str | None = None, provider: str | None = None
    ) -> dict[str, Parameter]:
        """What fills each `$PARAMETER` of the suites.

        Args:
            half_year: Decides which codes are right.
            received_on: The day the file came in.
            municipality: The delivering municipality; its parameter is left out when it is None.
            provider: The provider in the file's name; its parameter is left out when it is None.

        Returns:
            `RECEIVED_ON`; `LAST_DAY` of the half-year and the day a `YEAR_LATER`; `MUNICIPALITIES` and `PROVIDERS` when known; and
            `CODES_<LIST>`. Every value is hashable, the codes are made once a half-year.
        """
        codes = self._valid.get(half_year)
        if codes is None:
            codes = {f"{CODES}{name.upper()}": listed.valid_in(half_year) for name, listed in self.code_lists.items()}
            self._valid[half_year] = codes
        named = {MUNICIPALITIES: municipality, PROVIDERS: provider}
        known: dict[str, Parameter] = {name: (code,) for name, code in named.items() if code is not None}
        last_day = half_year.last_day
        return {**codes, **known, RECEIVED_ON: received_on, LAST_DAY: last_day, YEAR_LATER: last_day.replace(year=last_day.year + 1)}

    def open_suite(self, *, municipality_known: bool) -> ExpectationSuite:
        """Both levels in one Great Expectations suite, with `{"$PARAMETER": ...}` where `parameters` gives the value.

        One such suite serves every delivery, so that it is made and compiled once; callers share it and leave it as it is.

        Args:
            municipality_known: Whether the delivering municipality is known; without it the rules that need it are left out.

        Raises:
            ProtocolError: When Great Expectations does not take it; every mistake is told.
        """
        if municipality_known not in self._open:
            expectations = self.open_expectations(municipality_known=municipality_known)
            self._open[municipality_known] = self._built(self.id, expectations)
        return self._open[municipality_known]

    def open_expectations(self, *, municipality_known: bool) -> list[dict[str, Any]]:
        """The expectations of `open_suite` as they stand in their files, in its order; callers leave them as they are."""
        return [
            expectation
            for level in FILES
            for expectation in self.suites[level]["expectations"]
            if municipality_known or MUNICIPALITIES not in asked(expectation["kwargs"])
        ]

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
            ProtocolError: When Great Expectations does not take it; every mistake is told.
        """
        parameters = self.parameters(half_year, received_on, municipality)
        expectations = [
            {**expectation, "kwargs": filled(expectation["kwargs"], parameters)}
            for each in (FILES if level is None else (level,))
            for expectation in self.suites[each]["expectations"]
            if municipality is not None or MUNICIPALITIES not in asked(expectation["kwargs"])
        ]
        return self._built(self.id if level is None else self.suites[level]["name"], expectations)

    def _built(self, name: str, expectations: list[dict[str, Any]]) -> ExpectationSuite:
        suite = build(name, expectations)
        if suite is None:
            raise ProtocolError(*(self.mistakes_in(self.folder.parents[1]) or (f"{self.id}: Great Expectations does not take {name}",)))
        return suite
