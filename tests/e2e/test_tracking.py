"""Letters on their way: what Lob tells of them, late, twice, in any order or not at all."""

import itertools
import json
import uuid
from concurrent.futures import ThreadPoolExecutor

from e2e.customer import appeal
from e2e.watching import total
from harness import waiting
from harness.template import DATABASE

LEASE_SECONDS = 4

# Twins of a webhook meet on different replicas, and so do webhooks and looks.
SUITE = {
    "replicas": {"fulfillment": 2},
    "settings": {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1,
                 "FSFT_MAIL_LEASE_SECONDS": LEASE_SECONDS},
    "sandbox": {"webhook-retry-ms": 100},
}

WAY = ("mailed", "in_transit", "delivered")


def query(suite, sql: str, *values) -> list:
    return suite.cluster.query(sql, *values, database=DATABASE)


def as_owner(suite, sql: str, *values):
    with suite.cluster.session("fsft_owner", DATABASE) as cursor:
        cursor.execute(sql, values)


def letter(suite, payment_id: str, columns: str = "state"):
    """Its columns, or its column."""
    row, = query(suite, f"SELECT {columns} FROM fulfillment.letters WHERE payment_id = %s",
                 payment_id)
    return row if len(row) > 1 else row[0]


def trail(suite, payment_id: str) -> list:
    """The states of a letter in order, each time that it came to another one."""
    return [state for state, in query(
        suite, "SELECT to_state FROM fulfillment.audit_log WHERE payment_id = %s "
        "AND from_state IS DISTINCT FROM to_state ORDER BY version", payment_id)]


def wait_for_state(suite, payment_id: str, state: str, seconds: float = 60):
    waiting.until(lambda: letter(suite, payment_id) == state, seconds=seconds, interval=0.1,
                  what=f"the letter to be {state}")


def look_now(suite, payment_ids: list):
    """Lets the pauses of letters pass; what is due later than any lease ends is a pause."""
    as_owner(suite, "UPDATE fulfillment.letters SET next_at = now() "
             "WHERE payment_id = ANY (CAST(%s AS uuid[])) "
             "AND next_at > now() + make_interval(secs => %s)", payment_ids, LEASE_SECONDS + 1)


def never_look(suite, payment_ids: list):
    """Leaves letters to their webhooks."""
    as_owner(suite, "UPDATE fulfillment.letters SET next_at = now() + interval '1 day' "
             "WHERE payment_id = ANY (CAST(%s AS uuid[]))", payment_ids)


def buy_many(customer, count: int, **changes) -> list:
    """So many orders whose letters are at the printer; the answers of create-session."""
    with ThreadPoolExecutor(8) as pool:
        orders = list(pool.map(customer.check_out, [appeal(**changes) for _ in range(count)]))
        list(pool.map(lambda order: customer.pay(order["session_id"]), orders))
    for order in orders:
        customer.wait_until_mailed(order["session_id"])
    return orders


def letter_id(sandbox, order: dict) -> str:
    (printed,) = sandbox.letters(order["payment_id"])
    return printed["id"]


def travel(sandbox, order: dict, events=WAY) -> str:
    """The mail scans the order's letter; the letter's id."""
    printed = letter_id(sandbox, order)
    for event in events:
        sandbox.track_letter(printed, event)
    return printed


def appeal_of(customer, order: dict, token: bool = True) -> dict:
    answer = customer.get(f"/api/appeals/{order['payment_id']}",
                          order["access_token"] if token else None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def wait_for_customer(customer, order: dict, status: str) -> dict:
    """What the customer sees, once the news have reached payment."""
    return waiting.until(
        lambda: (seen := appeal_of(customer, order))["mailing_status"] == status and seen,
        seconds=45, what=f"the customer to see {status}")


def test_a_letter_is_followed_to_the_door(suite, customer, sandbox):
    order, = buy_many(customer, 1)
    before = total(suite, "fulfillment", "lob_events_total", outcome="processed")
    travel(sandbox, order)
    seen = wait_for_customer(customer, order, "delivered")
    assert [step["what"] for step in seen["timeline"]] == ["ordered", "paid", "mailed", "delivered"]
    assert seen["delivered_at"] and seen["expected_delivery"]
    wait_for_state(suite, order["payment_id"], "delivered")
    assert total(suite, "fulfillment", "lob_events_total", outcome="processed") > before
    session = customer.order(order["session_id"])
    assert (session["mailing_status"], session["expected_delivery"]) \
        == ("delivered", seen["expected_delivery"])


def test_events_in_every_order_and_twice_end_in_the_same_state(suite, customer, sandbox):
    orders_of_events = list(itertools.permutations(range(4)))
    with sandbox.letter_webhooks_dropped():
        orders = buy_many(customer, len(orders_of_events))
        never_look(suite, [order["payment_id"] for order in orders])
        printed = [travel(sandbox, order) for order in orders]

    def deliver(printed_id: str, way: tuple):
        events = sandbox.letter_events(printed_id)
        assert [event["type"] for event in events] \
            == ["letter.created", *(f"letter.{event}" for event in WAY)]
        for number in (*way, *reversed(way)):
            assert sandbox.deliver_letter_event(events[number]["id"])["status"] == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, printed, orders_of_events))
    for order, way in zip(orders, orders_of_events):
        assert letter(suite, order["payment_id"]) == "delivered", way
        states = trail(suite, order["payment_id"])
        assert len(states) == len(set(states)), way
        wait_for_customer(customer, order, "delivered")


def test_without_any_webhook_looks_follow_the_letter(suite, customer, sandbox):
    with sandbox.letter_webhooks_dropped():
        delivered, returned, failed = buy_many(customer, 3, appeal_type="certified")
        travel(sandbox, delivered, ("mailed", "in_transit"))
        look_now(suite, [delivered["payment_id"]])
        wait_for_state(suite, delivered["payment_id"], "in_transit")
        travel(sandbox, delivered, ("in_local_area", "delivered"))
        travel(sandbox, returned, ("in_transit", "returned_to_sender"))
        sandbox.fail_letter(letter_id(sandbox, failed))
        for order, end in ((delivered, "delivered"), (returned, "returned"),
                           (failed, "failed_at_printer")):
            look_now(suite, [order["payment_id"]])
            wait_for_state(suite, order["payment_id"], end)
    for order in (delivered, returned, failed):
        known = query(suite, "SELECT count(*) FROM fulfillment.lob_events WHERE payment_id = %s",
                      order["payment_id"])
        assert known == [(0,)], "no webhook has told"
    assert wait_for_customer(customer, delivered, "delivered")["delivered_at"]
    assert wait_for_customer(customer, returned, "returned")["returned_at"]
    wait_for_customer(customer, failed, "needs_attention")


def test_webhooks_and_looks_at_the_same_time_are_one_transition_each(suite, customer, sandbox):
    with sandbox.letter_webhooks_dropped():
        orders = buy_many(customer, 10)
        printed = [travel(sandbox, order) for order in orders]
    ids = [order["payment_id"] for order in orders]
    events = [event["id"] for one in printed for event in sandbox.letter_events(one)]
    look_now(suite, ids)
    # Of so many at once some may be turned away; Lob would deliver those again.
    assert set(sandbox.deliver_letter_events_together(events, copies=2)) <= {200, 503}
    for event in events:
        assert sandbox.deliver_letter_event(event)["status"] == 200
    for order in orders:
        wait_for_state(suite, order["payment_id"], "delivered")
        states = trail(suite, order["payment_id"])
        assert len(states) == len(set(states)), states
        assert len(sandbox.letters(order["payment_id"])) == 1


def test_an_event_before_the_answer_of_the_post_is_its_answer(suite, customer, sandbox):
    order = customer.check_out(appeal())
    with sandbox.held("lob.letters.create", "answer", payment_id=order["payment_id"]) as wait:
        customer.pay(order["session_id"])
        wait(1)
        wait_for_state(suite, order["payment_id"], "mailed")
        assert letter(suite, order["payment_id"], "lob_letter_id") == letter_id(sandbox, order)
    customer.wait_until_mailed(order["session_id"])
    look_now(suite, [order["payment_id"]])
    assert trail(suite, order["payment_id"]) == ["queued", "sending", "mailed"]
    assert len(sandbox.letters(order["payment_id"])) == 1


def test_a_tracking_number_that_comes_late_reaches_its_customer_only(suite, customer, sandbox):
    with sandbox.lob_behaving(late_tracking_numbers=True):
        order, = buy_many(customer, 1, appeal_type="certified")
    assert appeal_of(customer, order)["tracking_number"] is None
    printed = travel(sandbox, order, ("mailed",))
    number = next(one["tracking_number"] for one in sandbox.letters(order["payment_id"])
                  if one["id"] == printed)
    waiting.until(lambda: appeal_of(customer, order)["tracking_number"] == number, seconds=30,
                  what="the tracking number")
    assert number not in json.dumps(appeal_of(customer, order, token=False))
    assert letter(suite, order["payment_id"]) == "mailed"


def test_a_failure_is_seen_at_once_and_a_new_generation_is_another_letter(
        suite, customer, sandbox):
    order, = buy_many(customer, 1)
    first = letter_id(sandbox, order)
    sandbox.fail_letter(first)
    wait_for_customer(customer, order, "needs_attention")
    assert letter(suite, order["payment_id"], "state, reason") \
        == ("failed_at_printer", "printer_failed")
    anew = customer.post(f"/api/admin/fulfillments/{order['payment_id']}/new-generation", json={},
                         token=suite.keys.admin_token)
    assert anew.status_code == 200, anew.text
    wait_for_customer(customer, order, "mailed")
    # What is still told of the first one is not about the second one.
    for event in sandbox.letter_events(first):
        assert sandbox.deliver_letter_event(event["id"])["status"] == 200
    state, adopted = letter(suite, order["payment_id"], "state, lob_letter_id")
    assert (state, adopted != first) == ("mailed", True)


def nobodys_event() -> str:
    """The payload of a new event of a letter that is nobody's here."""
    return json.dumps({
        "id": f"evt_{uuid.uuid4().hex}", "object": "event", "reference_id": "ltr_nobodys",
        "event_type": {"id": "letter.delivered"}, "date_created": "2026-11-05T17:40:01.123Z",
        "body": {"id": "ltr_nobodys", "metadata": {}}})


def test_events_of_unknown_letters_are_stored_and_told_to_operators(suite, sandbox):
    before = total(suite, "fulfillment", "lob_events_total", outcome="unmatched")
    attempt = sandbox.deliver_letter_payload(nobodys_event())
    assert attempt["status"] == 200
    assert json.loads(attempt["answer"]) == {"status": "unmatched",
                                             "event_type": "letter.delivered"}
    assert total(suite, "fulfillment", "lob_events_total", outcome="unmatched") == before + 1


def test_what_lob_has_not_signed_is_refused(suite, customer, sandbox):
    order, = buy_many(customer, 1)
    never_look(suite, [order["payment_id"]])
    with sandbox.letter_webhooks_dropped():
        printed = travel(sandbox, order, ("delivered",))
    event = sandbox.letter_events(printed)[-1]["id"]
    for changes in ({"secret": "another"}, {"seconds_ago": 400}, {"seconds_ago": -400},
                    {"headers": {"Lob-Signature": "00" * 32}},
                    {"headers": {"Lob-Signature-Timestamp": "1790000000"}}):
        attempt = sandbox.deliver_letter_event(event, **changes)
        assert attempt["status"] == 400, changes
        assert json.loads(attempt["answer"])["code"] == "invalid_signature"
    answer = customer.post("/api/webhook/lob", data=b"x" * (1024 * 1024 + 1))
    assert answer.status_code == 413
    assert letter(suite, order["payment_id"]) == "mailed"
    # Old proxies take the first part of the path away.
    alias = sandbox.deliver_letter_event(event, url=f"{suite.gateway_url}/webhook/lob")
    assert (alias["status"], letter(suite, order["payment_id"])) == (200, "delivered")


def test_the_health_of_webhooks_has_lobs(customer, sandbox):
    assert sandbox.deliver_letter_payload(nobodys_event())["status"] == 200
    assert sandbox.deliver_letter_payload(nobodys_event(), secret="another")["status"] == 400

    def told():
        lob = customer.get("/api/webhook/health").json()["lob"]
        return lob["last_event_age_seconds"] is not None and lob["failures_last_hour"] > 0

    waiting.until(told, seconds=20, what="the health of Lob's webhooks")


def test_a_letter_that_nothing_is_heard_of_is_listed(suite, customer, sandbox):
    quiet, moving = buy_many(customer, 2)
    # A look would take up the scan of now, and the letter would be quiet no more.
    never_look(suite, [quiet["payment_id"]])
    travel(sandbox, quiet, ("in_transit",))
    wait_for_state(suite, quiet["payment_id"], "in_transit")
    as_owner(suite, "UPDATE fulfillment.letters SET mailed_at = now() - interval '20 days', "
             "moved_at = now() - interval '15 days' WHERE payment_id = %s", quiet["payment_id"])

    def listed(name: str) -> dict:
        answer = customer.get(f"/api/admin/fulfillments?list={name}&limit=100",
                              suite.keys.admin_token)
        assert answer.status_code == 200, answer.text
        return {one["payment_id"]: one for one in answer.json()["fulfillments"]}

    assert list(listed("stuck")) == [quiet["payment_id"]]
    assert listed("in_transit")[quiet["payment_id"]]["letter_id"] == letter_id(sandbox, quiet)
    assert moving["payment_id"] in listed("mailed")
    assert customer.get("/api/admin/fulfillments?list=stuck").status_code == 401
    assert customer.get("/api/admin/fulfillments?list=eaten",
                        suite.keys.admin_token).status_code == 422
    # Replicas count when they start, and then seldom.
    counting = suite.names("fulfillment")[0]
    suite.kill(counting)
    suite.revive(counting)
    waiting.until(lambda: total(suite, "fulfillment", "letters_stuck") >= 1, seconds=30,
                  what="the letter to be counted")
    travel(sandbox, quiet, ("delivered",))
    waiting.until(lambda: not listed("stuck"), seconds=30, what="the letter to be heard of")


def test_what_could_not_be_stored_is_delivered_again(suite, customer, sandbox):
    order, = buy_many(customer, 1)
    printed = letter_id(sandbox, order)
    never_look(suite, [order["payment_id"]])

    def refused() -> list:
        return [attempt["status"] for attempt in sandbox.webhooks("lob", type="letter.in_transit")
                if printed in attempt.get("payload", "")]

    suite.kill("postgres")
    try:
        sandbox.track_letter(printed, "in_transit")
        statuses = waiting.until(refused, seconds=30, what="the delivery to fail")
    finally:
        suite.revive("postgres")
    assert all(status is not None and status >= 500 for status in statuses), statuses
    wait_for_state(suite, order["payment_id"], "in_transit", seconds=90)
