"""What each mail needs to know: small frozen values that the life cycle fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gmsd.deliveries import CORRECTIONS_ALLOWED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from gmsd.feedback import Checked
    from gmsd.rendering import Party, Receipt
    from gmsd.rounds import Round

FormKind = Literal["intrekking", "toelichting"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a municipality stands now: the upload that counts, and the corrections that are left of the twenty."""

    counts_now: Receipt | None
    corrections_left: int
    counts_facultative: bool = True
    corrections_allowed: int = CORRECTIONS_ALLOWED


@dataclass(frozen=True, slots=True)
class ReceiptContext:
    """An upload has come in and will be checked; `check_until` is the last day the verdict may take."""

    party: Party
    upload: Receipt
    round: Round
    standing: Standing
    check_until: date


@dataclass(frozen=True, slots=True)
class VerdictContext:
    """A file has been checked.

    `result` is the JSON of the check or what was read of it, `upload` its delivery, `rules_url` the catalogue of rules ('' = none).
    """

    party: Party
    upload: Receipt
    round: Round
    standing: Standing
    result: Mapping[str, Any] | Checked
    reports: tuple[str, ...] = ()  # keys in the outbox, in the order to read them
    rules_url: str = ""


@dataclass(frozen=True, slots=True)
class UploadContext:
    """An upload that is not checked (late, early, repeat, over the limit, no right to read).

    `round` is the one it is meant for; a late or early upload of a half-year that no known round takes has none.
    `earlier` is the upload that a repeat repeats.
    """

    party: Party
    upload: Receipt
    round: Round | None
    standing: Standing
    earlier: Receipt | None = None


@dataclass(frozen=True, slots=True)
class UnplacedContext:
    """An upload under a key nobody knows, for the engineer; `reason` is English."""

    unplaced_id: str
    bucket: str
    key: str
    version_id: str
    received_at: datetime
    bytes: int
    reason: str


@dataclass(frozen=True, slots=True)
class OtherFolderContext:
    """An upload in the folder of a municipality that was none in that half-year.

    Attributes:
        party: The municipality that the mail goes to, and the half-year.
        used: The code whose folder was used, and its name.
        right: The municipalities whose folders are right: those of then that `used` took over later (`before`), or those that took it over.
        before: Whether `used` did not exist yet; else it existed no more.
        upload: The upload; its delivery id is that of an unplaced upload.
        round: The round that takes the half-year now, if any.
    """

    party: Party
    used: Party
    right: tuple[Party, ...]
    before: bool
    upload: Receipt
    round: Round | None


@dataclass(frozen=True, slots=True)
class FormContext:
    """A form came in; `round` is the one it is about, None when no round takes its half-year.

    `problems` are Dutch sentences when the form is not used, `text` is the explanation when it is one. `example`: the right form is shown;
    `still_open`: another form would still be in time.
    """

    party: Party
    kind: FormKind
    form_id: str
    key: str
    received_at: datetime
    round: Round | None
    standing: Standing
    name: str | None = None
    text: str | None = None
    problems: tuple[str, ...] = ()
    example: bool = True
    still_open: bool = True


@dataclass(frozen=True, slots=True)
class WithdrawalDoneContext:
    """A withdrawal has been carried out; `removed` are the uploads whose data are gone."""

    party: Party
    form_id: str
    received_at: datetime
    done_at: datetime
    removed: tuple[Receipt, ...]
    already_released: bool = False


@dataclass(frozen=True, slots=True)
class OpOrdeReadyContext:
    """The op-orde report of an accepted upload is ready."""

    party: Party
    upload: Receipt
    round: Round
    standing: Standing
    reports: tuple[str, ...]
    attention: tuple[str, ...] = ()  # Dutch sentences worth a look
    compared_again: bool = False  # made again, because there are more others now
