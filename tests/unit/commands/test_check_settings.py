"""The settings of a check are those of the model, whichever way they are written."""

from __future__ import annotations

import pytest

from gmsd.commands._check_settings import CheckSettings, check_settings
from gmsd.settings import Settings, SettingsError, get_settings

NAMES = ("clock", "max_file_bytes", "max_file_lines", "rules_url")
SECRETS = "GMSD_DATABASE_OWNER=postgresql://a:b@c/d\n"
WRITTEN = {
    "nowhere": ({}, None, None),
    "in the environment": ({"GMSD_MAX_FILE_BYTES": "1000", "GMSD_RULES_URL": "https://r.invalid/a b"}, None, None),
    "in small letters": ({"gmsd_max_file_lines": "7"}, "gmsd_clock=system\n", None),
    "in the file of the services": ({}, f"{SECRETS}GMSD_MAX_FILE_LINES=9\nGMSD_RULES_URL=http://r.invalid/x?y=1&z=2\n", None),
    "in several places": ({"GMSD_MAX_FILE_BYTES": "5"}, "GMSD_MAX_FILE_BYTES=6\nGMSD_MAX_FILE_LINES=6\n", "GMSD_MAX_FILE_LINES=8\n"),
    "as shells write it": ({}, None, "export GMSD_MAX_FILE_LINES='12'  # few\n  GMSD_RULES_URL = \"a\\tb\"\n"),
    "from another one": ({}, None, "BASE=http://r.invalid\nGMSD_RULES_URL=${BASE}/rules\n"),
    "as nothing": ({"GMSD_RULES_URL": ""}, None, None),
    "as a number of another kind": ({"GMSD_MAX_FILE_BYTES": " 1_000 "}, None, None),
    "with the clock of a demo": ({"GMSD_CLOCK": "database"}, None, "GMSD_MAX_FILE_LINES=3\n"),
    "in a line that is none": ({}, None, "GMSD_RULES_URLS=x\nGMSD_MAX_FILE_LINES\n#GMSD_CLOCK=database\n"),
}


@pytest.fixture
def installation(tmp_path, monkeypatch):
    def write(environment, services, own):
        for name in NAMES:
            monkeypatch.delenv(f"GMSD_{name.upper()}", raising=False)
        monkeypatch.setenv("GMSD_HOME", str(tmp_path))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        for path, text in ((tmp_path / "var" / "secrets" / "gmsd.env", services), (tmp_path / ".env", own)):
            if text is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        get_settings.cache_clear()

    yield write
    get_settings.cache_clear()


def values(settings):
    return {name: getattr(settings, name) for name in NAMES}


@pytest.mark.parametrize("how", WRITTEN)
def test_they_are_those_of_the_model(installation, how):
    installation(*WRITTEN[how])
    assert values(check_settings()) == values(get_settings())


def test_plain_ones_are_read_without_the_model(installation):
    installation(*WRITTEN["in the file of the services"])
    assert check_settings() == CheckSettings(max_file_lines=9, rules_url="http://r.invalid/x?y=1&z=2")
    assert values(CheckSettings()) == {name: Settings.model_fields[name].default for name in NAMES}


@pytest.mark.parametrize("name", ["GMSD_CLOCK", "GMSD_MAX_FILE_BYTES", "GMSD_MAX_FILE_LINES"])
@pytest.mark.parametrize("value", ["", "soon", "1.5", "-"])
def test_a_wrong_one_is_told_as_ever(installation, name, value):
    installation({name: value}, None, None)
    with pytest.raises(SettingsError, match=name):
        check_settings()
