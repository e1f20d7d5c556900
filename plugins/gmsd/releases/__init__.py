"""Releases: immutable sets of protected figures, in the formats their readers import, and the pointer to the one in force."""

from gmsd.releases.approval import (
    APPROVED,
    PIPELINE,
    REFUSED,
    Answer,
    AnsweredError,
    ApprovalError,
    NotApprovedError,
    Question,
    SamePersonError,
    answer,
    approval_of,
    ask,
    denied,
    questions,
    words_of,
)
from gmsd.releases.build import OlderDatabaseError, PlanChangedError, PublicationUnfinishedError, build_release
from gmsd.releases.bundle import Bundle, bundle
from gmsd.releases.catalogue import NoReleaseError, get_release, in_force, list_releases
from gmsd.releases.content import Content
from gmsd.releases.explanations import printed
from gmsd.releases.plan import AlreadyPublishedError, FiguresMissingError, Plan, explanations_now, next_release_id, plan_release
from gmsd.releases.publish import ReleaseDamagedError, ReleaseStateError, publish, refuse, take_back
from gmsd.releases.recovery import recover_releases, unknown_releases

__all__ = [
    "APPROVED",
    "PIPELINE",
    "REFUSED",
    "AlreadyPublishedError",
    "Answer",
    "AnsweredError",
    "ApprovalError",
    "Bundle",
    "Content",
    "FiguresMissingError",
    "NoReleaseError",
    "NotApprovedError",
    "OlderDatabaseError",
    "Plan",
    "PlanChangedError",
    "PublicationUnfinishedError",
    "Question",
    "ReleaseDamagedError",
    "ReleaseStateError",
    "SamePersonError",
    "answer",
    "approval_of",
    "ask",
    "build_release",
    "bundle",
    "denied",
    "explanations_now",
    "get_release",
    "in_force",
    "list_releases",
    "next_release_id",
    "plan_release",
    "printed",
    "publish",
    "questions",
    "recover_releases",
    "refuse",
    "take_back",
    "unknown_releases",
    "words_of",
]
