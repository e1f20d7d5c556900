"""The place: what one municipality delivers of one law about one half-year, and everything that is decided about it together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gmsd.rounds.halfyear import HalfYear

WMO = "wmo"
"""The law whose ids, keys and partitions carry no prefix: it was there before the others."""
_LAW = re.compile(r"[a-z]+", re.ASCII)
_MUNICIPALITY = re.compile(r"[0-9]{4}", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A law, a half-year and a municipality.

    Attributes:
        law: The law's id, such as `wmo`; the name of its folder in `expectations/`.
        half_year: What the data is about.
        municipality: Four digits.
        provider: Of a law whose files come from providers, whose file it is, as its name says: eight digits, else empty. It stands in no
            id, key or folder: those are of all providers together, and so is what is decided by a form.
    """

    law: str
    half_year: HalfYear
    municipality: str
    provider: str = ""

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read `2019-H2.0518` or `jeugd.2019-H2.0518`.

        Raises:
            ValueError: the text is neither.
        """
        half_year, _, municipality = text.rpartition(".")
        wrong = f"not a place: {text!r}; write it as 2019-H2.0518 or jeugd.2019-H2.0518"
        if not _MUNICIPALITY.fullmatch(municipality):
            raise ValueError(wrong)
        try:
            return cls(*parse_partition(half_year), municipality)
        except ValueError:
            raise ValueError(wrong) from None

    @property
    def id(self) -> str:
        """`2019-H2.0518`; of another law `jeugd.2019-H2.0518`. The ids of its deliveries begin with it."""
        return f"{partition(self.law, self.half_year)}.{self.municipality}"

    @property
    def columns(self) -> dict[str, str]:
        """As the columns of a table hold it: `law`, `half_year` and `municipality`."""
        return {"law": self.law, "half_year": str(self.half_year), "municipality": self.municipality}

    @property
    def asked(self) -> dict[str, str]:
        """As a statement about deliveries asks for it: `columns` and `provider`; an empty one asks for those of all providers."""
        return {**self.columns, "provider": self.provider}

    @property
    def whole(self) -> Place:
        """The same of all providers."""
        return replace(self, provider="") if self.provider else self

    @property
    def folder(self) -> str:
        """Where it lies in inbox and outbox: `H22019/0518`; of another law `jeugd/H22019/0518`."""
        return f"{prefixed(self.law, '/')}{self.half_year.upload_code}/{self.municipality}"

    def __str__(self) -> str:
        return self.id


def prefixed(law: str, mark: str) -> str:
    """The law's part of an id, key or partition, with the mark after it; nothing for the Wmo."""
    return "" if law == WMO else f"{law}{mark}"


def partition(law: str, half_year: HalfYear) -> str:
    """A law's half-year, or its round of that code, in one word: `2019-H2`; of another law `jeugd.2019-H2`."""
    return f"{prefixed(law, '.')}{half_year}"


def parse_partition(text: str) -> tuple[str, HalfYear]:
    """Read `2019-H2` (the Wmo's) or `jeugd.2019-H2`; the half-year in any of its notations.

    Raises:
        ValueError: the text is neither.
    """
    law, dot, half_year = text.rpartition(".")
    if dot and (law == WMO or not _LAW.fullmatch(law)):
        raise ValueError(f"not a half-year of a law: {text!r}; write it as 2019-H2 or jeugd.2019-H2")
    return law or WMO, HalfYear.parse(half_year)
