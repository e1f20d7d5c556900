"""The op-orde report: the counts of one delivery, set beside those of municipalities of similar size, as page, workbook and JSON.

Not here: persons, published figures, databases. What is kept of others are counts, what is shown of them quartiles and limits.
"""

from gmsd.op_orde.comparison import OpOrdeReport, Past, compare
from gmsd.op_orde.context import OpOrdeContext
from gmsd.op_orde.peers import looks_at, peers_among
from gmsd.op_orde.remarks import Remark
from gmsd.op_orde.summary import OpOrdeSummary, summarise
from gmsd.op_orde.views import op_orde_html, op_orde_json, op_orde_xlsx

__all__ = [
    "OpOrdeContext",
    "OpOrdeReport",
    "OpOrdeSummary",
    "Past",
    "Remark",
    "compare",
    "looks_at",
    "op_orde_html",
    "op_orde_json",
    "op_orde_xlsx",
    "peers_among",
    "summarise",
]
