"""Backup and restore: database, objects and keys of an installation as plain files in one folder, consistent with each other.

Not here: what a withdrawal deletes (`consent`), and a database put back beside a newer store (`releases`, and the runbook).
"""

from gmsd.backup.putting import Restored, RestoreRefused, read_withdrawn, restore
from gmsd.backup.taking import BackupRefused, TakenBackup, back_up, withdrawn_list

__all__ = [
    "BackupRefused",
    "RestoreRefused",
    "Restored",
    "TakenBackup",
    "back_up",
    "read_withdrawn",
    "restore",
    "withdrawn_list",
]
