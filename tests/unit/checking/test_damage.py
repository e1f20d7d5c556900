"""Words for damage: counts, the two most frequent, big files; and the errors of the file in which the words stand."""

from __future__ import annotations

import struct
import time

import polars as pl
import pytest

from gmsd.checking.damage import explain_cells
from gmsd.checking.result import LISTED_LINES, Finding
from gmsd.delimited.kinds import kind_of
from gmsd.protocol import ProtocolError, damage_list, protocol_for
from gmsd.protocol.damage import _read, damage_mistakes
from gmsd.protocol.reading import expectations_folder
from gmsd.rounds import WMO, HalfYear
from tests.spec.checking import cell, check, file_of, row

PROTOCOL = protocol_for(HalfYear(2019, 2), WMO)
ALL = damage_list(WMO)


@pytest.mark.parametrize("damage", [*ALL.names, *ALL.cells, *ALL.of_lines(12)], ids=lambda damage: damage.name)
def test_regex_runs_on_polars(damage):
    assert pl.Series(["x", "", None]).str.contains(damage.regex).dtype == pl.Boolean


def test_sentences_are_parts_of_sentences_and_hold_no_number_of_a_person():
    parts = [part for damage in (*ALL.names, *ALL.lines, *ALL.cells) for part in (damage.what, damage.how)]
    assert [part for part in parts if part.endswith(".") or (part[0].isupper() and not part.startswith("Excel"))] == []
    whole = [wording.repair for wording in (*ALL.files.values(), *ALL.headers.values(), *ALL.records.values())] + [
        each.what for each in ALL.files.values()
    ]
    assert [sentence for sentence in whole if not sentence.endswith(".")] == []
    everything = " ".join([*parts, *whole, *(wording.what for wording in (*ALL.headers.values(), *ALL.records.values()))])
    assert pl.Series([everything]).str.count_matches(r"[0-9]{9}").item() == 0


def test_names_of_damage_are_told_apart():
    for listed in (ALL.names, ALL.lines, ALL.cells):
        assert len({damage.name for damage in listed}) == len(listed)


def test_damage_is_counted_among_the_lines_that_are_listed():
    filled = pl.DataFrame({name: ["1"] * 4 for name in PROTOCOL.header})
    frame = filled.with_columns(pl.Series("line", [2, 4, 5, 9]), pl.Series("Volume", ["1,5", "7", "1,5", "1.000"]))
    finding = Finding.of(PROTOCOL.rules["VOL-02"], count=3, lines=[2, 5, 9])
    (told,) = explain_cells([finding], frame, PROTOCOL, HalfYear(2019, 2))
    assert "2 keer staan er cijfers achter de komma" in told.message
    assert "en 1 keer staan er punten of spaties tussen de duizendtallen" in told.message
    assert told.repair.count(";") == 2


def test_repair_that_another_one_begins_with_is_told_once():
    (finding,) = [each for each in check(cell("BSN", "12345678", "1,2E+08")).findings if each.level == "base"]
    assert "acht cijfers" in finding.message
    assert "wetenschappelijke notatie" in finding.message
    assert finding.repair.count("typ daar negen nullen") == 1
    assert "eindigen de nummers dan op nullen" in finding.repair


def test_more_lines_than_are_listed_say_so():
    result = check(file_of(*[row(Volume="1,5")] * (LISTED_LINES + 5)))
    assert "; bij de eerste 2.000: 2.000 keer staan er cijfers achter de komma" in result.findings[0].message


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + b"\xff" * 100])
def test_rubbish_that_begins_as_a_zip_is_a_zip(data):
    assert kind_of(data) in ("zip", "zip_broken")


def test_directory_of_a_zip_that_points_anywhere_is_survived():
    for size, place in ((0xFFFFFFFF, 0xFFFFFFFF), (1 << 31, 5), (0, 1 << 30)):
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, size, place, 0)
        assert kind_of(b"PK\x03\x04" + bytes(40) + end) == "zip_broken"


def test_large_file_of_another_kind_is_told_at_once():
    data = b"PK\x03\x04" + b"PK\x01\x02\xff" * 2_000_000
    started = time.process_time()
    kind_of(data)
    assert time.process_time() - started < 2


def test_mistakes_in_the_file_are_told_with_their_line(tmp_path):
    path = tmp_path / "damage.yaml"
    text = (expectations_folder() / "wmo" / "damage.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("types: [person]", "types: [persoon]", 1).replace("status: assumed", "status: guess", 1), encoding="utf-8")
    with pytest.raises(ProtocolError, match=r"damage\.yaml:\d+: .*status"):
        _read(path)
    path.write_text(text.replace("types: [person]", "types: [persoon]", 1), encoding="utf-8")
    with pytest.raises(ProtocolError, match=r"damage\.yaml:\d+: damage \w+: types"):
        _read(path)


def test_pattern_that_does_not_run_is_told(tmp_path):
    (tmp_path / "wmo").mkdir()
    text = (expectations_folder() / "wmo" / "damage.yaml").read_text(encoding="utf-8")
    (tmp_path / "wmo" / "damage.yaml").write_text(text.replace("'^0+$'", "'^(0+$'", 1), encoding="utf-8")
    (mistake,) = damage_mistakes(tmp_path / "wmo")
    assert "damage date_zeros: regex does not run" in str(mistake)
    assert damage_mistakes(expectations_folder() / "wmo") == []
