"""Releases: immutable sets of protected figures, in the formats their readers import, and the pointer to the one in force.

Not here: true counts, and whoever reads a release (`web`). What a step of a publication does is in `proposal`; a scheduler calls it.
"""

from gmsd.releases.ahead import Ahead, cells_ahead
from gmsd.releases.approval import (
    APPROVED,
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
from gmsd.releases.catalogue import document_bytes, get_document, get_release, in_force, list_releases
from gmsd.releases.cells import FiguresMissingError
from gmsd.releases.difference import Difference, compare_releases
from gmsd.releases.files import DOCUMENT, Bundle, NoReleaseError, bundle
from gmsd.releases.gate import attack_series, note_attack, plan_attacked
from gmsd.releases.in_store import holdings, pointer_to
from gmsd.releases.plan import AlreadyPublishedError, Plan, explanations_now, next_release_id, plan_release
from gmsd.releases.preview import cells_of_preview, preview_of_run
from gmsd.releases.proposal import (
    Proposal,
    build_approved,
    look,
    newest_closed_round,
    propose,
    publish_approved,
    publish_target_approved,
    question_of,
    take_answer,
)
from gmsd.releases.publication import POINTER, EmbargoError, ReleaseDamagedError, ReleaseStateError, publish, refuse, take_back
from gmsd.releases.recall import RecallError, lift_recall, recall_half_year
from gmsd.releases.recovery import recover_releases, unknown_releases
from gmsd.releases.trace import Trace, trace_cell
from gmsd.releases.verification import verify_release
from gmsd.releases.versions import code_version

__all__ = [
    "APPROVED",
    "DOCUMENT",
    "POINTER",
    "REFUSED",
    "Ahead",
    "AlreadyPublishedError",
    "Answer",
    "AnsweredError",
    "ApprovalError",
    "Bundle",
    "Difference",
    "EmbargoError",
    "FiguresMissingError",
    "NoReleaseError",
    "NotApprovedError",
    "OlderDatabaseError",
    "Plan",
    "PlanChangedError",
    "Proposal",
    "PublicationUnfinishedError",
    "Question",
    "RecallError",
    "ReleaseDamagedError",
    "ReleaseStateError",
    "SamePersonError",
    "Trace",
    "answer",
    "approval_of",
    "ask",
    "attack_series",
    "build_approved",
    "build_release",
    "bundle",
    "cells_ahead",
    "cells_of_preview",
    "code_version",
    "compare_releases",
    "denied",
    "document_bytes",
    "explanations_now",
    "get_document",
    "get_release",
    "holdings",
    "in_force",
    "lift_recall",
    "list_releases",
    "look",
    "newest_closed_round",
    "next_release_id",
    "note_attack",
    "plan_attacked",
    "plan_release",
    "pointer_to",
    "preview_of_run",
    "propose",
    "publish",
    "publish_approved",
    "publish_target_approved",
    "question_of",
    "questions",
    "recall_half_year",
    "recover_releases",
    "refuse",
    "take_answer",
    "take_back",
    "trace_cell",
    "unknown_releases",
    "verify_release",
    "words_of",
]
