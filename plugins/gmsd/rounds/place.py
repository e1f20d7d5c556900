"""The place: what one municipality delivers of one law about one half-year, and everything that is decided about it together."""

from __future__ import annotations

from dataclasses import dataclass

from gmsd.rounds.halfyear import HalfYear

WMO = "wmo"
"""The law whose ids, keys and partitions carry no prefix: it was there before the others."""


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A law, a half-year and a municipality.

    Attributes:
        law: The law's id, such as `wmo`; the name of its folder in `expectations/`.
        half_year: What the data is about.
        municipality: Four digits.
    """

    law: str
    half_year: HalfYear
    municipality: str

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read `2019-H2.0518` or `jeugd.2019-H2.0518`.

        Raises:
            ValueError: the text is neither.
        """
        *law, half_year, municipality = text.split(".")
        if len(law) > 1 or law == [WMO]:
            raise ValueError(f"not a place: {text!r}; write it as 2019-H2.0518 or jeugd.2019-H2.0518")
        return cls(law[0] if law else WMO, HalfYear.parse(half_year), municipality)

    @property
    def id(self) -> str:
        """`2019-H2.0518`; of another law `jeugd.2019-H2.0518`. The ids of its deliveries begin with it."""
        return f"{prefixed(self.law, '.')}{self.half_year}.{self.municipality}"

    @property
    def folder(self) -> str:
        """Where it lies in inbox and outbox: `H22019/0518`; of another law `jeugd/H22019/0518`."""
        return f"{prefixed(self.law, '/')}{self.half_year.upload_code}/{self.municipality}"

    def __str__(self) -> str:
        return self.id


def prefixed(law: str, mark: str) -> str:
    """The law's part of an id, key or partition, with the mark after it; nothing for the Wmo."""
    return "" if law == WMO else f"{law}{mark}"
