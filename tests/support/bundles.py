"""Releases in memory as something that holds releases, for what reads them without a store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from gmsd.disclosure import Protection
from gmsd.releases import DOCUMENT, bundle
from gmsd.rounds import HalfYear
from tests.support.releases import H1, H2, TABLE, content

if TYPE_CHECKING:
    from gmsd.releases import Bundle

H3 = HalfYear(2020, 1)
ACCOUNT = "0" * 64


@dataclass(frozen=True, eq=False)
class Bundles:
    """Holds releases by id; those of `now` are in force."""

    held: dict[str, Bundle]
    now: tuple[str, ...]

    def current(self) -> tuple[str, ...]:
        return self.now

    def releases(self) -> tuple[str, ...]:
        return tuple(sorted(self.held))

    def document(self, release_id: str) -> bytes:
        return self.held[release_id][DOCUMENT]

    def files(self, release_id: str, under: str) -> dict[str, bytes]:
        return {path: data for path, data in self.held[release_id].items() if path.startswith(under) and path != DOCUMENT}


@cache
def two_releases() -> Bundles:
    """r0001 of the first half of 2019, rounded to the nearest; r0002 of both halves, rounded by key, so that figures differ. All tables.

    0518, 0363, 0034 and 0050 delivered; 0034 withdrew the second half, and 0050 has so few clients that its figures are secret.
    """
    first = content(H1, protection=Protection(rounding="nearest"), every_table=True)
    cells = next(each.cells for each in first.tables if each.table is TABLE)
    second = content(H1, H2, release_id="r0002", before=cells, every_table=True)
    return Bundles({"r0001": bundle(first, ACCOUNT), "r0002": bundle(second, ACCOUNT)}, ("r0002",))


@cache
def one_release() -> Bundles:
    """r0001 of both halves of 2019: every municipality delivered both but Almere (0034), which withdrew the second. All tables."""
    return Bundles({"r0001": bundle(content(H1, H2, every_table=True, all_places=True), ACCOUNT)}, ("r0001",))


def document_of(held: Bundles, release_id: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(held.document(release_id))
    return found
