"""Operators have a person forgotten, here and in the stored letter; a restore changes nothing."""

import subprocess

import pytest
import requests

from harness import traces, waiting
from harness.suite import SERVICES
from harness.template import DATABASE
from e2e.customer import appeal
from e2e.history import become_history, kept, wait_until_forgotten

SUITE = {"settings": {"FSFT_WORK_POLL_SECONDS": 1}}

PERSON = {
    "user_name": "Ottoline Featherby-Quackenbush",
    "user_address_line1": "4711 Larkspur Hollow Terrace",
    "user_email": "ottoline.featherby@example.net",
    "citation_number": "947110815",
}


def as_operator(suite, path: str) -> requests.Response:
    return requests.post(suite.gateway_url + path, timeout=30,
                         headers={"Authorization": f"Bearer {suite.keys.admin_token}"})


def erase(suite, order: dict) -> requests.Response:
    return as_operator(suite, f"/api/admin/intakes/{order['intake_id']}/erase")


@pytest.fixture(scope="module", name="order")
def _order(customer):
    order = customer.check_out(appeal(**PERSON))
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    return order


@pytest.fixture(scope="module", name="backup")
def _backup(suite, order):
    """A backup from before the erasure, in which the order is history already."""
    refused = erase(suite, order)
    assert (refused.status_code, refused.json()["code"]) == (409, "order_in_progress")
    become_history(suite, order)
    path = suite.directory / "backup"
    subprocess.run(["pg_dump", "-Fc", "-f", path, suite.cluster.url("postgres")], check=True)
    return path


def test_an_erased_person_cannot_be_read_any_more(suite, customer, order, backup):
    assert customer.get(f"/api/appeals/{order['payment_id']}/letter.pdf",
                        order["access_token"]).status_code == 200
    answer = erase(suite, order)
    assert answer.status_code == 200, answer.text
    wait_until_forgotten(suite, order)
    for path in ("", "/letter.pdf"):
        assert customer.get(f"/api/appeals/{order['payment_id']}{path}",
                            order["access_token"]).status_code == 401
    # What is no personal data stays.
    assert customer.order(order["session_id"])["payment_status"] == "paid"


def test_erasing_twice_answers_as_the_first_time(suite, order, backup):
    first, again = erase(suite, order), erase(suite, order)
    assert again.status_code == 200 and again.json() == first.json()


def test_the_ledger_holds_ids_and_nothing_else(suite, order, backup):
    erase(suite, order)
    ledger = {path.name: path.read_bytes() for path in suite.ledger.iterdir()}
    assert order["intake_id"].encode() in b"".join(ledger.values())
    assert traces.find(PERSON, ledger) == []


def test_a_revoked_token_opens_nothing(suite, customer):
    order = customer.check_out()
    path = f"/api/appeals/{order['payment_id']}"
    assert customer.get(path, order["access_token"]).status_code == 200
    revoked = as_operator(suite, f"/api/admin/intakes/{order['intake_id']}/revoke-token")
    assert revoked.status_code == 200, revoked.text
    for url in (path, f"{path}/letter.pdf", f"/api/intakes/{order['intake_id']}"):
        assert customer.get(url, order["access_token"]).status_code == 401


def test_nobody_unknown_is_erased(suite):
    unknown = {"intake_id": "0193a000-0000-7000-8000-00000000dead"}
    for order in (unknown, {"intake_id": "nobody"}):
        answer = erase(suite, order)
        assert (answer.status_code, answer.json()["code"]) == (404, "intake_not_found")


def test_a_restored_backup_is_erased_again(suite, customer, order, backup):
    erase(suite, order)
    wait_until_forgotten(suite, order)
    for name in SERVICES:
        suite.kill(name)
    with suite.cluster.session("postgres", "postgres") as cursor:
        cursor.connection.autocommit = True
        cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE} OWNER fsft_owner")
    subprocess.run(["pg_restore", "-d", suite.cluster.url("postgres"), backup], check=True)
    assert kept(suite, order) == (True, True), "the backup brought the person back"
    suite.revive(*SERVICES)
    waiting.until(lambda: customer.get("/health/ready").status_code == 200, seconds=20,
                  what="the gateway to find every service ready")
    wait_until_forgotten(suite, order)
