"""Customers are written to: once of each kind, in the right words, and never in the way of mail."""

import datetime
import email
import email.policy
import itertools
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from e2e.customer import appeal
from e2e.history import become_history
from e2e.refunding import Cashier
from harness import virtual_time, waiting
from harness.template import DATABASE

# Two replicas: whatever is shown here is shown of both together.
SUITE = {"replicas": {"fulfillment": 2},
         "settings": {"FSFT_WORK_POLL_SECONDS": 1, "FSFT_MAIL_LEASE_SECONDS": 4,
                      "FSFT_EMAIL_FROM": "FightSFTickets <letters@fightsftickets.invalid>",
                      "FSFT_RATE_LIMITS": "off"}}
FULFILLMENTS = ("fulfillment", "fulfillment-2")
NOTICE = "We are not a law firm and give no legal advice."

_people = itertools.count(1)


class Post:
    """Orders of people with an address of their own each, and what they were written."""

    def __init__(self, suite, customer):
        self._suite = suite
        self._customer = customer

    def buy(self, **changes) -> dict:
        """A paid order; beside its ids the "email" that it is under."""
        address = f"person.{next(_people)}@example.com"
        order = self._customer.check_out(appeal(**{"user_email": address, **changes}))
        self._customer.pay(order["session_id"])
        return {**order, "email": address}

    def mailed(self) -> dict:
        order = self.buy()
        self._customer.wait_until_mailed(order["session_id"])
        return order

    def rows(self, order: dict) -> dict:
        """Kind -> state and reason."""
        return {kind: (state, reason) for kind, state, reason in self._suite.cluster.query(
            "SELECT kind, state, reason FROM fulfillment.notifications WHERE payment_id = %s",
            order["payment_id"], role="fsft_readonly", database=DATABASE)}

    def wait_for(self, order: dict, **wanted):
        """Waits until kinds have these states."""
        def reached() -> bool:
            rows = self.rows(order)
            return all(rows.get(kind, ("",))[0] == state for kind, state in wanted.items())

        waiting.until(reached, seconds=120, interval=0.1, what=f"emails to be {wanted}")

    def wait_for_attempts(self, order: dict):
        """Waits until each of its emails was tried in vain."""
        waiting.until(lambda: self._suite.cluster.query(
            "SELECT min(failures) > 0 FROM fulfillment.notifications WHERE payment_id = %s",
            order["payment_id"], database=DATABASE) == [(True,)],
            seconds=120, interval=0.1, what="attempts in vain")

    def stop(self):
        """An orderly stop of both replicas, long before a conversation's own time is over."""
        with ThreadPoolExecutor(2) as hands:
            list(hands.map(lambda name: self._suite.program(name).stop(seconds=60), FULFILLMENTS))

    def start(self):
        for name in FULFILLMENTS:
            self._suite.start_program(name)

    def sleep(self, *orders, hours: float):
        """Lets time pass for orders while nobody holds a lease that could end too early."""
        for name in FULFILLMENTS:
            self._suite.kill(name)
        for order in orders:
            virtual_time.age(self._suite.cluster, order["payment_id"], int(hours * 3600))
        self._suite.revive(*FULFILLMENTS)


@pytest.fixture(name="paused")
def _paused(suite, customer):
    """Letters wait, so that an order's only email is the one of its payment, until it is called."""
    cashier = Cashier(suite, customer)
    cashier.pause_mailing()
    yield cashier.resume_mailing
    cashier.resume_mailing()


@pytest.fixture(scope="module", name="post")
def _post(suite, customer):
    return Post(suite, customer)


def kinds(mails: list) -> Counter:
    """How often each kind was sent, by the Message-IDs."""
    return Counter(re.fullmatch(r"<[0-9a-f-]{36}\.(\w+)@fightsftickets\.invalid>",
                                mail["message_id"])[1] for mail in mails)


def read(mail: dict) -> email.message.EmailMessage:
    """As Python's library reads what came over the wire; it knows of no defect."""
    message = email.message_from_bytes(mail["raw"].encode(), policy=email.policy.SMTP)
    assert [part.defects for part in message.walk()] == [[]] * 3
    assert not any(message[name].defects for name in message.keys())
    return message


def bodies(message: email.message.EmailMessage) -> tuple:
    """The text, and the HTML as a person sees it."""
    html = message.get_body(("html",)).get_content()
    seen = re.sub(r"<head>.*?</head>|<[^>]+>", " ", html, flags=re.S)
    return message.get_body(("plain",)).get_content(), " ".join(seen.split()), html


def test_an_order_is_told_of_its_payment_and_its_letter(post, sandbox):
    order = post.mailed()
    post.wait_for(order, paid="sent", mailed="sent")
    mails = sandbox.emails(order["email"])
    assert kinds(mails) == {"paid": 1, "mailed": 1}
    for mail in mails:
        message = read(mail)
        assert message.get_content_type() == "multipart/alternative"
        assert (mail["from"], mail["to"]) == ("letters@fightsftickets.invalid", order["email"])
        assert message["From"] == "FightSFTickets <letters@fightsftickets.invalid>"
        assert message["To"] == order["email"]
        assert message["Message-ID"].startswith(f"<{order['payment_id']}.")
        age = datetime.datetime.now(datetime.timezone.utc) - message["Date"].datetime
        assert abs(age) < datetime.timedelta(minutes=10)
        text, seen, _ = bodies(message)
        assert NOTICE in text and NOTICE in seen
        # What the sandbox shows is what it says.
        assert (mail["subject"], mail["text"]) == (message["Subject"], text.replace("\r\n", "\n"))


def test_both_forms_of_an_email_say_the_same_and_fetch_nothing(post, sandbox):
    order = post.mailed()
    post.wait_for(order, paid="sent", mailed="sent")
    for mail in sandbox.emails(order["email"]):
        message = read(mail)
        text, seen, html = bodies(message)
        for paragraph in text.split("\r\n\r\n")[:-2]:
            assert paragraph in seen
        assert re.findall(r"https?://[^\"\s<]+", html) == re.findall(r"https?://\S+", text)
        assert not re.search(r"src=|<img|<link|<script|url\(|@import", html)
    (paid,) = sandbox.emails(order["email"], "paid")
    assert "We have received your payment of $9.89." in paid["text"]
    (mailed,) = sandbox.emails(order["email"], "mailed")
    assert "We have handed your appeal letter to the mail." in mailed["text"]
    assert re.search(r"It is expected to arrive by [A-Z][a-z]+ \d{1,2}, 20\d\d\.", mailed["text"])


def test_its_link_shows_the_order_and_nothing_of_the_person(post, customer, sandbox):
    order = post.mailed()
    post.wait_for(order, mailed="sent")
    (mail,) = sandbox.emails(order["email"], "mailed")
    (link,) = re.findall(r"https?://\S+", mail["text"])
    assert link == f"{customer.url}/success?payment_id={order['payment_id']}"
    page = requests.get(link, timeout=20)
    assert page.status_code == 200 and "status.js" in page.text
    # What the page asks for.
    shown = customer.get(f"/api/appeals/{order['payment_id']}").json()
    assert (shown["payment_status"], shown["mailing_status"]) == ("paid", "mailed")
    assert not {"citation_number", "tracking_number", "agency", "timeline"} & shown.keys()
    for secret in ("Quackenbush", order["citation_number"], order["access_token"]):
        assert secret not in mail["raw"] and secret not in str(shown)


def test_money_that_goes_back_is_told_once(suite, customer, post, sandbox, paused):
    cashier = Cashier(suite, customer)
    order, other = post.buy(), post.buy()
    for each in (order, other):
        post.wait_for(each, paid="sent")
    assert cashier.refund(order).status_code == 202
    post.wait_for(order, refunded="sent")
    assert cashier.refund(other, amount_cents=300).status_code == 202
    post.wait_for(other, refunded="sent")
    paused()
    (whole,) = sandbox.emails(order["email"], "refunded")
    assert "We have given back your payment of $9.89." in whole["text"]
    assert "No letter will be mailed for this order." in whole["text"]
    (part,) = sandbox.emails(other["email"], "refunded")
    assert "We have given back $3.00 of your payment of $9.89." in part["text"]
    assert "No letter" not in part["text"]
    post.wait_for(other, mailed="sent")
    assert kinds(sandbox.emails(order["email"])) == {"paid": 1, "refunded": 1}
    assert kinds(sandbox.emails(other["email"])) == {"paid": 1, "refunded": 1, "mailed": 1}


def test_a_letter_that_cannot_be_mailed_is_told(post, sandbox):
    with sandbox.failing("lob.letters.create", 422, times=1):
        order = post.buy()
        post.wait_for(order, failed="sent")
    (mail,) = sandbox.emails(order["email"], "failed")
    assert "A person is looking at your order" in mail["text"]
    assert "mailed" not in kinds(sandbox.emails(order["email"]))


def test_while_the_mail_server_is_down_letters_are_mailed_and_emails_follow_once_each(
        customer, post, sandbox):
    with sandbox.mail_trouble("connect", drop=True):
        orders = [post.buy() for _ in range(3)]
        for order in orders:
            customer.wait_until_mailed(order["session_id"])
        for _ in range(3):
            post.sleep(*orders, hours=1 / 3)
        for order in orders:
            post.wait_for_attempts(order)
            assert {state for state, _ in post.rows(order).values()} == {"pending"}
            assert sandbox.emails(order["email"]) == []
    post.sleep(*orders, hours=1)
    for order in orders:
        post.wait_for(order, paid="sent", mailed="sent")
        assert kinds(sandbox.emails(order["email"])) == {"paid": 1, "mailed": 1}


def test_a_receiver_that_is_refused_for_good_is_left_alone(post, sandbox, customer):
    with sandbox.mail_trouble("rcpt", fail_status=550):
        order = post.mailed()
        post.wait_for(order, paid="failed", mailed="failed")
    assert post.rows(order)["paid"] == ("failed", "smtp_550")
    post.sleep(order, hours=24)
    assert sandbox.emails(order["email"]) == []
    assert customer.order(order["session_id"])["mailing_status"] == "mailed"


def test_a_receiver_that_is_refused_for_now_is_written_to_later(post, sandbox):
    with sandbox.mail_trouble("rcpt", fail_status=451, times=2):
        order = post.mailed()
        waiting.until(lambda: [row for row in post.rows(order).values()
                               if row == ("pending", "smtp_451")],
                      seconds=60, interval=0.1, what="a refusal")
        post.wait_for(order, paid="sent", mailed="sent")
    assert kinds(sandbox.emails(order["email"])) == {"paid": 1, "mailed": 1}


def test_only_an_acknowledgement_that_got_lost_makes_a_second_copy(post, sandbox, paused):
    with sandbox.mail_trouble("data", drop=True, point="answer", times=1):
        order = post.buy()
        waiting.until(lambda: post.rows(order).get("paid") == ("pending", "smtp_broken_off"),
                      seconds=60, interval=0.1, what="the sender to doubt")
        assert kinds(sandbox.emails(order["email"])) == {"paid": 1}
    paused()
    post.wait_for(order, paid="sent", mailed="sent")
    mails = sandbox.emails(order["email"])
    assert kinds(mails) == {"paid": 2, "mailed": 1}
    # Whoever receives both can tell.
    assert len({mail["message_id"] for mail in mails}) == 2


def test_a_sender_that_dies_before_it_knows_makes_a_second_copy_with_the_same_id(
        suite, post, sandbox, paused):
    with sandbox.mail_trouble("data", hold=True, point="answer", times=1) as wait_until_held:
        order = post.buy()
        wait_until_held()
        for name in FULFILLMENTS:
            suite.kill(name)
        (taken,) = sandbox.emails(order["email"])
        assert post.rows(order) == {"paid": ("pending", "")}
    # Nobody else sends it before the lease of the dead has ended.
    post.sleep(order, hours=1)
    paused()
    post.wait_for(order, paid="sent", mailed="sent")
    mails = sandbox.emails(order["email"])
    assert kinds(mails) == {"paid": 2, "mailed": 1}
    assert [mail["message_id"] for mail in mails].count(taken["message_id"]) == 2


def test_a_stop_does_not_wait_for_a_mail_server_and_another_replica_sends_it_once(
        suite, post, sandbox, paused):
    with sandbox.mail_trouble("rcpt", hold=True, point="arrival", times=1) as wait_until_held:
        order = post.buy()
        wait_until_held()
        post.stop()
        assert post.rows(order) == {"paid": ("pending", "")}
        # Nobody has it, and it waits for nothing.
        assert suite.cluster.query(
            "SELECT next_at <= now(), failures FROM fulfillment.notifications "
            "WHERE payment_id = %s", order["payment_id"], database=DATABASE) == [(True, 0)]
        assert sandbox.emails(order["email"]) == []
        post.start()
        post.wait_for(order, paid="sent")
    paused()
    post.wait_for(order, mailed="sent")
    assert kinds(sandbox.emails(order["email"])) == {"paid": 1, "mailed": 1}


def test_a_stop_gives_a_mail_server_that_has_an_email_time_to_say_so(post, sandbox, paused):
    with sandbox.mail_trouble("data", hold=True, point="answer", times=1) as wait_until_held:
        order = post.buy()
        wait_until_held()
        # It does not say so in time.
        post.stop()
        assert post.rows(order) == {"paid": ("pending", "smtp_broken_off")}
    post.start()
    post.sleep(order, hours=1)
    paused()
    post.wait_for(order, paid="sent", mailed="sent")
    mails = sandbox.emails(order["email"])
    assert kinds(mails) == {"paid": 2, "mailed": 1}
    assert len({mail["message_id"] for mail in mails}) == 2


def test_two_replicas_send_each_email_once(customer, post, sandbox):
    with ThreadPoolExecutor(5) as people:
        orders = list(people.map(lambda _: post.buy(), range(15)))
    for order in orders:
        customer.wait_until_mailed(order["session_id"])
    for order in orders:
        post.wait_for(order, paid="sent", mailed="sent")
        assert kinds(sandbox.emails(order["email"])) == {"paid": 1, "mailed": 1}


def test_who_has_given_no_address_is_not_written_to(customer, post):
    order = post.buy(user_email="")
    customer.wait_until_mailed(order["session_id"])
    post.wait_for(order, paid="skipped", mailed="skipped")
    assert set(post.rows(order).values()) == {("skipped", "no_address")}


def test_an_address_that_plain_mail_cannot_reach_is_skipped(customer, post):
    order = post.buy(user_email="jürgen@example.com")
    customer.wait_until_mailed(order["session_id"])
    post.wait_for(order, paid="skipped", mailed="skipped")
    assert set(post.rows(order).values()) == {("skipped", "unusable_address")}


def test_who_was_forgotten_is_not_written_to(suite, customer, post, sandbox):
    with sandbox.mail_trouble("connect", drop=True):
        order = post.mailed()
        become_history(suite, order)
        answer = customer.post(f"/api/admin/intakes/{order['intake_id']}/erase",
                               token=suite.keys.admin_token)
        assert answer.status_code == 200, answer.text
        assert {state for state, _ in post.rows(order).values()} == {"pending"}
    post.sleep(order, hours=1)
    post.wait_for(order, paid="skipped", mailed="skipped")
    assert set(post.rows(order).values()) == {("skipped", "contact_gone")}
    assert sandbox.emails(order["email"]) == []


def test_what_is_no_news_any_more_is_not_sent(post, sandbox):
    with sandbox.mail_trouble("connect", drop=True):
        order = post.mailed()
        post.sleep(order, hours=7 * 24 + 1)
    post.wait_for(order, paid="skipped", mailed="skipped")
    assert set(post.rows(order).values()) == {("skipped", "too_old")}
    assert sandbox.emails(order["email"]) == []


def test_the_metrics_count_what_was_sent_and_how_long_it_waits(suite, post):
    order = post.mailed()
    post.wait_for(order, paid="sent", mailed="sent")

    def counted() -> bool:
        ports = [suite.port(name, "ops") for name in FULFILLMENTS]
        texts = [requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
                 for port in ports]
        assert all("notification_oldest_age_seconds " in text for text in texts)
        return any(float(re.search(r'^notifications_total{kind="mailed",outcome="sent"} (\S+)$',
                                   text, re.M)[1]) for text in texts)

    # It is counted after it was written down.
    waiting.until(counted, seconds=30, interval=0.1, what="the email to be counted")


# The last one: it changes how the suite is configured.
def test_without_a_mail_server_nothing_is_sent_and_nothing_piles_up(suite, customer, post, sandbox):
    for name in FULFILLMENTS:
        suite.reconfigure(name, FSFT_SMTP_URL=None)
    order = post.mailed()
    post.wait_for(order, paid="skipped", mailed="skipped")
    assert set(post.rows(order).values()) == {("skipped", "no_server")}
    assert sandbox.emails(order["email"]) == []
    log = suite.log("fulfillment").read_text(encoding="utf-8")
    assert "customers get no email: FSFT_SMTP_URL is not set" in log
