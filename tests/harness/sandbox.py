"""The sandbox's controls: what Stripe and Lob were told, and what payers and networks do."""

import contextlib

import requests


class Sandbox:
    """Talks to /sandbox/... of a running sandbox; every refused request raises."""

    def __init__(self, url: str, stripe_secret_key: str):
        self.url = url
        self._stripe_secret_key = stripe_secret_key

    def requests(self, vendor: str, **wanted) -> list:
        """What "stripe" or "lob" was asked, oldest first. wanted: fields and their values."""
        return self._get(f"/sandbox/{vendor}/requests", **wanted)

    def webhooks(self, vendor: str, **wanted) -> list:
        """The attempts to deliver webhooks of "stripe" or "lob", oldest first; wanted as above."""
        return self._get(f"/sandbox/{vendor}/webhooks", **wanted)

    def letters(self, payment_id: str) -> list:
        """The letters that the printer took for one payment, newest first."""
        return self._get("/sandbox/lob/letters", **{"metadata[payment_id]": payment_id})

    def all_letters(self) -> list:
        """All letters that the printer took, newest first."""
        return self._get("/sandbox/lob/letters")

    def live_letters(self, payment_id: str) -> list:
        """Those of the letters that reach a mailbox: neither deleted nor failed."""
        return [letter for letter in self.letters(payment_id)
                if not letter.get("deleted") and letter["status"] != "failed"]

    def wait_for_letters(self, payment_id: str, count: int, seconds: float = 20) -> list:
        """The letters for one payment, once there are so many, or those that there are in time."""
        return self._get("/sandbox/lob/letters", at_least=count, timeout_ms=int(seconds * 1000),
                         **{"metadata[payment_id]": payment_id})

    def render_letter(self, letter_id: str) -> dict:
        """Lob renders the letter: status "rendered", webhook letter.rendered_pdf."""
        return self._post(f"/sandbox/lob/letters/{letter_id}/render")

    def fail_letter(self, letter_id: str) -> dict:
        """Lob fails the letter that it has taken: status "failed", webhook letter.failed."""
        return self._post(f"/sandbox/lob/letters/{letter_id}/fail")

    def delete_letter(self, letter_id: str) -> dict:
        """Somebody else deletes the letter, whenever it is; it is still found, but "deleted"."""
        return self._post(f"/sandbox/lob/letters/{letter_id}/delete")

    def track_letter(self, letter_id: str, event: str) -> dict:
        """The mail scans the letter: "mailed", "in_transit", "delivered", "returned_to_sender"…"""
        return self._post(f"/sandbox/lob/letters/{letter_id}/track", event=event)

    def emails(self, to: str, kind: str = "", count: int = 0, seconds: float = 0) -> list:
        """What was mailed to an address, oldest first, with its parts decoded and "raw".

        kind: "paid", "mailed"…, of our own Message-IDs. Once there are so many to the address, or
        those that there are in time.
        """
        found = self._get("/sandbox/smtp/mails", to=to, at_least=count,
                          timeout_ms=int(seconds * 1000))
        return [mail for mail in found if not kind or f".{kind}@" in mail["message_id"]]

    @contextlib.contextmanager
    def mail_trouble(self, step: str, to: str = None, **knob):
        """Inside, a step of the mail server goes wrong: "connect", "mail", "rcpt", "data"
        or "quit".

        knob: fail_status (4xx or 5xx), drop=True (hangs up) or hold=True; point "answer" of "data":
        the mail is taken, and only the sender does not know. Each time, unless `times` is given.
        Yields a function that waits until so many are held.
        """
        operation = f"smtp.{step}"
        where = {"to": to} if to else {}
        number = self._post("/sandbox/knobs", operation=operation, where=where,
                            **{"times": 0, **knob})["id"]
        try:
            yield lambda count=1: self._wait_until_held(operation, count)
        finally:
            self._post("/sandbox/release", id=number)

    def forget_lob_keys(self):
        """Lob forgets its idempotency keys, as it does after a day."""
        self._post("/sandbox/lob/forget_keys")

    @contextlib.contextmanager
    def lob_behaving(self, **switches):
        """Inside, Lob behaves so, and afterwards as before.

        list_lag_seconds: letters are listed only so long after their creation.
        parallel_same_key: two requests in flight under one key make two letters.
        refuse_cancel: every DELETE comes too late.
        fail_next: so many of the next letters are taken and fail right after.
        late_tracking_numbers: letters get their tracking number only with their first scan.
        """
        before = self._get("/sandbox/lob/behaviour")
        self._post("/sandbox/lob/behaviour", **switches)
        try:
            yield
        finally:
            self._post("/sandbox/lob/behaviour", **{name: before[name] for name in switches})

    def letter_events(self, letter_id: str) -> list:
        """What Lob has told of a letter, or would have, oldest first: id, type, payload."""
        return self._get("/sandbox/lob/events", reference_id=letter_id)

    def deliver_letter_event(self, event_id: str, **changes) -> dict:
        """Delivers the webhook of Lob's event once, now; the attempt with the gateway's "status".

        changes: url, secret, seconds_ago (the signature's age), headers (instead of it).
        """
        return self._post("/sandbox/lob/deliver", event_id=event_id, **changes)

    def deliver_letter_payload(self, payload: str, **changes) -> dict:
        """Delivers a text as a webhook of Lob's, signed; changes as above."""
        return self._post("/sandbox/lob/deliver", payload=payload, **changes)

    def deliver_letter_events_together(self, event_ids: list, copies: int = 1) -> list:
        """Delivers so many copies of each of Lob's events, all at the same time; the statuses."""
        return self._post("/sandbox/lob/deliver", event_ids=list(event_ids),
                          copies=copies)["statuses"]

    @contextlib.contextmanager
    def letter_webhooks_dropped(self):
        """Inside, Lob's webhooks are never sent, not later either."""
        with self._webhooks(None, None, "lob", drop=True, times=0):
            yield

    @contextlib.contextmanager
    def letter_webhooks_held(self, event_type: str):
        """Inside, such webhooks of Lob's wait; afterwards they are sent. As webhooks_held."""
        with self._webhooks(event_type, None, "lob", hold=True):
            yield lambda count=1: self._wait_until_held("lob.webhook", count)

    def set_letter_webhook_secret(self, secret: str):
        """Lob signs its webhooks with this secret from now on."""
        self._post("/sandbox/lob/endpoint", secret=secret)

    def letter_pdf(self, letter_id: str) -> bytes:
        """The file as it came."""
        answer = requests.get(f"{self.url}/mailbox/{letter_id}.pdf", timeout=30)
        answer.raise_for_status()
        return answer.content

    def pay(self, session_id: str):
        """Presses Pay on the hosted page; the webhook follows by itself."""
        answer = requests.post(f"{self.url}/pay/{session_id}", allow_redirects=False, timeout=30)
        assert answer.status_code == 303, answer.text

    def pay_silently(self, session_id: str, **options) -> dict:
        """Pays without a webhook: the session, with what Stripe knows of the payer.

        options: amount and currency, if others than the session's; customer, "cus_...".
        """
        return self._post(f"/sandbox/stripe/pay/{session_id}", deliver=False, **options)

    def completed_events(self) -> dict:
        """Session id -> id of its checkout.session.completed event, of the newest hundred."""
        events = self._stripe("events", type="checkout.session.completed", limit=100)
        return {event["data"]["object"]["id"]: event["id"] for event in events["data"]}

    def session(self, session_id: str) -> dict:
        """The session as Stripe would show it."""
        return self._stripe(f"checkout/sessions/{session_id}")

    def sessions(self) -> list:
        """The newest hundred sessions as Stripe would list them."""
        return self._stripe("checkout/sessions", limit=100)["data"]

    def events(self, event_type: str, **query) -> list:
        """Stripe's events of a type, newest first, delivered or not."""
        return self._stripe("events", type=event_type, **{"limit": 100, **query})["data"]

    def refund(self, session_id: str, amount: int = None) -> dict:
        """Gives a paid session's money back, all or so many cents, as one does in the dashboard.

        The refund: without our metadata, not among the calls that Stripe was asked. Its events say
        "charge.refunded" and "refund.created".
        """
        body = {} if amount is None else {"amount": amount}
        return self._post(f"/sandbox/stripe/refund/{session_id}", **body)

    def refunds(self, session_id: str) -> list:
        """All refunds of a paid session, newest first, whoever made them."""
        intent = self.session(session_id)["payment_intent"]
        return self._stripe("refunds", payment_intent=intent, limit=100)["data"]

    def settle_refund(self, refund_id: str, status: str, failure_reason: str = "unknown") -> dict:
        """A pending refund becomes "succeeded" or "failed"; one that succeeded fails after all."""
        return self._post(f"/sandbox/stripe/refunds/{refund_id}/settle", status=status,
                          failure_reason=failure_reason)

    @contextlib.contextmanager
    def refunds_being(self, status: str, failure_reason: str = "unknown"):
        """Inside, new refunds are "pending" or "failed"; afterwards they succeed at once again."""
        self._post("/sandbox/stripe/refund_fate", status=status, failure_reason=failure_reason)
        try:
            yield
        finally:
            self._post("/sandbox/stripe/refund_fate", status="succeeded")

    def dispute(self, session_id: str, inquiry: bool = False, amount: int = None) -> dict:
        """The payer's bank takes the money back, or only asks; the dispute."""
        body = {} if amount is None else {"amount": amount}
        return self._post(f"/sandbox/stripe/dispute/{session_id}", inquiry=inquiry, **body)

    def move_dispute(self, dispute_id: str, status: str) -> dict:
        """A chargeback is "won" or "lost"; an inquiry "warning_closed" or "needs_response"."""
        return self._post(f"/sandbox/stripe/disputes/{dispute_id}/move", status=status)

    def deliver(self, event_id: str, **changes) -> dict:
        """Delivers an event's webhook once, now; the attempt with the gateway's "status".

        changes: url, secret, seconds_ago (the signature's age), headers (instead of it).
        """
        return self._post("/sandbox/stripe/deliver", event_id=event_id, **changes)

    def deliver_together(self, event_ids: list, copies: int = 1, urls: list = ()) -> list:
        """Delivers so many copies of each event, all at the same time; the statuses.

        They go to the URLs in turn, or to the endpoint. None is the status of no answer.
        """
        return self._post("/sandbox/stripe/deliver", event_ids=list(event_ids), copies=copies,
                          urls=list(urls))["statuses"]

    def foreign_event(self, livemode: bool = False, deliver: bool = False, **changes) -> dict:
        """An event checkout.session.completed of another product in the same account.

        changes: of its session, e.g. metadata={} or id=... of one of ours. In the live mode the
        API does not show it. Sent only if told to, or by deliver().
        """
        return self._post("/sandbox/stripe/foreign", livemode=livemode, deliver=deliver,
                          object=changes)

    @contextlib.contextmanager
    def webhooks_dropped(self, event_type: str = None, payment_id: str = None, times: int = 0):
        """Inside, such webhooks (so many, or all) are never sent, not later either.

        Without arguments no webhook at all comes; the events are listed all the same.
        """
        with self._webhooks(event_type, payment_id, drop=True, times=times):
            yield

    @contextlib.contextmanager
    def webhooks_held(self, event_type: str = None, payment_id: str = None):
        """Inside, such webhooks wait, up to sixteen of them; afterwards they are sent.

        So they come late, or after events that happened later. Yields a function that waits until
        so many are held.
        """
        with self._webhooks(event_type, payment_id, hold=True):
            yield lambda count=1: self._wait_until_held("stripe.webhook", count)

    @contextlib.contextmanager
    def webhooks_delayed(self, seconds: float, event_type: str = None, payment_id: str = None):
        """Inside, such webhooks come so much later."""
        with self._webhooks(event_type, payment_id, delay_ms=int(seconds * 1000)):
            yield

    @contextlib.contextmanager
    def webhooks_duplicated(self, copies: int):
        """Inside, every webhook is sent so many times, at the same time or nearly so."""
        self._post("/sandbox/stripe/endpoint", copies=copies)
        try:
            yield
        finally:
            self._post("/sandbox/stripe/endpoint", copies=1)

    @contextlib.contextmanager
    def _webhooks(self, event_type: str, payment_id: str, vendor: str = "stripe", **knob):
        where = {"type": event_type} if event_type else {}
        if payment_id:
            where["event"] = {"data": {"object": {"metadata": {"payment_id": payment_id}}}}
        set_knob = self._post("/sandbox/knobs", operation=f"{vendor}.webhook", where=where, **knob)
        try:
            yield
        finally:
            self._post("/sandbox/release", id=set_knob["id"])

    def accept_only(self, stripe_secret_key: str):
        """Stripe takes this API key and no other, as after the old one was rolled."""
        self._post("/sandbox/stripe/accept_only", key=stripe_secret_key)
        self._stripe_secret_key = stripe_secret_key

    def accept_only_at_lob(self, api_key: str):
        """The same of Lob."""
        self._post("/sandbox/lob/accept_only", key=api_key)

    def set_webhook_secret(self, secret: str):
        """Stripe signs its webhooks with this secret from now on."""
        self._post("/sandbox/stripe/endpoint", secret=secret)

    def counts(self) -> dict:
        """How much of everything there is: "sessions", "letters", ..."""
        return self._get("/sandbox/health")

    @contextlib.contextmanager
    def held(self, operation: str, point: str = "answer", payment_id: str = None, times: int = 0):
        """Inside, calls of the operation are held back; yields a function.

        point: "arrival", before anything is done; "answer", when all is done. payment_id: only
        calls for that payment; times: only so many. The function waits until so many calls are
        held.
        """
        knob = self._knob(operation, payment_id, hold=True, point=point, times=times)
        try:
            yield lambda count=1: self._wait_until_held(operation, count)
        finally:
            self._post("/sandbox/release", id=knob)

    @contextlib.contextmanager
    def failing(self, operation: str, status: int, payment_id: str = None, **knob):
        """Inside, the operation fails with this status, each time unless `times` is given.

        point "arrival" (as a rule): nothing is done; "answer": all is done and only the answer is
        wrong. headers: of the failure, {"Retry-After": "2"}, {"Stripe-Should-Retry": "false"}.
        stored: whether Stripe replays a 5xx under the idempotency key; on arrival it does, on the
        answer it does not, unless told.
        """
        knob = self._knob(operation, payment_id, fail_status=status, **{"times": 0, **knob})
        try:
            yield
        finally:
            self._post("/sandbox/release", id=knob)

    @contextlib.contextmanager
    def delaying(self, operation: str, seconds: float, point: str = "answer",
                 payment_id: str = None):
        """Inside, the operation ("stripe.*": each of Stripe's) takes so much longer."""
        knob = self._knob(operation, payment_id, delay_ms=int(seconds * 1000), point=point)
        try:
            yield
        finally:
            self._post("/sandbox/release", id=knob)

    def advance_clock(self, seconds: int):
        """Moves the sandbox's clock: sessions expire, keys are forgotten, windows close."""
        self._post("/sandbox/clock", advance_seconds=seconds)

    def _knob(self, operation: str, payment_id: str, **knob) -> int:
        where = {"form": {"metadata": {"payment_id": payment_id}}} if payment_id else {}
        return self._post("/sandbox/knobs", operation=operation, where=where, **knob)["id"]

    def _stripe(self, path: str, **query):
        answer = requests.get(f"{self.url}/v1/{path}", params=query, timeout=30,
                              auth=(self._stripe_secret_key, ""))
        answer.raise_for_status()
        return answer.json()

    def is_held(self, operation: str) -> bool:
        """Is a call of the operation held now?"""
        return self._get("/sandbox/held", operation=operation)["held"] > 0

    def _wait_until_held(self, operation: str, count: int):
        found = self._get("/sandbox/held", operation=operation, at_least=count, timeout_ms=20_000)
        assert found["held"] >= count, f"{operation}: {found}"

    def _get(self, path: str, **query):
        answer = requests.get(self.url + path, params=query, timeout=40)
        answer.raise_for_status()
        return answer.json()

    def _post(self, path: str, **body):
        answer = requests.post(self.url + path, json=body, timeout=40)
        assert answer.status_code == 200, answer.text
        return answer.json()
