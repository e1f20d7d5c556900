"""What a municipality wrote, as a release prints it: harmless in a spreadsheet, a browser and a Markdown reader, and without a BSN."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd.clock import AMSTERDAM
from gmsd.formats import ReleaseContent, printed
from gmsd.masking import MASK
from gmsd.releases import Plan, Question, bundle, words_of
from gmsd.releases.approval import without_words
from gmsd_airflow.approval_page import render
from tests.support.releases import H1, content


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('Een "nieuw" systeem;\nmeer cliënten.', 'Een "nieuw" systeem; meer cliënten.'),
        ("=1+1", "'=1+1"),
        ("@SOM(A1)", "'@SOM(A1)"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("- minder zorg\n- meer hulp", "'- minder zorg - meer hulp"),
        ("\t\r\n =1+1", "'=1+1"),
        ('"=1+1"', '\'"=1+1"'),
        ("\u200b=1+1", "'=1+1"),
        ("\x00\x1b=1+1", "'=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff0d1+1", "'\uff0d1+1"),
        ("Goed;=1+1", "Goed;'=1+1"),
        ("Goed; @SOM(A1)", "Goed; '@SOM(A1)"),
        ("<b>Let op</b><script>", "\u2039b>Let op\u2039/b>\u2039script>"),
        ("\uff1cb\uff1e", "\u2039b\uff1e"),
        ("&lt;b&gt; &#60;", "& lt;b& gt; & #60;"),
        ("[hier](http://x) ![](http://x)", "[hier] (http://x) ! [] (http://x)"),
        ("[hier][1]\n[1]: http://x", "[hier] [1] [1] : http://x"),
        ("voor\u202ena\u2066\ud800\U000e0041", "voorna"),
        ("mevrouw 123.456.782", f"mevrouw {MASK}"),
        ("mevrouw 1 2 3 4 5 6 7 8 2", f"mevrouw {MASK}"),
        ("mevrouw 123\n456\n782", f"mevrouw {MASK}"),
        ("mevrouw 123\u200b456\x00782", f"mevrouw {MASK}"),
        ("leeftijd < 18, B&W; € 1.234.567,82", "leeftijd < 18, B&W; € 1.234.567,82"),
    ],
)
def test_what_is_printed(text: str, shown: str) -> None:
    assert printed(text) == shown


@given(st.text(alphabet=st.sampled_from("=+-@;<>&[]()!:'\"ab1 \t\n\u200b\u202e\x00\uff1d#x"), max_size=30))
def test_nothing_dangerous_is_ever_left_and_printing_twice_is_printing_once(text: str) -> None:
    line = printed(text)
    assert printed(line) == line
    assert not line[:1] or line[0] not in "=+-@\uff1d \t"
    assert not any(cell.strip().startswith(tuple("=+-@\uff1d")) for cell in line.split(";"))
    assert not any(sign in line for sign in "\n\t\x00\u200b\u202e")
    assert "](" not in line
    assert "<a" not in line


def test_the_files_and_the_preview_say_the_same() -> None:
    """Also what an earlier version kept: the words come from the database, not from the form."""
    texts = pl.DataFrame({"half_year": [str(H1)] * 2, "municipality": ["0363", "0518"], "text": ["=1+1", "<b>BSN</b> 123 456 782"]})
    said = replace(content(H1), explanations=texts)
    files = bundle(said, "0" * 64)
    rows = list(csv.DictReader(io.StringIO(files["waarstaatjegemeente/toelichting.csv"].decode())))
    assert [row["toelichting"] for row in rows] == ["'=1+1", f"\u2039b>BSN\u2039/b> {MASK}"]
    shown = Plan(1, H1, said).preview()["explanations"]
    assert [each["text"] for each in shown] == [row["toelichting"] for row in rows]
    assert shown[1] == {"half_year": "2019-H1", "municipality": "0518", "name": "'s-Gravenhage", "text": rows[1]["toelichting"]}


# nine digits in a row that could be a number of a person: in a token they are none
CSRF = "a123456782f"


def asked(said: ReleaseContent) -> Question:
    """The question about a release, as the page shows it."""
    at = dt.datetime(2020, 5, 4, tzinfo=AMSTERDAM)
    kept = without_words(Plan(1, H1, said).preview())
    return Question(1, "r0001", "f", "wmo", str(H1), "run", "engineer", at, kept, None, None, None, None, counts=True)


def page_of(said: ReleaseContent, now: ReleaseContent) -> str:
    question = asked(said)
    return render(question, words_of(question, Plan(1, H1, now).preview()["explanations"]), user="approver", hindrance="", csrf=CSRF)


def test_who_approves_reads_every_word_and_nothing_else_happens_to_it() -> None:
    words = 'Zie [hier](http://x) | # **vet** _cursief_ `code` & ~~weg~~ \\| "einde" & <b>x</b> <script>alert(1)</script>'
    texts = pl.DataFrame({"half_year": [str(H1)], "municipality": ["0518"], "text": [words]})
    said = replace(content(H1), explanations=texts)
    cell = page_of(said, said).partition('<td lang="nl">')[2].partition("</td>")[0]
    assert "<" not in cell
    assert html.unescape(cell) == printed(words)
    none = replace(said, explanations=texts.clear())
    assert "No explanation is printed" in page_of(none, none)
    assert f'name="csrf" value="{CSRF}"' in page_of(none, none)


def test_no_question_keeps_what_a_municipality_wrote_and_the_page_says_when_it_changed() -> None:
    texts = pl.DataFrame({"half_year": [str(H1)] * 2, "municipality": ["0363", "0518"], "text": ["Meer hulp.", "Minder zorg."]})
    said = replace(content(H1), explanations=texts)
    kept = json.dumps(asked(said).preview)
    assert "Meer hulp" not in kept
    assert "Minder zorg" not in kept
    changed = replace(said, explanations=texts.with_columns(pl.Series("text", ["Meer hulp.", "Anders."])))
    withdrawn = replace(said, explanations=texts.head(1))
    for now in (changed, withdrawn):
        page = page_of(said, now)
        assert "Meer hulp." in page
        assert page.count("changed or withdrawn since") == 1
        assert "Anders." not in page
