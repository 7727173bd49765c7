"""Advice about the motorist's own address, before anybody pays.

Lob's test keys verify nothing; a few words in the first line stand for the kinds of addresses.
"""

import contextlib
import itertools

import pytest
import requests

from e2e.customer import appeal
from e2e.intakes import CHECKOUT, Intake, person, refused
from harness import traces, waiting
from harness.template import DATABASE

CHECK = "/api/addresses/check"
VERIFY = "lob.us_verifications.create"
UNDELIVERABLE = "Undeliverable No Match"
DELIVERABLE = "Residential House"

_cities = itertools.count()

SUITE = {"settings": {("fulfillment", "FSFT_ADDRESS_CHECKS_PER_HOUR"): 1000}}


def address(line1: str, **changes) -> dict:
    return {"user_address_line1": line1, "user_city": "San Francisco", "user_state": "CA",
            "user_zip": "94107", **changes}


def check(customer, fields: dict) -> dict:
    answer = customer.post(CHECK, fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(answer: dict) -> list:
    return [(one["field"], one["code"]) for one in answer["advice"]]


def outcomes(suite) -> dict:
    """How often which outcome was counted, by the metric of fulfillment."""
    url = f"http://127.0.0.1:{suite.port('fulfillment', 'ops')}/metrics"
    lines = [line for line in requests.get(url, timeout=10).text.splitlines()
             if line.startswith("address_checks_total{")]
    return {line.split('"')[1]: float(line.split()[-1]) for line in lines}


def asked(sandbox, line1: str = None) -> int:
    """How often Lob was asked about the address, or about any."""
    wanted = {"form[primary_line]": line1} if line1 else {}
    return len(sandbox.requests("lob", operation=VERIFY, **wanted))


def rows(suite) -> tuple:
    """How many intakes, drafts and payments are stored."""
    tables = ("intake.intakes", "intake.drafts", "intake.request_keys", "payment.payments")
    return tuple(suite.cluster.query(f"SELECT count(*) FROM {table}", database=DATABASE)[0][0]
                 for table in tables)


def known(customer, fields: dict, verdict: str) -> dict:
    """The answer once Lob has said so, and fulfillment remembers it: on a busy machine Lob may be
    too slow at first, and is then left alone for a while.
    """
    def said():
        answer = customer.post(CHECK, fields).json()
        return answer.get("verdict") == verdict and answer

    return waiting.until(said, seconds=60, interval=0.2, what=f"the verdict {verdict}")


def settle(suite):
    """Waits until the gateway has found a restarted fulfillment again on each of its connections;
    a checkout would not wait, and go on without it.
    """
    waiting.until(lambda: all(requests.post(suite.gateway_url + CHECK, json={}, timeout=10).ok
                              for _ in range(12)),
                  seconds=30, interval=0.2, what="the gateway to find fulfillment again")


@pytest.fixture(name="fresh")
def _fresh(suite):
    """Fulfillment with nothing remembered, nothing spent and no pause."""
    suite.restart("fulfillment")
    settle(suite)
    return suite


@contextlib.contextmanager
def budget(suite, per_hour):
    """Inside, fulfillment may ask Lob so often."""
    suite.reconfigure("fulfillment", FSFT_ADDRESS_CHECKS_PER_HOUR=per_hour)
    settle(suite)
    try:
        yield
    finally:
        suite.reconfigure("fulfillment", FSFT_ADDRESS_CHECKS_PER_HOUR=1000)
        settle(suite)


@pytest.mark.parametrize(("line1", "verdict", "advice"), [
    (DELIVERABLE, "deliverable", []),
    ("Missing Unit", "deliverable", [("user_address_line2", "missing_unit")]),
    ("Incorrect Unit", "deliverable", [("user_address_line2", "incorrect_unit")]),
    ("Unnecessary Unit", "deliverable", [("user_address_line2", "unnecessary_unit")]),
    (UNDELIVERABLE, "undeliverable", [("user_address_line1", "undeliverable")]),
    ("210 King Street", "unknown", []),
])
def test_the_printer_says_what_it_knows(customer, line1, verdict, advice):
    answer = known(customer, address(line1), verdict)
    # These words are no addresses, as our own rules notice too.
    ours = ("no_house_number", "no_unit_number")
    assert [one for one in told(answer) if one[1] not in ours] == advice


def test_our_own_rules_speak_beside_it(customer):
    answer = check(customer, address("King Street", user_state="NV"))
    assert answer["verdict"] == "unknown"
    assert told(answer) == [("user_address_line1", "no_house_number"),
                            ("user_zip", "zip_of_other_state")]
    assert told(check(customer, {})) == [(f"user_{name}", "required")
                                         for name in ("address_line1", "city", "state", "zip")]


@pytest.mark.usefixtures("fresh")
def test_what_the_post_writes_otherwise_is_suggested(customer):
    # With the first answer only: it is personal, so it is not remembered.
    suggestion = waiting.until(
        lambda: check(customer, address(DELIVERABLE, user_city=f"City {next(_cities)}")).get(
            "suggestion"), seconds=60, interval=0.2, what="a suggestion")
    assert suggestion == {"user_address_line1": "230 King St", "user_address_line2": "",
                          "user_city": "San Francisco", "user_state": "CA",
                          "user_zip": "94107-1702"}


def test_an_undeliverable_address_is_refused_before_anything_is_stored(suite, customer, sandbox):
    known(customer, address(UNDELIVERABLE), "undeliverable")
    before = rows(suite), sandbox.counts()["sessions"]
    body = appeal(**address(UNDELIVERABLE), draft_text="too short")
    for path in (CHECKOUT, "/api/drafts/preview"):
        problem = refused(customer.post(path, body), 422, "invalid_fields")
        found = {(error["field"], error["code"]) for error in problem["errors"]}
        assert ("user_address_line1", "undeliverable") in found
        assert len({field for field, _ in found}) == 2, "all mistakes come at once"
        assert UNDELIVERABLE not in str(problem)
    refused(customer.post("/api/intakes", person(**address(UNDELIVERABLE))), 422, "invalid_fields")
    assert (rows(suite), sandbox.counts()["sessions"]) == before


def test_advice_alone_refuses_nothing(customer):
    customer.check_out(appeal(**address("King Street", user_state="NV")))
    known(customer, address("Missing Unit"), "deliverable")
    customer.check_out(appeal(**address("Missing Unit")))


def test_a_change_to_an_undeliverable_address_is_refused(customer):
    known(customer, address(UNDELIVERABLE), "undeliverable")
    intake = Intake(customer, person(**address(DELIVERABLE)))
    problem = refused(intake.change(user_address_line1=UNDELIVERABLE), 422, "invalid_fields")
    assert problem["errors"][0]["field"] == "user_address_line1"
    assert intake.get()["user_address_line1"] == DELIVERABLE
    assert intake.change(user_name="Ada Example").status_code == 200
    # It has no address to be checked with yet.
    begun = Intake(customer, {"user_city": "San Francisco"})
    assert begun.change(user_address_line1=UNDELIVERABLE).status_code == 200
    refused(begun.change(user_state="CA", user_zip="94107"), 422, "invalid_fields")


def test_a_checkout_is_repeated_although_its_address_is_refused_by_now(fresh, customer, sandbox):
    body = appeal(**address(UNDELIVERABLE))
    with sandbox.failing(VERIFY, 500):
        first = customer.check_out(body)
    fresh.restart("fulfillment")
    settle(fresh)
    known(customer, body, "undeliverable")
    assert customer.check_out(body) == first
    refused(customer.post(CHECKOUT, {**body, "vehicle_info": "another one"}), 422,
            "invalid_fields")
    customer.pay(first["session_id"])
    customer.wait_until_mailed(first["session_id"])
    refused(customer.post(CHECKOUT, body), 409, "already_paid")


def test_a_begun_intake_is_repeated_too(fresh, customer, sandbox):
    fields = person(**address(UNDELIVERABLE))
    with sandbox.failing(VERIFY, 500):
        first = customer.post("/api/intakes", fields)
        assert first.status_code == 201, first.text
    fresh.restart("fulfillment")
    settle(fresh)
    known(customer, fields, "undeliverable")
    assert customer.post("/api/intakes", fields).json() == first.json()


@pytest.mark.parametrize(("status", "outcome"), [
    (500, "failed"), (429, "rate_limited"), (403, "refused"), (422, "unreadable")])
def test_a_printer_in_trouble_stops_no_checkout(fresh, customer, sandbox, status, outcome):
    with sandbox.failing(VERIFY, status):
        customer.check_out(appeal(**address(UNDELIVERABLE)))
    # Slow, or not asked at all, on a busy machine, where the gateway may have given up first.
    waiting.until(lambda: sum(outcomes(fresh)[name] for name in (outcome, "slow", "no_time")) == 1,
                  seconds=10, what="the outcome")


def test_a_printer_that_does_not_answer_stops_no_checkout(fresh, customer, sandbox):
    with sandbox.held(VERIFY, "arrival"):
        customer.check_out(appeal(**address(UNDELIVERABLE)))
    # The gateway may have given up first.
    waiting.until(lambda: outcomes(fresh)["slow"] == 1, seconds=10, what="the outcome")


def test_a_printer_that_has_failed_is_left_alone(fresh, customer, sandbox):
    with sandbox.failing(VERIFY, 403):
        customer.check_out(appeal(**address(UNDELIVERABLE)))
    before = asked(sandbox, UNDELIVERABLE)
    customer.check_out(appeal(**address(UNDELIVERABLE)))
    assert asked(sandbox, UNDELIVERABLE) == before
    assert outcomes(fresh)["paused"] == 1


@pytest.mark.usefixtures("fresh")
def test_an_address_is_paid_for_once(customer, sandbox):
    line1 = "Residential Highrise"
    known(customer, address(line1), "deliverable")
    before = asked(sandbox, line1)
    body = appeal(**address(line1))
    assert customer.post("/api/drafts/preview", body).status_code == 200
    customer.check_out(body)
    assert asked(sandbox, line1) == before


def test_no_more_is_asked_than_the_budget_allows(suite, customer, sandbox):
    with budget(suite, 1):
        before = asked(sandbox)
        for line1 in (DELIVERABLE, UNDELIVERABLE, UNDELIVERABLE):
            check(customer, address(line1))
        customer.check_out(appeal(**address(UNDELIVERABLE)))
        assert asked(sandbox) == before + 1


def test_by_default_nobody_is_asked(suite, customer, sandbox):
    with budget(suite, None):
        before = asked(sandbox)
        answer = check(customer, address(UNDELIVERABLE, user_zip="10001"))
        assert answer["verdict"] == "unknown"
        assert ("user_zip", "zip_of_other_state") in told(answer)
        assert asked(sandbox) == before


def test_a_checkout_goes_on_while_fulfillment_is_dead(fresh, customer):
    fresh.kill("fulfillment")
    try:
        order = customer.check_out(appeal(**address(UNDELIVERABLE)))
        intake = Intake(customer, person(**address(DELIVERABLE)))
        assert intake.change(user_zip="94110").status_code == 200
        assert customer.post(CHECK, address(DELIVERABLE)).status_code == 503
    finally:
        fresh.revive("fulfillment")
        settle(fresh)
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])


def test_nothing_of_an_address_is_in_logs_or_metrics(suite, customer):
    typed = {"user_address_line1": "4711 Whippoorwill Hollow Terrace",
             "user_address_line2": "Garden Cottage behind No. 9",
             "user_city": "Quillhaven Springs"}
    check(customer, address("", **typed))
    known(customer, address(UNDELIVERABLE), "undeliverable")
    body = appeal(**address(UNDELIVERABLE))
    refused(customer.post(CHECKOUT, body), 422, "invalid_fields")
    places = {name: suite.log(name).read_bytes() for name in ("gateway", "fulfillment", "intake")}
    for name in list(places):
        url = f"http://127.0.0.1:{suite.port(name, 'ops')}/metrics"
        places[f"metrics of {name}"] = requests.get(url, timeout=10).content
    assert traces.find({**typed, "the first line": UNDELIVERABLE}, places) == []
