"""One summary set beside others: where this municipality stands among those of similar size, and what is worth a look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gmsd.dutch import dutch_number
from gmsd.op_orde.peers import FEWEST_OTHERS, Peers, choose_peers, day_of, inhabitants_known, quartiles, rounded
from gmsd.op_orde.summary import OpOrdeSummary, facultative_fields, plain
from gmsd.protocol import protocol_for
from gmsd.reference import municipalities
from gmsd.rounds import HalfYear
from gmsd.tables import category_titles, main_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# A difference worth a sentence [assumed] is large in share and in number: three clients are no alarm in a small municipality.
NOTABLE_CHANGE, NOTABLE_CLIENTS, NOTABLE_SHARE = 0.20, 20, 0.05


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One line of a table: this municipality's count, its rate, the others' quartiles of that rate, and the two earlier counts."""

    code: str
    label: str
    value: int
    rate: float | None
    quartiles: tuple[int, int, int] | None
    previous: int | None
    earlier: int | None
    previous_rate: float | None = None
    earlier_rate: float | None = None

    @property
    def place(self) -> str | None:
        """Where the rate stands among the quartiles: `lager`, `midden`, `hoger`, or nothing to say."""
        if self.rate is None or self.quartiles is None:
            return None
        low, _, high = self.quartiles
        whole = rounded(self.rate)
        return "lager" if whole < low else "hoger" if whole > high else "midden"


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """A table of the report; its rates are `per_1000` inhabitants or a `share` in percent."""

    name: str
    title: str
    unit: str
    rows: tuple[ComparisonRow, ...]
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class OpOrdeReport:
    """All that the op-orde report of one delivery shows."""

    summary: OpOrdeSummary
    inhabitants: int | None
    inhabitants_date: str
    peers: Peers
    tables: tuple[ComparisonTable, ...]
    attention: tuple[str, ...]
    previous: str | None
    earlier: str | None

    def to_json(self) -> dict[str, Any]:
        """Give the report as plain data, with the place of each row spelled out; of the others it holds quartiles only."""
        summary = self.summary.to_json()
        tables = [{**plain(table), "rows": [{**plain(row), "place": row.place} for row in table.rows]} for table in self.tables]
        return {"schema": summary.pop("schema"), **plain(self), "summary": summary, "peers": plain(self.peers), "tables": tables}


def compare(
    summary: OpOrdeSummary,
    others: Sequence[Mapping[str, Any]],
    *,
    previous_half_year: Mapping[str, Any] | None = None,
    previous_delivery: Mapping[str, Any] | None = None,
    delivered: int | None = None,
    expected: int | None = None,
) -> OpOrdeReport:
    """Set a summary beside those of other municipalities and beside its own earlier ones.

    Args:
        summary: The delivery reported on.
        others: The stored summaries (`OpOrdeSummary.to_json`) accepted at this moment; those of `peers_among` are enough. Those of the same
            municipality or of another half-year are left out.
        previous_half_year: The summary in force of the half-year before.
        previous_delivery: The summary of the accepted delivery of the same half-year before this one.
        delivered: How many other municipalities have delivered, when not all of their summaries are given.
        expected: How many municipalities beside this one could deliver; by default all that exist in the half-year.
    """
    half_year = HalfYear.parse(summary.half_year)
    size = inhabitants_known(summary.municipality, half_year)
    stored = {
        other["municipality"]: other
        for other in others
        if other["half_year"] == summary.half_year and other["municipality"] != summary.municipality
    }
    sizes = {code: known for code in stored if (known := inhabitants_known(code, half_year)) is not None}
    classes, codes = choose_peers(size, sizes) if size is not None else ((), ())
    possible = len(municipalities(half_year).keys() - {summary.municipality}) if expected is None else expected
    peers = Peers(classes, len(codes), len(stored) if delivered is None else delivered, possible)
    own_earlier = tuple(None if old is None else OpOrdeSummary.of(old) for old in (previous_half_year, previous_delivery))
    beside = [(OpOrdeSummary.of(stored[code]), sizes[code]) for code in codes] if peers.enough else []
    maker = _Maker(summary, size, beside, *own_earlier)
    tables = maker.tables(half_year)
    return OpOrdeReport(
        summary=summary,
        inhabitants=size,
        inhabitants_date=day_of(summary.municipality, half_year).isoformat(),
        peers=peers,
        tables=tables,
        attention=_attention(summary, tables),
        previous=own_earlier[0].half_year if own_earlier[0] is not None else None,
        earlier=own_earlier[1].delivery_id if own_earlier[1] is not None else None,
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes rows: a measure is a function of a summary, its rate is per 1,000 inhabitants or a share of another measure."""

    summary: OpOrdeSummary
    size: int | None
    peers: list[tuple[OpOrdeSummary, int]]
    previous: OpOrdeSummary | None
    earlier: OpOrdeSummary | None

    def rate_row(self, code: str, label: str, measure: Callable[[OpOrdeSummary], int]) -> ComparisonRow:
        return self._row(code, label, measure, lambda summary, size: 1000 * measure(summary) / size if size else None)

    def share_row(
        self, code: str, label: str, measure: Callable[[OpOrdeSummary], int], base: Callable[[OpOrdeSummary], int]
    ) -> ComparisonRow:
        return self._row(code, label, measure, lambda summary, _: 100 * measure(summary) / base(summary) if base(summary) else None)

    def _row(
        self, code: str, label: str, measure: Callable[[OpOrdeSummary], int], rate: Callable[[OpOrdeSummary, int | None], float | None]
    ) -> ComparisonRow:
        known = [found for summary, size in self.peers if (found := rate(summary, size)) is not None]
        before = [(None, None) if old is None else (measure(old), rate(old, self.size)) for old in (self.previous, self.earlier)]
        return ComparisonRow(
            code=code,
            label=label,
            value=measure(self.summary),
            rate=rate(self.summary, self.size),
            quartiles=quartiles(known) if len(known) >= FEWEST_OTHERS else None,
            previous=before[0][0],
            earlier=before[1][0],
            previous_rate=before[0][1],
            earlier_rate=before[1][1],
        )

    def _counted(self, part: str, what: str, titles: Mapping[str, str]) -> tuple[ComparisonRow, ...]:
        every = [self.summary, *(summary for summary, _ in self.peers), *(old for old in (self.previous, self.earlier) if old is not None)]
        by_code = {id(each): {count.code: getattr(count, what) for count in getattr(each, part)} for each in every}

        def measure(code: str) -> Callable[[OpOrdeSummary], int]:
            return lambda summary: by_code[id(summary)].get(code, 0)

        return tuple(self.rate_row(code, title, measure(code)) for code, title in titles.items())

    def _filled(self, title: str) -> ComparisonRow:
        """A summary of a layout without the field says nothing of it."""
        row = self.share_row(title, title, lambda each: each.filled.get(title, 0), lambda each: each.records if title in each.filled else 0)
        before = [None if old is None or title not in old.filled else old.filled[title] for old in (self.previous, self.earlier)]
        return replace(row, previous=before[0], earlier=before[1])

    def tables(self, half_year: HalfYear) -> tuple[ComparisonTable, ...]:
        grouped = {group.code: group.title for group in main_table(self.summary.law).groups(half_year)}
        types = {f"{code:02d}": title for code, title in category_titles(self.summary.law, half_year).items()}
        flow = (
            self.rate_row("standing", "Stand: loopt door na het halfjaar", lambda s: s.standing),
            self.rate_row("started", "Instroom: begonnen in het halfjaar", lambda s: s.started),
            self.rate_row("ended", "Uitstroom: geëindigd in het halfjaar", lambda s: s.ended),
        )
        shares = (
            self.share_row("personal_budget", "Arrangementen met een pgb", lambda s: s.personal_budget, lambda s: s.arrangements),
            self.share_row(
                "in_kind", "Arrangementen in zorg in natura", lambda s: s.arrangements - s.personal_budget, lambda s: s.arrangements
            ),
            self.share_row("open_ended", "Arrangementen zonder einddatum", lambda s: s.open_ended, lambda s: s.arrangements),
            self.share_row("unknown", "Regels met BSN 999999999", lambda s: s.unknown, lambda s: s.records),
            self.share_row("out_of_scope", "Regels buiten het halfjaar", lambda s: s.out_of_scope, lambda s: s.records),
        )
        filled = tuple(
            self._filled(title) for title in facultative_fields(protocol_for(half_year, self.summary.law)) if title in self.summary.filled
        )
        once = "Een cliënt telt per groep één keer. Een cliënt kan in meer groepen zitten; de groepen tellen dus niet op tot het totaal."
        lasting = "Een arrangement is een of meer regels van dezelfde persoon die bij elkaar horen."
        return (
            ComparisonTable("clients_groups", "Cliënten per groep", "per_1000", self._counted("groups", "clients", grouped), once),
            ComparisonTable("clients_types", "Cliënten per type maatwerkarrangement", "per_1000", self._counted("types", "clients", types)),
            ComparisonTable(
                "arrangements_groups", "Arrangementen per groep", "per_1000", self._counted("groups", "arrangements", grouped), lasting
            ),
            ComparisonTable(
                "arrangements_types",
                "Arrangementen per type maatwerkarrangement",
                "per_1000",
                self._counted("types", "arrangements", types),
            ),
            ComparisonTable("flow", "Stand, instroom en uitstroom van arrangementen", "per_1000", flow),
            ComparisonTable("shares", "Samenstelling van het bestand", "share", shares),
            ComparisonTable("filled", "Ingevulde facultatieve variabelen", "share", filled),
        )


def _attention(summary: OpOrdeSummary, tables: Sequence[ComparisonTable]) -> tuple[str, ...]:
    """Sentences on what a coordinator had better look at first."""
    found = []
    for row in next(table for table in tables if table.name == "clients_groups").rows:
        if row.value == 0 and row.quartiles is not None and row.quartiles[0] > 0:
            found.append(f"Er zijn geen cliënten met “{row.label}”. Bij andere gemeenten zijn die er wel.")
        elif row.previous:
            change = (row.value - row.previous) / row.previous
            if abs(change) >= NOTABLE_CHANGE and abs(row.value - row.previous) >= NOTABLE_CLIENTS:
                share = f"{abs(change) * 100:.1f}".replace(".", ",")
                found.append(
                    f"Het aantal cliënten bij “{row.label}” is {share} % {'hoger' if change > 0 else 'lager'} dan in het vorige halfjaar."
                )
    outside = "valt buiten het halfjaar"
    if 2 * summary.out_of_scope > summary.records:
        outside += "; dat is meer dan de helft, dus misschien gaat dit bestand over een ander halfjaar"
    for value, words in ((summary.unknown, "heeft BSN 999999999"), (summary.out_of_scope, outside)):
        if summary.records and value / summary.records >= NOTABLE_SHARE:
            found.append(f"{dutch_number(100 * value / summary.records, 1)} % van de regels {words}.")
    return tuple(found)
