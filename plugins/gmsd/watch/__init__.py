"""The watch: what the engineer is mailed about before anybody asks, once each, with what to do.

Not here: failed tasks and services that are away, which are noted where they are met (`journal`); any repair.
"""

from gmsd.watch.alerts import all_alerts, tell
from gmsd.watch.looking import look_around
from gmsd.watch.suppliers import supplier_faults

__all__ = ["all_alerts", "look_around", "supplier_faults", "tell"]
