"""An appeal that is made step by step, for tests."""

from e2e.customer import LETTER, appeal

CHECKOUT = "/api/checkout/create-session"


def person(**changes) -> dict:
    """What of an appeal is not the letter."""
    return {name: value for name, value in appeal(**changes).items()
            if name not in ("draft_text", "appeal_type")}


def refused(answer, status: int, code: str) -> dict:
    """The problem that the answer is, checked."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    return answer.json()


class Intake:
    """One intake, as its owner uses it."""

    def __init__(self, customer, fields: dict):
        begun = customer.post("/api/intakes", fields)
        assert begun.status_code == 201, begun.text
        self.id = begun.json()["intake_id"]
        self.token = begun.json()["access_token"]
        self._customer = customer

    def get(self) -> dict:
        answer = self._customer.get(f"/api/intakes/{self.id}", token=self.token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def change(self, **fields):
        return self._customer.patch(f"/api/intakes/{self.id}", fields, token=self.token)

    def save(self, text: str = LETTER, **more):
        return self._customer.post(f"/api/intakes/{self.id}/drafts", {"draft_text": text, **more},
                                   token=self.token)

    def saved(self, text: str = LETTER, **more) -> str:
        """The id of a new draft."""
        answer = self.save(text, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()["draft_id"]

    def check_out(self, draft_id: str, **more):
        return self._customer.post(CHECKOUT, {"intake_id": self.id, "draft_id": draft_id, **more},
                                   token=self.token)

    def checked_out(self, draft_id: str, **more) -> dict:
        answer = self.check_out(draft_id, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()
