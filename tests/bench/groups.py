"""What is measured, and what is wanted of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.deletion import STAGES
from tests.bench.portal import ADDRESSES
from tests.bench.report import Target, rows_a_second, times_faster, times_longer, within_mb, within_seconds


@dataclass(frozen=True)
class Case:
    """One thing that is measured.

    Attributes:
        name: In the table.
        function: Module of this package and function in it, as `worker` takes them.
        runs: How often; the best time counts.
        ratio_to: The case it is compared with.
        agrees: Whether it answers with what it found, which must be the same in all cases of the group that do.
        rows: When they are not those of the group.
        slow: It takes minutes on the file it is made for.
        service: It starts a service.
        older: It is run by the build that `--against` names.
    """

    name: str
    function: str
    runs: int = 5
    ratio_to: str | None = None
    agrees: bool = False
    rows: int | None = None
    slow: bool = False
    service: bool = False
    older: bool = False


@dataclass(frozen=True)
class Difference:
    """A process less its start-up."""

    name: str
    whole: str
    start_up: str
    ratio_to: str | None = None


@dataclass(frozen=True)
class Group:
    """Cases that are measured by turns, on the same files.

    Attributes:
        letter: By which it is asked for.
        title: What it is about.
        prepare: What makes its files.
        rows: How many they have.
        quick_rows: How many in a quick run.
        cases: In the order of the table.
        targets: What is wanted.
        differences: Cases that follow from two others.
    """

    letter: str
    title: str
    prepare: str
    rows: int
    quick_rows: int
    cases: tuple[Case, ...]
    targets: tuple[Target, ...] = ()
    differences: tuple[Difference, ...] = ()


READ, PLAIN, OURS = "read_csv alone", "plain polars rules", "our check, with lines"
PANDAS_LINES, PANDAS, SQL = "GX on pandas, with lines", "GX on pandas, without lines", "GX on PostgreSQL, without lines"
READ_PROCESS, CHECK_PROCESS = "process: read_csv", "process: gmsd check"
READ_NET, CHECK_NET = "process less start-up: read_csv", "process less start-up: gmsd check"
PLAIN_START, CHECK_START = "process: import polars", "process: gmsd check, 1 record"

LARGE = Group(
    "A",
    "one large file, a few hundred faults of every rule",
    "files:large",
    2_500_000,
    2_500,
    (
        Case(READ, "checked:read"),
        Case(PLAIN, "checked:plainly", ratio_to=READ, agrees=True),
        Case(OURS, "checked:check", ratio_to=PLAIN, agrees=True),
        Case(READ_PROCESS, "commands:read"),
        Case(PLAIN_START, "commands:start_polars", rows=0),
        Case(CHECK_PROCESS, "commands:check_large", ratio_to=READ_PROCESS),
        Case(CHECK_START, "commands:check_one", rows=1, ratio_to=PLAIN_START),
        Case(PANDAS_LINES, "stock:with_lines", runs=1, ratio_to=OURS, agrees=True, slow=True),
        Case(PANDAS, "stock:without_lines", runs=1, ratio_to=OURS, agrees=True, slow=True),
        Case(SQL, "postgres:without_lines", runs=1, ratio_to=OURS, agrees=True, slow=True, service=True),
    ),
    (
        times_faster(OURS, PANDAS_LINES, 20),
        times_faster(OURS, PANDAS, 8),
        times_longer(OURS, PLAIN, 0.75),
        times_longer(CHECK_NET, READ_NET, 2),
    ),
    (Difference(READ_NET, READ_PROCESS, PLAIN_START), Difference(CHECK_NET, CHECK_PROCESS, CHECK_START, ratio_to=READ_NET)),
)

MANY_PLAIN, MANY_OURS = "390 files, plain polars rules", "390 files, our check"
MANY = Group(
    "B",
    "390 files of real sizes in one process",
    "files:many",
    10_000_000,
    5_000,
    (
        Case(MANY_PLAIN, "checked:many_plainly", runs=3, agrees=True),
        Case(MANY_OURS, "checked:many_checked", runs=3, ratio_to=MANY_PLAIN, agrees=True),
    ),
    (times_longer(MANY_OURS, MANY_PLAIN, 1.5),),
)

CLEAN_FILE, WRONG_FILE = "our check, clean file", "our check, wrong in every column of every line"
WRONG = Group(
    "C",
    "a file that is wrong everywhere",
    "files:clean_and_wrong",
    150_000,
    2_000,
    (Case(CLEAN_FILE, "checked:check_clean"), Case(WRONG_FILE, "checked:check_wrong", ratio_to=CLEAN_FILE)),
    (times_longer(WRONG_FILE, CLEAN_FILE, 2),),
)

COLD_START, COLD = "import polars, cold", "gmsd check, cold"
SMALL = Group(
    "D",
    "gmsd check of a small file, from nothing",
    "files:small",
    2_000,
    500,
    (Case(COLD_START, "commands:start_polars", rows=0), Case(COLD, "commands:check_small", ratio_to=COLD_START)),
    (times_longer(COLD, COLD_START, 4),),
)

LONG = "gmsd check, as long as a file may be"
LARGEST = Group(
    "E",
    "gmsd check of the longest file that is taken",
    "files:largest",
    4_999_999,
    5_000,
    (Case(LONG, "commands:check_largest", runs=2),),
    (within_mb(LONG, 2_500),),
)

GX_SMALL, GX_SMALL_PANDAS, GX_COMPLETE = (
    "gx_polars, 25 rules, a small file",
    "GX on pandas, 25 rules, a small file",
    "gx_polars COMPLETE, half wrong",
)
GENERIC = Group(
    "F",
    "gx_polars by itself: 25 rules",
    "generic:half_wrong",
    2_500_000,
    5_000,
    (
        Case(GX_SMALL_PANDAS, "generic:small_on_pandas", runs=2, rows=220),
        Case(GX_SMALL, "generic:small_on_polars", runs=3, ratio_to=GX_SMALL_PANDAS, rows=220),
        Case(GX_COMPLETE, "generic:complete", runs=2),
    ),
    (within_seconds(GX_SMALL, 0.006), within_seconds(GX_COMPLETE, 10), within_mb(GX_COMPLETE, 2_048)),
)

DELIVERY = "read_csv, one delivery"
HOUSE = Group(
    "G",
    "the largest municipality's delivery through the house",
    "files:one_delivery",
    1_000_000,
    2_000,
    (
        Case(DELIVERY, "house:read"),
        Case("records and pseudonyms", "house:records", ratio_to=DELIVERY),
        Case("arrangements", "house:arrangements", ratio_to=DELIVERY),
        Case("make the synthetic file", "house:synthetic", ratio_to=DELIVERY),
    ),
)

REPORT = "report of 300,000 faults, html + xlsx + json"
REPORTS = Group(
    "H",
    "the report of very many faults",
    "files:wrong",
    300_000,
    3_000,
    (Case(REPORT, "house:report", runs=3),),
    (within_seconds(REPORT, 3),),
)

TOLD_CHECK, TOLD_CLEAN, TOLD_REFUSED = (
    "our check, rejected file of 10,000 lines",
    "reports and mail, accepted file",
    "reports and mail, rejected file",
)
TOLD = Group(
    "I",
    "what is written about a file of 10,000 lines: html, xlsx, json, ValidatReport, mail",
    "files:clean_and_refused",
    10_000,
    2_000,
    (
        Case(TOLD_CHECK, "house:check_refused", runs=15),
        Case(TOLD_CLEAN, "house:report_clean", runs=15, ratio_to=TOLD_CHECK),
        Case(TOLD_REFUSED, "house:report_refused", runs=15, ratio_to=TOLD_CHECK),
    ),
    (times_longer(TOLD_CLEAN, TOLD_CHECK, 0.2), times_longer(TOLD_REFUSED, TOLD_CHECK, 0.8)),
)

WAY, WAY_OLDER = "from the inbox to a release", "from the inbox to a release, other build"
WHOLE = Group(
    "J",
    "the whole way of a half-year: register, check, report, close, load, count, protect and write",
    "whole:deliveries",
    10_000_000,
    60_000,
    (Case(WAY_OLDER, "whole:way", runs=1, service=True, older=True), Case(WAY, "whole:way", runs=1, service=True, ratio_to=WAY_OLDER)),
    (times_faster(WAY, WAY_OLDER, 3), rows_a_second(WAY, 50_000)),
)

STAGED = "staged records to arrangements"
LOADED, COPIED = f"{STAGED}: load", f"{STAGED}: bare \\copy of the same rows"
WAREHOUSE = Group(
    "K",
    "2.5 million staged records to arrangements in PostgreSQL, beside a bare \\copy of the same rows",
    "whole:staged",
    2_500_000,
    30_000,
    (Case(STAGED, "whole:load", runs=1, service=True),),
    (times_longer(LOADED, COPIED, 2),),
)

PAGES = "pages of the portal"
PORTAL = Group(
    "L",
    "pages of the coordinators' portal over five deliveries: the time that 95 of 100 stay below",
    "portal:deliveries",
    10_000,
    1_000,
    (Case(PAGES, "portal:pages", runs=1, service=True),),
    tuple(within_seconds(f"{PAGES}: {name}", 0.2) for name in ADDRESSES),
)

WITHDRAWN = "withdrawal of a loaded municipality"
DELETION = Group(
    "M",
    "physical deletion of a large municipality that was loaded and counted, beside a round that is delivered meanwhile",
    "deletion:deliveries",
    110_000,
    5_000,
    (Case(WITHDRAWN, "deletion:withdrawn", runs=1, service=True),),
    (within_seconds(f"{WITHDRAWN}: {STAGES[0]}", 10), within_seconds(f"{WITHDRAWN}: {STAGES[-1]}", 5)),
)

ALL = (LARGE, MANY, WRONG, SMALL, LARGEST, GENERIC, HOUSE, REPORTS, TOLD, WHOLE, WAREHOUSE, PORTAL, DELETION)
