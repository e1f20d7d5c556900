"""The targets that a release goes to, and which of its folders are of each: data that people edit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

from gmsd.errors import GmsdError
from gmsd.folders import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterable


class TargetError(GmsdError):
    """There is no such target, or a release cannot be made without one that is left out; the message says which."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a release goes.

    Attributes:
        id: What the form of a publication calls it.
        title: What people call it.
        folders: The folders of a release that are of it.
        always: Why no release can be made without it; empty when one can.
    """

    id: str
    title: str
    folders: frozenset[str]
    always: str = ""


@cache
def all_targets() -> tuple[Target, ...]:
    """Every target, in the order of `expectations/publication/targets.yaml`.

    Raises:
        ValueError: two targets have one id or one folder.
    """
    path = data_folder("expectations") / "publication" / "targets.yaml"
    found = tuple(
        Target(each["target"], each["title"], frozenset(each["folders"]), each.get("always", ""))
        for each in yaml.safe_load(path.read_text(encoding="utf-8"))
    )
    folders = [folder for each in found for folder in each.folders]
    if len({each.id for each in found}) < len(found) or len(set(folders)) < len(folders):
        raise ValueError(f"{path.name}: two targets have one name or one folder")
    return found


def chosen_targets(names: Iterable[str] | None) -> tuple[str, ...] | None:
    """The ids of the targets that a release is made for, in their order; None = all of them.

    Raises:
        TargetError: one does not exist, none is left, or one is missing that every release has.
    """
    known = {each.id: each for each in all_targets()}
    if names is None:
        return None
    wanted = set(names)
    strange = sorted(wanted - set(known))
    if strange:
        raise TargetError(f"there is no target {strange[0]!r:.40}; there are {', '.join(known)}")
    missing = [each for each in known.values() if each.always and each.id not in wanted]
    if missing:
        raise TargetError(f"{missing[0].title} ({missing[0].id}) cannot be left out: {missing[0].always}")
    return None if wanted == set(known) else tuple(name for name in known if name in wanted)


def target_of(path: str) -> str | None:
    """The id of the target that a file of a release is of, by its folder; None of what belongs to all."""
    folder = path.partition("/")[0]
    return next((each.id for each in all_targets() if folder in each.folders), None)
