"""The played story: every expectation follows from the rules, worked out here a second time from the bytes, keys and moments alone."""

import hashlib
import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from functools import cache

import pytest

from gmsd import reference
from gmsd.checking import check_file
from gmsd.clock import AMSTERDAM
from gmsd.demo.choice import DEFAULT_MUNICIPALITIES
from gmsd.demo.faults import spoiled_bsn
from gmsd.demo.story import Step, Story, build_story, moments
from gmsd.rounds import WMO, HalfYear, Place

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
WINDOWS = {  # round -> window (last moment excluded), last moment of withdrawal, close, half-years taken; domain section 2
    H1: (("2019-09-02", "2019-10-05"), "2019-10-19", "2019-10-21", {H1}),
    H2: (("2020-02-03", "2020-03-07"), "2020-03-21", "2020-03-23", {H1, H2}),
}


def moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=AMSTERDAM)


@cache
def story() -> Story:
    return build_story(30, 1)


def judged(step: Step) -> str:
    """What the check says of an upload, and whether the file could be read at all."""
    assert step.place is not None
    data = step.data(1)
    name = step.key.rpartition("/")[2]
    result = check_file(
        data, file_name=name, municipality=step.place.municipality, half_year=step.place.half_year, received_on=step.at.date()
    )
    readable = data and not data.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" not in data
    return str(result.verdict) if readable else "unreadable"


class Oracle:
    """The rules of "What counts" and the state table, the slow way."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.states: dict[str, str] = {}
        self.verdicts: dict[str, str | None] = {}
        self.counted: dict[tuple, list[tuple[str, str]]] = defaultdict(list)
        self.members: dict[tuple, list[str]] = defaultdict(list)
        self.in_round: dict[tuple, str] = {}  # accepted and current in the open round
        self.released: dict[tuple, str] = {}  # approved at the latest close
        self.explained: set[tuple] = set()
        pending = list(WINDOWS)
        for step in steps:
            while pending and step.at >= moment(WINDOWS[pending[0]][2]):
                self.close(pending.pop(0))
            self.take(step)
        for code in pending:
            self.close(code)

    def close(self, code: HalfYear) -> None:
        for (_, half_year, municipality), delivery in [item for item in self.in_round.items() if item[0][0] == code]:
            place = (half_year, municipality)
            if place in self.released:
                self.states[self.released[place]] = "superseded"
            self.released[place] = delivery
            self.states[delivery] = "published"

    def take(self, step: Step) -> None:
        if step.action == "form":
            self.file_form(step)
            return
        parts = step.key.split("/")
        known = len(parts) == 3 and re.fullmatch(r"H[12]\d{4}", parts[0])
        if not known or not reference.is_municipality(parts[1], HalfYear.parse(parts[0])):
            self.settle(step, "unplaced", None)
            return
        half_year, municipality = HalfYear.parse(parts[0]), parts[1]
        taking = {code: window for code, (window, _, _, halves) in WINDOWS.items() if half_year in halves}
        code = next((code for code, (first, end) in taking.items() if moment(first) <= step.at < moment(end)), None)
        if code is None:
            late = any(moment(end) <= step.at < moment(WINDOWS[code][2]) for code, (_, end) in taking.items())
            self.settle(step, "late" if late else "early", None)
            return
        self.count(step, (code, half_year, municipality))

    def count(self, step: Step, place: tuple) -> None:
        assert step.delivery is not None
        identity = (hashlib.sha256(step.data(1)).hexdigest(), step.key.rpartition("/")[2])
        before = self.counted[place]
        self.members[place].append(step.delivery)
        # Refused only for its creation date: checked afresh on a later day, though content and name are the same.
        if before and before[-1] == identity and step.story != "created_later_again":
            self.settle(step, "repeat", None)
            return
        before.append(identity)
        if len(before) > 21:
            self.settle(step, "over_limit", None)
            return
        verdict = judged(step)
        if not verdict.startswith("accepted"):
            self.settle(step, verdict, "rejected")
            return
        if place in self.in_round:
            self.states[self.in_round[place]] = "superseded"
        self.in_round[place] = step.delivery
        self.settle(step, "accepted", verdict)

    def file_form(self, step: Step) -> None:
        try:
            form = json.loads(step.data(1))
        except json.JSONDecodeError:
            assert step.expected_state == "malformed"
            return
        folder = step.key.split("/")
        assert [form["half_year"], form["municipality"]] == folder[:2]
        place_of = (HalfYear.parse(folder[0]), folder[1])
        if folder[3] == "toelichting.json":
            assert step.expected_state == "approved"
            assert 0 < len(form["text"]) <= 2000
            self.explained.add(place_of)
            return
        code = next(code for code, ((first, _), last, _, _) in WINDOWS.items() if moment(first) <= step.at < moment(last))
        assert step.expected_state == "carried_out"
        for delivery in self.members[code, *place_of]:
            self.states[delivery] = "withdrawn"
        del self.in_round[code, *place_of]

    def settle(self, step: Step, state: str, verdict: str | None) -> None:
        assert step.delivery is not None
        self.states[step.delivery] = state
        self.verdicts[step.delivery] = verdict


@cache
def oracle() -> Oracle:
    return Oracle(story().steps)


@pytest.mark.parametrize("step", story().uploads, ids=lambda step: step.delivery)
def test_every_expectation_follows_from_the_rules(step: Step) -> None:
    assert (oracle().states[step.delivery], oracle().verdicts[step.delivery]) == (step.expected_state, step.expected_verdict)


def test_every_special_case_of_the_story_is_there() -> None:
    stories = Counter(step.story for step in story().steps)
    assert stories >= Counter(
        base_fault=2, base_fault_repaired=2, base_fault_never_repaired=2, facultative_fault=2, wrong_name=1, wrong_name_repaired=1,
        wrong_extension=1, wrong_columns=1, unreadable=2, wrong_municipality=1, early=1, late=1, correction=1, burst=21, over_limit=1,
        repeat=1, a_b_a=3, unplaced=2, malformed_form=1, withdrawal=2, explanation=2, redelivery=10,
    )  # fmt: skip


def test_wrong_name_is_repaired_by_the_same_bytes() -> None:
    wrong, right = (next(step for step in story().uploads if step.story == name) for name in ("wrong_name", "wrong_name_repaired"))
    assert wrong.data(1) == right.data(1)
    assert wrong.key != right.key


def test_most_of_the_table_will_be_shown() -> None:
    first, second = story().participation(H1), story().participation(H2)
    assert set(first) == set(DEFAULT_MUNICIPALITIES)
    both = [code for code in first if first[code] == second[code] == "delivered"]
    cells = 6 * (Counter(first.values())["delivered"] + Counter(second.values())["delivered"] + len(both)) - 2 * 3
    assert len(both) >= 20
    assert cells >= 400
    withdrawn = {code for code in first if "withdrawn" in (first[code], second[code])}
    assert {(first[code], second[code]) for code in withdrawn} == {("withdrawn", "not_delivered"), ("delivered", "withdrawn")}
    assert ("not_delivered", "not_delivered") in {(first[code], second[code]) for code in first}


def test_about_a_third_redelivers_h1_in_the_second_round() -> None:
    again = {step.place for step in story().of_round(H2) if step.place and step.place.half_year == H1}
    assert 9 <= len(again) <= 12


def test_order_never_hangs_on_the_clock() -> None:
    times = [step.at for step in story().steps]
    assert times == sorted(times)
    assert [step for _, steps in moments(story().steps) for step in steps] == list(story().steps)
    for _, steps in moments(story().steps):
        keys = defaultdict(set)
        for step in steps:
            keys[step.place, step.action].add(step.key)
        assert all(len(found) == 1 for (place, _), found in keys.items() if place is not None)


def test_identities_and_files_are_unique_and_number_the_uploads() -> None:
    steps = story().steps
    assert len({step.file for step in steps}) == len(steps)
    assert len({step.delivery for step in story().uploads}) == len(story().uploads)
    zoeterwoude = [step.delivery for step in story().uploads if step.place == Place(WMO, H2, "0638")]
    assert zoeterwoude == [f"2019-H2.0638.{number:02d}" for number in range(1, 23)]


def test_files_and_manifest_are_written(tmp_path) -> None:
    written = {step.file: step for step in story().write_files(tmp_path)}
    story().write_manifest(tmp_path / "manifest.json")
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert [entry["delivery"] for entry in manifest] == [step.delivery for step in story().uploads]
    promised = ["half_year", "municipality", "file", "key", "story", "expected_state"]
    for entry in manifest:
        assert list(entry)[:6] == promised
        assert (tmp_path / entry["file"]).read_bytes() == written[entry["file"]].data(1)
    assert {path.name for path in tmp_path.rglob("*.json")} == {"manifest.json", "intrekking.json", "toelichting.json"}
    assert not any(re.search(r"\d{9}", step.file + step.key) for step in story().steps)


def test_the_whole_country_delivers_as_it_did() -> None:
    everywhere = build_story("all", 1)
    assert len(everywhere.municipalities) == 355
    for half_year in (H1, H2):
        participation = everywhere.participation(half_year)
        delivered = [code for code, status in participation.items() if status == "delivered"]
        assert 0.90 < len(delivered) / 355 < 0.96
        inhabitants = sum(reference.inhabitants(code, half_year) for code in delivered)
        assert inhabitants > 0.9 * 17_407_758
    again = {step.place for step in everywhere.of_round(H2) if step.place and step.place.half_year == H1}
    assert 0.25 < len(again) / 355 < 0.40
    default = {step.place.municipality for step in story().steps if step.place}
    assert [step for step in everywhere.steps if step.place and step.place.municipality in default] == [
        step for step in story().steps if step.place
    ]


def test_a_spoiled_bsn_is_no_bsn() -> None:
    for bsn in (b"912345673", b"999999999", b"900000008", b"999999990"):
        spoiled = spoiled_bsn(bsn).decode()
        assert spoiled != bsn.decode()
        weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
        if sum(weight * int(digit) for weight, digit in zip(weights, bsn.decode(), strict=True)) % 11 == 0 or bsn == b"999999999":
            assert sum(weight * int(digit) for weight, digit in zip(weights, spoiled, strict=True)) % 11 != 0


def test_fewer_than_thirty_cannot_play_the_story() -> None:
    with pytest.raises(ValueError, match="at least 30"):
        build_story(29, 1)
