"""What is shown, in its order: two releases against the oracle and their readers, attacks, a correction, a withdrawal, a recall."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from gmsd.figures import inhabitants_of, periods
from gmsd.rounds import WMO, HalfYear
from gmsd.tables import tables_of
from services.state import free_port
from tests.fullsize.attacks import FLAT, NEAREST, World, attacked, differing, gated
from tests.fullsize.country import H1, H2, Country
from tests.fullsize.oracle import Judged, Oracle, hold
from tests.fullsize.play import Play
from tests.fullsize.readers import clients, formats
from tests.support import synthetic_release as published
from tests.support.served import serving_with
from tests.support.stack import environment_of

if TYPE_CHECKING:
    from gmsd.attack import Method
    from gmsd.settings import Settings
    from tests.fullsize.account import Account
    from tests.fullsize.attacks import Made
    from tests.fullsize.oracle import Counts

SHOW_1 = "Show 1: counts, protection, formats, clients, verify"
SHOW_2 = "Show 2: the attack"
GATES = "Show 2: the gate of each release, over all releases up to it"
LOSS = "Show 2: information loss beside the bare rule"
OTHERWISE = "Show 2: the counts of the same releases, published in other ways, without a gate"
SHOW_3 = "Show 3: recall and lift"
_SECONDS_FOR_TWO, _SECONDS_FOR_SIX = 60.0, 300.0
_SMALL = 13_000
"""The cells of a table that a quick run has read back by programs that make an object of each."""
_YEAR = frozenset({"2019HJ01", "2019JJ00"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is done.

    Attributes:
        number: How many municipalities, or "all".
        nearest: How many municipalities the two releases rounded to the nearest multiple are attacked in; None: all. Most of their cells
            take an integer program.
        quick: One of everything: shows that the program works.
    """

    number: int | str = "all"
    nearest: int | None = None
    quick: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is the whole country: limits on seconds are claimed, and that naive ways of publishing tell counts."""
        return self.number == "all"


@dataclass
class Shown:
    """The course of a run."""

    settings: Settings
    account: Account
    wanted: Wanted
    made: dict[str, Made] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.play = Play(self.settings, self.account)
        self.country = Country(self.wanted.number)
        self.oracle = Oracle(processes=0 if self.wanted.quick else 2)

    def run(self) -> None:
        """Everything; claims that do not hold are in the account."""
        country, play, quick = self.country, self.play, self.wanted.quick
        self._counted(play.round(H1, country.first()))
        self._counted(play.round(H2, country.second()))
        self.account.facts["records"] = play.records()
        for half, number in play.records().items():
            self.account.note("Deliveries", f"records of {half} in force", f"{number:,}")
        for release_id in ("r0002",) if quick else ("r0001", "r0002"):
            self._read(release_id)
            self._verify(release_id)
        corrections = country.everybody_corrects()
        if quick:
            self._counted(play.round(HalfYear(2020, 1), corrections, withdrawn=country.withdraw()))
        else:
            self._series(2, _SECONDS_FOR_TWO)
            self._counted(play.round(HalfYear(2020, 1), corrections))
            self._counted(play.round(HalfYear(2020, 2), [], withdrawn=country.withdraw()))
        self._left(country.leaver)
        self._recall()
        self._otherwise()
        if not quick:
            self._series(play.runs, _SECONDS_FOR_SIX)
            self._flat()
            for number, code in enumerate((HalfYear(2021, 1), HalfYear(2021, 2)), start=1):
                self._counted(play.round(code, country.some_correct(number)))
            self._series(play.runs, _SECONDS_FOR_SIX)

    # Counts and protection --------------------------------------------------------------------------------------------

    def _counted(self, release_id: str) -> None:
        """Hold a new release against the oracle, and tell what its gate found."""
        began = time.perf_counter()
        true = self.oracle.count(self.country.held)
        seconds = time.perf_counter() - began
        self.made[release_id] = self.play.made(release_id)
        found = {(period, place, content): value for period, place, content, value in self.made[release_id].counts.iter_rows()}
        different = sum(found.get(key) != value for key, value in true.items()) + len(found.keys() - true.keys())
        self.account.claim(
            SHOW_1,
            f"{release_id}: counts before protection that plain Python counts otherwise, of {len(true):,} (oracle {seconds:.0f} s)",
            different,
            holds=not different and bool(true),
        )
        self._protected(release_id, true)
        self._gate(release_id)

    def _protected(self, release_id: str, true: Counts) -> None:
        into = Judged()
        files = self.play.files(release_id)
        hidden = {(period, region[2:], content) for period, region, content in self.made[release_id].hidden.iter_rows()}
        for table in tables_of(WMO):
            data = files.get(f"statline/{table.table_id}/data.csv")
            if data is not None and "municipalities" in table.regions:
                hold(data, table, true, hidden, into)
        self.account.claim(
            SHOW_1,
            f"{release_id}: counts not within the protection of the true one, of {into.shown:,} shown, {into.missing:,} missing"
            f" ({into.hidden} hidden by the gate) and {into.national} of the country",
            len(into.wrong),
            holds=not into.wrong and into.shown > 0,
        )
        for each in into.wrong[:5]:
            self.account.say(each)
        cells, other = differing(self._world(), self.made[release_id], self.play.cells(release_id))
        self.account.claim(
            SHOW_1, f"{release_id}: counts that a second program of the protection gives otherwise, of {cells:,}", other, holds=not other
        )

    def _world(self) -> World:
        people = inhabitants_of(periods((H1, H2))).filter(pl.col("period") == H2.statline).drop_nulls()
        return World(dict(people.select("municipality", "inhabitants").iter_rows()), self.settings.key("rounding"))

    # Readers ----------------------------------------------------------------------------------------------------------

    def _read(self, release_id: str) -> None:
        released, files = self.play.released(release_id).small(_SMALL if self.wanted.quick else None), self.play.files(release_id)
        self.account.say(f"{release_id}: read by others")
        found = list(formats(files, released))
        # a port of its own: cbsodata4 remembers the tables of an address as long as it runs
        with serving_with("--release", release_id, "--port", str(free_port({})), environment=environment_of(self.settings)) as address:
            found += list(clients(address, released))
        for each in found:
            self.account.claim(
                SHOW_1,
                f"{release_id}: cells that {each.reader} gives otherwise, of {each.cells:,} ({each.seconds:.0f} s)",
                each.different,
                holds=not each.different and each.cells > 0,
            )

    def _verify(self, release_id: str) -> None:
        done = self.play.command("releases", "verify", release_id)
        self.account.claim(
            SHOW_1,
            f"`gmsd releases verify {release_id}` ({done.seconds:.0f} s, {done.peak_mb:,} MB)",
            done.said,
            holds=done.status == 0 and "files are equal, byte for byte" in done.said,
        )

    # The attack -------------------------------------------------------------------------------------------------------

    def _gate(self, release_id: str) -> None:
        found = self.play.gate(release_id)
        self.account.facts.setdefault("gates", {})[release_id] = found
        guesses = {each["kind"]: each for each in found["guesses"]}
        self.account.row(
            GATES,
            {
                "release": release_id,
                "cells attacked": f"{found['cells']:,}",
                "disclosed before": found["found"]["disclosed"],
                "guessed too surely before": found["found"]["guessed"],
                "hidden for it": found["repaired"],
                "either after": found["disclosed"],
                "integer programs": found["solved"],
                "seconds": f"{found['seconds']:.1f}",
                **{
                    f"best guess of a {kind} count right: alone, by all (surest, over the bound)": f"{each['right_alone']:.3f},"
                    f" {each['right']:.3f} ({each['largest']:.2f}, {each['over']})"
                    for kind, each in sorted(guesses.items())
                },
            },
            holds=found["disclosed"] == 0 < found["cells"] and all(each["over"] == 0 for each in guesses.values()),
        )
        for table, loss in found["loss"].items():
            share = loss["hidden_of_shown"] / max(1, loss["cells"] - loss["suppressed_bare"])
            self.account.row(
                LOSS,
                {
                    "release": release_id,
                    "table": table,
                    "counts": f"{loss['cells']:,}",
                    "missing (bare rule)": f"{loss['suppressed']:,} ({loss['suppressed_bare']:,})",
                    "missing where the bare rule shows": f"{loss['hidden_of_shown']:,} ({share:.2%})",
                    "mean distance (bare rule)": f"{loss['mean']} ({loss['mean_bare']})",
                    "most (bare rule)": f"{loss['max']} ({loss['max_bare']})",
                },
                holds=(loss["max"] or 0) <= 4,
            )

    def _series(self, number: int, limit: float) -> None:
        began, busy = time.perf_counter(), _processor()
        cells, disclosed, seconds = self.play.series()
        whole = time.perf_counter() - began
        self.account.claim(
            SHOW_2,
            f"audit of the series of {number} releases: cells, disclosed; seconds of the attack, of all (processor seconds)",
            f"{cells:,}, {disclosed}; {seconds:.1f}, {whole:.1f} ({_processor() - busy:.1f})",
            holds=disclosed == 0 and (whole <= limit or not self.wanted.whole),
        )

    def _left(self, municipality: str) -> None:
        """Whoever withdrew has no figure any more, and is no part of the country."""
        *_, before_it, newest = sorted(self.made)
        left = self.play.cells(newest).filter((pl.col("region") == f"GM{municipality}") & pl.col("value").is_not_null()).height
        before = self.play.cells(before_it).filter((pl.col("region") == f"GM{municipality}") & pl.col("value").is_not_null()).height
        self.account.claim(
            SHOW_2,
            f"{newest}: figures of the municipality that withdrew (before: {before})",
            left,
            holds=left == 0 < before,
        )

    def _otherwise(self) -> None:
        """The counts of the first releases, published in other ways."""
        four = [self.made[release_id] for release_id in sorted(self.made)[:4]]
        both = four[:2]
        naive = "the draw of the first table taken over naively: by the row's code alone"
        for what, draws, series, bites in (
            (naive, "row", both, False),
            (naive, "row", four, True),
            ("one draw for everything", "one", both, True),
            ("a draw for each table and content", "table", both, True),
            ("a draw for each content, as published", "content", both, False),
            ("a draw for each content, as published", "content", four, False),
        )[: 1 if self.wanted.quick else None]:
            self._attack(what, series, published.method(draws=draws), bites=bites)  # type: ignore[arg-type]
        self._attack("nearest", both[:1], published.method(NEAREST), bites=True)
        if self.wanted.quick:
            return
        codes = sorted(set(both[1].counts["municipality"]))
        places = {f"GM{code}" for code in codes[:: max(1, len(codes) // (self.wanted.nearest or len(codes)))]}
        self._attack(f"nearest, in {len(places)} municipalities", both, published.method(NEAREST), places, bites=True)

    def _attack(self, what: str, series: list[Made], how: Method, places: set[str] | None = None, *, bites: bool) -> None:
        told = attacked(self._world(), series, how, places)
        self.account.row(
            OTHERWISE,
            {
                "rounding and draw": what,
                "releases": len(series),
                "cells": f"{told.cells:,}",
                "disclosed": told.disclosed,
                "of these not settled": told.unsettled,
                "seconds": f"{told.seconds:.0f}",
            },
            holds=told.disclosed > 0 or not bites or not self.wanted.whole,
        )

    def _flat(self) -> None:
        """The same four releases with counts up to 12 shown as 10, each through the gate."""
        four = [self.made[f"r{number:04d}"] for number in range(1, 5)]
        found = gated(self._world(), four, published.method(FLAT))
        for made, each in zip(four, found, strict=True):
            self.account.note(
                SHOW_2,
                f"{made.release_id} if counts up to 12 were shown as 10: disclosed, guessed too surely before; hidden; either after",
                f"{each.disclosed}, {each.guessed}; {each.hidden}; {each.after}",
            )

    # Recall -----------------------------------------------------------------------------------------------------------

    def _recall(self) -> None:
        play, before = self.play, max(self.made)
        recalled = play.command("releases", "recall", "2019-H1", "--reason", "too early end dates")
        self.account.claim(SHOW_3, "`gmsd releases recall 2019-H1`", " ".join(recalled.said.splitlines()[:1]), holds=recalled.status == 0)
        without = play.publish()
        self._gate(without)
        found = play.difference(before, without)
        shown = play.cells(before).filter(pl.col("period").is_in(sorted(_YEAR)) & pl.col("value").is_not_null()).height
        self._changes(f"{before} to {without}", found.summary, gone=shown)
        if not self.wanted.quick:
            self._verify(without)
            self._lift(before, without, shown)

    def _lift(self, before: str, without: str, shown: int) -> None:
        """Put the recalled half-year back: the release before the recall comes back, cell by cell."""
        play = self.play
        lifted = play.command("releases", "recall", "2019-H1", "--lift")
        self.account.claim(
            SHOW_3, "`gmsd releases recall 2019-H1 --lift`", " ".join(lifted.said.splitlines()[:1]), holds=lifted.status == 0
        )
        back = play.publish()
        self._gate(back)
        self._changes(f"{without} to {back}", play.difference(without, back).summary, new=shown)
        same = play.difference(before, back)
        self.account.claim(SHOW_3, f"{before} to {back}: cells that are not the same", same.cells.height, holds=same.cells.is_empty())
        first, last = play.files(before), play.files(back)
        data = [path for path in first if path.startswith("statline/") and path.endswith("/data.csv")]
        equal = sum(first[path] == last.get(path) for path in data)
        self.account.claim(
            SHOW_3,
            f"{before} and {back}: StatLine cubes that are equal, byte for byte, of {len(data)}",
            equal,
            holds=equal == len(data) > 0,
        )

    def _changes(self, what: str, summary: pl.DataFrame, *, new: int = 0, gone: int = 0) -> None:
        told = {name: int(summary[name].sum()) for name in ("new", "changed", "gone")}
        elsewhere = set(summary.filter((pl.col("new") + pl.col("changed") + pl.col("gone")) > 0)["period"]) - _YEAR
        self.account.claim(
            SHOW_3,
            f"{what}: cells new, changed, gone, all of 2019-H1 and the year (shown there: {new or gone:,})",
            f"{told['new']:,}, {told['changed']:,}, {told['gone']:,}",
            holds=told == {"new": new, "changed": 0, "gone": gone} and not elsewhere and new + gone > 0,
        )


def _processor() -> float:
    """Processor seconds of this process and of those that it started and that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def show(settings: Settings, account: Account, wanted: Wanted) -> None:
    """Show everything in an empty installation."""
    Shown(settings, account, wanted).run()
