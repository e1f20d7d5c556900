"""The catalogue of rules tells every rule, and `gmsd rules` reads from the same files."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gmsd.cli import build
from gmsd.feedback import rules_html
from gmsd.protocol import expectations_folder, protocols

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")
EVERY = protocols(expectations_folder())
RULES = [(protocol, rule) for protocol in EVERY for rule in protocol.rules.values()]


class Page(HTMLParser):
    """The anchors of a page, where its links inside it lead, the text below each anchor, and what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.words: dict[str, str] = {}
        self._open: str | None = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if "id" in named:
            self.anchors.append(named["id"])
            if tag == "article":
                self._open = named["id"]
                self.words[self._open] = ""
        if tag == "a":
            self.links.append(named["href"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.loads += [named[key] for key in ("src", "srcset", "background") if key in named] + ([tag] if tag in ("script", "link") else [])

    def handle_endtag(self, tag):
        if tag == "article":
            self._open = None

    def handle_data(self, data):
        if self._open is not None:
            self.words[self._open] += data


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return {protocol.id: Page(rules_html(protocol)) for protocol in EVERY}


@pytest.mark.parametrize(("protocol", "rule"), RULES, ids=lambda each: getattr(each, "code", getattr(each, "id", "")))
def test_every_rule_is_documented(protocol, rule, pages):
    anchor = rule.code if protocol is EVERY[-1] else f"{protocol.id}-{rule.code}"
    assert DOCUMENT.count(f'<a id="{anchor}"></a>') == 1
    told = pages[protocol.id].words[rule.code]
    begin = re.split(r"[{(]", rule.message)[0].strip()
    for wanted in (begin, rule.source, rule.example, rule.explanation, rule.reason):
        assert wanted is None or wanted in told
    assert ("angenomen" in told) == (rule.status == "assumed")
    assert "{" not in told


def test_every_code_is_documented():
    for protocol in EVERY:
        for codes in protocol.code_lists.values():
            for code in codes.codes:
                assert f"| `{code.code}` | {code.title} |" in DOCUMENT


def test_page_stands_by_itself_and_its_links_lead_somewhere(pages):
    for page in pages.values():
        assert page.loads == []
        assert len(page.anchors) == len(set(page.anchors))
        assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.anchors)
        assert page.headings[0] == 1
        assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def run(*arguments: str):
    return CliRunner().invoke(build(), ["rules", *arguments])


def test_list_and_show_tell_the_rules():
    listed = json.loads(run("list", "--json").stdout)
    assert [rule["code"] for rule in listed] == list(EVERY[-1].rules)
    assert json.loads(run("show", "bsn-02", "--json").stdout) == next(rule for rule in listed if rule["code"] == "BSN-02")
    assert "999900006" in run("show", "BSN-02").stdout
    shown = run("list").stdout
    assert [code for code in EVERY[-1].rules if code not in shown] == []


def test_unknown_rule_is_wrong_usage_and_names_the_nearest():
    answer = run("show", "BSN-03")
    assert answer.exit_code == 2
    assert "BSN-0" in answer.stderr
    assert run("list", "--protocol", "wmo-1900").exit_code == 2


def test_validate_tells_mistakes_and_exits_1(tmp_path):
    shutil.copytree(expectations_folder(), tmp_path / "rules")
    assert run("validate", str(tmp_path / "rules")).exit_code == 0
    path = tmp_path / "rules" / "wmo" / "wmo-2020" / "basis.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("code: BSN-02\n      level: base", "code: BSN-02\n      level: bse"), encoding="utf-8")
    line = text[: text.index("code: BSN-02")].count("\n") + 2
    sentence = 'rule BSN-02: level "bse" is none of file, base, facultative, notice; did you mean "base"?'
    answer = run("validate", str(tmp_path / "rules"))
    assert (answer.exit_code, answer.stdout) == (1, f"{path}:{line}: {sentence}\n")
    answer = run("validate", str(tmp_path / "rules"), "--json")
    assert (answer.exit_code, json.loads(answer.stdout)) == (1, [{"file": str(path), "line": line, "text": sentence}])
    assert run("validate", str(tmp_path / "nowhere")).exit_code == 2


def test_page_is_written(tmp_path):
    assert run("page", "--to", str(tmp_path / "regels.html")).exit_code == 0
    assert (tmp_path / "regels.html").read_text(encoding="utf-8") == rules_html(EVERY[-1])
