"""What a form may say: every way in which one cannot be read, kept or printed is told in Dutch, and what is right passes."""

from __future__ import annotations

import json
import re

import pytest

from gmsd.consent import FormContent, Malformed, read_form
from gmsd.rounds import Place

PLACE = Place.parse("2019-H2.0518")
WITHDRAWAL = {"half_year": "H22019", "municipality": "0518", "name": "J. de Vries", "reason": None}
BSN = "123.456.782"


def read(kind: str = "withdrawal", **fields: object) -> FormContent:
    content = WITHDRAWAL | ({"text": "In 2019 is de regeling verruimd."} if kind == "explanation" else {}) | fields
    return read_form(json.dumps(content).encode(), kind=kind, place=PLACE)


def problems(data: bytes, kind: str = "withdrawal") -> tuple[str, ...]:
    with pytest.raises(Malformed) as refused:
        read_form(data, kind=kind, place=PLACE)
    return refused.value.problems


def problems_of(kind: str, **fields: object) -> str:
    content = WITHDRAWAL | ({"text": "In 2019 is de regeling verruimd."} if kind == "explanation" else {}) | fields
    found = problems(json.dumps(content).encode(), kind)
    assert all(re.match(r"(In )?[Hh]et (veld|formulier)|De tekst|In het veld", problem) for problem in found)
    return " ".join(found)


def test_a_form_as_the_mails_show_it_is_read() -> None:
    assert read() == FormContent("J. de Vries")
    assert read("explanation", reason="eigen onderzoek") == FormContent(
        "J. de Vries", "eigen onderzoek", "In 2019 is de regeling verruimd."
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe{\x00}\x00",
        b'{"half_year": "H22019", "municipality": "0518", "name": "x\xff"}',
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b'{"name": NaN}',
        b'{"name": -Infinity}',
        b'{"name": 1' + b"0" * 10_000 + b"}",
        b"[]",
        b"null",
        b'"x"',
        b" " * 70_000,
        b'{"half_year": "H22019", "municipality": "0518", "name": "x", "name": "y"}',
    ],
)
def test_what_is_no_form_is_told_in_one_sentence(data: bytes) -> None:
    (problem,) = problems(data)
    assert problem.startswith(("Het formulier", "In het formulier"))


def test_a_field_too_many_is_passed_over() -> None:
    data = b'{"half_year": "h22019", "municipality": "0518", "name": "J. de Vries", "text": "=1+1", "more": [1e400, ' + b"9" * 4000 + b"]}"
    assert read_form(data, kind="withdrawal", place=PLACE) == FormContent("J. de Vries")


@pytest.mark.parametrize("field", ["name", "reason", "text"])
@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x7f", "\x9b", "\ud800", "\u202e", "\u2066", "\ufffe", "\ue000", "\U000e0041"])
def test_a_sign_that_cannot_be_kept_or_steers_is_refused(field: str, sign: str) -> None:
    assert f"In het veld {field} staat een teken" in problems_of("explanation", **{field: f"voor{sign}na"})


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\ufeff", "\u200e", "\u2060"])
def test_a_sign_that_nobody_sees_is_taken_out(sign: str) -> None:
    assert read("explanation", name=f"{sign}J. de Vries", text=f"Meer{sign}zorg.") == FormContent("J. de Vries", None, "Meerzorg.")
    assert "leeg" in problems_of("explanation", text=sign * 3)


@pytest.mark.parametrize("field", ["name", "reason", "text"])
@pytest.mark.parametrize("written", [BSN, "123 456 782", "123-456-782", "1 2 3 4 5 6 7 8 2", "1\u200b23456782", "\uff11\uff12\uff13456782"])
def test_a_written_bsn_is_refused_in_every_field(field: str, written: str) -> None:
    told = problems_of("explanation", **{field: f"Cliënt {written}"})
    assert f"In het veld {field} staat een getal van negen cijfers dat een BSN kan zijn" in told
    assert written not in told


@pytest.mark.parametrize("name", ["", "  ", None, 5, "A\nB", "A\r\nBcc: iedereen", "A\tB", "A\u2028B", "x" * 201])
def test_a_name_is_one_line(name: object) -> None:
    assert "het veld name" in problems_of("withdrawal", name=name).casefold()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@SOM(A1)",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "\t=1+1",
        "\r=1+1",
        "  =1+1",
        "\u00a0=1+1",
        '"=1+1',
        "\uff1d1+1",
        "\uff20SOM(A1)",
        "\uff0b1+1",
        "\uff0d1+1",
        "\u200b=1+1",
        "Goed.\n=1+1",
        "Goed.\r=1+1",
        "Goed.\u2028=1+1",
        "Goed;=1+1",
        "Goed; @SOM(A1)",
    ],
)
def test_a_formula_is_refused(text: str) -> None:
    assert "een rekenblad een formule begint" in problems_of("explanation", text=text)


@pytest.mark.parametrize(
    "text",
    [
        "<b>Let op</b>",
        "<script>alert(1)</script>",
        "</p>",
        "<!-- x -->",
        "<IMG SRC=x>",
        "\uff1cb\uff1e",
        "&#60;b&#62;",
        "&lt;b&gt;",
        "[hier](https://x.example)",
        "![](https://x.example/p.png)",
        "[hier][1]",
        "Zie:\n[1]: https://x.example",
        "<https://x.example>",
    ],
)
def test_markup_is_refused(text: str) -> None:
    assert "opmaak" in problems_of("explanation", text=text)


@pytest.mark.parametrize(
    "text",
    [
        "In 2019 is de regeling verruimd:\n- meer hulp bij het huishouden\n- minder dagbesteding",
        "Cliënten met leeftijd < 18 jaar en <5 uur per week; het college van B&W; zie https://www.denhaag.nl/wmo?jaar=2019.",
        "Het bedrag van € 1.234.567,82 (+ 5 procent) ging op aan zorg; 12-11-2019 was de laatste dag.",
        "Foto`s en video`s [1] (zie de bijlage): a = b, -5 procent.",
        "Vragen? wmo@denhaag.nl of 070-3373800",
        "Eén \u00bd naar 3 \u2013 4 \u2019s ochtends \U0001f44d",
    ],
)
def test_plain_words_and_numbers_pass(text: str) -> None:
    assert read("explanation", text=text).text == text


def test_a_withdrawal_is_not_held_up_by_how_its_reason_looks() -> None:
    assert read(reason="=<b>eigen onderzoek</b>").reason == "=<b>eigen onderzoek</b>"


def test_too_long_is_told_with_both_numbers() -> None:
    assert "2001 tekens, hooguit 2000" in problems_of("explanation", text="x" * 2001)
    assert "2001 tekens, hooguit 2000" in problems_of("withdrawal", reason="x" * 2001)
    assert len(read("explanation", text="x" * 2000).text or "") == 2000
