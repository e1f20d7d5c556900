"""Deliberately leaky releases, each found; and the method in use, which leaves nothing that the gate does not repair."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gmsd.attack import audit, guess, repair
from gmsd.attack.method import Rounding
from gmsd.disclosure import draw
from tests.support import synthetic_release as published
from tests.support import synthetic_truth as made

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.attack import AuditResult, Method, PublicRelease

PEOPLE = (1_000, 1_300, 2_400, 3_800, 5_200, 7_100, 9_000, 9_600, 12_000, 14_500, 18_000, 21_000, 24_000, 28_000, 33_000, 45_000)
NEAREST = Rounding(keyed=False, secret=False)
FLAT = Rounding(smallest_up_to=12)


@cache
def registers(releases: int, share: float = 0.3, seed: int = 1, *, stay: bool = False) -> tuple[made.Register, ...]:
    held = [made.chosen_register(PEOPLE, seed)]
    for number in range(1, releases):
        held.append(made.corrected(held[-1], share, seed * 1000 + number, stay=stay))
    return tuple(held)


@cache
def counts(releases: int, share: float = 0.3, seed: int = 1, *, stay: bool = False) -> tuple[pl.DataFrame, ...]:
    return tuple(made.counts(each) for each in registers(releases, share, seed, stay=stay))


def people() -> dict[str, int]:
    return published.people_of(registers(1)[0])


def series(
    true: tuple[pl.DataFrame, ...],
    *,
    rule: Rounding | None = None,
    draws: published.Draws = "content",
    leak: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    absent: tuple[tuple[int, str, str], ...] = (),
    with_truth: bool = True,
    places: set[str] | None = None,
) -> AuditResult:
    """`absent`: (number of the release, municipality, period)."""
    how = published.method(rule, draws)
    names = [f"r{number}" for number in range(1, len(true) + 1)]
    releases = [
        published.release(
            name, each, how, people(), leak=leak, absent=[(code, period) for n, code, period in absent if names[n - 1] == name]
        )
        for name, each in zip(names, true, strict=True)
    ]
    known = published.truth(list(zip(names, true, strict=True)), [(names[n - 1], code, period) for n, code, period in absent])
    return audit(releases, how, known if with_truth else None, places=places, processes=1)


def test_the_method_in_use_discloses_nothing_that_the_gate_does_not_repair() -> None:
    """One client less is what shown 15 and then missing can say, the hole of the rule itself."""
    true = counts(2)
    how = published.method()
    releases = [published.release(name, each, how, people()) for name, each in zip(("r1", "r2"), true, strict=True)]
    known = published.truth(list(zip(("r1", "r2"), true, strict=True)))

    def publish(hidden: pl.DataFrame) -> PublicRelease:
        return published.release("r2", true[1], how, people(), repaired=hidden)

    repaired = repair(releases, how, publish, known, processes=1)
    result, hidden = repaired.result, repaired.hidden
    assert result.passed
    assert result.cells == len(PEOPLE) * 3 * 2 * len(made.contents())
    assert result.seconds["total"] >= result.seconds["attacking"] >= 0
    assert any("several municipalities" in words for words in result.blind)
    assert hidden.rows() == [("2019HJ01", "GM0003", "number|4")]
    assert (result.found, result.repaired) == (1, 1)
    before = series(true, places={"GM0003"})
    assert [(each.kind, each.low, each.high, each.content) for each in before.disclosed] == [("missing", 10, 11, "number|4")]
    assert series(true, rule=FLAT, places={"GM0003"}).passed


def test_two_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gmsd.attack.series.WORTH_A_PROCESS", 100)
    true = counts(1)
    how = published.method(NEAREST)
    releases = [published.release("r1", true[0], how, people())]
    known = published.truth([("r1", true[0])])
    one, two = (audit(releases, how, known, processes=number) for number in (1, 2))
    assert (one.cells, one.disclosed, one.faults) == (two.cells, two.disclosed, two.faults)


def test_a_release_that_repeats_another_tells_no_more() -> None:
    one, three = (series(counts(1) * times, rule=NEAREST, places={"GM0008", "GM0011"}) for times in (1, 3))
    assert three.cells == 3 * one.cells
    assert three.disclosed == one.disclosed


def test_nearest_over_a_revision() -> None:
    result = series(counts(2, 1.0), rule=NEAREST, places={"GM0008", "GM0011", "GM0015"})
    shown = [each for each in result.disclosed if each.kind == "shown"]
    assert len(shown) > 5
    assert all(each.low == each.high for each in shown)
    assert any("changed by one client at most" in words for words in shown[0].equations)


def rates_of_the_truth(told: pl.DataFrame) -> pl.DataFrame:
    of_true = (2 * pl.col("per") * pl.col("true") + pl.col("inhabitants")) // (2 * pl.col("inhabitants"))
    municipal = pl.col("region") != "NL01"
    return told.with_columns(
        value=pl.when(pl.col("per").is_not_null() & municipal & pl.col("value").is_not_null()).then(of_true).otherwise("value")
    )


def test_rates_of_true_counts() -> None:
    result = series(counts(1), leak=rates_of_the_truth, places={"GM0001"})
    assert [each.kind for each in result.faults] == ["rate"]
    told = [each for each in result.disclosed if each.region == "GM0001" and each.kind == "shown"]
    assert told, "of a thousand inhabitants a rate is the count"
    assert any("the rate" in words for words in told[0].equations)


@cache
def country() -> made.Register:
    """Of realistic size and shape."""
    return made.register(355)


def one_place(code: str, draws: published.Draws) -> AuditResult:
    """One municipality of it."""
    register = country()
    position = register.places.index(code)
    only = register.taken(np.flatnonzero(register.place == position))
    true = made.counts(only).filter(pl.col("municipality") == code)
    how = published.method(draws=draws)
    release = published.release("r1", true, how, published.people_of(register))
    return audit([release], how, published.truth([("r1", true)]), processes=1)


@pytest.mark.parametrize(("draws", "code", "content"), [("row", "0048", "in|A019508"), ("one", "0081", "in|A019507")])
def test_one_draw_for_several_counts(draws: published.Draws, code: str, content: str) -> None:
    """The draw of a row's code taken over to every table, and one draw for everything: found, and not with a draw for each content."""
    assert content in {each.content for each in one_place(code, draws).disclosed}
    assert one_place(code, "content").passed


def test_two_draws_of_one_count() -> None:
    """0179 of the large country: missing by one draw and 15 by the other is 11."""
    found = {each.content: (each.low, each.high) for each in one_place("0179", "table").disclosed}
    assert found["A019508"] == (11, 11)
    assert one_place("0179", "content").passed


def national_sum_of_the_truth(told: pl.DataFrame) -> pl.DataFrame:
    here = (pl.col("region") == "NL01") & pl.col("per").is_null()
    return told.with_columns(value=pl.when(here).then("true").otherwise("value"))


def test_a_national_sum_of_true_counts_tells_who_left() -> None:
    one = counts(1)[0]
    gone = tuple((2, "0003", period) for period in made.PERIODS)
    result = series((one, one), leak=national_sum_of_the_truth, absent=gone, places={"GM0003"})
    assert "nation" in {each.kind for each in result.faults}
    told = {(each.region, each.content) for each in result.disclosed}
    assert ("GM0003", "A019506") in told
    assert all(each.low == each.high for each in result.disclosed if each.region == "GM0003" and each.kind == "shown")
    assert any("national figure" in words for each in result.disclosed for words in each.equations)


def test_a_national_sum_that_fills_in_what_is_suppressed() -> None:
    def filled(told: pl.DataFrame) -> pl.DataFrame:
        keys = ["table_id", "measure", "group_code", "period"]
        municipal = told.filter(pl.col("region") != "NL01").with_columns(made_of=pl.coalesce("shown", "true"))
        sums = municipal.group_by(keys).agg(filled=pl.col("made_of").sum())
        here = (pl.col("region") == "NL01") & pl.col("per").is_null()
        return told.join(sums, on=keys, how="left").with_columns(value=pl.when(here).then("filled").otherwise("value"))

    result = series(counts(1), leak=filled, places={"GM0001", "GM0002"})
    assert "nation" in {each.kind for each in result.faults}
    alone = [each for each in result.disclosed if each.kind == "missing" and each.low == each.high]
    assert alone


def test_totals_made_of_rounded_parts() -> None:
    parts = tuple(f"in|{name}" for name in made.ARRANGEMENT_GROUPS if name != published.TOTAL)
    how = published.method(NEAREST)
    stated = replace(
        how, columns=tuple(replace(each, parts=parts) if each.content == f"in|{published.TOTAL}" else each for each in how.columns)
    )

    def added(told: pl.DataFrame) -> pl.DataFrame:
        hidden = ((pl.col("true") + 2) // 5 * 5).cast(pl.Int64)
        rows = told.filter(pl.col("content").is_in(parts)).with_columns(made_of=pl.coalesce("shown", hidden))
        sums = rows.group_by("period", "region").agg(sum_of_parts=pl.col("made_of").sum())
        here = (pl.col("content") == f"in|{published.TOTAL}") & (pl.col("region") != "NL01")
        return told.join(sums, on=["period", "region"], how="left").with_columns(
            value=pl.when(here).then("sum_of_parts").otherwise("value")
        )

    true = entering_stay(2)
    release = published.release("r1", true, how, people(), leak=added)
    release = replace(release, cells=release.cells.filter(pl.col("region") != "NL01"))
    known = published.truth([("r1", true)])
    told = audit([release], stated, known, processes=1)
    # two and two round to 0 each, the four of the year to 5
    assert {(each.period, each.content, each.low, each.high) for each in told.disclosed} >= {
        (period, "in|A019508", 1, 2) for period in made.PERIODS[:2]
    }
    assert audit([published.release("r1", true, how, people())], how, known, processes=1).passed
    # in 0002 two parts are hidden, 4 and 0: they round to 5 and 0, not to 0 and 5, and the true counts explain that
    several = published.release("r1", counts(1)[0], how, people(), leak=added)
    several = replace(several, cells=several.cells.filter(pl.col("region") != "NL01"))
    assert not audit([several], stated, published.truth([("r1", counts(1)[0])]), places={"GM0002"}, processes=1).faults
    unstated = audit([release], how, published.truth([("r1", true)]), processes=1)
    assert {each.kind for each in unstated.faults} == {"figure"}


def test_a_period_restated_after_a_merger() -> None:
    """0016 takes over 0001 and 0002; the second release shows the old periods for it too."""
    register = registers(1)[0]
    union = replace(register, place=pl.Series(register.place).replace({0: 15, 1: 15}).to_numpy())
    before = made.counts(register).filter(pl.col("municipality") != "0016")
    after = made.counts(union).filter(~pl.col("municipality").is_in(["0001", "0002"]))
    how = published.method(NEAREST)
    successors = {"GM0001": ("GM0016",), "GM0002": ("GM0016",)}
    # the three old municipalities: 0001, 0002 and the 0016 of before, which ends too and is not shown
    releases = [published.release("r1", before, how, people()), published.release("r2", after, how, people())]
    releases = [replace(each, successors=successors) for each in releases]
    known = published.truth([("r1", before), ("r2", after)])
    result = audit(releases, how, known, places={"GM0001", "GM0002", "GM0016"}, processes=1)
    assert [each.kind for each in result.faults] == ["merged"]
    assert {each.where for each in result.faults} == {"GM0016"}


def test_a_merged_municipality_is_told_by_its_parts() -> None:
    """0016 is 0001 and 0002 together: what 0001 hides is what 0016 shows less what 0002 shows."""
    register = registers(1)[0]
    only = register.taken((register.place < 2).nonzero()[0])
    union = replace(only, place=only.place * 0 + 15)
    before = made.counts(only).filter(pl.col("municipality").is_in(["0001", "0002"]))
    after = made.counts(union).filter(pl.col("municipality") == "0016")
    how = published.method(NEAREST)
    successors = {"GM0001": ("GM0016",), "GM0002": ("GM0016",)}
    releases = [
        replace(published.release(name, each, how, people()), successors=successors) for name, each in (("r1", before), ("r2", after))
    ]
    known = published.truth([("r1", before), ("r2", after)])
    result = audit(releases, how, known, processes=1)
    single = audit([releases[0]], how, known, processes=1)
    assert len(result.disclosed) > len(single.disclosed)
    assert any("of GM0016" in words for each in result.disclosed for words in each.equations)


def test_one_content_shown_twice() -> None:
    def twice(told: pl.DataFrame) -> pl.DataFrame:
        here = (pl.col("table_id") == "86050NED") & (pl.col("content") == "A019507") & (pl.col("region") == "GM0005")
        return told.with_columns(value=pl.when(here).then(None).otherwise("value"))

    result = series(counts(1), leak=twice, places={"GM0005"})
    assert "two_figures" in {each.kind for each in result.faults}


def test_who_enters_leaves_or_is_corrected_tells_nothing() -> None:
    absent = (
        *((1, "0004", period) for period in made.PERIODS),
        *((2, "0007", period) for period in made.PERIODS),
        *((1, "0009", period) for period in ("2019HJ02", "2019JJ00")),
    )
    result = series(counts(2, 1.0), absent=absent, places={"GM0004", "GM0007", "GM0009"})
    assert result.passed, (result.faults[:2], result.disclosed[:2])
    assert result.unpublished == 0
    always = tuple((release, "0004", period) for release in (1, 2) for period in made.PERIODS)
    assert series(counts(2), absent=always, places={"GM0004"}).unpublished == 3 * len(made.contents())


def test_the_hole_is_repaired_and_a_flat_beginning_closes_it() -> None:
    """Shown as 15, then missing, one client apart: 10 or 11. A count up to 12 shown as 10 leaves no such step."""
    for rule, found in ((Rounding(), True), (FLAT, False)):
        how = published.method(rule)
        key = _key_with("GM0008", "A019508", turn=0, late=4)
        both = (made.counts(_with_stay(registers(1)[0], 7, number)) for number in (12, 11))
        steps = [each.filter(pl.col("municipality") == "0008") for each in both]
        releases = [published.release(name, each, how, people(), key=key) for name, each in zip(("r1", "r2"), steps, strict=True)]
        known = published.truth(list(zip(("r1", "r2"), steps, strict=True)))
        told = [each for each in audit(releases, how, known, processes=1).disclosed if each.content == "A019508"]
        assert bool(told) == found, told
        if not found:
            continue
        assert {(each.release_id, each.kind, each.low, each.high) for each in told} == {("r2", "missing", 10, 11)}
        assert {each.repair for each in told} == {(each.period, "A019508") for each in told}

        def publish(hidden: pl.DataFrame, how: Method = how, true: pl.DataFrame = steps[1], key: bytes = key) -> PublicRelease:
            return published.release("r2", true, how, people(), key=key, repaired=hidden)

        repaired = repair(releases, how, publish, known, processes=1)
        result, hidden = repaired.result, repaired.hidden
        assert result.passed
        assert result.repaired == hidden.height > 0


def _with_stay(register: made.Register, place: int, number: int) -> made.Register:
    kept = register.taken(np.flatnonzero(~((register.place == place) & np.isin(register.category, made.STAY))))
    source = kept.taken(
        np.flatnonzero((kept.place == place) & (kept.start == 0) & (kept.end == 3) & kept.in_first & kept.in_second & (kept.person >= 0))
    )
    _, firsts = np.unique(source.person, return_index=True)
    added = source.taken(firsts[:number])
    return kept.joined(replace(added, category=np.full(number, 15)))


def _key_with(region: str, content: str, *, turn: int, late: int) -> bytes:
    for number in range(10_000):
        key = number.to_bytes(32, "big")
        if draw(key, "t", region, content) == turn and draw(key, "s", region, content) == late:
            return key
    raise AssertionError("no key")


def entering_stay(number: int) -> pl.DataFrame:
    """Counts of 0008, whose halves agree: so many enter stay in each half."""
    careful = made.chosen_register(PEOPLE, careful=1.0)
    kept = careful.taken(np.flatnonzero(~((careful.place == 7) & np.isin(careful.category, made.STAY))))
    source = kept.taken(np.flatnonzero((kept.place == 7) & (kept.person >= 0))[: 2 * number])
    half = np.repeat([1, 2], number)
    added = replace(
        source,
        category=np.full(2 * number, 15),
        start=half,
        end=np.full(2 * number, 3),
        in_first=half == 1,
        in_second=np.full(2 * number, fill_value=True),
    )
    return made.counts(kept.joined(added)).filter(pl.col("municipality") == "0008")


def test_the_year_is_hidden_that_tells_its_halves() -> None:
    """Entering stay: 11 in each half, both missing, and 22 shown as 25 in the year tell 10 or 11 in each. Without the year nothing does."""
    true = entering_stay(11)
    how = published.method()
    key = _key_with("GM0008", "in|A019508", turn=1, late=4)
    releases = [published.release("r1", true, how, people(), key=key)]
    known = published.truth([("r1", true)])
    found = {(each.period, each.content): each for each in audit(releases, how, known, processes=1).disclosed}
    assert found.keys() >= {("2019HJ01", "in|A019508"), ("2019HJ02", "in|A019508")}
    assert {each.repair for each in found.values() if each.content == "in|A019508"} == {("2019JJ00", "in|A019508")}

    def publish(hidden: pl.DataFrame) -> PublicRelease:
        return published.release("r1", true, how, people(), key=key, repaired=hidden)

    repaired = repair(releases, how, publish, known, processes=1)
    result, hidden = repaired.result, repaired.hidden
    assert result.passed
    assert ("2019JJ00", "GM0008", "in|A019508") in hidden.rows()
    supposed = replace(how, continuity=False)
    assert audit(releases, supposed, known, processes=1).passed


def test_without_the_truth_the_same_is_found() -> None:
    """The municipality of the row code's leak; and one whose halves do not agree, which then cannot be supposed."""
    register = country()
    only = register.taken(np.flatnonzero(np.isin(register.place, [47, 8])))
    true = made.counts(only).filter(pl.col("municipality").is_in(["0048", "0009"]))
    how = published.method(draws="row")
    releases = [published.release("r1", true, how, published.people_of(register))]
    with_truth, without = (audit(releases, how, known, processes=1) for known in (published.truth([("r1", true)]), None))
    assert not without.faults
    found = [{(each.region, each.period, each.content) for each in result.disclosed} for result in (with_truth, without)]
    assert found[0] == found[1] != set()


def test_guesses_are_no_better_than_the_rounding_leaves() -> None:
    how = published.method()
    true = counts(2)
    releases = [published.release(f"r{number}", each, how, people()) for number, each in enumerate(true, start=1)]
    known = published.truth([(f"r{number}", each) for number, each in enumerate(true, start=1)])
    result = guess(releases, how, known)
    shown = next(each for each in result.kinds if each.kind == "shown")
    assert result.passed
    assert shown.all == pytest.approx(0.2, abs=0.02)
    assert shown.right == pytest.approx(0.2, abs=0.02)
    nearest = published.method(NEAREST)
    releases = [published.release(f"r{number}", each, nearest, people()) for number, each in enumerate(true, start=1)]
    assert not guess(releases, nearest, known).passed


def test_what_is_guessed_too_surely_is_hidden() -> None:
    """Of a rare category nine clients, then ten, in every period: missing, then shown. Nothing is proven, and so few are far likelier."""
    how = published.method()
    key = _key_with("GM0008", "17", turn=2, late=2)
    true = [made.counts(_with_rare(registers(1)[0], 7, number)) for number in (9, 10)]
    releases = [published.release(name, each, how, people(), key=key) for name, each in zip(("r1", "r2"), true, strict=True)]
    known = published.truth(list(zip(("r1", "r2"), true, strict=True)))
    over = guess(releases, how, known).over
    assert {(each.region, each.content) for each in over} == {("GM0008", "17")}
    assert {(each.release_id, each.kind) for each in over} == {("r1", "missing"), ("r2", "shown")}

    def publish(hidden: pl.DataFrame) -> PublicRelease:
        return published.release("r2", true[1], how, people(), key=key, repaired=hidden)

    repaired = repair(releases, how, publish, known, guesses="hidden", processes=1)
    result, guesses, guessed, hidden = repaired.result, repaired.guesses, repaired.guessed, repaired.hidden
    assert guesses is not None
    assert (result.passed, guesses.passed, guessed) == (True, True, len(over))
    assert {(period, "GM0008", "17") for period in made.PERIODS} <= set(hidden.rows())
    assert result.repaired == hidden.height


def _with_rare(register: made.Register, place: int, number: int) -> made.Register:
    kept = register.taken(np.flatnonzero(register.category != 17))
    source = kept.taken(
        np.flatnonzero((kept.place == place) & (kept.start == 0) & (kept.end == 3) & kept.in_first & kept.in_second & (kept.person >= 0))
    )
    _, firsts = np.unique(source.person, return_index=True)
    return kept.joined(replace(source.taken(firsts[:number]), category=np.full(number, 17)))
