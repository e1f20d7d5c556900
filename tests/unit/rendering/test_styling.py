"""The style sheets of the web faces: every colour they name is there, in light and in dark."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from gmsd.rendering import web_style

TOKENS = (files("gmsd.rendering") / "templates" / "tokens.css").read_text(encoding="utf-8")
LIGHT, _, DARK = TOKENS.partition("@media")
SITE = (files("gmsd.web") / "site" / "stijl.css").read_text(encoding="utf-8")


def defined(sheet: str) -> set[str]:
    return set(re.findall(r"(--[\w-]+):", sheet))


def used(sheet: str) -> set[str]:
    return set(re.findall(r"var\((--[\w-]+)", sheet))


@pytest.mark.parametrize("name", ["style.css", "web.css"])
def test_every_colour_of_a_sheet_has_a_name_in_the_tokens(name):
    sheet = (files("gmsd.rendering") / "templates" / name).read_text(encoding="utf-8")
    assert used(sheet) <= defined(LIGHT)
    if name == "style.css":  # mails and reports: colours as they are, which pages replace by their names
        assert set(re.findall(r"#[0-9a-f]{6}\b", sheet)) <= set(re.findall(r"--[\w-]+: (#[0-9a-f]{6});", LIGHT))


def test_every_colour_is_there_in_light_and_in_dark():
    assert defined(LIGHT) == defined(DARK)


@pytest.mark.parametrize("sheet", [web_style, lambda: SITE], ids=["portal", "site"])
def test_no_sheet_names_what_it_does_not_define(sheet):
    assert used(sheet())
    assert used(sheet()) <= defined(sheet())
