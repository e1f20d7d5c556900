"""Releases: immutable sets of protected figures, in the formats their readers import, and the pointer to the one in force."""

from gmsd.releases.build import Built, OlderDatabaseError, PlanChangedError, PublicationUnfinishedError, build_release
from gmsd.releases.bundle import Bundle, bundle
from gmsd.releases.catalogue import NoReleaseError, Published, get_release, in_force, list_releases
from gmsd.releases.content import Changes, Content
from gmsd.releases.explanations import printed
from gmsd.releases.plan import (
    AlreadyPublishedError,
    FiguresMissingError,
    NothingToPublishError,
    Plan,
    next_release_id,
    plan_release,
    release_id,
)
from gmsd.releases.publish import ReleaseDamagedError, ReleaseStateError, publish, refuse
from gmsd.releases.recovery import recover_releases, unknown_releases

__all__ = [
    "AlreadyPublishedError",
    "Built",
    "Bundle",
    "Changes",
    "Content",
    "FiguresMissingError",
    "NoReleaseError",
    "NothingToPublishError",
    "OlderDatabaseError",
    "Plan",
    "PlanChangedError",
    "PublicationUnfinishedError",
    "Published",
    "ReleaseDamagedError",
    "ReleaseStateError",
    "build_release",
    "bundle",
    "get_release",
    "in_force",
    "list_releases",
    "next_release_id",
    "plan_release",
    "printed",
    "publish",
    "recover_releases",
    "refuse",
    "release_id",
    "unknown_releases",
]
