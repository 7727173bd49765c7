"""A database is lost and comes back as it was at an earlier moment, by the steps of the runbook:
who was erased is erased again, money is what Stripe says, and every letter is mailed once.
"""

import re
from types import SimpleNamespace

import pytest

from e2e.customer import Customer
from e2e.history import become_history, kept, wait_until_forgotten
from e2e.operating import SETTINGS, Operator
from e2e.refunding import Cashier
from e2e.restoring import POSTGRES, Backups, overlay_settings
from harness import invariants, paths, virtual_time, waiting
from harness.template import DATABASE

SUITE = {"replicas": {"intake": 2}, "settings": SETTINGS, "postgres": POSTGRES,
         "sandbox": {"webhook-retry-ms": 200}}
CREATE = "lob.letters.create"
RUNBOOK = (paths.ROOT / "k8s" / "README.md").read_text(encoding="utf-8")
TEN_MINUTES = 601
# Those whose letters were accepted by the printer after the moment that is gone back to, by where
# they stood at it.
MAILED_LATER = ("queued", "posted", "unpaid", "unpaid_and_old")
GIVEN_BACK = ("refunded", "refunded_at_stripe")
LOST = ("lost", "lost_and_unmailed")


def query_with(table: str) -> str:
    """The one of the runbook that asks this table."""
    [query] = [query for query in re.findall(r"^```sql\n(.*?)^```$", RUNBOOK, re.M | re.S)
               if table in query]
    return query


class Story:
    """Orders before and after the moment, the loss, and the way back."""

    def __init__(self, suite, customer: Customer, sandbox):
        self.orders = {}
        self._suite = suite
        self._customer = customer
        self._sandbox = sandbox
        self._cashier = Cashier(suite, customer)
        self._operator = Operator(suite, customer)
        self._backups = Backups(suite)

    def until_the_moment(self) -> str:
        """The moment that will be gone back to."""
        self._mailed("erased_before", "erased_later", "in_the_backup")
        for name in ("erased_before", "erased_later"):
            become_history(self._suite, self.orders[name])
        self._backups.take()
        self._mailed("in_the_log")
        self._erase("erased_before")
        self._checked_out("unpaid", "unpaid_and_old", "posted")
        with self._sandbox.held(CREATE, "arrival") as held:
            self._pay("posted")
            held(1)
            # It does not live to see the printer accept the letter.
            self._suite.kill("fulfillment")
            self._work("off")
            self._checked_out("queued", "cancelled", *GIVEN_BACK)
            self._pay("queued", "cancelled", *GIVEN_BACK)
            for name in ("queued", "cancelled", *GIVEN_BACK):
                self._wait_for_letter(name, "queued")
            return self._backups.moment()

    def after_the_moment(self):
        self._erase("erased_later")
        assert self._cashier.refund(self.orders["refunded"]).status_code == 202
        self._cashier.wait_for_refund(self.orders["refunded"], "succeeded")
        self._sandbox.refund(self.orders["refunded_at_stripe"]["session_id"])
        assert self._operator.on_letter(self.orders["cancelled"], "cancel").status_code == 200
        for name in ("cancelled", *GIVEN_BACK):
            self._wait_for_letter(name, "cancelled")
        self._work("on")
        self._pay("unpaid", "unpaid_and_old")
        for name in MAILED_LATER:
            self._wait_for_letter(name, "mailed")
        self._mailed("lost")
        self._suite.kill("fulfillment")
        self._checked_out("lost_and_unmailed")
        self._pay("lost_and_unmailed")
        self._wait_for_payment("lost_and_unmailed", "paid")

    def lose_and_restore(self, moment: str):
        """Steps 1 to 4, and what is saved before."""
        self._done_by_operators = self._query(
            query_with("fulfillment.audit_log").replace("2026-11-30T12:00:00Z", moment))
        programs = [name for name in self._suite.running() if name != "sandbox"]
        for name in programs:
            self._suite.kill(name)
        self._backups.finish()
        self._backups.restore(moment)
        self.found = SimpleNamespace(
            breaches=invariants.breaches(self._suite.cluster),
            letters={name: self._letter(name) for name in self.orders},
            kept={name: kept(self._suite, self.orders[name])
                  for name in ("erased_before", "erased_later")})
        for (program, name), value in overlay_settings().items():
            self._suite.configure(program, **{name: value})
        self._suite.revive(*programs)
        waiting.until(lambda: self._customer.get("/health/ready").status_code == 200, seconds=20,
                      what="the gateway to find every service ready")

    def reconcile(self):
        """Steps 7 and 8: nothing is mailed before the letters know all that Stripe does, and what
        operators had done is done again.
        """
        waiting.until(lambda: not self._reconciled()["more"], seconds=60,
                      what="Stripe's list to be read")
        waiting.until(lambda: self._query("SELECT count(*) FROM payment.outbox") == [(0,)],
                      seconds=60, what="fulfillment to be told of everything")
        for _, _, action, payment_id, *_ in self._done_by_operators:
            if action == "cancel":
                answer = self._operator.on_letter({"payment_id": payment_id}, action)
                assert answer.status_code == 200, answer.text
        # One order's letter is late enough to be looked for; the key is what protects the other.
        virtual_time.age(self._suite.cluster, self.orders["unpaid_and_old"]["payment_id"],
                         TEN_MINUTES)
        self._work("on")
        for name in MAILED_LATER:
            self._wait_for_letter(name, "mailed")

    def _work(self, how: str):
        self._suite.configure("fulfillment", FSFT_WORKERS=how)
        if self._suite.program("fulfillment").alive():
            self._suite.restart("fulfillment")
        else:
            self._suite.revive("fulfillment")

    def _reconciled(self) -> dict:
        answer = self._operator.post("/api/admin/reconcile")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _checked_out(self, *names: str):
        self.orders |= {name: self._customer.check_out() for name in names}

    def _pay(self, *names: str):
        for name in names:
            self._customer.pay(self.orders[name]["session_id"])

    def _mailed(self, *names: str):
        self._checked_out(*names)
        self._pay(*names)
        for name in names:
            self._customer.wait_until_mailed(self.orders[name]["session_id"])

    def _erase(self, name: str):
        order = self.orders[name]
        answer = self._operator.post(f"/api/admin/intakes/{order['intake_id']}/erase")
        assert answer.status_code == 200, answer.text

    def _letter(self, name: str):
        found = self._operator.letter(self.orders[name], "state, lob_letter_id")
        return SimpleNamespace(state=found[0], printed=found[1]) if found else None

    def _wait_for_letter(self, name: str, state: str):
        def reached() -> bool:
            self._operator.end_pause(self.orders[name])
            return (letter := self._letter(name)) is not None and letter.state == state

        waiting.until(reached, seconds=45, interval=0.1, what=f"{name} to be {state}")

    def _wait_for_payment(self, name: str, state: str):
        waiting.until(lambda: self._query(
            "SELECT state FROM payment.payments WHERE payment_id = %s",
            self.orders[name]["payment_id"]) == [(state,)], seconds=30, what=f"{name}: {state}")

    def _query(self, sql: str, *values) -> list:
        return self._suite.cluster.query(sql, *values, database=DATABASE)


@pytest.fixture(scope="module", name="story")
def _story(suite, customer, sandbox):
    story = Story(suite, customer, sandbox)
    moment = story.until_the_moment()
    story.after_the_moment()
    story.lose_and_restore(moment)
    story.reconcile()
    return story


def posts(sandbox, order: dict) -> list:
    """Of the order's letter at the printer."""
    return sandbox.requests("lob", operation=CREATE,
                            **{"form[metadata][payment_id]": order["payment_id"]})


def unmatched(suite) -> set:
    """The payments that the runbook's query lists."""
    return {row[2] for row in suite.cluster.query(
        query_with("payment.unmatched_events"), role="fsft_readonly", database=DATABASE)}


def test_what_was_restored_is_whole_but_for_what_was_under_way(story):
    """By the invariants, in the words of the runbook."""
    step = RUNBOOK.partition("# 5. Is it whole?")[2].partition("readonly -f")[0]
    expected = [words.removesuffix("…") for words in re.findall('"([^"]+)"', step)]
    assert [rule for rule, _ in story.found.breaches
            if not rule.startswith(tuple(expected))] == []
    assert {which for _, which in story.found.breaches} <= {
        story.orders[name]["payment_id"] for name in ("posted", "queued", "cancelled", *GIVEN_BACK)}


def test_the_database_was_as_at_the_moment(story):
    found = story.found
    assert {name: letter and letter.state for name, letter in found.letters.items()} == {
        "erased_before": "mailed", "erased_later": "mailed", "in_the_backup": "mailed",
        "in_the_log": "mailed", "posted": "sending", "queued": "queued", "cancelled": "queued",
        "refunded": "queued",
        "refunded_at_stripe": "queued", "unpaid": None, "unpaid_and_old": None, "lost": None,
        "lost_and_unmailed": None}
    assert found.kept["erased_later"] == (True, True), "the backup brought the person back"


def test_who_was_erased_is_erased_again(suite, story):
    for name in ("erased_before", "erased_later"):
        wait_until_forgotten(suite, story.orders[name])


def test_a_letter_that_was_mailed_after_the_moment_is_found_and_not_mailed_again(
        suite, customer, sandbox, story):
    for name in MAILED_LATER:
        order = story.orders[name]
        [letter] = sandbox.letters(order["payment_id"])
        assert Operator(suite, customer).letter(order, "state, lob_letter_id") == (
            "mailed", letter["id"]), name
        assert customer.order(order["session_id"])["mailing_status"] == "mailed"


def test_a_letter_is_looked_for_once_its_order_is_old(sandbox, story):
    # The printer has a letter for a key once, and forgets the key after a day.
    assert len(posts(sandbox, story.orders["unpaid"])) == 2
    assert len(posts(sandbox, story.orders["unpaid_and_old"])) == 1


@pytest.mark.parametrize("name", GIVEN_BACK)
def test_whoever_had_their_money_back_is_not_mailed_a_letter(suite, customer, sandbox, story, name):
    order = story.orders[name]
    assert sandbox.letters(order["payment_id"]) == []
    assert Operator(suite, customer).letter(order, "state") == ("cancelled",)
    shown = customer.order(order["session_id"])
    assert (shown["refund_status"], shown["mailing_status"]) == ("full", "cancelled")


def test_what_an_operator_cancelled_after_the_moment_is_not_mailed(suite, customer, sandbox, story):
    order = story.orders["cancelled"]
    assert sandbox.letters(order["payment_id"]) == []
    assert Operator(suite, customer).letter(order, "state") == ("cancelled",)


@pytest.mark.parametrize("name", ["in_the_backup", "in_the_log", "erased_before", "erased_later",
                                  "cancelled", *MAILED_LATER, *GIVEN_BACK])
def test_money_is_what_stripe_says(suite, customer, sandbox, story, name):
    order = story.orders[name]
    session = sandbox.session(order["session_id"])
    assert session["payment_status"] == "paid"
    back = sum(refund["amount"] for refund in sandbox.refunds(order["session_id"])
               if refund["status"] == "succeeded")
    assert Cashier(suite, customer).money(order) == ("paid", back, 0, False, "none")
    assert suite.cluster.query(
        "SELECT amount_cents FROM payment.payments WHERE stripe_session_id = %s",
        order["session_id"], database=DATABASE) == [(session["amount_total"],)]


def test_what_is_lost_is_listed_and_lob_tells_who_has_a_letter(suite, customer, sandbox, story):
    assert unmatched(suite) == {story.orders[name]["payment_id"] for name in LOST}
    for name in LOST:
        assert customer.get(f"/api/checkout/session/{story.orders[name]['session_id']}"
                            ).status_code == 404
    assert [len(sandbox.live_letters(story.orders[name]["payment_id"])) for name in LOST] == [1, 0]


def test_orders_go_on_as_before(customer, sandbox, story):
    order = customer.mailed_order()
    assert len(sandbox.letters(order["payment_id"])) == 1
    assert order["payment_id"] not in {other["payment_id"] for other in story.orders.values()}
