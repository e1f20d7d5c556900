"""Releases as their pages tell them: which is in force, and whose files are still given."""

from __future__ import annotations

from gmsd.readers import read_edition, read_publications
from tests.support.bundles import Bundles, one_release, two_releases


def told(held: Bundles) -> dict[str, tuple[bool, bool]]:
    found = read_publications(held, [read_edition(held, each) for each in held.now])
    return {each.release_id: (each.in_force, each.is_given) for each in found}


def test_files_of_an_older_release_are_given_while_all_its_places_are_still_there():
    assert told(two_releases()) == {"r0002": (True, True), "r0001": (False, True)}


def test_files_are_given_no_longer_when_a_place_is_gone_since():
    """r0001 of every municipality; the release in force has four."""
    whole, few = one_release().held["r0001"], two_releases().held["r0002"]
    held = Bundles({"r0001": whole, "r0002": few}, ("r0002",))
    assert told(held) == {"r0002": (True, True), "r0001": (False, False)}


def test_files_are_given_no_longer_when_a_half_year_is_gone_since():
    held = two_releases()
    assert told(Bundles({"r0001": held.held["r0001"], "r0002": held.held["r0002"]}, ("r0001",))) == {
        "r0002": (False, False),
        "r0001": (True, True),
    }
