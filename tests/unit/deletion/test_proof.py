"""The proof of a deletion as a document and as a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gmsd.deletion import Deletion, proof_of, proof_page
from gmsd.deletion.inventory import WHERE
from tests.unit import samples as s

if TYPE_CHECKING:
    from gmsd.rounds import Place


def proof(*, published: bool = True, place: Place | None = s.PARTY.place) -> str:
    """Of two files of a place that was counted."""
    counts = {what: number for number, what in enumerate(WHERE)}
    delivered = [
        {
            "delivery_id": f"2019-H2.0518.0{n}",
            "sha256": f"{n}" * 64,
            "bytes": n * 1_000,
            "key_hash": "a" * 64,
            "name_hash": "b" * 64,
            "needle": None,
        }
        for n in (1, 2)
    ]
    steps = {name: {"done_at": s.moment(10), "seconds": 0.5} for name in ("objects", "rows", "pages", "log")}
    steps["names"] = {"swept": True, "done_at": s.moment(10), "seconds": 1.0}
    steps["search"] = {"database_files": 12, "bytes": 3_000_000, "names": 2, "rows": True, "done_at": s.moment(10), "seconds": 2.0}
    deletion = Deletion("form.000001", place, s.moment(9), {"counts": counts, "deliveries": delivered})
    return proof_of(deletion, steps, asked_at=s.moment(9), done_at=s.moment(10), head=(17, "c" * 64), published=published, backup_days=30)


def test_it_says_of_every_class_of_data_what_went_and_from_where() -> None:
    told = json.loads(proof())
    assert {each["what"]: each["count"] for each in told["removed"]} == {what: number for number, what in enumerate(WHERE)}
    page = proof_page(proof())
    assert page.count('<th scope="row">') >= len(WHERE)
    assert "2019-H2.0518.01" in page
    assert "<td>table " not in page, "the page is Dutch"


@pytest.mark.parametrize("published", [True, False])
def test_it_says_that_what_is_published_stays_only_where_something_is(published: bool) -> None:
    assert ("Een uitgave verandert nooit" in proof_page(proof(published=published))) is published


def test_of_an_upload_that_belongs_to_no_place_it_names_none() -> None:
    told = json.loads(proof(place=None))
    assert (told["law"], told["half_year"], told["municipality"]) == (None, None, None)
    assert "bij geen gemeente hoorde" in proof_page(proof(place=None))
