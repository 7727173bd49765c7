"""What `make run` makes of the settings in its environment."""

import os

import pytest

from harness.__main__ import given_settings, refuse_half_live

MAIL_SERVER = "smtp://user:password@mail.example.com"


@pytest.fixture(name="given")
def _given(monkeypatch):
    """Reads an environment that has these FSFT_ variables and no others."""
    def read(**settings) -> dict:
        for name in [name for name in os.environ if name.startswith("FSFT_")]:
            monkeypatch.delenv(name)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return given_settings()
    return read


@pytest.mark.parametrize("name", ["FSFT_SMTP_URL", "FSFT_EMAIL_FROM", "FSFT_PUBLIC_URL"])
def test_a_setting_is_used_alone(given, name):
    assert given(**{name: MAIL_SERVER}) == {name: MAIL_SERVER}


def test_a_mail_server_from_a_file_takes_the_place_of_the_local_one(given):
    assert given(FSFT_SMTP_URL_FILE="url") == {"FSFT_SMTP_URL_FILE": "url", "FSFT_SMTP_URL": None}


@pytest.mark.parametrize("kind", ["sk", "rk"])
@pytest.mark.parametrize("in_file", [False, True])
def test_a_live_key_sends_nothing_to_the_local_inbox(given, tmp_path, kind, in_file):
    settings = keys(tmp_path, in_file, FSFT_STRIPE_SECRET_KEY=f"{kind}_live_1",
                    FSFT_LOB_API_KEY="live_1")
    read = given(**settings)
    assert read == {**settings, "FSFT_STRIPE_API_BASE": None, "FSFT_LOB_API_BASE": None,
                    "FSFT_SMTP_URL": None}
    refuse_half_live(read)
    assert "FSFT_SMTP_URL" not in given(**keys(tmp_path, in_file,
                                               FSFT_STRIPE_SECRET_KEY=f"{kind}_test_1"))


@pytest.mark.parametrize("stripe, lob", [("sk_live_1", "test_1"), ("sk_test_1", "live_1"),
                                         ("sk_live_1", ""), ("", "live_1")])
@pytest.mark.parametrize("in_file", [False, True])
def test_a_live_key_of_only_one_is_refused(given, tmp_path, in_file, stripe, lob):
    settings = keys(tmp_path, in_file, FSFT_STRIPE_SECRET_KEY=stripe, FSFT_LOB_API_KEY=lob)
    with pytest.raises(RuntimeError, match="only one"):
        refuse_half_live(given(**settings))


def keys(directory, in_file: bool, **values) -> dict:
    """The variables for these keys, each itself or the path of a file that holds it."""
    settings = {}
    for name, value in values.items():
        if in_file and value:
            path = directory / name
            path.write_text(f"{value}\n", encoding="utf-8")
            settings[f"{name}_FILE"] = str(path)
        elif value:
            settings[name] = value
    return settings
