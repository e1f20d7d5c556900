"""The pages: from what is in force and what was asked to HTML or a download; nothing is kept here and nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from gmsd.disclosure import NATION, Protection
from gmsd.formats import STATUS_WORDS, rounding_words, threshold_words
from gmsd.protocol import law_of, laws
from gmsd.readers import (
    MEDIA,
    REASONS,
    TOO_FEW,
    WORDS,
    Computed,
    Cube,
    Edition,
    Figure,
    Picture,
    card_sentence,
    computed,
    development_of,
    earlier,
    figure,
    figure_rows,
    funnel_of,
    lines_of,
    map_of,
    municipality_of,
    predecessors_of,
    search,
    sections_of,
    size_class_of,
    size_words,
    spread_of,
    successors_of,
    to_file,
    topic_of,
    what_became_of,
)
from gmsd.reference import all_municipalities, also_called, municipalities
from gmsd.rendering import render_page
from gmsd.rounds import load_calendar
from gmsd.web.site import comparing
from gmsd.web.site.accessibility import accessibility_tried
from gmsd.web.site.answers import Made, packed
from gmsd.web.site.choices import VIEWS, Choices, UnknownPlaceError
from gmsd.web.site.markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gmsd.figures import Period
    from gmsd.readers import TableOfPlace
    from gmsd.web.site.current import OnShow

KNOWN_LAWS = ("wmo", "jeugd", "participatie", "stapeling", "bw")
"""The names that an address may have for a law, published or not; a law that is defined later is known by its definition."""
HTML = "text/html; charset=utf-8"
START, MUNICIPALITY, TOPIC = (
    ("zoek", "weergave", "formaat"),
    ("wet", "periode", "weergave", "formaat"),
    ("periode", "groep", "weergave", "formaat"),
)
PLAIN = ("weergave",)
MOST_BESIDE = 30
"""So many neighbours have their figures beside those of a municipality."""


@dataclass(frozen=True, slots=True)
class View:
    """A page before it is written.

    Attributes:
        template: Its template.
        title: Of the page.
        values: What the template is given.
        shown: The numbers on it, in order, for a download.
        editions: The releases they are of.
        name: Of the file of a download.
        status: Of the answer.
    """

    template: str
    title: str
    values: dict[str, Any]
    shown: list[Figure | Computed] = field(default_factory=list)
    editions: tuple[Edition, ...] = ()
    name: str = "cijfers"
    status: int = 200


def written(view: View, now: OnShow | None, asked: Choices) -> Made:
    """A view as HTML, or as the download that was asked for."""
    kind = asked.download if view.editions else None
    if kind is not None:
        releases = ", ".join(each.release_id for each in view.editions)
        notes = [f"Gemeentelijke Monitor Sociaal Domein, uitgave {releases}."]
        notes += ["Gemaakt van verzonnen gegevens."] * any(each.is_synthetic for each in view.editions)
        lines = lines_of(view.editions, view.shown)
        data = to_file(kind, lines, title=view.title, notes=notes, created=max(each.created for each in view.editions))
        return Made(200, MEDIA[kind], packed(data), (("Content-Disposition", f'attachment; filename="{view.name}.{kind}"'),))
    page = render_page(
        f"web/{view.template}",
        asked=asked,
        now=now,
        title=view.title,
        listed=asked.given.get("weergave") == VIEWS[1],
        downloadable=bool(view.editions),
        synthetic=now is not None and any(each.is_synthetic for each in now.editions.values()),
        figure=figure,
        computed=computed,
        earlier=earlier,
        figure_rows=figure_rows,
        group_link=_group_link,
        **view.values,
    )
    return Made(view.status, HTML, packed(page.encode()))


def _group_link(asked: Choices, table_id: str, period: str) -> Callable[[str], str]:
    return lambda group: asked.link(f"/onderwerp/{table_id}", periode=period, groep=group)


def start(now: OnShow, asked: Choices) -> View:
    """What is published now, for whom, with the search for a municipality."""
    words = asked.given.get("zoek", "").strip()[:100]
    national = [(edition, list(_national(edition))) for edition in now.editions.values()]
    values = {
        "words": words,
        "found": search(words),
        "national": national,
        "law_title": {law: law_of(law).title for law in now.editions},
        "provinces": _provinces(now),
        "status_words": STATUS_WORDS,
    }
    shown: list[Figure | Computed] = [each for _edition, rows in national for _cube, _title, figures in rows for each in figures]
    return View("start", "Cijfers over het sociaal domein", values, shown, tuple(now.editions.values()), "gmsd-nederland")


def _national(edition: Edition) -> Iterator[tuple[Cube, Period, list[Figure]]]:
    """Of each table what the newest period shows of the nation, of its first group."""
    for cube in edition.cubes.values():
        period = cube.period(edition.newest_half_year.key) or cube.periods[-1]
        before = edition.before.get(cube.table.table_id)
        yield cube, period, [cube.figure(each.key, cube.main_group, period.key, NATION, before) for each in cube.measures]


def _provinces(now: OnShow) -> list[tuple[str, list[tuple[str, str]]]]:
    """The municipalities that have a figure in any release in force, by province and name."""
    held = {region for edition in now.editions.values() for cube in edition.cubes.values() for region in cube.regions}
    found: dict[str, list[tuple[str, str]]] = {}
    for each in sorted(all_municipalities(), key=lambda each: each.name):
        if f"GM{each.code}" in held:
            found.setdefault(each.province, []).append((f"GM{each.code}", each.name))
    return sorted(found.items())


def municipality(now: OnShow, asked: Choices, region: str) -> View:
    """The dashboard of a municipality.

    Raises:
        UnknownPlaceError: there is no such municipality, or the law has no release in force.
        UnknownValueError: a value of the address does not exist.
    """
    place = municipality_of(region)
    if place is None:
        raise UnknownPlaceError(f"er is geen gemeente met code {region[:20]}")
    editions = _editions(now, asked)
    held = {each.key: each for edition in editions for each in edition.periods}
    wanted = asked.one_of("periode", held)
    period = held[wanted] if wanted else _first_period(editions[0], region)
    asked.one_of("weergave", VIEWS)
    was_there = any(existed(edition, region) for edition in editions)
    size = size_class_of(region, period.reference)
    values: dict[str, Any] = {
        "place": place,
        "region": region,
        "called": also_called(place.code),
        "became": what_became_of(region),
        "successors": successors_of(region),
        "predecessors": predecessors_of(region),
        "existed": was_there,
        "period": period,
        "periods": [held[key] for key in sorted(held)],
        "size": size_words(size) if size else None,
        "parts": [],
        "grouped": True,
    }
    shown: list[Figure | Computed] = []
    if was_there:
        parts = [_part(now, edition, region, edition.period(period.key) or edition.periods[-1]) for edition in editions]
        values["parts"] = parts
        shown = [each for part in parts for section in part.sections for each in _numbers(section, grouped=True)]
    name = f"{region}-{period.key}"
    return View("gemeente", place.name, values, shown, editions if was_there else (), name)


@dataclass(frozen=True, slots=True)
class LawOfPlace:
    """What one law shows of a municipality, with the words that go with it."""

    edition: Edition
    law_title: str
    period: Period
    status: str
    said: list[tuple[Period, str]]
    sections: tuple[TableOfPlace, ...]
    rounding: dict[str, str]
    threshold: dict[str, str]
    meaning: dict[str, dict[str, str]]
    missing: dict[str, str]

    def sentence(self, section: TableOfPlace) -> object:
        """The sentence of a card."""
        return card_sentence(section)

    def picture(self, section: TableOfPlace, place: str) -> Picture | None:
        """How the table's first figure went."""
        return development_of(section, place)

    def status_of(self, section: TableOfPlace) -> str:
        """The status of the period that a table shows, in words."""
        return STATUS_WORDS[self.edition.statuses[section.period.key]] if section.period else ""


def _part(now: OnShow, edition: Edition, region: str, period: Period) -> LawOfPlace:
    sections = sections_of(edition, region, period, comparing.group_of)
    return LawOfPlace(
        edition,
        law_of(edition.law).title,
        period,
        STATUS_WORDS[edition.statuses[period.key]],
        edition.said(region, period),
        sections,
        *_protected(edition),
        now.meanings,
        _missing(row.own for each in sections for topic in each.topics for row in topic.rows),
    )


def _numbers(section: TableOfPlace, *, grouped: bool) -> Iterator[Figure | Computed]:
    for topic in section.topics:
        for row in topic.rows:
            yield from (row.own, row.nation, row.of_size)
            if grouped:
                yield row.of_group
    for development in section.developments:
        for step in (*development.halves, *development.years):
            yield step.figure
            if step.change is not None:
                yield step.change


def _protected(edition: Edition) -> tuple[dict[str, str], dict[str, str]]:
    """Table id -> how its counts are rounded, and which are not shown."""
    rules = {table: Protection.of(rule) for table, rule in edition.document["rules"].items()}
    return {table: rounding_words(rule) for table, rule in rules.items()}, {table: threshold_words(rule) for table, rule in rules.items()}


def _editions(now: OnShow, asked: Choices) -> tuple[Edition, ...]:
    """The releases of the laws that are asked for; all of them when none is."""
    wanted = asked.one_of("wet", {*KNOWN_LAWS, *(each.id for each in laws())})
    if wanted is None:
        return tuple(now.editions.values())
    if wanted not in now.editions:
        raise UnknownPlaceError(f"van de wet {wanted!r} zijn nog geen cijfers gepubliceerd")
    return (now.editions[wanted],)


def existed(edition: Edition, region: str) -> bool:
    """Whether a place was there in any period of a release."""
    return any(cube.exists(region, period.key) for cube in edition.cubes.values() for period in cube.periods)


def _first_period(edition: Edition, region: str) -> Period:
    """The newest half-year in which the place existed; the newest of all where it never did."""
    cube = next((each for each in edition.cubes.values() if each.has_municipalities), None)
    halves = [each for each in reversed(edition.periods) if not each.is_year]
    return next((each for each in halves if cube is not None and cube.exists(region, each.key)), halves[0])


def comparison(now: OnShow, asked: Choices, region: str) -> View:
    """A municipality beside others that are like it, or are not.

    Raises:
        UnknownPlaceError: there is no such municipality.
        UnknownValueError: a value of the address does not exist.
    """
    place = municipality_of(region)
    if place is None:
        raise UnknownPlaceError(f"er is geen gemeente met code {region[:20]}")
    edition = now.newest
    held = {each.key: each for edition in now.editions.values() for each in edition.periods}
    wanted = asked.one_of("periode", held)
    period = held[wanted] if wanted else _first_period(edition, region)
    asked.one_of("weergave", VIEWS)
    all_, terms, answer, why = comparing.answer_of(asked, region, period, now.policy)
    group = () if answer is None else tuple(f"GM{each.municipality}" for each in answer.neighbours[:MOST_BESIDE])
    beheld = [
        each for found in now.editions.values() for each in comparing.compared(found, found.period(period.key) or period, region, group)
    ]
    values = {
        "place": place,
        "region": region,
        "period": period,
        "periods": [held[key] for key in sorted(held)],
        "held": all_,
        "terms": terms,
        "answer": answer,
        "why": why,
        "beheld": beheld,
        "group": group,
        "names": {f"GM{each.code}": each.name for each in all_municipalities()},
        "pictures": {} if answer is None else comparing.pictures_of(asked, region, period, answer, beheld),
        "courses": {each.cube.table.table_id: None if asked.view == VIEWS[1] else comparing.course_of(each, place.name) for each in beheld},
        "missing": _missing(
            each for table in beheld for each in (table.own, *table.neighbours.values(), *(own for _, own, _, _ in table.steps))
        ),
        "threshold": next(iter(_protected(edition)[1].values())),
    }
    shown: list[Figure | Computed] = []
    for each in beheld:
        shown += [each.own, each.nation, each.of_group, *each.neighbours.values()]
        for _, own, mean, nation in each.steps:
            shown += [own, mean, nation]
    return View("vergelijken", f"{place.name} vergeleken", values, shown, tuple(now.editions.values()), f"{region}-vergeleken-{period.key}")


def _missing(figures: Iterable[Figure]) -> dict[str, str]:
    reasons = {each.reason for each in figures if each.reason}
    return {WORDS[each]: REASONS[each] for each in WORDS if each in reasons}


def topic(now: OnShow, asked: Choices, table_id: str) -> View:
    """One figure of all municipalities.

    Raises:
        UnknownPlaceError: there is no such table.
        UnknownValueError: a value of the address does not exist.
    """
    edition = now.edition_of(table_id)
    if edition is None:
        raise UnknownPlaceError(f"er is geen tabel {table_id[:40]}")
    cube = edition.cubes[table_id]
    wanted = asked.one_of("periode", cube.period_at)
    period = cube.period(wanted) if wanted else cube.period(edition.newest_half_year.key) or cube.periods[-1]
    assert period is not None
    group = asked.one_of("groep", cube.group_at) or cube.main_group
    asked.one_of("weergave", VIEWS)
    view = topic_of(edition, cube, period, group)
    rounding, threshold = _protected(edition)
    values: dict[str, Any] = {
        "view": view,
        "edition": edition,
        "cube": cube,
        "period": period,
        "group": group,
        "status": STATUS_WORDS[edition.statuses[period.key]],
        "rounding": rounding[table_id],
        "threshold": threshold[table_id],
        "meaning": now.meanings[table_id],
        "size_words": size_words,
        "missing": _missing(each for row in view.rows for each in row.figures),
        "too_few": TOO_FEW,
        "map": None,
        "funnel": None,
        "strips": None,
    }
    if asked.view != VIEWS[1]:
        values |= {"map": map_of(view, now.boundaries), "funnel": funnel_of(view), "strips": spread_of(view)}
    shown: list[Figure | Computed] = [each for row in view.rows for each in row.figures]
    shown += [each for spread in view.spread for each in spread.quartiles]
    shown += [] if values["map"] is None else view.bounds
    return View(
        "onderwerp", f"{cube.table.short_title}: {cube.groups[group]}", values, shown, (edition,), f"{table_id}-{group}-{period.key}"
    )


def releases(now: OnShow, asked: Choices) -> View:  # noqa: ARG001 - every page is asked for in one way
    """Every release."""
    values = {"law_title": {law: law_of(law).title for law in now.editions}, "status_words": STATUS_WORDS}
    return View("uitgaven", "Uitgaven", values)


def release(now: OnShow, asked: Choices, release_id: str) -> View:  # noqa: ARG001 - every page is asked for in one way
    """One release: what changed, its files, its method.

    Raises:
        UnknownPlaceError: there is no such release.
    """
    found = next((each for each in now.publications if each.release_id == release_id), None)
    if found is None:
        raise UnknownPlaceError(f"er is geen uitgave {release_id[:40]}")
    rules = {table: Protection.of(rule) for table, rule in found.document.get("rules", {}).items()}
    folders: dict[str, list[tuple[str, str]]] = {}
    for path, digest in sorted(found.files.items()):
        folders.setdefault(path.rpartition("/")[0], []).append((path, digest))
    values = {
        "publication": found,
        "law_title": law_of(found.law).title,
        "words": to_html(found.words),
        "folders": folders,
        "rules": {table: (rounding_words(rule), threshold_words(rule), rule.coverage) for table, rule in rules.items()},
        "status_words": STATUS_WORDS,
    }
    return View("uitgave", f"Uitgave {release_id}", values)


def announcements(now: OnShow, asked: Choices) -> View:  # noqa: ARG001 - every page is asked for in one way
    """The releases that the calendar has after those in force."""
    rounds = load_calendar().rounds
    coming = [
        (law_of(law).title, [each for each in rounds if each.law == law and each.code > edition.newest_half_year.halves[0]])
        for law, edition in now.editions.items()
    ]
    return View("aankondigingen", "Wanneer komen nieuwe cijfers?", {"coming": coming})


def citing(now: OnShow, asked: Choices) -> View:  # noqa: ARG001 - every page is asked for in one way
    """How to refer to the figures."""
    return View("verwijzen", "Verwijzen naar deze cijfers", {"law_title": {law: law_of(law).title for law in now.editions}})


def open_data(now: OnShow, asked: Choices) -> View:  # noqa: ARG001 - every page is asked for in one way
    """The addresses for programs."""
    return View("open_data", "Open data", {"cubes": [cube for edition in now.editions.values() for cube in edition.cubes.values()]})


def accessibility(now: OnShow, asked: Choices) -> View:  # noqa: ARG001 - every page is asked for in one way
    """The statement about accessibility, made of what the tests try."""
    contact = now.newest.document["publisher"]["contact"]
    return View("toegankelijkheid", "Toegankelijkheid", {**accessibility_tried(), "contact": contact})


def feed(now: OnShow) -> Made:
    """The releases as an Atom feed; its addresses are relative, as the site does not know what it is called outside."""
    text = render_page("web/uitgaven_atom", now=now, law_title={law: law_of(law).title for law in now.editions}, status_words=STATUS_WORDS)
    return Made(200, "application/atom+xml; charset=utf-8", packed(text.encode()))


def first_pages(now: OnShow) -> Iterator[tuple[Choices, Callable[[OnShow, Choices], View]]]:
    """The address and the maker of the first page of every table and every municipality of the newest half-year."""
    yield Choices("/"), start
    for edition in now.editions.values():
        for table in edition.cubes:
            yield Choices(f"/onderwerp/{table}"), partial(topic, table_id=table)
    for region in _regions(now):
        yield Choices(f"/gemeente/{region}"), partial(municipality, region=region)


def further_pages(now: OnShow) -> Iterator[tuple[Choices, Callable[[OnShow, Choices], View]]]:
    """What one choice away leads to: comparisons, and municipalities as a list and in every period, the newest first."""
    for region in _regions(now):
        yield Choices(f"/vergelijken/{region}"), partial(comparison, region=region)
    for region in _regions(now):
        yield Choices(f"/gemeente/{region}", {"weergave": VIEWS[1]}), partial(municipality, region=region)
    for period in sorted({each.key for edition in now.editions.values() for each in edition.periods}, reverse=True):
        for region in _regions(now):
            yield Choices(f"/gemeente/{region}", {"periode": period}), partial(municipality, region=region)


def _regions(now: OnShow) -> list[str]:
    return [f"GM{code}" for code in municipalities(now.newest.newest_half_year.reference)]


def failure(status: int, said: str, reference: str) -> Made:
    """The one page that tells that something did not go, with a number to ask about; it needs no release."""
    page = render_page("web/fout", status=status, said=said, reference=reference)
    return Made(status, HTML, packed(page.encode()))
