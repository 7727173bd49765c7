"""The search for personal data finds what is there, in every form: a search that finds nothing
proves something only then."""

import base64
import urllib.parse

import pytest

from harness import traces

SECRET = "Wilhelmina Ångström, 4711 Larkspur Hollow"


@pytest.mark.parametrize("data", [
    b"... " + SECRET.encode() + b" ...",
    SECRET.encode().upper(),
    b"\\x00" + SECRET.encode().hex().encode() + b"ff",
    SECRET.encode().hex().upper().encode(),
    base64.b64encode(b"" + SECRET.encode()),
    base64.b64encode(b"a" + SECRET.encode() + b"tail"),
    base64.b64encode(b"ab" + SECRET.encode() + b"tail!"),
    base64.urlsafe_b64encode(b"abcd" + SECRET.encode() + b"t"),
    b"name=" + urllib.parse.quote(SECRET).encode(),
    b"name=" + urllib.parse.quote_plus(SECRET).encode(),
    b'{"name": "Wilhelmina \\u00c5ngstr\\u00f6m, 4711 Larkspur Hollow"}',
    SECRET.encode("utf-16-le"),
])
def test_every_form_is_found(data):
    assert traces.find({"name": SECRET}, {"dump": data})


def test_other_text_is_not_found():
    other = b"Wilhelmina Somebody, 4712 Larkspur Hollow"
    assert traces.find({"name": SECRET}, {"dump": other}) == []


def test_a_finding_names_value_form_and_place():
    assert traces.find({"name": SECRET}, {"log": SECRET.encode()}) == ["name (plain) in log"]
