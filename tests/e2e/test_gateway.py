"""The HTTP surface that needs no order: health, problems, limits, operators, old addresses."""

import json

import pytest
import requests

from e2e.customer import appeal
from harness import waiting
from harness.keys import token_line

READER = "reader-token-of-the-tests"
UNKNOWN_SESSION = "cs_test_a1" + "0" * 56
RETRY = f"/api/webhook/retry-fulfillment/{UNKNOWN_SESSION}"
CREATE = "/api/checkout/create-session"


@pytest.fixture(scope="module", name="operator")
def _operator(suite):
    return suite.keys.admin_token


@pytest.fixture(scope="module", name="reader")
def _reader(suite):
    """The token of somebody who may only look; the file is read at the gateway's start."""
    with suite.keys.admin_tokens_file.open("a", encoding="utf-8") as file:
        file.write(token_line("reader", ["read"], READER))
    suite.restart("gateway")
    return READER


def problem(answer: requests.Response, status: int, code: str = None) -> dict:
    """Checks that the answer is a problem of RFC 9457 with all that the contract promises."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert {"type", "title", "status", "detail", "code", "request_id"} <= body.keys()
    assert body["status"] == status
    if code:
        assert body["code"] == code
    return body


# --- health and status

def test_health_answers(customer):
    assert customer.get("/health").status_code == 200


def test_ready_follows_the_services(suite, customer):
    def becomes(status: int) -> bool:
        return waiting.until(lambda: customer.get("/health/ready").status_code == status,
                             seconds=15, what=f"/health/ready to answer {status}")

    assert becomes(200)
    suite.kill("intake")
    assert becomes(503)
    suite.start_program("intake")
    assert becomes(200)


def test_status_names_every_part_and_keeps_numbers_for_operators(customer, operator):
    public = customer.get("/status")
    assert public.status_code == 200
    for part in ("gateway", "intake", "payment", "fulfillment", "database"):
        assert part in public.text
    told = customer.get("/status", token=operator)
    assert told.status_code == 200
    assert len(told.text) > len(public.text)


def test_status_with_a_wrong_token_is_refused_and_not_as_if_there_were_none(customer):
    problem(customer.get("/status", token="wrong"), 401)


def test_webhook_health_answers(customer):
    body = customer.get("/api/webhook/health").json()
    assert {"status", "last_event_age_seconds", "failures_last_hour"} <= body.keys()


# --- requests that no route takes

def test_unknown_path_is_404(customer):
    problem(customer.get("/api/nothing/here"), 404)


def test_wrong_method_is_405_and_names_the_right_one(customer):
    answer = customer.get(CREATE)
    problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_wrong_content_type_is_415(customer):
    problem(customer.post(CREATE, data="a=b", headers={"Content-Type": "text/plain"}), 415)


def test_unparsable_json_is_400(customer):
    answer = customer.post(CREATE, data="{", headers={"Content-Type": "application/json"})
    problem(answer, 400)


def test_body_above_the_limit_is_413(customer):
    big = json.dumps(appeal(draft_text="x" * (513 * 1024)))
    answer = customer.post(CREATE, data=big, headers={"Content-Type": "application/json"})
    problem(answer, 413)


@pytest.mark.parametrize(("field", "value"), [
    ("citation_number", "12"),
    ("violation_date", "2999-01-01"),
    ("violation_date", "yesterday"),
    ("user_name", ""),
    ("user_name", "x" * 41),
    ("user_address_line1", "x" * 65),
    ("user_state", "ZZ"),
    ("user_zip", "9411"),
    ("draft_text", "too short"),
    ("draft_text", "x" * 5001),
    ("appeal_type", "express"),
    ("user_name", 7),
])
def test_a_field_that_breaks_a_rule_is_named(customer, field, value):
    body = problem(customer.post(CREATE, appeal(**{field: value})), 422)
    assert field in [error["field"] for error in body["errors"]]


def test_several_wrong_fields_are_named_together(customer):
    body = problem(customer.post(CREATE, appeal(user_zip="x", user_state="x")), 422)
    assert {"user_zip", "user_state"} <= {error["field"] for error in body["errors"]}


@pytest.mark.parametrize("field", ["citation_number", "user_name", "draft_text"])
def test_a_missing_field_is_named(customer, field):
    body = appeal()
    del body[field]
    found = problem(customer.post(CREATE, body), 422)
    assert field in [error["field"] for error in found["errors"]]


def test_a_city_that_is_not_served_is_refused_before_money(customer):
    problem(customer.post(CREATE, appeal(city_id="us-xx-nowhere")), 422)


def test_errors_carry_the_request_id_that_the_client_sent(customer):
    answer = requests.get(customer.url + "/api/nothing", timeout=30,
                          headers={"X-Request-Id": "req-of-the-test-0001"})
    assert problem(answer, 404)["request_id"] == answer.headers["X-Request-Id"]


# --- webhooks

def test_webhook_with_a_bad_signature_is_400(customer):
    answer = customer.post("/api/webhook/stripe", data=b"{}",
                           headers={"Stripe-Signature": "t=1,v1=" + "0" * 64})
    problem(answer, 400)


def test_webhook_without_a_signature_is_400(customer):
    problem(customer.post("/api/webhook/stripe", data=b"{}"), 400)


# --- operators

def test_retry_without_a_token_is_401(customer):
    answer = customer.post(RETRY)
    problem(answer, 401)
    assert "WWW-Authenticate" in answer.headers


def test_retry_with_a_wrong_token_is_401(customer):
    problem(customer.post(RETRY, token="wrong"), 401)


def test_retry_without_the_scope_is_403(customer, reader):
    problem(customer.post(RETRY, token=reader), 403)


def test_retry_of_an_unknown_session_is_404(customer, operator):
    problem(customer.post(RETRY, token=operator), 404)


# --- orders that nobody has

def test_unknown_session_is_404(customer):
    problem(customer.get(f"/api/checkout/session/{UNKNOWN_SESSION}"), 404)


def test_unknown_appeal_is_404(customer):
    problem(customer.get("/api/appeals/01890000-0000-7000-8000-000000000000"), 404)


# --- old addresses

def test_old_format_is_410_with_a_pointer(customer):
    body = problem(customer.post("/api/checkout/old-format", {}), 410)
    assert "create-session" in body["detail"]


def test_routes_answer_without_api_too(customer):
    problem(customer.post("/checkout/old-format", {}), 410)
    problem(customer.get(f"/checkout/session/{UNKNOWN_SESSION}"), 404)
    assert customer.get("/webhook/health").status_code == 200
    problem(customer.post("/webhook/stripe", data=b"{}"), 400)


def test_pages_are_served(customer):
    for path in ("/", "/success", "/cancelled"):
        answer = customer.get(path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
