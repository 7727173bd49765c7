"""Our API key at Lob is replaced while letters go out: none is lost, and none goes out twice."""

import os

import pytest
import requests

from e2e.operating import SETTINGS, Operator, bought
from harness import invariants, waiting
from harness.suite import Suite, fresh_directory
from harness.template import write_private

OLD_KEY = "test_the_key_of_today"
NEW_KEY = "test_the_key_of_tomorrow"
KEY_FILE = "lob-api-key-file"


@pytest.fixture(scope="module", name="suite")
def _suite():
    directory = fresh_directory("test_lob_keys")
    write_private(directory / KEY_FILE, OLD_KEY + "\n")
    settings = {**SETTINGS, "FSFT_LOB_API_KEY_FILE": directory / KEY_FILE}
    with Suite(directory, replicas={"fulfillment": 2}, settings=settings) as suite:
        yield suite
        invariants.check(suite.cluster)


@pytest.fixture(scope="module", name="operator")
def _operator(suite, customer):
    return Operator(suite, customer)


def replace(suite, key: str):
    """As an orchestrator does it: the new file is there all at once."""
    write_private(suite.directory / f"{KEY_FILE}.new", key + "\n")
    os.rename(suite.directory / f"{KEY_FILE}.new", suite.directory / KEY_FILE)


def stale(suite) -> float:
    """How many replicas cannot use their file."""
    lines = [line for replica in suite.names("fulfillment") for line in requests.get(
        f"http://127.0.0.1:{suite.port(replica, 'ops')}/metrics", timeout=10).text.splitlines()]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines
               if line.startswith("secret_file_stale") and "FSFT_LOB_API_KEY" in line)


def mailed_once(customer, sandbox, operator, order: dict):
    waiting.until(lambda: operator.end_pause(order) or operator.letter(order) == ("mailed", ""),
                  seconds=60, interval=0.2, what="the letter to be mailed")
    customer.wait_until_mailed(order["session_id"])
    assert len(sandbox.letters(order["payment_id"])) == 1


def test_a_key_of_the_other_mode_is_not_used(suite, customer, sandbox, operator):
    sandbox.accept_only_at_lob(OLD_KEY)
    mailed_once(customer, sandbox, operator, bought(customer))
    replace(suite, "live_this_would_print_letters")
    order = bought(customer)
    mailed_once(customer, sandbox, operator, order)
    waiting.until(lambda: stale(suite) == 2, seconds=30, interval=0.2,
                  what="both replicas to say that the file is not right")
    mailed_once(customer, sandbox, operator, bought(customer))
    assert operator.letter(order, "livemode") == (False,)
    replace(suite, OLD_KEY)
    waiting.until(lambda: stale(suite) == 0, seconds=30, interval=0.2, what="the file to be right")


def test_while_the_key_is_replaced_no_letter_is_lost_or_doubled(
        suite, customer, sandbox, operator):
    # One is in flight under the old key, and nothing tells what became of it.
    unsure = customer.check_out()
    with sandbox.letter_webhooks_dropped(), \
            sandbox.held("lob.letters.create", "answer", payment_id=unsure["payment_id"]) as wait:
        customer.pay(unsure["session_id"])
        wait(1)
        sandbox.accept_only_at_lob(NEW_KEY)
        refused = [bought(customer) for _ in range(3)]
        waiting.until(lambda: operator.mail_part() == "paused", seconds=30,
                      what="mailing to see that the old key is refused")
        waiting.until(lambda: operator.letter(unsure, "unsure_since IS NOT NULL") == (True,),
                      seconds=30, what="the letter in flight to be in doubt")
        replace(suite, NEW_KEY)
        waiting.until(lambda: operator.mail_part() == "test", seconds=30,
                      what="mailing to go on with the new key, and without an operator")
        later = [bought(customer) for _ in range(2)]
        for order in (*refused, *later):
            mailed_once(customer, sandbox, operator, order)
    mailed_once(customer, sandbox, operator, unsure)
    for order in (unsure, *refused, *later):
        assert len(sandbox.live_letters(order["payment_id"])) == 1
