"""The health pages tell the truth within five seconds of a dependency going and coming back."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from e2e.customer import appeal
from harness import report, waiting

SECONDS = 5
SERVICES = ("intake", "payment", "fulfillment")
SUITE = {"postgres": {"fsync": "off"}}

_lines = []


@pytest.fixture(scope="module", autouse=True)
def _report():
    yield
    report.show("\n".join(["When the health pages tell the truth, in seconds", *_lines]))


def pages(customer) -> dict:
    """All that the pages say of one moment."""
    status = customer.get("/status").json()
    ready = customer.get("/health/ready")
    webhooks = customer.get("/api/webhook/health")
    told = webhooks.json()
    return {"status": status["status"], "parts": status["parts"], "ready": ready.status_code,
            "detail": ready.json().get("detail", ""), "webhooks": webhooks.status_code,
            "lob": told.get("lob"), "well": told["status"] == "ok"}


def say(customer, what: str, **wanted):
    """Waits until the pages say so; every one of them, at the same moment."""
    begun = time.monotonic()
    seen = {}

    def told() -> bool:
        now = pages(customer)
        seen.update(now)
        parts = {name: now["parts"][name] for name in wanted["parts"]}
        others = {name: now[name] for name in wanted if name != "parts"}
        return {**others, "parts": parts} == wanted

    try:
        waiting.until(told, seconds=SECONDS, what=what)
    except TimeoutError as error:
        raise AssertionError(f"{error}: {seen}") from None
    _lines.append(f"  {what:<44} {time.monotonic() - begun:5.2f}  (at most {SECONDS})")


def say_well(customer, what: str):
    say(customer, what, status="ok", ready=200, webhooks=200, well=True,
        parts=dict.fromkeys((*SERVICES, "database"), "ok"))


def say_down(customer, what: str, *names: str):
    """Of webhooks payment knows, and of the printer's fulfillment."""
    wanted = {"status": "degraded", "ready": 503, "parts": dict.fromkeys(names, "down"),
              "webhooks": 503 if "payment" in names else 200, "well": False}
    if "fulfillment" not in names:
        wanted["well"] = "payment" not in names
    say(customer, what, **wanted)
    told = pages(customer)["detail"]
    assert all(f"{name} is down" in told for name in names), told


@contextlib.contextmanager
def frozen(*pids: int):
    """Inside, the processes take connections and answer nothing."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def database_pids(suite) -> list:
    parent = suite.cluster.program.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8")
    return [parent, *map(int, children.split())]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_died(suite, customer, service):
    say_well(customer, f"{service}: all is well")
    suite.kill(service)
    say_down(customer, f"{service}: killed", service)
    suite.revive(service)
    say_well(customer, f"{service}: back")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_hangs(suite, customer, service):
    with frozen(suite.program(service).pid):
        say_down(customer, f"{service}: hangs", service)
    say_well(customer, f"{service}: goes on")


def test_a_database_that_died(suite, customer):
    suite.kill("postgres")
    say_down(customer, "database: killed", *SERVICES, "database")
    suite.revive("postgres")
    say_well(customer, "database: back")


def test_a_database_that_hangs(suite, customer):
    with frozen(*database_pids(suite)):
        say_down(customer, "database: hangs", *SERVICES, "database")
    say_well(customer, "database: goes on")


# Longer than a connection waits between two tries, and than the probe does.
def test_everything_gone_for_a_while(suite, customer):
    for service in SERVICES:
        suite.kill(service)
    say_down(customer, "all services: killed", *SERVICES)
    enough = time.monotonic() + 8
    waiting.until(lambda: customer.get("/health/ready").status_code == 200
                  or time.monotonic() > enough, seconds=10, what="some time to pass")
    suite.revive(*SERVICES)
    say_well(customer, "all services: back")


# It is not asked for the sake of the page: what is known of it is what customers met.
def test_stripe_that_fails(customer, sandbox):
    body = appeal()
    with sandbox.failing("stripe.sessions.create", 503, stored=False):
        for _ in range(5):
            assert customer.post("/api/checkout/create-session", body).status_code == 502
        say(customer, "stripe: fails", status="degraded", ready=200,
            parts={"stripe": "unavailable"})
    customer.insist(body)
    say(customer, "stripe: was asked again, and answers", status="ok", parts={"stripe": "test"})
