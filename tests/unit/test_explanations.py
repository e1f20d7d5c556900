"""What a municipality wrote, as a release prints it: harmless in a spreadsheet, a browser and a Markdown reader, and without a BSN."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd.masking import MASK
from gmsd.releases import Plan, bundle, printed
from gmsd_airflow.publication import markdown
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


def test_who_approves_reads_every_word_and_nothing_else_happens_to_it() -> None:
    """In Airflow's Markdown no word becomes a link, a heading, a cell of its own or a tag."""
    words = "Zie [hier](http://x) | # **vet** _cursief_ `code` ~~weg~~ \\| einde"
    texts = pl.DataFrame({"half_year": [str(H1)], "municipality": ["0518"], "text": [words]})
    page = markdown(Plan(1, H1, replace(content(H1), explanations=texts)).preview())
    (row,) = [line for line in page.splitlines() if line.startswith("| 2019-H1 | 0518")]
    cell = row.removeprefix("| 2019-H1 | 0518 's-Gravenhage | ").removesuffix(" |")
    assert not re.search(r"(?<!\\)(?:\\\\)*[|\[\]()#*_`~<>:]", cell)
    assert re.sub(r"\\(.)", r"\1", cell) == printed(words)
    assert "No explanation is printed" in markdown(Plan(1, H1, replace(content(H1), explanations=texts.clear())).preview())
