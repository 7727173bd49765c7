"""Personal data goes when its time is over: off, counted only, and for real."""

import re

import pytest
import requests

from e2e.customer import appeal
from e2e.history import become_history, kept, tell, wait_until_forgotten
from e2e.intakes import Intake, person
from harness import traces, waiting
from harness.template import DATABASE

SUITE = {"settings": {"FSFT_WORK_POLL_SECONDS": 1, "FSFT_RETENTION": "off"}}

PERSON = {
    "user_name": "Philippa Wrenfield-Oakes",
    "user_address_line1": "9042 Juniper Crossing Lane",
    "user_email": "philippa.oakes@example.net",
    "citation_number": "938220417",
}


def metrics(suite, name: str) -> str:
    return requests.get(f"http://127.0.0.1:{suite.port(name, 'ops')}/metrics", timeout=10).text


def figure(suite, program: str, name: str, kind: str):
    """A metric of retention's; None while it is not there."""
    found = re.search(rf'^{name}{{kind="{kind}"}} (\S+)$', metrics(suite, program), re.MULTILINE)
    return found and float(found.group(1))


def age_intake(suite, intake_id: str, days: int):
    """As if nothing had happened to an intake for so many days, but for what came before."""
    suite.cluster.query(
        "UPDATE intake.intakes SET created_at = created_at - make_interval(days => %s), "
        "updated_at = updated_at - make_interval(days => %s), "
        "submitted_at = submitted_at - make_interval(days => %s), "
        "erasable_from = erasable_from - make_interval(days => %s) "
        "WHERE intake_id = %s RETURNING 1", *[days] * 4, intake_id, database=DATABASE)


def age_order(suite, order: dict, days: int):
    """As if all of an order had been so many days earlier, in every service."""
    age_intake(suite, order["intake_id"], days)
    columns = {"payment.payments": ("created_at", "updated_at", "paid_at", "mailed_at"),
               "payment.stripe_events": ("received_at",),
               "fulfillment.letters": ("created_at", "paid_at", "mailed_at")}
    for table, times in columns.items():
        earlier = ", ".join(f"{time} = {time} - interval '{days} days'" for time in times)
        suite.cluster.query(f"UPDATE {table} SET {earlier} WHERE payment_id = %s RETURNING 1",
                            order["payment_id"], database=DATABASE)


def rows(suite, table: str, order: dict) -> int:
    key = "intake_id" if table.startswith("intake.") else "payment_id"
    return suite.cluster.query(f"SELECT count(*) FROM {table} WHERE {key} = %s", order[key],
                               database=DATABASE)[0][0]


def wait_until_told(suite, order: dict):
    """A row stays for as long as a neighbour is to be told of it, and news make it young again."""
    waiting.until(lambda: suite.cluster.query(
        "SELECT NOT EXISTS (SELECT FROM fulfillment.outbox WHERE payment_id = %s) "
        "AND NOT EXISTS (SELECT FROM payment.outbox WHERE payment_id = %s)",
        order["payment_id"], order["payment_id"], database=DATABASE)[0][0], seconds=30,
        what="everybody to be told")


def wait_until_gone(suite, table: str, order: dict):
    """Has the service of a table look for what is over, which it does when it starts."""
    wait_until_told(suite, order)
    suite.reconfigure(table.split(".", maxsplit=1)[0], FSFT_RETENTION="on")
    waiting.until(lambda: rows(suite, table, order) == 0, seconds=30, what=f"the end of {table}")


def readable(suite, intake_id: str) -> bool:
    return suite.cluster.query("SELECT data_key IS NOT NULL FROM intake.intakes "
                               "WHERE intake_id = %s", intake_id, database=DATABASE)[0][0]


@pytest.fixture(scope="module", name="order")
def _order(suite, customer):
    """Mailed, and history for more than three years."""
    order = customer.check_out(appeal(**PERSON))
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    become_history(suite, order)
    wait_until_told(suite, order)
    age_intake(suite, order["intake_id"], 1096)
    return order


@pytest.fixture(scope="module", name="unpaid")
def _unpaid(suite, customer):
    """The ids of a draft and of an appeal that was never paid for, left alone for 91 days."""
    ids = [Intake(customer, person()).id, customer.check_out()["intake_id"]]
    for intake_id in ids:
        age_intake(suite, intake_id, 91)
    return ids


@pytest.fixture(scope="module", name="young")
def _young(suite, customer):
    """A draft of 89 days."""
    intake = Intake(customer, person())
    age_intake(suite, intake.id, 89)
    return intake


def test_off_nobody_even_looks(suite, order, unpaid, young):
    suite.restart("intake")
    assert "retention_" not in metrics(suite, "intake")
    assert kept(suite, order) == (True, True)


def test_a_dry_run_counts_and_changes_nothing(suite, order, unpaid, young):
    suite.reconfigure("intake", FSFT_RETENTION="dry-run")
    for kind, count in (("unpaid", 2), ("appeals", 1)):
        waiting.until(lambda: figure(suite, "intake", "retention_due", kind) == count, seconds=30,
                      what=f"{count} {kind} to be counted")
        assert figure(suite, "intake", "retention_settled_total", kind) == 0
    assert kept(suite, order) == (True, True)
    assert all(readable(suite, intake_id) for intake_id in [*unpaid, young.id])


def test_the_person_goes_and_the_stored_letter_with_them(suite, customer, order, unpaid, young):
    letter = f"/api/appeals/{order['payment_id']}/letter.pdf"
    assert customer.get_patiently(letter, order["access_token"]).status_code == 200
    suite.reconfigure("intake", FSFT_RETENTION="on")
    wait_until_forgotten(suite, order)
    waiting.until(lambda: not any(readable(suite, intake_id) for intake_id in unpaid), seconds=30,
                  what="what nobody paid for to be forgotten")
    assert customer.get_patiently(letter, order["access_token"]).status_code == 401
    assert customer.get_patiently(f"/api/intakes/{young.id}", young.token).status_code == 200
    # What is no personal data stays.
    assert customer.order(order["session_id"])["payment_status"] == "paid"
    assert figure(suite, "intake", "retention_settled_total", "unpaid") == 2


def test_its_log_tells_counts_and_nobody(suite, order):
    log = suite.log("intake").read_bytes()
    assert b'"kind":"appeals"' in log
    assert order["intake_id"].encode() not in log
    assert traces.find(PERSON, {"log": log}) == []


def test_in_the_end_the_rows_go_and_nothing_comes_back(suite, customer, sandbox, order):
    wait_until_forgotten(suite, order)
    wait_until_told(suite, order)
    age_order(suite, order, 2800)
    wait_until_gone(suite, "fulfillment.letters", order)
    assert rows(suite, "payment.payments", order) == 1

    # Payment wants the letter, as it always did, and says so once more.
    tell(suite, order, "fulfillment")
    wait_until_told(suite, order)
    assert rows(suite, "fulfillment.letters", order) == 0

    wait_until_gone(suite, "payment.payments", order)
    assert rows(suite, "intake.drafts", order) == 1
    wait_until_gone(suite, "intake.intakes", order)
    assert rows(suite, "intake.drafts", order) == 0
    assert suite.cluster.query(
        "SELECT count(*) FROM payment.stripe_events WHERE payment_id = %s AND "
        "num_nonnulls(session_id, payment_intent) > 0", order["payment_id"],
        database=DATABASE) == [(0,)]

    # Stripe tells of money that goes back for an order that is no more.
    sandbox.refund(order["session_id"])
    waiting.until(lambda: suite.cluster.query(
        "SELECT FROM payment.stripe_events WHERE type = 'charge.refunded' "
        "AND outcome = 'unmatched'", database=DATABASE), seconds=30, what="the late event")
    assert rows(suite, "payment.payments", order) == rows(suite, "payment.outbox", order) == 0
    assert len(sandbox.letters(order["payment_id"])) == 1
    waiting.until(lambda: customer.get(f"/api/appeals/{order['payment_id']}").status_code == 404,
                  seconds=30, what="nobody to know of the order")
