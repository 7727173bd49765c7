"""What is measured: how a request looks, the same work by SQL alone, and what is stored then."""

import hashlib
import hmac
import json
import time

from bench import stored
from bench.statements import Statements
from e2e.customer import Customer, appeal
from harness.sandbox import Sandbox
from harness.template import DATABASE

CHECKOUT = "/api/checkout/create-session"
WEBHOOK = "/api/webhook/stripe"


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """One HTTP request, to the last byte."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1",
             *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def checkouts(numbers):
    """Requests to check out, each with a citation and a customer of its own, by number."""
    template = appeal()
    for number in numbers:
        changes = {"citation_number": str(900_000_000 + number % 100_000_000),
                   "user_email": f"customer{number}@example.com"}
        yield request("POST", CHECKOUT, json.dumps({**template, **changes}).encode())


class Scenario:
    """A kind of request."""
    name = ""
    rate = 0  # more than are served in a second, or done by SQL alone
    connections = 32  # where it is judged
    again = False  # the requests may be sent more than once

    def __init__(self, suite, orders: stored.Stored, statements: Statements):
        self._cluster = suite.cluster
        self._secret = suite.keys.stripe_webhook_secret
        self._orders = orders
        self._statements = statements

    def requests(self, count: int) -> list:
        raise NotImplementedError

    def script(self, clients: int, count: int) -> tuple:
        """For pgbench: the script, and the variables that it begins with."""
        raise NotImplementedError

    def done(self) -> int:
        """How many requests have left what they should, all in all."""
        raise NotImplementedError

    def _count(self, sql: str) -> int:
        return self._cluster.query(sql, database=DATABASE)[0][0]


class Checkout(Scenario):
    name = "checkout"
    rate = 4000

    def __init__(self, *parts):
        super().__init__(*parts)
        self._number = 100_000_000
        self._lengths = stored.Lengths(self._cluster)
        self._script_base = 1 << 40

    def requests(self, count: int) -> list:
        numbers = range(self._number, self._number + count)
        self._number = numbers.stop
        return list(checkouts(numbers))

    def script(self, clients: int, count: int) -> tuple:
        base, self._script_base = self._script_base, self._script_base + count * clients
        ids = {f"{kind}_id": stored.uuid(number, ":n")
               for number, kind in enumerate(("intake", "draft", "payment"), 1)}
        digest = "sha256(CAST(CAST(:n AS text) AS bytea))"
        key_id = f"'{self._lengths.key_id}'"
        submit = self._statements.script("intake.submit", **_arrays(
            intake_ids=ids["intake_id"], draft_ids=ids["draft_id"], key_hmacs=digest,
            digests=digest, lookup_key_ids=key_id, key_seconds="900", allow_duplicates="false",
            city_ids="'us-ca-san_francisco'", section_ids="'sfmta'",
            data_keys=_literal(self._lengths.data_key), data_key_ids=key_id,
            persons=_literal(self._lengths.person), citation_hmacs=digest, email_hmacs=digest,
            appeal_types="'standard'", submissions=_literal(self._lengths.submission),
            sha256s=digest, same_drafts=ids["draft_id"], same_citations=digest,
            same_emails=digest), older_drafts="'{}'", older_key_hmacs="'{}'")
        opened = self._statements.script("payment.open", **_arrays(
            payment_ids=ids["payment_id"], intake_ids=ids["intake_id"], draft_ids=ids["draft_id"],
            sha256s=digest, appeal_types="'standard'", amounts=str(stored.AMOUNT),
            currencies="'usd'", products="'Appeal letter'",
            success_urls="'https://example.com/success'",
            cancel_urls="'https://example.com/cancel'"), check_after="300")
        session = self._statements.script("payment.store_session", **_arrays(
            payment_ids=ids["payment_id"], session_ids="'cs_test_script' || CAST(:n AS text)",
            checkout_urls="'https://example.com/pay/' || CAST(:n AS text)"))
        lines = ["\\set i :i + 1", f"\\set n {base} + :i * {clients} + :client_id",
                 *(f"{_one_line(sql)};" for sql in (submit, opened, session))]
        return "\n".join(lines), {"i": 0}

    def done(self) -> int:
        return self._count(
            "SELECT count(*) FROM payment.payments p JOIN intake.drafts d USING (draft_id) "
            "JOIN intake.intakes i ON i.intake_id = d.intake_id AND i.intake_id = p.intake_id "
            "WHERE stripe_session_id IS NOT NULL AND stripe_session_id NOT LIKE 'cs_test_bench%%'")


class Webhook(Scenario):
    name = "webhook"
    rate = 8000

    def __init__(self, suite, orders, statements, event: dict):
        """event: one that Stripe's stand-in has sent for a session that was paid."""
        super().__init__(suite, orders, statements)
        self._event = event

    def requests(self, count: int) -> list:
        at = int(time.time())
        session = self._event["data"]["object"]
        old = {name: session[name] for name in ("id", "client_reference_id")}
        template = json.dumps(self._event).replace(old["id"], "SESSION").replace(
            old["client_reference_id"], "PAYMENT").replace(self._event["id"], "EVENT")
        made = []
        for number in self._orders.pending(count):
            body = template
            for place, value in (("SESSION", stored.session_id(number)),
                                 ("PAYMENT", stored.payment_id(number)),
                                 ("EVENT", f"evt_bench{number}")):
                body = body.replace(place, value)
            body = body.encode()
            mac = hmac.new(self._secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
            made.append(request("POST", WEBHOOK, body,
                                Stripe_Signature=f"t={at},v1={mac.hexdigest()}"))
        return made

    def script(self, clients: int, count: int) -> tuple:
        numbers = self._orders.pending(count)
        sql = self._statements.script("payment.apply_events", **_arrays(
            event_ids="'evt_bench' || CAST(:n AS text)", created="now()",
            types="'checkout.session.completed'", effects="'paid'", sources="'webhook'",
            livemodes="false", payment_ids=f"CAST({stored.uuid(3, ':n')} AS text)",
            session_ids="'cs_test_bench' || CAST(:n AS text)",
            payment_intents="'pi_bench' || CAST(:n AS text)", amounts=str(stored.AMOUNT),
            currencies="'usd'", customers="'cus_bench' || CAST(:n AS text)", receipt_urls="''"),
                                      our_livemode="false")
        return "\n".join([f"\\set n {numbers.start} + :i * {clients} + :client_id",
                          "\\set i :i + 1", f"{_one_line(sql)};"]), {"i": 0}

    def done(self) -> int:
        return self._count("SELECT count(*) FROM payment.payments WHERE state = 'paid' "
                           "AND stripe_payment_intent IS NOT NULL")


class Status(Scenario):
    name = "status"
    rate = 40_000
    connections = 64
    again = True

    def __init__(self, *parts):
        super().__init__(*parts)
        self._numbers = self._orders.delivered(10_000)

    def requests(self, _: int) -> list:
        return [request("GET", f"/api/checkout/session/{stored.session_id(number)}")
                for number in self._numbers]

    def script(self, _: int, __: int) -> tuple:
        sql = self._statements.script("payment.find_by_sessions",
                                      keys="ARRAY['cs_test_bench' || CAST(:n AS text)]")
        return "\n".join([f"\\set n random({self._numbers.start}, {self._numbers.stop - 1})",
                          f"{_one_line(sql)};"]), {}

    def done(self) -> int:
        return 0  # it leaves nothing


def make(suite, orders: stored.Stored) -> list:
    """One of each kind, on a suite that has sold an order. No letter is mailed from now on."""
    sandbox = Sandbox(suite.sandbox_url, suite.keys.stripe_secret_key)
    customer = Customer(suite.gateway_url, sandbox)
    customer.post("/api/admin/mailing/pause", token=suite.keys.admin_token).raise_for_status()
    session = customer.check_out()["session_id"]
    customer.pay(session)
    event = next(event for event in sandbox.events("checkout.session.completed")
                 if event["data"]["object"]["id"] == session)
    statements = Statements("intake", "payment")
    return [Checkout(suite, orders, statements), Webhook(suite, orders, statements, event),
            Status(suite, orders, statements)]


def _arrays(**values: str) -> dict:
    """For a statement that takes many: of each parameter an array with one element."""
    return {name: f"ARRAY[{value}]" for name, value in values.items()}


def _literal(length: int) -> str:
    return f"CAST('\\x{'5a' * length}' AS bytea)"


def _one_line(sql: str) -> str:
    """pgbench ends a statement at its semicolon, and a comment would swallow the rest of a line."""
    return " ".join(sql.split())
