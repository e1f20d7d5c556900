"""A half-year, read and written as 2019-H2, H22019, 2019HJ02 and 2019-S2."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_FORMS = (
    re.compile(r"(?P<year>\d{4})-H(?P<half>[12])", re.ASCII),
    re.compile(r"H(?P<half>[12])(?P<year>\d{4})", re.ASCII | re.IGNORECASE),
    re.compile(r"(?P<year>\d{4})HJ0(?P<half>[12])", re.ASCII),
    re.compile(r"(?P<year>\d{4})-S(?P<half>[12])", re.ASCII),
)


@dataclass(frozen=True, order=True, slots=True)
class HalfYear:
    """January to June (half 1) or July to December (half 2) of a year."""

    year: int
    half: int

    def __post_init__(self) -> None:
        if self.half not in (1, 2) or not 1 <= self.year <= 9999:
            raise ValueError(f"no half-year: {self.year}, {self.half}")

    @classmethod
    def parse(cls, text: str) -> HalfYear:
        """Read any of the notations `2019-H2`, `H22019`, `2019HJ02`, `2019-S2`.

        Raises:
            ValueError: the text is none of these.
        """
        for form in _FORMS:
            found = form.fullmatch(text)
            if found:
                return cls(int(found["year"]), int(found["half"]))
        raise ValueError(f"not a half-year: {text!r}; write it as 2019-H2 or H22019")

    @classmethod
    def of(cls, day: dt.date) -> HalfYear:
        """The half-year that a day lies in."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    def __str__(self) -> str:
        return f"{self.year:04d}-H{self.half}"

    @property
    def upload_code(self) -> str:
        """The code uitvraag in file names and inbox keys: `H22019`."""
        return f"H{self.half}{self.year:04d}"

    @property
    def statline(self) -> str:
        """StatLine's period key: `2019HJ02`."""
        return f"{self.year:04d}HJ{self.half:02d}"

    @property
    def sdmx(self) -> str:
        """SDMX's period: `2019-S2`."""
        return f"{self.year:04d}-S{self.half}"

    @property
    def dutch(self) -> str:
        """In words, for coordinators: `2e halfjaar 2019`."""
        return f"{self.half}e halfjaar {self.year}"

    @property
    def first_day(self) -> dt.date:
        """1 January or 1 July."""
        return dt.date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last_day(self) -> dt.date:
        """30 June or 31 December."""
        return dt.date(self.year, 6, 30) if self.half == 1 else dt.date(self.year, 12, 31)

    @property
    def next(self) -> HalfYear:
        """The half-year after this one."""
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    @property
    def other(self) -> HalfYear:
        """The other half of its year."""
        return HalfYear(self.year, 3 - self.half)

    @property
    def previous(self) -> HalfYear:
        """The half-year before this one."""
        return HalfYear(self.year, 1) if self.half == 2 else HalfYear(self.year - 1, 2)
