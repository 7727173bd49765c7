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

    def letters(self, payment_id: str) -> list:
        """The letters that the printer took for one payment, newest first."""
        return self._get("/sandbox/lob/letters", **{"metadata[payment_id]": payment_id})

    def letter_pdf(self, letter_id: str) -> bytes:
        """The file as it came."""
        answer = requests.get(f"{self.url}/mailbox/{letter_id}.pdf", timeout=30)
        answer.raise_for_status()
        return answer.content

    def pay(self, session_id: str):
        """Presses Pay on the hosted page; the webhook follows by itself."""
        answer = requests.post(f"{self.url}/pay/{session_id}", allow_redirects=False, timeout=30)
        assert answer.status_code == 303, answer.text

    def pay_silently(self, session_id: str) -> dict:
        """Pays without a webhook: the session, with what Stripe knows of the payer."""
        return self._post(f"/sandbox/stripe/pay/{session_id}", deliver=False)

    def completed_events(self) -> dict:
        """Session id -> id of its checkout.session.completed event, of the newest hundred."""
        events = self._stripe("events", type="checkout.session.completed", limit=100)
        return {event["data"]["object"]["id"]: event["id"] for event in events["data"]}

    def session(self, session_id: str) -> dict:
        """The session as Stripe would show it."""
        return self._stripe(f"checkout/sessions/{session_id}")

    def deliver(self, event_id: str) -> dict:
        """Delivers an event's webhook once, now; the attempt with the gateway's "status"."""
        return self._post("/sandbox/stripe/deliver", event_id=event_id)

    def counts(self) -> dict:
        """How much of everything there is: "sessions", "letters", ..."""
        return self._get("/sandbox/health")

    @contextlib.contextmanager
    def held(self, operation: str, point: str = "answer"):
        """Inside, calls of the operation are held back; yields a function.

        point: "arrival", before anything is done; "answer", when all is done. The function waits
        until so many calls are held.
        """
        self._post("/sandbox/knobs", operation=operation, hold=True, point=point)
        try:
            yield lambda count: self._wait_until_held(operation, count)
        finally:
            self._post("/sandbox/release", operation=operation)

    def _stripe(self, path: str, **query):
        answer = requests.get(f"{self.url}/v1/{path}", params=query, timeout=30,
                              auth=(self._stripe_secret_key, ""))
        answer.raise_for_status()
        return answer.json()

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
