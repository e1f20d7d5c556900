"""The played story: two rounds as a list of steps in order of time, each with the outcome the rules give it.

The plan (`plan`) says who does what; this module sets it on the calendar, gives every upload its key, file and identity, and works out the
state at the end: an accepted H1 of the first round that is redelivered and accepted in the second ends superseded, and a withdrawal takes
all of that round's deliveries of the half-year. Uploads of a municipality and half-year that follow each other have moments of their own
(except the burst, which has one key), so that their order never hangs on the clock's resolution.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from gmsd.clock import AMSTERDAM
from gmsd.demo.choice import DEFAULT_MUNICIPALITIES, Choice, municipalities_of
from gmsd.demo.deliveries import created_on, delivery, file_name_of
from gmsd.demo.faults import FAULTS, without_last
from gmsd.demo.plan import FIRST_ROUND, H1, H2, IN_FORCE, SECOND_ROUND, FormPlan, MunicipalityPlan, Part, Upload, plan_of
from gmsd.rounds import WMO, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gmsd.rounds import HalfYear


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@dataclass(frozen=True, slots=True)
class Moments:
    """When things happen in a round; `window` are successive moments within the delivery window, a week or more apart."""

    early: datetime
    window: tuple[datetime, ...]
    burst: datetime
    late: datetime
    forms: datetime


MOMENTS: dict[HalfYear, Moments] = {
    FIRST_ROUND: Moments(
        early=_at("2019-08-30T15:00"),
        window=(_at("2019-09-03T10:00"), _at("2019-09-11T14:00"), _at("2019-09-24T11:00"), _at("2019-10-03T16:00")),
        burst=_at("2019-09-12T09:00"),
        late=_at("2019-10-05T09:30"),
        forms=_at("2019-10-09T10:00"),
    ),
    SECOND_ROUND: Moments(
        early=_at("2020-01-31T15:00"),
        window=(_at("2020-02-04T10:00"), _at("2020-02-12T14:00"), _at("2020-02-25T11:00"), _at("2020-03-05T16:00")),
        burst=_at("2020-02-13T09:00"),
        late=_at("2020-03-07T09:30"),
        forms=_at("2020-03-11T10:00"),
    ),
}
_MADE_LATER_DAYS = 4


@dataclass(frozen=True, slots=True)
class UploadContent:
    """What is in an uploaded file: equal contents are equal bytes."""

    municipality: str
    half_year: HalfYear
    version: int
    created: date
    fault: str | None = None
    left_out: int = 0

    def data(self, seed: int) -> bytes:
        """The bytes of the file."""
        data = _right_file(seed, self.municipality, self.half_year, self.version, self.created)
        if self.left_out:
            data = without_last(data, self.left_out)
        return FAULTS[self.fault](data) if self.fault else data


@lru_cache(maxsize=8)
def _right_file(seed: int, municipality: str, half_year: HalfYear, version: int, created: date) -> bytes:
    return delivery(seed, municipality, half_year, revision=version, created=created).data


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that arrives in the inbox.

    Attributes:
        at: when, in Europe/Amsterdam; steps of one moment may be put into the inbox together, in this order.
        action: an upload of a delivery, or a coordinator's form.
        place: of the delivery or form; None for a key nobody knows.
        key: in the inbox bucket.
        file: where the bytes lie, relative to the demo's folder.
        story: what the step shows.
        expected_state: of the delivery (or form) at the end of the story.
        expected_verdict: of the check at the time, None where the content is not checked.
        delivery: the identity the pipeline gives it; None for a form.
        round: the round it is meant for.
        content: recipe of an upload's bytes.
        form: text of a form.
    """

    at: datetime
    action: Literal["upload", "form"]
    place: Place | None
    key: str
    file: str
    story: str
    expected_state: str
    expected_verdict: str | None
    delivery: str | None
    round: HalfYear
    content: UploadContent | None = None
    form: str | None = None

    def data(self, seed: int) -> bytes:
        """The bytes to put under `key`."""
        if self.content is not None:
            return self.content.data(seed)
        return (self.form or "").encode()


@dataclass(frozen=True, slots=True)
class Story:
    """The steps in order of time, for a choice of municipalities and a seed."""

    seed: int
    municipalities: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def uploads(self) -> tuple[Step, ...]:
        """The deliveries only, in order of upload."""
        return tuple(step for step in self.steps if step.action == "upload")

    def of_round(self, code: HalfYear) -> tuple[Step, ...]:
        """The steps between the close of the round before and the close of this one."""
        return tuple(step for step in self.steps if step.round == code)

    def participation(self, half_year: HalfYear) -> dict[str, str]:
        """Municipality -> delivered, withdrawn or not_delivered, of a half-year at the end of the story."""
        states: dict[str, set[str]] = {code: set() for code in self.municipalities}
        for step in self.uploads:
            if step.place is not None and step.place.half_year == half_year:
                states[step.place.municipality].add(step.expected_state)
        return {
            code: "delivered" if "published" in found else "withdrawn" if "withdrawn" in found else "not_delivered"
            for code, found in states.items()
        }

    def manifest(self) -> list[dict[str, str | None]]:
        """What is uploaded, as `var/demo/manifest.json` gives it; keys beyond the promised ones come last."""
        return [
            {
                "half_year": None if step.place is None else str(step.place.half_year),
                "municipality": None if step.place is None else step.place.municipality,
                "file": step.file,
                "key": step.key,
                "story": step.story,
                "expected_state": step.expected_state,
                "expected_verdict": step.expected_verdict,
                "delivery": step.delivery,
                "round": str(step.round),
                "at": step.at.isoformat(),
            }
            for step in self.uploads
        ]

    def write_files(self, folder: Path) -> Iterator[Step]:
        """Write every file of the story under `folder`, giving each step when its file is there (for a progress bar)."""
        for step in sorted(self.steps, key=lambda step: (step.place.municipality if step.place else "", step.file)):
            path = folder / step.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(step.data(self.seed))
            yield step

    def write_manifest(self, path: Path) -> None:
        """Write the manifest, as `var/demo/manifest.json`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.manifest(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def moments(steps: tuple[Step, ...]) -> Iterator[tuple[datetime, tuple[Step, ...]]]:
    """Steps that belong to one position of the clock, in order of time."""
    for at, together in groupby(steps, key=lambda step: step.at):
        yield at, tuple(together)


def build_story(choice: Choice, seed: int) -> Story:
    """The story of a choice of municipalities.

    Args:
        choice: a number of at least thirty (the special cases need the whole default choice), or "all".
        seed: of the synthetic country.

    Raises:
        ValueError: for fewer than thirty.
    """
    if choice != "all" and choice < len(DEFAULT_MUNICIPALITIES):
        raise ValueError(f"the story needs at least {len(DEFAULT_MUNICIPALITIES)} municipalities, or all; not {choice}")
    codes = municipalities_of(choice, H1)
    steps = [step for code in codes for step in _steps(code, plan_of(seed, code))]
    steps += _unplaced()
    ordered = sorted(steps, key=lambda step: step.at)  # stable: a municipality's own order is kept within a moment
    return Story(seed, codes, tuple(_numbered(ordered)))


def _steps(code: str, plan: MunicipalityPlan) -> list[Step]:
    """All steps of one municipality, with the state each has at the end."""
    steps = [step for part in plan.parts for step in _part_steps(code, part)]
    steps = [_at_the_end(step, plan) for step in steps]
    return steps + [_form_step(code, form) for form in plan.forms]


def _part_steps(code: str, part: Part) -> Iterator[Step]:
    calendar = MOMENTS[part.round]
    start = position = int(code) // 2 % 2
    for upload in part.uploads:
        if upload.moment is None:
            at = calendar.window[position]
            position += 1
        else:
            at = {"early": calendar.early, "late": calendar.late, "burst": calendar.burst}[upload.moment]
        content = _content(code, part, upload, at, calendar.window[start])
        place = Place(WMO, part.half_year, code)
        key = f"{place.folder}/{_name(code, part.half_year, upload)}"
        yield Step(
            at=at,
            action="upload",
            place=place,
            key=key,
            file="",
            story=upload.story,
            expected_state=upload.outcome,
            expected_verdict=upload.verdict,
            delivery=None,
            round=part.round,
            content=content,
        )


def _content(code: str, part: Part, upload: Upload, at: datetime, first_moment: datetime) -> UploadContent:
    if upload.made_later:
        created = first_moment.date() + timedelta(days=_MADE_LATER_DAYS)
    elif upload.version == 0:
        created = created_on(code, part.half_year)
    else:
        created = at.date()
    return UploadContent(upload.of or code, part.half_year, upload.version, created, upload.fault, upload.left_out)


def _name(code: str, half_year: HalfYear, upload: Upload) -> str:
    right = file_name_of(upload.of or code, half_year)
    if upload.named == "wrong":
        return right.replace("_", "-")
    if upload.named == "extension":
        return right.rpartition(".")[0] + ".xlsx"
    return right


def _at_the_end(step: Step, plan: MunicipalityPlan) -> Step:
    """Turn the outcome within the round into the state at the end of the story."""
    if any(form.kind == "intrekking" and not form.malformed and _same(form, step) for form in plan.forms):
        return replace(step, expected_state="withdrawn")
    if step.expected_state != IN_FORCE or step.place is None:
        return step
    redelivered = any(
        part.half_year == step.place.half_year and part.round > step.round and any(upload.outcome == IN_FORCE for upload in part.uploads)
        for part in plan.parts
    )
    return replace(step, expected_state="superseded" if redelivered else "published")


def _same(form: FormPlan, step: Step) -> bool:
    return step.place is not None and (form.round, form.half_year) == (step.round, step.place.half_year)


def _form_step(code: str, form: FormPlan) -> Step:
    """A form in the shape the inbox expects; a malformed one breaks off, as after a lost connection."""
    body: dict[str, str | None] = {"half_year": form.half_year.upload_code, "municipality": code, "name": "Coördinator Wmo"}
    body["text" if form.kind == "toelichting" else "reason"] = form.text
    text = json.dumps(body, ensure_ascii=False, indent=1)
    place = Place(WMO, form.half_year, code)
    return Step(
        at=MOMENTS[form.round].forms,
        action="form",
        place=place,
        key=f"{place.folder}/formulieren/{form.kind}.json",
        file="",
        story=form.story,
        expected_state="malformed" if form.malformed else "carried_out" if form.kind == "intrekking" else "approved",
        expected_verdict=None,
        delivery=None,
        round=form.round,
        form=text[: len(text) * 2 // 3] if form.malformed else text,
    )


def _unplaced() -> list[Step]:
    """Two uploads under keys that tell nobody where they belong: no folder of a half-year, and a municipality that does not exist."""
    code = DEFAULT_MUNICIPALITIES[0]
    steps = []
    for code_of_round, half_year, folder in ((FIRST_ROUND, H1, "aanlevering"), (SECOND_ROUND, H2, f"{H2.upload_code}/9999")):
        content = UploadContent(code, half_year, 0, created_on(code, half_year))
        step = Step(
            at=MOMENTS[code_of_round].window[0],
            action="upload",
            place=None,
            key=f"{folder}/{file_name_of(code, half_year)}",
            file="",
            story="unplaced",
            expected_state="unplaced",
            expected_verdict=None,
            delivery=None,
            round=code_of_round,
            content=content,
        )
        steps.append(step)
    return steps


def _numbered(steps: list[Step]) -> Iterator[Step]:
    """Give each step its file and each upload its identity: the number of the upload of that municipality and half-year."""
    counts: dict[str, int] = {}
    for step in steps:
        name = step.key.rpartition("/")[2]
        if step.action == "form":
            yield replace(step, file=f"files/formulieren/{step.round.upload_code}/{step.key}")
            continue
        base = "unplaced" if step.place is None else step.place.id
        counts[base] = counts.get(base, 0) + 1
        number = f"{counts[base]:04d}" if step.place is None else f"{counts[base]:02d}"
        yield replace(step, delivery=f"{base}.{number}", file=f"files/{base.replace('.', '/')}/{number}/{name}")
