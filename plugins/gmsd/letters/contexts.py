"""What each mail needs to know: small frozen values that the life cycle fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gmsd.deliveries import CORRECTIONS_ALLOWED
from gmsd.dutch import dutch_list
from gmsd.journal import link_mark

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


class _OfRound:
    """What is about a round, or about none that takes the half-year."""

    __slots__ = ()
    round: Round | None

    @property
    def link(self) -> str:
        """Where its coordinator delivers: a mark, for which the personal link is put when the mail leaves."""
        return link_mark(self.round.id if self.round else "")


@dataclass(frozen=True, slots=True)
class ReceiptContext(_OfRound):
    """An upload has come in and will be checked; `check_until` is the last day the verdict may take."""

    party: Party
    upload: Receipt
    round: Round
    standing: Standing
    check_until: date


@dataclass(frozen=True, slots=True)
class VerdictContext(_OfRound):
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
class UploadContext(_OfRound):
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
class FormContext(_OfRound):
    """A form came in; `round` is the one it is about, None when no round takes its half-year.

    `problems` are Dutch sentences when the form is not used, `text` is the explanation when it is one. `example`: the right form is shown;
    `still_open`: another form would still be in time. `contact`: where whoever is too late turns to.
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
    contact: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawalAskedContext:
    """A withdrawal was asked for on a page and waits to be confirmed: by whom, what would go, and where to confirm it until when."""

    party: Party
    name: str
    asked_at: datetime
    ends_at: datetime
    deliveries: tuple[Receipt, ...]
    loses_year: bool
    link: str


@dataclass(frozen=True, slots=True)
class WithdrawalDoneContext:
    """A withdrawal has been carried out; `removed` are the uploads whose data are gone, `proof` the keys of the proof in the outbox.

    `already_released`: figures of an earlier round stay. `published`: figures of what was removed are public already. `by_engineer`: the
    window was over, and the engineer withdrew it. `before`: the form and the moment by which the same was withdrawn before.
    `delivered_again`: what came in after the form, and counts. `other_half`: how the other half of the year stands.
    """

    party: Party
    form_id: str
    received_at: datetime
    done_at: datetime
    removed: tuple[Receipt, ...]
    already_released: bool = False
    published: bool = False
    by_engineer: bool = False
    before: tuple[str, datetime] | None = None
    delivered_again: Receipt | None = None
    other_half: Literal["counts", "withdrawn", ""] = ""
    proof: tuple[str, ...] = ()

    @property
    def front(self) -> str:
        """Where one logs in, as in `RoundMailContext`."""
        return link_mark("")


@dataclass(frozen=True, slots=True)
class ExtendedContext(_OfRound):
    """A municipality may deliver after the window, until a day that is included."""

    party: Party
    round: Round
    standing: Standing
    until: date


@dataclass(frozen=True, slots=True)
class OpOrdeReadyContext(_OfRound):
    """The op-orde report of an accepted upload is ready."""

    party: Party
    upload: Receipt
    round: Round
    standing: Standing
    reports: tuple[str, ...]
    attention: tuple[str, ...] = ()  # Dutch sentences worth a look
    compared_again: bool = False  # made again, because there are more others now
    large_change: str = ""  # a Dutch sentence when the number of clients changed by more than the set share


@dataclass(frozen=True, slots=True)
class RoundPart(_OfRound):
    """One round in a mail about rounds.

    Attributes:
        round: The round.
        law_title: What its law is called.
        prefix: What the name of a file about it begins with.
        parties: The places of it that the mail is about: one for each half-year, and for each municipality that was taken over.
        sentences: What is said of them, in Dutch.
    """

    round: Round
    law_title: str
    prefix: str
    parties: tuple[Party, ...]
    sentences: tuple[str, ...] = ()

    @property
    def naming(self) -> str:
        """What the name of a file begins with, for each half-year."""
        halves = dict.fromkeys(party.half_year for party in self.parties)
        told = [f"voor het {half.dutch} met {self.prefix}_{half.upload_code}_" for half in halves]
        return f"De naam begint {dutch_list(told)}."

    @property
    def optional(self) -> str:
        """Which half-years need not be delivered again; empty when there is none."""
        again = dict.fromkeys(party.half_year.dutch for party in self.parties if party.half_year != self.round.code)
        return f"Het {dutch_list(list(again))} levert u alleen opnieuw als er iets is veranderd." if again else ""


@dataclass(frozen=True, slots=True)
class RoundMailContext:
    """What the calendar says to a coordinator of one municipality, of all rounds of which it says the same on the same day.

    Attributes:
        party: The municipality that the mail goes to, with the newest half-year.
        parts: The rounds; at least one.
        correspondence_number: Of the municipality; may be empty.
        working_days_left: After today, until the last day to deliver, that day included.
    """

    party: Party
    parts: tuple[RoundPart, ...]
    correspondence_number: str = ""
    working_days_left: int = 0
    corrections_allowed: int = CORRECTIONS_ALLOWED

    @property
    def codes(self) -> list[str]:
        """The codes of the rounds, as files bear them."""
        return sorted({part.round.code.upload_code for part in self.parts})

    @property
    def last_to_deliver(self) -> date:
        """The last day of the delivery window."""
        return min(part.round.window_last for part in self.parts)

    @property
    def last_to_withdraw(self) -> date:
        """The last day of the withdrawal window."""
        return min(part.round.withdrawal_last for part in self.parts)

    @property
    def release(self) -> date:
        """When figures are to come out."""
        return max(part.round.release for part in self.parts)

    @property
    def sentences(self) -> list[str]:
        """What is said of each place."""
        return [sentence for part in self.parts for sentence in part.sentences]

    @property
    def front(self) -> str:
        """Where one logs in: a mark, for which the portal's address is put when the mail leaves."""
        return link_mark("")

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the mail is about, for a table."""
        halves = sorted({party.half_year for part in self.parts for party in part.parties}, reverse=True)
        codes = dict.fromkeys(f"{party.municipality_name} ({party.municipality})" for part in self.parts for party in part.parties)
        rows = [
            ("Gemeente", ", ".join(codes)),
            ("Onderzoek", ", ".join(dict.fromkeys(part.law_title for part in self.parts))),
            ("Halfjaar", " en ".join(half.dutch for half in halves)),
        ]
        return rows + ([("Correspondentienummer", self.correspondence_number)] if self.correspondence_number else [])
