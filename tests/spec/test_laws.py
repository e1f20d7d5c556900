"""A law is a folder of YAML: a second one beside the Wmo has rules, names and titles of its own. No line of Python is changed for it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from io import BytesIO

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from gmsd.checking import check_file, law_in_name, read_records
from gmsd.cli import build
from gmsd.feedback import rules_html, rules_markdown
from gmsd.impact.rules import earlier
from gmsd.protocol import (
    NoLawError,
    NoProtocolError,
    damage_list,
    expectations_folder,
    is_left_behind,
    law_of,
    laws,
    mistakes_in,
    newest_protocol,
    protocol_for,
    protocols,
)
from gmsd.rounds import WMO, HalfYear
from gmsd.settings import get_settings
from tests.spec.checking import clean
from tests.support.second_law import LAW, TABLES, make_home

H2 = HalfYear(2019, 2)
RECEIVED = dt.date(2020, 2, 10)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GMSD_HOME", str(make_home(tmp_path)))
    get_settings.cache_clear()
    yield tmp_path
    get_settings.cache_clear()


def run(*arguments):
    return CliRunner().invoke(build(), ["check", *map(str, arguments)])


def check(name, of=LAW, half_year=None):
    return check_file(clean(), file_name=name, municipality="0518", half_year=half_year, received_on=RECEIVED, law_id=of)


def test_a_folder_with_its_file_is_a_law():
    assert mistakes_in() == ()
    assert [(each.id, each.title, each.prefix, each.tables) for each in laws()] == [
        (LAW, "Jeugd", "JEUGD", ("84134NED",)),
        (WMO, "Wmo", "WMO", TABLES),
    ]
    with pytest.raises(NoLawError, match=r'no law "jeug"; did you mean "jeugd"\?'):
        law_of("jeug")


def test_each_law_has_its_protocols():
    folder = expectations_folder()
    assert [each.id for each in protocols(folder)] == ["jeugd-2020", "wmo-2020"]
    assert [each.id for each in protocols(folder, LAW)] == ["jeugd-2020"]
    assert protocol_for(H2, LAW).law is law_of(LAW)
    assert (newest_protocol(LAW).id, newest_protocol(WMO).id) == ("jeugd-2020", "wmo-2020")
    assert protocol_for(HalfYear(2017, 2), WMO).id == "wmo-2020"
    with pytest.raises(NoProtocolError, match="2017-H2"):
        protocol_for(HalfYear(2017, 2), LAW)


def test_a_mistake_in_one_law_is_not_in_the_way_of_another(home):
    (home / "expectations" / LAW / "jeugd-2020" / "basis.yaml").write_text("name: x\n")
    assert mistakes_in() != ()
    assert check("WMO_H22019_x.csv", WMO).verdict == "accepted"


def test_what_belongs_to_one_law_belongs_to_no_other(home):
    path = home / "expectations" / LAW / "law.yaml"
    path.write_text(path.read_text().replace("JEUGD", "wmo").replace("84134NED", "83262NED"))
    structure = home / "expectations" / LAW / "jeugd-2020" / "structuur.yaml"
    structure.write_text(structure.read_text().replace("protocol: jeugd-2020", "protocol: wmo-2020"))
    texts = "\n".join(map(str, mistakes_in()))
    assert "wmo is of jeugd too" in texts
    assert "83262NED is of jeugd too" in texts
    assert 'protocol "wmo-2020" does not begin with jeugd-, so that another law could have it too' in texts


@pytest.mark.parametrize(
    ("name", "of"), [("JEUGD_H22019_x.csv", LAW), ("jeugd_x", LAW), ("Wmo_H12020.csv", WMO), ("JEUGDH22019_x.csv", None), ("x.csv", None)]
)
def test_a_name_tells_its_law_by_its_prefix(name, of):
    found = law_in_name(name)
    assert (found.id if found else None) == of


def test_a_file_is_checked_by_the_rules_of_its_law():
    own, other, as_text = check("jeugd_H22019_x.csv"), check("WMO_H22019_x.csv", half_year=H2), check("JEUGD_H22019_x.txt")
    assert (own.verdict, own.protocol, str(own.half_year)) == ("accepted", "jeugd-2020", "2019-H2")
    assert [each.rule for each in other.findings] == ["NAAM-01"]
    assert "JEUGD_[code uitvraag]" in other.findings[0].message
    assert [each.rule for each in as_text.findings] == ["NAAM-03"], "this law takes no txt"
    assert [each.rule for each in check("JEUGD_H22017_x.csv").findings] == ["NAAM-04"], "it begins later"
    assert read_records(clean(), own).height == 3


def test_the_result_names_a_law_other_than_the_wmo():
    assert check("JEUGD_H22019_x.csv").to_json()["law"] == LAW
    assert "law" not in check("WMO_H22019_x.csv", WMO).to_json()


def test_the_command_tells_the_law_by_the_name_else_by_the_option(home):
    named, unnamed = home / "jeugd_H22019_x.csv", home / "levering.csv"
    for path in (named, unnamed):
        path.write_bytes(clean())
    assert json.loads(run(named, "--municipality", "0518", "--format", "json").stdout)["protocol"] == "jeugd-2020"
    by_option = json.loads(run(unnamed, "--half-year", "H22019", "--law", LAW, "--format", "json").stdout)
    assert (by_option["protocol"], by_option["law"]) == ("jeugd-2020", LAW)
    assert json.loads(run(unnamed, "--half-year", "H22019", "--format", "json").stdout)["protocol"] == "wmo-2020"
    assert json.loads(run(named, "--law", "wmo", "--format", "json").stdout)["protocol"] == "jeugd-2020", "the name goes first"


def test_the_command_refuses_what_the_law_does_not_have(home):
    path = home / "levering.csv"
    path.write_bytes(clean())
    unknown = run(path, "--law", "zorg")
    assert (unknown.exit_code, "er is geen wet zorg; kies uit jeugd, wmo" in " ".join(unknown.stderr.split())) == (2, True)
    assert run(path, "--law", LAW, "--half-year", "H22017").exit_code == 2
    assert run(path, "--half-year", "H22017", "--municipality", "0518").exit_code == 1


def test_reports_and_catalogue_carry_the_title_of_the_law(home):
    path, out = home / "JEUGD_H22019_x.csv", home / "x.xlsx"
    path.write_bytes(clean())
    assert run(path, "--format", "xlsx", "--out", out).exit_code == 0
    sheet = load_workbook(BytesIO(out.read_bytes()))["samenvatting"]
    assert sheet["A1"].value == "Technische terugkoppeling GMSD Jeugd"
    page = rules_html(protocol_for(H2, LAW))
    assert "<h1>Regels voor het Jeugd-bestand</h1>" in page
    assert "bestanden over het 1e halfjaar 2018 en later" in page
    document = rules_markdown()
    assert "# Regels voor het Jeugd-bestand" in document
    assert document.count('<a id="BSN-02"></a>') == 1
    assert '<a id="jeugd-2020-BSN-02"></a>' in document


def test_damage_is_told_in_the_words_of_the_law(home):
    path = home / "expectations" / LAW / "damage.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("dit is een PDF-bestand", "dit is een PDF van Jeugd"), encoding="utf-8")
    assert damage_list(LAW).files["pdf"] != damage_list(WMO).files["pdf"]
    result = check_file(b"%PDF-1.7", file_name="JEUGD_H22019_x.csv", municipality=None, half_year=None, received_on=RECEIVED, law_id=LAW)
    assert "dit is een PDF van Jeugd" in result.findings[0].message


def test_an_earlier_version_of_the_rules_is_given_the_file_of_its_law(home, tmp_path):
    before = tmp_path / "before"
    shutil.copytree(home / "expectations" / "wmo", before / "expectations" / "wmo")
    (before / "expectations" / "wmo" / "law.yaml").unlink()
    version = earlier(str(before), home / "expectations", tmp_path / "copy")
    assert version.supplied == ("expectations/wmo/law.yaml",)
    assert [each.id for each in laws(version.home / "expectations")] == [WMO]


@pytest.mark.parametrize("name", ["__MACOSX/JEUGD_H22019_x.csv", ".verborgen/wmo_h22019_x.txt"])
def test_what_is_called_as_a_law_has_it_is_a_delivery_in_every_folder(name):
    assert not is_left_behind(name)
    assert is_left_behind(name.replace("JEUGD", "JEUGDEN").replace("wmo", "wmoo"))
    assert is_left_behind(name.replace(".csv", ".xlsx").replace(".txt", ".xlsx"))


@pytest.mark.parametrize(
    ("refused_by", "later"),
    [({"AANM-03"}, True), ({"AANM-03", "BSN-02"}, False), ({"BSN-02"}, False), (set(), False), ({"AANM-03", "OLD-01"}, False)],
)
def test_a_file_may_pass_later_that_only_time_was_against(refused_by, later):
    assert protocol_for(H2, WMO).may_pass_later(refused_by) is later


def test_which_rule_passes_with_time_is_said_by_the_rule(home):
    path = home / "expectations" / LAW / "jeugd-2020" / "basis.yaml"
    text = path.read_text(encoding="utf-8").replace("      passes_with_time: true\n", "")
    path.write_text(text.replace("      code: GEM-04\n", "      code: GEM-04\n      passes_with_time: true\n"), encoding="utf-8")
    protocol = protocol_for(H2, LAW)
    assert (protocol.may_pass_later({"AANM-03"}), protocol.may_pass_later({"GEM-04"})) == (False, True)
