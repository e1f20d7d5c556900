"""Every number of a page held against the release, by what the page says that it is; imports nothing of ours.

A published number names its table, region, period, group and topic; a derived one what it was made of. What a missing cell may say is
that it is missing.
"""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from statistics import fmean

EARLIER = "data-release"


@dataclass
class Number:
    """An element with `data-table`: its attributes and its text."""

    about: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The numbers of a page, and all of its text and attributes."""

    numbers: list[Number] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open_: list[tuple[str, Number | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        number = Number(about) if "data-table" in about else None
        if number is not None:
            assert tag in {"td", "data"}, tag
            self.numbers.append(number)
        self.words += [about[name] for name in ("title", "aria-label", "alt", "aria-description") if name in about]
        if tag not in {"meta", "link", "input", "br", "hr", "img", "wbr"}:
            self.open_.append((tag, number))

    def handle_endtag(self, tag: str) -> None:
        while self.open_ and self.open_.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        for _tag, number in self.open_:
            if number is not None:
                number.text += data


def numbers_of(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


class Release:
    """The cells of a release from its long CSV files: (table, measure, period, region, group) -> (value or None, why missing)."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.cells: dict[tuple[str, str, str, str, str], tuple[int | None, str]] = {}
        for path, data in files.items():
            if path.startswith("csv/"):
                self._read(path.removeprefix("csv/").removesuffix(".csv"), data.decode("utf-8-sig"))

    def _read(self, table: str, text: str) -> None:
        rows = csv.DictReader(io.StringIO(text), delimiter=";")
        columns = [name for name in rows.fieldnames or () if not name.endswith("Titel")]
        groups = next(
            each for each in columns if each not in {"Onderwerp", "Eenheid", "RegioS", "Perioden", "Status", "Waarde", "Ontbreekt"}
        )
        for row in rows:
            key = (table, row["Onderwerp"], row["Perioden"], row["RegioS"], row[groups])
            self.cells[key] = (int(row["Waarde"]) if row["Waarde"] else None, row["Ontbreekt"])


def faults(page: Page, now: Release, earlier: dict[str, Release] | None = None) -> list[str]:
    """What is wrong on a page; nothing when every number is the release's, and nothing is told of a missing one."""
    return [said for number in page.numbers for said in _faults(number, now, earlier or {})]


def _faults(number: Number, now: Release, earlier: dict[str, Release]) -> list[str]:
    about = number.about
    if "data-derived" in about:
        return _derived(number, now)
    key = (about["data-table"], about["data-measure"], about["data-period"], about["data-region"], about["data-group"])
    published, why = now.cells.get(key, (None, "onbekend"))
    if EARLIER in about:
        was = earlier[about[EARLIER]].cells.get(key, (None, ""))[0]
        told = published is not None and was is not None and about["data-value"] == str(was) and _digits(number.text) == str(was)
        return [] if told else [f"{key}: {about[EARLIER]} is said to have shown {number.text}, it showed {was}; now {published}"]
    if published is None:
        right = about["data-value"] == "" and not re.search(r"\d", number.text)
        reason = {"geheim": {"geheim"}}.get(why, {"geen_levering", "bestond_niet"})
        return [] if right and about["data-reason"] in reason else [f"{key}: missing ({why}), and shown as {about} {number.text}"]
    right = about["data-value"] == str(published) and _digits(number.text.split("was")[0]) == str(published)
    return [] if right and "data-reason" not in about else [f"{key}: {published} is shown as {about['data-value']} {number.text}"]


def _derived(number: Number, now: Release) -> list[str]:
    about = number.about
    made_of = about["data-from"].split()
    if about["data-value"] == "":
        return [] if not re.search(r"\d", number.text) and not made_of else [f"{about}: missing, and says {number.text}"]
    table, measure, group, period = (about[f"data-{name}"] for name in ("table", "measure", "group", "period"))
    if about["data-derived"] == "change":
        values = [now.cells[table, measure, each, about["data-region"], group][0] for each in made_of]
        wanted = None if None in values else values[1] - values[0]
    else:
        values = [now.cells[table, measure, period, each, group][0] for each in made_of]
        wanted = None if None in values or len(values) < 3 else _of(about["data-derived"], number, values)
    given = float(about["data-value"])
    right = wanted is not None and abs(wanted - given) < 0.06 and abs(_number(number.text) - given) < 0.06
    return [] if right else [f"{table} {measure} {period} {group} {about['data-derived']}: {given} ({number.text}), and is {wanted}"]


def _of(kind: str, number: Number, values: list[int]) -> float:
    ordered = sorted(values)
    if kind == "mean":
        return fmean(values)
    given = float(number.about["data-value"])
    if kind == "quintile":
        return min((ordered[math.ceil(len(ordered) * fifth / 5) - 1] for fifth in range(1, 5)), key=lambda each: abs(each - given))
    shares = {"median": (0.5,), "quartile": (0.25, 0.75)}[kind]
    return min((_quantile(ordered, share) for share in shares), key=lambda each: abs(each - given))


def _quantile(ordered: list[int], share: float) -> float:
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _number(text: str) -> float:
    return float(text.strip().replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-").removeprefix("+"))
