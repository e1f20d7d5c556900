"""A published table: what it is cut by, what it measures, how it is protected, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.rounds import HalfYear


Unit = Literal["clients", "arrangements", "begin", "entering", "leaving", "remaining"]
_NAMED = {"clients": "", "arrangements": "all|", "begin": "stand|", "entering": "in|", "leaving": "out|", "remaining": "end|"}
_UNNAMED_LAW = "wmo"


@dataclass(frozen=True, slots=True)
class Content:
    """What is counted, whichever table shows it: it is counted, drawn and protected once, so that two tables show one figure.

    Attributes:
        name: Its name, which the random draws of its protection hang on; it never changes.
        unit: clients (distinct persons), arrangements, and of these: running before the first day (begin), begun in the period
            (entering), ended in it (leaving); remaining are distinct persons of whom one runs on after the last day.
        categories: The product categories that count.
        number: Of clients only: those with so many arrangements of these categories, (at least, at most); at most None = no limit.
        also: Of clients only: those who have an arrangement of one of these categories too; empty = whoever has one of `categories`.
    """

    name: str
    unit: Unit
    categories: frozenset[int]
    number: tuple[int, int | None] | None = None
    also: frozenset[int] = frozenset()

    @property
    def is_of_clients(self) -> bool:
        """Whether it counts who has an arrangement of its categories, and asks nothing more of them."""
        return self.unit == "clients" and self.number is None and not self.also


@dataclass(frozen=True, slots=True)
class Group:
    """One published group: a row of the table. Groups may overlap.

    Attributes:
        code: StatLine's code, or our own.
        title: In Dutch.
        categories: The product categories that count in it.
        description: In Dutch; None = the categories are listed.
        number: Only clients with so many arrangements: (at least, at most or None).
        counted_as: What it counts, where another table calls it otherwise; None = its code.
        also: Only clients who have an arrangement of one of these categories too.
        ages: Which inhabitants a rate of it is of (`gmsd.reference.age_groups`); None = those of the measure.
        share_of: The group of whose shown count a rate of it is, in place of inhabitants; None = it is of inhabitants.
    """

    code: str
    title: str
    categories: frozenset[int]
    description: str | None = None
    number: tuple[int, int | None] | None = None
    counted_as: str | None = None
    also: frozenset[int] = frozenset()
    ages: str | None = None
    share_of: str | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups that hold from one day up to and including another.

    Attributes:
        version: The name a release gives it.
        valid_from: The first day.
        valid_to: The last day; None = until further notice.
        status: Where it comes from: seed, public or assumed.
        reason: Why this choice.
        groups: In StatLine's order.
    """

    version: str
    valid_from: dt.date
    valid_to: dt.date | None
    status: str
    reason: str
    groups: tuple[Group, ...]

    def holds(self, half_year: HalfYear) -> bool:
        """Whether it holds in a half-year."""
        return self.valid_from <= half_year.first_day and (self.valid_to is None or half_year.first_day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of a table.

    Attributes:
        key: StatLine's name of it.
        kind: `groups` (of the table), `regions`, `periods`, or `total`: only its total is published.
        title: In Dutch.
        description: In Dutch.
        total: Key and title of the total, for that kind.
        headings: What the total stands under, from the top down.
    """

    key: str
    kind: Literal["groups", "regions", "periods", "total"]
    title: str
    description: str
    total: tuple[str, str] | None = None
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One topic of a table.

    Attributes:
        key: StatLine's name of it.
        kind: `count`: a protected count; `rate`: a shown count for every so many inhabitants; `estimate`: of the whole country, from shown
            counts; `lower`, `upper`: its bounds.
        of: What is counted (`Unit`); of a rate the key of its count, of a bound that of its estimate.
        per: For how many inhabitants a rate is.
        ages: Which inhabitants these are (`gmsd.reference.age_groups`).
        base: What an estimate is rounded to.
        title: In Dutch.
        description: A template, in Dutch.
        unit: In Dutch.
        presentation: StatLine's word: Absolute or Relative.
    """

    key: str
    kind: Literal["count", "rate", "estimate", "lower", "upper"]
    of: str
    per: int
    ages: str
    base: int
    title: str
    description: str
    unit: str
    presentation: str


@dataclass(frozen=True, slots=True)
class Base:
    """What a rate is of: `ages` of inhabitants (`gmsd.reference.age_groups`), or the shown count of a `content`."""

    ages: str
    content: str | None

    @property
    def key(self) -> str:
        """Both in one word."""
        return self.ages if self.content is None else f"={self.content}"


@dataclass(frozen=True, slots=True)
class Nested:
    """A group that is published only beside another and never above it, and the Dutch sentence that says so."""

    part: str
    whole: str
    text: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measure in the import of Waarstaatjegemeente.

    Attributes:
        measure: Its key.
        name: A template over the `name` of a group.
        description: A template.
        unit: In Dutch.
        codes: Group code -> indicator code; never renamed.
    """

    measure: str
    name: str
    description: str
    unit: str
    codes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A published table.

    Attributes:
        law: The law whose records it is made of.
        table_id: StatLine's identifier, or our own.
        title: In Dutch.
        short_title: In Dutch.
        summary: One sentence, in Dutch.
        frequency: StatLine's word.
        periods: Which of `half_years` and `years` it has.
        regions: Which of `nation` and `municipalities` it has.
        base: What counts are rounded to.
        smallest_shown: The least count that is shown.
        first_shown: The least true count that may be shown.
        presentation: StatLine's default presentation.
        dimensions: In StatLine's order.
        measures: In StatLine's order; a rate comes after its count.
        nested: Groups that stand under another.
        groupings: The groups by validity, oldest first.
        group_description: What stands above the categories of a group without a description.
        indicators: Measures in the import of Waarstaatjegemeente.
        indicator_names: Group code -> the Dutch name that indicators are named after.
        about: The first paragraph of its description.
        definitions: Terms and what they mean.
        sources: The first paragraph about its sources.
        themes: (title, number) of where it stands in the catalogue, from the top down.
        building_block: What its file of its own is called, for a receiver who builds on this table alone; empty = it has none.
    """

    law: str
    table_id: str
    title: str
    short_title: str
    summary: str
    frequency: str
    periods: tuple[str, ...]
    regions: tuple[str, ...]
    base: int
    smallest_shown: int
    first_shown: int
    presentation: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    nested: tuple[Nested, ...]
    groupings: tuple[Grouping, ...]
    group_description: str
    indicators: tuple[Indicator, ...]
    indicator_names: dict[str, str]
    about: str
    definitions: tuple[tuple[str, str], ...]
    sources: str
    themes: tuple[tuple[str, str | None], ...]
    building_block: str = ""

    def grouping(self, half_year: HalfYear) -> Grouping:
        """The groups that hold in a half-year, with their version.

        Raises:
            LookupError: none are known.
        """
        for each in self.groupings:
            if each.holds(half_year):
                return each
        raise LookupError(f"{self.table_id} has no groups for {half_year}")

    def groups(self, half_year: HalfYear) -> tuple[Group, ...]:
        """The groups of a half-year in StatLine's order."""
        return self.grouping(half_year).groups

    @property
    def counts(self) -> tuple[Measure, ...]:
        """The measures that are counted; the others are made of what is shown of these."""
        return tuple(measure for measure in self.measures if measure.kind == "count")

    @property
    def rates(self) -> tuple[Measure, ...]:
        """The measures that are made of a shown count."""
        return tuple(measure for measure in self.measures if measure.kind == "rate")

    def rates_of(self, count: Measure) -> tuple[Measure, ...]:
        """The rates made of a count."""
        return tuple(measure for measure in self.measures if measure.kind == "rate" and measure.of == count.key)

    @property
    def estimates(self) -> tuple[Measure, ...]:
        """The measures that are estimated for the whole country."""
        return tuple(measure for measure in self.measures if measure.kind == "estimate")

    def content(self, measure: Measure, group: Group) -> Content:
        """What a counted or estimated measure of a group counts."""
        unit = cast("Unit", measure.of)
        counted = group.counted_as or (f"number|{group.number[0]}" if group.number else group.code)
        law = "" if self.law == _UNNAMED_LAW else f"{self.law}|"
        return Content(law + _NAMED[unit] + counted, unit, group.categories, group.number, group.also)

    def base_of(self, rate: Measure, group: Group) -> Base:
        """What a rate of a group is of: inhabitants of some ages, or a shown count."""
        if group.share_of is None:
            return Base(group.ages or rate.ages, None)
        count = next(each for each in self.counts if each.key == rate.of)
        beside = next(each.groups for each in self.groupings if group in each.groups)
        whole = next(each for each in beside if each.code == group.share_of)
        return Base("", self.content(count, whole).name)

    def contents(self, half_year: HalfYear) -> dict[str, Content]:
        """Everything that the table needs counted in a half-year, by name."""
        counted = [self.content(measure, group) for measure in (*self.counts, *self.estimates) for group in self.groups(half_year)]
        return {each.name: each for each in counted}

    def dimension(self, kind: str) -> Dimension:
        """The dimension of a kind of which there is one: groups, regions or periods."""
        return next(each for each in self.dimensions if each.kind == kind)

    @property
    def groups_overlap(self) -> bool:
        """Whether a category stands in more than one group, so that the groups do not add up."""
        newest = self.groupings[-1].groups
        return sum(len(group.categories) for group in newest) > len(frozenset().union(*(group.categories for group in newest)))
