"""The technical check of a delivery: running the rules of its law, the verdict; and the way from an accepted file to records.

Not here: what bytes are (`delimited`), the rules themselves (`expectations/`, read in `protocol`), and what is said of a result
(`feedback`).
"""

from gmsd.checking.check import Known, check_beginning, check_file, check_path, check_unread
from gmsd.checking.judging import judge_without_gx
from gmsd.checking.municipality import not_then, others_at_first
from gmsd.checking.naming import half_year_in_name, law_in_name
from gmsd.checking.records import pseudonymise, read_records, read_records_of, usable_records
from gmsd.checking.result import CheckResult, Finding

__all__ = [
    "CheckResult",
    "Finding",
    "Known",
    "check_beginning",
    "check_file",
    "check_path",
    "check_unread",
    "half_year_in_name",
    "judge_without_gx",
    "law_in_name",
    "not_then",
    "others_at_first",
    "pseudonymise",
    "read_records",
    "read_records_of",
    "usable_records",
]
