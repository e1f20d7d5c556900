"""Round mails: what the calendar says to coordinators: the window is open, it ends, withdrawing is possible, closed, published.

Not here: their words (`letters`), and mails about one delivery or form, which the stage queues that causes them.
"""

from gmsd.round_mails.moments import mailing_days
from gmsd.round_mails.queueing import queue_round_mails

__all__ = ["mailing_days", "queue_round_mails"]
