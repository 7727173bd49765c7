"""Checkout as a client sees it who asks again: one order, one session, whatever happened before."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from e2e.customer import appeal, patiently
from e2e.watching import total
from harness import waiting
from harness.template import DATABASE

# Twins meet on different replicas.
SUITE = {"replicas": {"intake": 2, "payment": 2}, "settings": {"FSFT_RATE_LIMITS": "off"}}
CREATE = "stripe.sessions.create"
PATH = "/api/checkout/create-session"
# Any key will do for the sandbox: a test that looks behind Stripe's counter is no product of ours.
STRIPE_KEY = "sk_test_the_tests_own"
IDS = ("payment_id", "intake_id", "draft_id")


def ids(answer: requests.Response) -> tuple:
    """The ids of the order that an answer is about; those of a refusal too."""
    return tuple(answer.json()[name] for name in IDS)


def query(suite, sql: str, *values) -> list:
    return suite.cluster.query(sql, *values, database=DATABASE)


def payments(suite, draft_id: str) -> list:
    """The states of a draft's payments, oldest first."""
    return [state for state, in query(suite, "SELECT state FROM payment.payments "
                                      "WHERE draft_id = %s ORDER BY created_at", draft_id)]


def sessions(sandbox, payment_id: str) -> set:
    """The sessions that Stripe has for a payment."""
    answer = requests.get(f"{sandbox.url}/v1/checkout/sessions", params={"limit": 100}, timeout=30,
                          auth=(STRIPE_KEY, ""))
    answer.raise_for_status()
    return {session["id"] for session in answer.json()["data"]
            if session["client_reference_id"] == payment_id}


def expire(sandbox, session_id: str):
    """Closes a session at Stripe, which tells so by webhook."""
    answer = requests.post(f"{sandbox.url}/v1/checkout/sessions/{session_id}/expire", timeout=30,
                           auth=(STRIPE_KEY, ""))
    answer.raise_for_status()


def pay_another_amount(sandbox, session_id: str, amount: int):
    answer = requests.post(f"{sandbox.url}/sandbox/stripe/pay/{session_id}", timeout=30,
                           json={"deliver": False, "amount": amount})
    answer.raise_for_status()


def refused(answer: requests.Response, status: int, code: str) -> dict:
    """The problem that the answer is, checked."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    return answer.json()


@pytest.fixture(name="check_out")
def _check_out(customer):
    """Sends a body, perhaps under a key; answers the response, whatever it is."""
    def send(body: dict, key: str = None) -> requests.Response:
        return customer.post(PATH, body, headers={"Idempotency-Key": key} if key else {})
    return send


@pytest.fixture(name="expire_key")
def _expire_key(suite, check_out):
    """Lets the time to live of an order's request key pass."""
    def expire(order: dict):
        with suite.cluster.session(database=DATABASE) as cursor:
            cursor.execute("UPDATE intake.request_keys SET expires_at = now() WHERE draft_id = %s",
                           (order["draft_id"],))
            assert cursor.rowcount == 1
    return expire


@pytest.fixture(name="paid_order")
def _paid_order(suite, customer):
    """Makes and pays an order of a body; answers it when intake knows too that it is paid."""
    def make(body: dict) -> dict:
        order = customer.check_out(body)
        customer.pay(order["session_id"])
        waiting.until(lambda: query(suite, "SELECT paid_at FROM intake.intakes WHERE intake_id = "
                                    "%s AND paid_at IS NOT NULL", order["intake_id"]),
                      seconds=30, what="intake to hear of the payment")
        return order
    return make


def test_twins_get_the_same_order(suite, sandbox, check_out):
    body = appeal()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: check_out(body), range(8)))
    assert {answer.status_code for answer in answers} == {200}, [a.text for a in answers]
    assert len({answer.text for answer in answers}) == 1
    order = answers[0].json()
    assert payments(suite, order["draft_id"]) == ["pending"]
    assert sessions(sandbox, order["payment_id"]) == {order["session_id"]}


@contextlib.contextmanager
def nothing_is_stored(suite):
    """While intake's appeals wait for a lock."""
    with suite.cluster.session(database=DATABASE) as cursor:
        cursor.execute("BEGIN; LOCK TABLE intake.request_keys IN ACCESS EXCLUSIVE MODE")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def gathered_calls(suite) -> float:
    """How often intake has answered several appeals together."""
    return total(suite, "intake", "rpc_server_requests_total", code="OK",
                 method="fightsftickets.intake.v1.IntakeService/SubmitAppeals")


def test_customers_who_come_together_get_each_their_own_order(suite, sandbox, check_out):
    bodies = [appeal() for _ in range(24)]
    before = gathered_calls(suite)
    with ThreadPoolExecutor(len(bodies)) as pool:
        with nothing_is_stored(suite):
            asked = [pool.submit(check_out, body) for body in bodies]
            waiting.until(lambda: query(suite, "SELECT count(*) FROM pg_locks WHERE NOT granted "
                                        "HAVING count(*) >= 2"),
                          seconds=30, what="the first appeal and those that came after it")
        answers = [each.result() for each in asked]
    assert [answer.status_code for answer in answers] == [200] * len(bodies)
    orders = [answer.json() for answer in answers]
    assert [order["citation_number"] for order in orders] == [
        body["citation_number"] for body in bodies]
    assert len({ids(answer) for answer in answers}) == len(bodies)
    for order in orders:
        assert payments(suite, order["draft_id"]) == ["pending"]
        assert sessions(sandbox, order["payment_id"]) == {order["session_id"]}
    assert gathered_calls(suite) > before


def test_a_key_that_comes_with_another_body_is_refused(check_out):
    key = "a-key-of-the-clients-own-1"
    first = check_out(appeal(), key)
    assert first.status_code == 200
    refused(check_out(appeal(), key), 422, "idempotency_key_reused")


def test_a_repeat_is_answered_even_after_the_appeals_deadline(suite, check_out):
    body = appeal()
    first = check_out(body)
    change_deadline = ("UPDATE intake.authorities SET appeal_days = appeal_days %s 20 "
                       "WHERE city_id = 'us-ca-san_francisco'")

    def change(direction: str):
        with suite.cluster.session(database=DATABASE) as cursor:
            cursor.execute(change_deadline % direction)
        for replica in suite.names("intake"):
            suite.restart(replica)

    change("-")
    try:
        refused(patiently(lambda: check_out(appeal())), 422, "deadline_passed")
        again = check_out(body)
    finally:
        change("+")
    assert again.status_code == 200, again.text
    assert again.json() == first.json()


def test_an_answer_that_stripe_lost_is_found_again(sandbox, check_out):
    body = appeal()
    with sandbox.failing(CREATE, 500, point="answer", times=1):
        lost = check_out(body)
    refused(lost, 502, "stripe_unavailable")
    again = check_out(body)
    assert again.status_code == 200, again.text
    assert ids(again) == ids(lost)
    assert sessions(sandbox, again.json()["payment_id"]) == {again.json()["session_id"]}


def test_a_failure_that_stripe_replays_is_followed_by_a_new_payment(suite, customer, sandbox,
                                                                    check_out):
    body = appeal()
    with sandbox.failing(CREATE, 500, times=1):
        failed = check_out(body)
    refused(failed, 502, "stripe_unavailable")
    again = check_out(body)
    assert again.status_code == 200, again.text
    assert ids(again)[0] != ids(failed)[0] and ids(again)[1:] == ids(failed)[1:]
    assert payments(suite, again.json()["draft_id"]) == ["failed", "pending"]
    assert sessions(sandbox, failed.json()["payment_id"]) == set()

    customer.pay(again.json()["session_id"])
    customer.wait_until_mailed(again.json()["session_id"])
    assert len(sandbox.letters(again.json()["payment_id"])) == 1
    assert sandbox.letters(failed.json()["payment_id"]) == []


def test_a_repeat_waits_while_stripe_works_on_the_first_one(sandbox, check_out):
    body = appeal()
    with ThreadPoolExecutor() as pool, sandbox.held(CREATE, point="arrival", times=1) as wait:
        first = pool.submit(check_out, body)
        wait(1)
        busy = check_out(body)
        refused(busy, 503, "stripe_busy")
        assert busy.headers["Retry-After"] == "1"
        # Our own patience with Stripe ends while the answer is held.
        refused(first.result(), 502, "stripe_unavailable")
        assert ids(first.result()) == ids(busy)
    again = waiting.until(lambda: (answer := check_out(body)).status_code == 200 and answer,
                          seconds=20, what="Stripe to finish the first request")
    assert ids(again) == ids(busy)
    assert sessions(sandbox, again.json()["payment_id"]) == {again.json()["session_id"]}


def test_what_stripe_wants_us_to_wait_the_client_is_told(sandbox, check_out):
    body = appeal()
    with sandbox.failing(CREATE, 429, headers={"Retry-After": "7"}, stored=False, times=1):
        answer = check_out(body)
    refused(answer, 503, "stripe_busy")
    assert answer.headers["Retry-After"] == "7"
    assert ids(check_out(body)) == ids(answer)


def test_an_expired_session_is_followed_by_a_new_payment_for_the_same_draft(suite, sandbox,
                                                                            check_out):
    body = appeal()
    first = check_out(body).json()
    expire(sandbox, first["session_id"])
    waiting.until(lambda: payments(suite, first["draft_id"]) == ["expired"], seconds=20,
                  what="the webhook of the session's end")
    again = check_out(body).json()
    assert again["payment_id"] != first["payment_id"]
    assert again["session_id"] != first["session_id"]
    assert (again["intake_id"], again["draft_id"]) == (first["intake_id"], first["draft_id"])
    assert payments(suite, first["draft_id"]) == ["expired", "pending"]


def test_an_unpaid_order_is_forgotten_with_its_key(check_out, expire_key):
    body = appeal()
    first = check_out(body).json()
    expire_key(first)
    again = check_out(body)
    assert again.status_code == 200
    assert not set(ids(again)) & set(first.values())


@pytest.mark.parametrize("email", ["wilhelmina@example.com", ""])
def test_a_paid_order_is_not_taken_twice_whatever_the_age_of_its_key(check_out, paid_order,
                                                                     expire_key, email):
    body = appeal(user_email=email)
    order = paid_order(body)
    for comes_again in ("within its time", "after it"):
        answer = check_out(body)
        refused(answer, 409, "already_paid")
        assert ids(answer) == tuple(order[name] for name in IDS), comes_again
        if comes_again == "within its time":
            expire_key(order)


def test_a_second_letter_about_a_paid_citation_must_be_confirmed(check_out, paid_order):
    body = appeal()
    order = paid_order(body)
    other = {**body, "draft_text": body["draft_text"] + " I add a second thought."}
    refused(check_out(other), 409, "already_paid")
    confirmed = check_out({**other, "allow_duplicate": True})
    assert confirmed.status_code == 200, confirmed.text
    assert not set(ids(confirmed)) & set(order.values())


def test_money_in_review_keeps_the_draft_from_being_paid_again(suite, sandbox, check_out):
    body = appeal()
    order = check_out(body).json()
    pay_another_amount(sandbox, order["session_id"], 1)
    sandbox.deliver(sandbox.completed_events()[order["session_id"]])
    answer = check_out(body)
    refused(answer, 409, "in_review")
    assert ids(answer) == tuple(order[name] for name in IDS)
    assert payments(suite, order["draft_id"]) == ["review"]


def test_24_a_strangers_payment_neither_stops_the_owner_nor_is_told(check_out, paid_order):
    body = appeal(user_email="stranger@example.com")
    theirs = paid_order(body)
    answer = check_out({**body, "user_email": "owner@example.com"})
    assert answer.status_code == 200, answer.text
    assert not set(ids(answer)) & set(theirs.values())
