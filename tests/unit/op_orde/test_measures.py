"""What a report measures, in the words of its law."""

from __future__ import annotations

import json
import re

from gmsd import op_orde
from gmsd.checking import pseudonymise, read_records_of
from gmsd.demo.other_laws import benefit_delivery
from gmsd.rounds import HalfYear
from tests.unit import samples as s

LAW, H2 = "participatie", HalfYear(2019, 2)


def summary(code: str, half_year: HalfYear = H2) -> op_orde.OpOrdeSummary:
    records = pseudonymise(read_records_of(benefit_delivery(6, code, half_year).data, half_year, LAW), b"k" * 32)
    return op_orde.summarise(records, half_year, municipality=code, delivery_id=f"{LAW}.{half_year}.{code}.01", law_id=LAW)


def test_another_law_is_spoken_of_in_its_own_words_and_has_no_row_that_it_cannot_fill() -> None:
    own = summary("0448")
    cut = json.dumps({**own.to_json(), "clients": 30, "groups": [{"code": "20150", "clients": 30, "arrangements": 30}]})
    others = [json.dumps(summary(code).to_json()) for code in ("0301", "0339", "0281", "0355", "0917")]
    report = op_orde.compare(own, others, past=op_orde.Past(cut, cut, cut))
    page = op_orde.op_orde_html(report, op_orde.OpOrdeContext(s.PARTY, s.THIRD, s.moment(5, 9, 15), s.ROUND))
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "personen in het halfjaar" in text
    assert "Uitkeringen en voorzieningen per soort" in text
    assert report.remarks
    assert re.findall(r"(?i)cli.nt\w*|arrangement\w*|\bpgb\b|leveringsvorm|ondersteuning", text) == []
    assert own.law == LAW
    assert own.arrangements + own.merged + own.out_of_scope == own.records
