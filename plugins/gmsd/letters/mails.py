"""The mails to coordinators (Dutch) and to the engineer (English): a context in, a rendered mail out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.dutch import dutch_lines, dutch_moment, dutch_number
from gmsd.feedback import Checked, ReportedFinding, explain, missed
from gmsd.rendering import RenderedMail, render_mail, render_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gmsd.letters.contexts import (
        ExtendedContext,
        FormContext,
        OpOrdeReadyContext,
        OtherFolderContext,
        ReceiptContext,
        RoundMailContext,
        UnplacedContext,
        UploadContext,
        VerdictContext,
        WithdrawalAskedContext,
        WithdrawalDoneContext,
    )
    from gmsd.rendering import Receipt


def notice_sentence(finding: ReportedFinding) -> str:
    """Write a notice with its line numbers as one piece of text."""
    if not finding.lines:
        return finding.message
    rest = finding.count - len(finding.lines)
    more = f" … en nog {dutch_number(rest)}" if rest else ""
    return f"{finding.message} {'Regel' if finding.count == 1 else 'Regels'} {dutch_lines(finding.lines)}{more}."


def _upload_line(upload: Receipt) -> str:
    """A file whose name has gone with its data."""
    return f"het bestand dat u uploadde op {dutch_moment(upload.received_at)} (kenmerk {upload.delivery_id})"


def receipt_mail(context: ReceiptContext) -> RenderedMail:
    """Confirm at once that an upload has come in."""
    return render_mail("letters/receipt", context=context)


def verdict_mail(context: VerdictContext) -> RenderedMail:
    """Tell the verdict of a checked file: accepted, accepted without facultative variables, or rejected."""
    checked = Checked.of(context.result)
    return render_mail(
        "letters/verdict",
        context=context,
        checked=checked,
        explained=explain(checked, context.rules_url),
        missed=missed(checked, context.rules_url),
        notices=[(notice, notice_sentence(notice)) for notice in checked.at("notice")],
    )


def late_mail(context: UploadContext) -> RenderedMail:
    """Tell that an upload came after the last day and was not checked."""
    return render_mail("letters/late", context=context)


def early_mail(context: UploadContext) -> RenderedMail:
    """Tell that an upload came before the window and was not checked."""
    return render_mail("letters/early", context=context)


def repeat_mail(context: UploadContext) -> RenderedMail:
    """Tell that an upload is the same file under the same name as the one before it."""
    return render_mail("letters/repeat", context=context)


def over_limit_mail(context: UploadContext) -> RenderedMail:
    """Tell that the corrections of a municipality are used up and the upload was not checked."""
    return render_mail("letters/over_limit", context=context)


def unreadable_right_mail(context: UploadContext) -> RenderedMail:
    """Tell that an upload came without the right for us to read it, and how to give it."""
    return render_mail("letters/unreadable_right", context=context)


def other_folder_mail(context: OtherFolderContext) -> RenderedMail:
    """Tell that an upload stands in the folder of a municipality that did not exist then, and which folders are right.

    Raises:
        ValueError: no folder is named.
    """
    if not context.right:
        raise ValueError("at least one right folder is to be named")
    return render_mail("letters/other_folder", context=context)


def vanished_mail(context: UploadContext) -> RenderedMail:
    """Tell that an upload was deleted or overwritten before it could be read."""
    return render_mail("letters/vanished", context=context)


def unplaced_mail(context: UnplacedContext) -> RenderedMail:
    """Tell the engineer of an upload under a key nobody knows."""
    return render_mail("letters/unplaced", context=context)


def form_malformed_mail(context: FormContext) -> RenderedMail:
    """Tell what is wrong with a form and show the right one.

    Raises:
        ValueError: no problem is named.
    """
    if not context.problems:
        raise ValueError("a malformed form needs at least one problem in words")
    return render_mail("letters/form_malformed", context=context)


def withdrawal_received_mail(context: FormContext) -> RenderedMail:
    """Confirm at once that a withdrawal has come in."""
    return render_mail("letters/withdrawal_received", context=context)


def withdrawal_asked_mail(context: WithdrawalAskedContext) -> RenderedMail:
    """Ask whether a withdrawal is meant, with what would go: by number, since no deletion reaches what a mail says of a file."""
    removed = [f"levering {each.delivery_id}, ontvangen op {dutch_moment(each.received_at)}" for each in context.deliveries]
    return render_mail("letters/withdrawal_asked", context=context, removed=removed)


def withdrawal_done_mail(context: WithdrawalDoneContext) -> RenderedMail:
    """Confirm that a withdrawal has been carried out and name what is gone."""
    return render_mail("letters/withdrawal_done", context=context, removed=[_upload_line(upload) for upload in context.removed])


def withdrawal_too_late_mail(context: FormContext) -> RenderedMail:
    """Tell that a withdrawal came after its last day and consent stays."""
    return render_mail("letters/withdrawal_too_late", context=context)


def explanation_received_mail(context: FormContext) -> RenderedMail:
    """Confirm an explanation and repeat its text.

    Raises:
        ValueError: the form holds no text.
    """
    if context.text is None:
        raise ValueError("an explanation needs its text")
    return render_mail("letters/explanation_received", context=context)


def new_device_mail(at: datetime) -> RenderedMail:
    """Tell a coordinator that somebody entered the portal from a browser that had not been seen before."""
    return render_mail("letters/new_device", at=at)


def codes_letter(
    codes: Sequence[str], *, made_at: datetime, municipalities: Sequence[str], contact: str, numbers: Sequence[str], portal: str
) -> str:
    """The letter with the codes of an account, as a page to print and to send by post."""
    return render_page(
        "letters/codes", codes=codes, made_at=made_at, municipalities=municipalities, contact=contact, numbers=numbers, portal=portal
    )


def password_mail(address: str, at: datetime) -> RenderedMail:
    """Give the address at which a coordinator sets a password."""
    return render_mail("letters/password", address=address, at=at)


def extended_mail(context: ExtendedContext) -> RenderedMail:
    """Tell that a municipality may deliver after the window."""
    return render_mail("letters/extended", context=context)


def let_in_mail(context: UploadContext) -> RenderedMail:
    """Tell that a late upload counts after all and will be checked."""
    return render_mail("letters/let_in", context=context)


def explanation_read_mail(context: FormContext, reason: str | None) -> RenderedMail:
    """Tell that an explanation will be printed, or with a reason that it will not.

    Raises:
        ValueError: the form holds no text.
    """
    if context.text is None:
        raise ValueError("an explanation needs its text")
    return render_mail("letters/explanation_read", context=context, reason=reason)


def op_orde_ready_mail(context: OpOrdeReadyContext) -> RenderedMail:
    """Tell that the op-orde report of an accepted upload is ready."""
    return render_mail("letters/op_orde_ready", context=context)


def window_opened_mail(context: RoundMailContext) -> RenderedMail:
    """Tell that the delivery window is open, with the personal link and what to do."""
    return render_mail("letters/window_opened", context=context)


def reminder_mail(context: RoundMailContext) -> RenderedMail:
    """Remind a coordinator of whom nothing has been accepted yet."""
    return render_mail("letters/reminder", context=context)


def withdrawal_opened_mail(context: RoundMailContext) -> RenderedMail:
    """Tell that what was delivered will be used unless it is withdrawn."""
    return render_mail("letters/withdrawal_opened", context=context)


def round_closed_mail(context: RoundMailContext) -> RenderedMail:
    """Tell what the close of a round made of the places."""
    return render_mail("letters/round_closed", context=context)


def published_mail(context: RoundMailContext) -> RenderedMail:
    """Tell that the figures are out."""
    return render_mail("letters/published", context=context)
