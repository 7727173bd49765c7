"""Orders and appeals in every state that an operation of the API needs to do its work."""

import datetime
import functools
import hashlib
import hmac
import itertools
import json
import time
import uuid

from e2e import description, photographs
from e2e.customer import Customer, appeal
from e2e.intakes import Intake, person
from e2e.recorder import Request
from harness import waiting
from harness.suite import Suite

# What the examples of the description call these; examples are sent with what there really is.
NUMBER, DAY = "912345678", "2026-11-20"
INTAKE, DRAFT = (f"0193a5c2-7d10-7a4e-8c31-5e0f4b2a9d0{number}" for number in (1, 2))
ORDER = "0193a5c2-7d10-7a4e-8c31-5e0f4b2a9d03"

COMPLETED = "checkout.session.completed"
# Bodies that are signed and not ours to write.
SIGNED = {"stripeSignature", "lobSignature"}

# What they do to an order ends what can be done to it.
OWN_ORDER = {"resolvePayment", "sendAnew", "eraseIntake", "revokeToken", "refundPayment",
             "cancelLetter"}

_numbers = itertools.count(int(time.time()) % 1_000_000)


class Stages:
    """Each property is made when it is first needed, by the site itself."""

    def __init__(self, suite: Suite, customer: Customer, sandbox):
        self._suite = suite
        self._customer = customer
        self._sandbox = sandbox

    # --- appeals and orders

    @functools.cached_property
    def intake(self) -> Intake:
        """Begun, with a letter and a photograph, and not ordered."""
        return self.new_intake()

    def new_intake(self) -> Intake:
        intake = Intake(self._customer, person())
        intake.draft_id = intake.saved()
        answer = self._customer.post(f"/api/intakes/{intake.id}/evidence", token=intake.token,
                                     data=photographs.jpeg(320, 240),
                                     headers={"Content-Type": "image/jpeg"})
        assert answer.status_code == 201, answer.text
        intake.exhibit_id = answer.json()["exhibit_id"]
        return intake

    @functools.cached_property
    def mailed(self) -> dict:
        """The answer of create-session, and the body that it came of."""
        body = appeal(user_email="robin@example.com")
        order = self._customer.check_out(body)
        self._customer.pay(order["session_id"])
        self._customer.wait_until_mailed(order["session_id"])
        return {**order, "body": body}

    @functools.cached_property
    def paid_intake(self) -> Intake:
        """Ordered step by step and paid for."""
        intake = self.new_intake()
        order = intake.checked_out(intake.draft_id)
        self._customer.pay(order["session_id"])
        self._customer.wait_until_mailed(order["session_id"])
        return intake

    @functools.cached_property
    def pending(self) -> dict:
        """An order that nobody has paid for."""
        return self._customer.check_out()

    def in_review(self) -> dict:
        """A new order for which less was paid than it costs."""
        order = self._customer.check_out()
        self._sandbox.pay_silently(order["session_id"], amount=500)
        (event,) = [event for event in self._sandbox.events(COMPLETED)
                    if event["data"]["object"]["id"] == order["session_id"]]
        assert self._sandbox.deliver(event["id"])["status"] == 200
        return order

    def failed_at_printer(self) -> dict:
        """A new order whose letter the printer had accepted, and could not print."""
        order = self._customer.mailed_order()
        (letter,) = self._sandbox.letters(order["payment_id"])
        self._sandbox.fail_letter(letter["id"])
        waiting.until(lambda: self._letter_state(order) == "failed_at_printer", seconds=30,
                      what="the letter to have failed")
        return order

    def _letter_state(self, order: dict) -> str:
        answer = self._customer.get(f"/api/admin/audit/{order['payment_id']}", self.operator)
        return answer.json()["letter"][-1]["to_state"]

    # --- tokens and signatures

    @property
    def operator(self) -> str:
        return self._suite.keys.admin_token

    def signed(self, operation, body: bytes) -> dict:
        """The headers that a vendor would send with a body."""
        now = str(int(time.time()))
        stripe = operation.security("stripeSignature") is not None
        secret = (self._suite.keys.stripe_webhook_secret if stripe
                  else self._suite.keys.lob_webhook_secret)
        mac = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        return ({"Stripe-Signature": f"t={now},v1={mac}"} if stripe
                else {"Lob-Signature": mac, "Lob-Signature-Timestamp": now})

    # --- requests

    def request(self, name: str, example: str = None, to_be_taken: bool = True) -> Request:
        """One that the operation takes, with the named example or its first one.

        Where it is not going to be taken, it needs no order of its own.
        """
        operation = description.operations()[name]
        special = getattr(self, f"_for_{name}", None)
        own = to_be_taken or name not in OWN_ORDER
        request = special() if special and own else Request(path=self._path(operation))
        if operation.examples:
            example = example or next(iter(operation.examples))
            intake = self.new_intake() if example == "by_draft" else self.intake
            request = request.but(json=self._real(operation.examples[example], name, intake))
            if example == "by_draft":
                return request.but(token=intake.token)
        request = request.but(token=self._token(operation, request))
        if SIGNED & {scheme for one in operation.spec["security"] for scheme in one}:
            # No two events have one id.
            event = {**request.json, "id": f"evt_{uuid.uuid4().hex}"}
            body = json.dumps(event).encode()
            request = request.but(data=body, headers={"Content-Type": "application/json",
                                                      **self.signed(operation, body)})
        return request

    def _real(self, value, name: str, intake: Intake):
        """An example with what there really is in the place of what it only shows."""
        if isinstance(value, dict):
            return {key: self._real(one, name, intake) for key, one in value.items()}
        if value == NUMBER:
            known = name == "lookUpStatus"
            return (self.mailed["body"]["citation_number"] if known
                    else f"97{next(_numbers):07d}")
        if value == DAY:
            today = datetime.datetime.now(datetime.timezone.utc).date()
            return (today - datetime.timedelta(days=4)).isoformat()
        places = {INTAKE: lambda: intake.id, DRAFT: lambda: intake.draft_id,
                  ORDER: lambda: self.mailed["payment_id"]}
        return places[value]() if isinstance(value, str) and value in places else value

    def _token(self, operation, request: Request) -> str:
        if operation.security("operatorToken") is not None:
            return self.operator
        if operation.security("customerToken") is None or request.token is not None:
            return request.token
        if "payment_id" in request.path:
            return self.mailed["access_token"]
        # Where none is needed it is for those that name the intake.
        named = "id" in request.path or "intake_id" in (request.json or {})
        return self.intake.token if named else None

    def _path(self, operation) -> dict:
        values = {"payment_id": lambda: self.mailed["payment_id"],
                  "session_id": lambda: self.mailed["session_id"],
                  "exhibit_id": lambda: self.intake.exhibit_id,
                  "file": lambda: "site.css",
                  "id": lambda: (self.intake.id if "/intakes/" in operation.path
                                 else self.mailed["payment_id"])}
        return {parameter["name"]: values[parameter["name"]]()
                for parameter in operation.parameters if parameter["in"] == "path"}

    def _for_addEvidence(self) -> Request:
        return Request(path={"id": self.intake.id}, data=photographs.png(64, 48),
                       headers={"Content-Type": "image/png", "X-Caption": "The%20meter"})

    def _for_searchIntakes(self) -> Request:
        return Request(query={"q": self.mailed["payment_id"]})

    def _for_getFunnel(self) -> Request:
        today = datetime.datetime.now(datetime.timezone.utc).date()
        return Request(query={"from": today - datetime.timedelta(days=1), "to": today})

    def _for_listPayments(self) -> Request:
        return Request(query={"list": "all", "limit": 20})

    def _for_listFulfillments(self) -> Request:
        return Request(query={"list": "mailed", "limit": 20})

    def _for_resolvePayment(self) -> Request:
        return Request(path={"id": self.in_review()["payment_id"]})

    def _for_sendAnew(self) -> Request:
        return Request(path={"id": self.failed_at_printer()["payment_id"]})

    def _for_eraseIntake(self) -> Request:
        return Request(path={"id": self.new_intake().id})

    _for_revokeToken = _for_eraseIntake

    def _for_refundPayment(self) -> Request:
        return Request(path={"id": self._customer.mailed_order()["payment_id"]})

    _for_cancelLetter = _for_refundPayment
