"""Every release as its page tells it: what it says of itself, and whether its files are still given."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from gmsd.figures import periods
from gmsd.readers.edition import Edition, cubes_of
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.readers.cube import Cube
    from gmsd.readers.sources import Source

CHANGES = "CHANGES.md"


@dataclass(frozen=True, slots=True)
class Publication:
    """One release, for its page.

    Attributes:
        release_id: Such as `r0002`.
        law: Its law.
        document: What `release.json` says.
        digest: SHA-256 of that file.
        words: `CHANGES.md`.
        in_force: Whether it is the one of its law that holds now.
        is_given: Whether its files may be fetched: nothing in it has been recalled or withdrawn since.
    """

    release_id: str
    law: str
    document: dict[str, Any]
    digest: str
    words: str
    in_force: bool
    is_given: bool

    @property
    def created(self) -> datetime:
        """The moment it was made."""
        return datetime.fromisoformat(self.document["created"])

    @property
    def files(self) -> dict[str, str]:
        """Path -> SHA-256 of its files."""
        found: dict[str, str] = self.document["files"]
        return found


def read_publications(source: Source, editions: Sequence[Edition]) -> tuple[Publication, ...]:
    """Every release of a source, newest first; of laws with a release in force."""
    now = {each.law: each for each in editions}
    return tuple(found for each in reversed(source.releases()) if (found := _publication(source, each, now)) is not None)


def _publication(source: Source, release_id: str, now: dict[str, Edition]) -> Publication | None:
    raw = source.document(release_id)
    document = json.loads(raw)
    edition = now.get(document["laws"][0])
    if edition is None:
        return None
    in_force = edition.release_id == release_id
    words = source.files(release_id, CHANGES)[CHANGES].decode()
    given = in_force or _held(_first(source, document)) <= _held(edition.cubes)
    return Publication(release_id, edition.law, document, hashlib.sha256(raw).hexdigest(), words, in_force, given)


def _first(source: Source, document: dict[str, Any]) -> dict[str, Cube]:
    """The first table of a release that has municipalities: whoever delivered stands in it, with figures or with secret ones."""
    held = periods(HalfYear.parse(each["half_year"]) for each in document["half_years"])
    for table_id in document["tables"]:
        found = cubes_of(source, document, held, only=table_id)
        if any(cube.has_municipalities for cube in found.values()):
            return found
    return {}


def _held(cubes: dict[str, Cube]) -> set[tuple[str, str]]:
    """The municipalities and periods that a release has figures of, shown or secret; of its first table with municipalities."""
    cube = next((each for each in cubes.values() if each.has_municipalities), None)
    if cube is None:
        return set()
    there = np.asarray(((cube.values >= 0) | cube.hidden).any(axis=(0, 1)))
    keys = list(cube.regions)
    return {
        (cube.periods[period].key, keys[region]) for period, region in zip(*np.nonzero(there), strict=True) if keys[region].startswith("GM")
    }
