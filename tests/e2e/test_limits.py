"""How often one client may ask, at the real gateway with the limits on."""

import subprocess
import time

import pytest
import requests

from harness import waiting

SUITE = {"settings": {
    "FSFT_RATE_LIMITS": "/api/cities=12,wrong-operator-tokens=5",
    "FSFT_TRUSTED_PROXIES": "127.0.0.2,127.0.0.3,::1"}}


class From(requests.adapters.HTTPAdapter):
    """Asks from one of this machine's addresses."""

    def __init__(self, address: str):
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(self._address, 0), **kwargs)


@pytest.fixture(name="client")
def _client(suite):
    """client(address) asks from there: client(address)(path, **headers)."""
    def at(address: str):
        session = requests.Session()
        session.mount("http://", From(address))

        def ask(path: str, **headers) -> requests.Response:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return session.get(suite.gateway_url + path, headers=named, timeout=30)
        return ask
    return at


def until_refused(ask, at_most: int = 300) -> requests.Response:
    """Asks until the answer is 429."""
    for _ in range(at_most):
        answer = ask()
        if answer.status_code == 429:
            return answer
    raise AssertionError(f"never refused in {at_most}")


def test_who_asks_too_often_is_told_when_to_come_again_and_is_welcome_then(client):
    ask = client("127.0.0.10")
    refused = until_refused(lambda: ask("/api/cities"))
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 5
    told = time.monotonic()
    waiting.until(lambda: time.monotonic() >= told + wait, seconds=20, what="that time to pass")
    assert ask("/api/cities").status_code == 200


def test_the_old_address_and_the_new_one_are_one_route(client):
    ask = client("127.0.0.11")
    until_refused(lambda: ask("/cities"))
    assert 429 in {ask("/api/cities").status_code, ask("/api/cities").status_code}


def test_others_are_not_concerned(client):
    flooding = client("127.0.0.12")
    until_refused(lambda: flooding("/api/cities"))
    assert client("127.0.0.13")("/api/cities").status_code == 200
    assert all(flooding("/health").status_code == 200 for _ in range(100))


def test_a_proxy_of_ours_brings_many_clients(client):
    proxy = client("127.0.0.2")
    for number in range(100):
        answer = proxy("/api/cities", X_Forwarded_For=f"192.0.2.77, 198.51.100.{number}")
        assert answer.status_code == 200
    until_refused(lambda: proxy("/api/cities", X_Forwarded_For="203.0.113.1, 127.0.0.3"))
    assert proxy("/api/cities", X_Forwarded_For="203.0.113.2").status_code == 200


def test_a_network_of_ipv6_is_one_client(client):
    proxy = client("127.0.0.2")
    host = iter(range(1, 1000))
    until_refused(lambda: proxy("/api/cities", X_Forwarded_For=f"2001:db8::{next(host):x}"))
    assert proxy("/api/cities", X_Forwarded_For="2001:db8:0:1::1").status_code == 200


def test_a_stranger_cannot_say_that_they_are_many(client):
    stranger = client("127.0.0.14")
    number = iter(range(1, 300))
    until_refused(lambda: stranger("/api/cities", X_Forwarded_For=f"198.51.100.{next(number)}"))


def test_guessing_operators_tokens_does_not_pay(suite, client):
    ask = client("127.0.0.15")
    right = f"Bearer {suite.keys.admin_token}"
    assert ask("/api/admin/stats", Authorization=right).status_code == 200
    until_refused(lambda: ask("/api/admin/stats", Authorization="Bearer guess"), at_most=10)
    assert ask("/api/admin/stats", Authorization=right).status_code == 429
    assert client("127.0.0.16")("/api/admin/stats", Authorization=right).status_code == 200


@pytest.mark.parametrize("setting", ["/api/nothing=5", "/api/cities=many", "/api/cities"])
def test_a_mistaken_setting_stops_the_start_and_is_named(suite, setting):
    gateway = suite.program("gateway")
    env = {**gateway.env, "FSFT_RATE_LIMITS": setting}
    del env["FSFT_OPS_ADDRESS"]  # the other one has it
    ended = subprocess.run(gateway.args, env=env, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert b"FSFT_RATE_LIMITS: " in ended.stderr
