"""A motorist at the site, for tests."""

import contextlib
import datetime
import itertools

import requests

from harness import waiting

_numbers = itertools.count(int(datetime.datetime.now().timestamp() * 10) % 10_000_000)

LETTER = ("I respectfully contest this citation. The meter displayed thirty-one minutes when the "
          "officer wrote it; my pay-by-phone receipt proves that the time was paid for.")


def appeal(**changes) -> dict:
    """A valid body for create-session, with a citation number that no other appeal has."""
    violated = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=3)
    return {
        "citation_number": f"9{next(_numbers) % 100_000_000:08d}",
        "city_id": "us-ca-san_francisco",
        "section_id": "sfmta",
        "violation_date": violated.isoformat(),
        "vehicle_info": "Blue 1998 hatchback",
        "license_plate": "8ABC123",
        "user_name": "Wilhelmina Quackenbush",
        "user_address_line1": "4711 Larkspur Hollow",
        "user_city": "San Francisco",
        "user_state": "CA",
        "user_zip": "94110",
        "user_email": "wilhelmina@example.com",
        "draft_text": LETTER,
        "appeal_type": "standard",
        **changes,
    }


def patiently(ask, what: str = "an answer") -> requests.Response:
    """The answer, once the gateway has found the restarted services again."""
    def answered():
        answer = ask()
        # In a tuple, because a refusal counts as false.
        return answer.status_code != 503 and (answer,)

    return waiting.until(answered, seconds=30, what=what)[0]


class Customer:
    """Talks to the gateway as a browser does."""

    def __init__(self, gateway_url: str, sandbox):
        self.url = gateway_url
        self._sandbox = sandbox
        self._http = requests.Session()

    def get(self, path: str, token: str = None, **options) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._http.get(self.url + path, headers=headers, timeout=30, **options)

    def get_patiently(self, path: str, token: str = None) -> requests.Response:
        return patiently(lambda: self.get(path, token), what=f"an answer of {path}")

    def patch(self, path: str, json, token: str = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._http.patch(self.url + path, json=json, headers=headers, timeout=30)

    def delete(self, path: str, token: str = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._http.delete(self.url + path, headers=headers, timeout=30)

    def post(self, path: str, json=None, token: str = None, **options) -> requests.Response:
        headers = options.pop("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self._http.post(self.url + path, json=json, headers=headers, timeout=30, **options)

    def check_out(self, body: dict = None) -> dict:
        """Opens a checkout session for an appeal; returns the answer."""
        answer = self.post("/api/checkout/create-session", body or appeal())
        assert answer.status_code == 200, answer.text
        return answer.json()

    def insist(self, body: dict, seconds: float = 30) -> dict:
        """Checks out as somebody who presses the button again while the site is in trouble."""
        def answered():
            with contextlib.suppress(requests.ConnectionError):
                answer = self.post("/api/checkout/create-session", body)
                assert answer.status_code == 200 or answer.status_code >= 500, answer.text
                return answer.status_code == 200 and answer.json()

        return waiting.until(answered, seconds=seconds, interval=0.2, what="the checkout")

    def pay(self, session_id: str):
        """Presses the Pay button of the hosted page."""
        self._sandbox.pay(session_id)

    def order(self, session_id: str) -> dict:
        """What the success page shows."""
        answer = self.get(f"/api/checkout/session/{session_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait_until_mailed(self, session_id: str) -> dict:
        return waiting.until(
            lambda: (order := self.order(session_id))["mailing_status"] == "mailed" and order,
            seconds=45, what=f"{session_id} to be mailed")

    def mailed_order(self) -> dict:
        """A whole order, from the form to the letter; the answer of create-session."""
        session = self.check_out()
        self.pay(session["session_id"])
        self.wait_until_mailed(session["session_id"])
        return session
