"""Our keys at Stripe and Lob's secret are replaced while everything runs: nobody notices, nothing
is restarted.
"""

import os

import pytest

from e2e.customer import appeal
from harness import waiting
from harness.suite import Suite, fresh_directory
from harness.template import write_private

NEW_KEY = "sk_test_the_key_of_tomorrow"
NEW_SECRET = "whsec_the_secret_of_tomorrow"


@pytest.fixture(scope="module", name="suite")
def _suite():
    directory = fresh_directory("test_stripe_keys")
    files = {"FSFT_STRIPE_SECRET_KEY_FILE": directory / "stripe-secret-key",
             "FSFT_STRIPE_WEBHOOK_SECRETS_FILE": directory / "stripe-webhook-secrets",
             "FSFT_LOB_WEBHOOK_SECRETS_FILE": directory / "lob-webhook-secrets"}
    write_private(files["FSFT_STRIPE_WEBHOOK_SECRETS_FILE"], "whsec_the_secret_of_today\n")
    write_private(files["FSFT_LOB_WEBHOOK_SECRETS_FILE"], "lob_secret_of_today\n")
    with Suite(directory, settings={"FSFT_RATE_LIMITS": "off", **files}) as suite:
        yield suite


def replace(suite, name: str, text: str):
    """As an orchestrator does it: the new file is there all at once."""
    write_private(suite.directory / f"{name}.new", text + "\n")
    os.rename(suite.directory / f"{name}.new", suite.directory / name)


def test_a_new_api_key_is_used_and_a_key_of_the_other_mode_is_not(suite, sandbox, customer):
    customer.check_out()
    replace(suite, "stripe-secret-key", "sk_live_this_would_be_real_money")
    customer.check_out()
    replace(suite, "stripe-secret-key", NEW_KEY)
    sandbox.accept_only(NEW_KEY)
    # The file is looked at every second; until then Stripe refuses the old key.
    order = waiting.until(
        lambda: (answer := customer.post("/api/checkout/create-session", appeal())).status_code
        == 200 and answer.json(), seconds=20, interval=0.2, what="the new key")
    assert sandbox.session(order["session_id"])["status"] == "open"


def test_webhook_secrets_are_replaced_one_beside_the_other(suite, sandbox, customer):
    sandbox.set_webhook_secret("whsec_the_secret_of_today")
    replace(suite, "stripe-webhook-secrets", f"whsec_the_secret_of_today,{NEW_SECRET}")
    customer.mailed_order()
    sandbox.set_webhook_secret(NEW_SECRET)
    customer.mailed_order()
    replace(suite, "stripe-webhook-secrets", NEW_SECRET)
    customer.mailed_order()


def test_lobs_webhook_secret_is_replaced_in_the_same_way(suite, sandbox, customer):
    def moves(order: dict, event: str):
        (letter,) = sandbox.letters(order["payment_id"])
        sandbox.track_letter(letter["id"], event)
        waiting.until(lambda: customer.order(order["session_id"])["mailing_status"] == event,
                      seconds=30, interval=0.2, what=f"the letter to be {event}")

    sandbox.set_letter_webhook_secret("lob_secret_of_today")
    order = customer.mailed_order()
    replace(suite, "lob-webhook-secrets", "lob_secret_of_today,lob_secret_of_tomorrow")
    moves(order, "in_transit")
    sandbox.set_letter_webhook_secret("lob_secret_of_tomorrow")
    replace(suite, "lob-webhook-secrets", "lob_secret_of_tomorrow")
    moves(order, "delivered")
