"""What `make run` makes of the settings in its environment."""

import os

import pytest

from harness.__main__ import given_settings

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
