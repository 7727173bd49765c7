"""The letter before it is ordered: what is shown is what is mailed."""

import datetime
from concurrent.futures import ThreadPoolExecutor

from e2e import photographs
from e2e.customer import LETTER, appeal
from e2e.intakes import Intake, person, refused
from e2e.reading import text_of
from harness.template import DATABASE

SUITE = {}
PREVIEW = "/api/drafts/preview"


def stored(suite) -> tuple:
    """How much intake and payment have stored."""
    return suite.cluster.query(
        "SELECT (SELECT count(*) FROM intake.intakes), (SELECT count(*) FROM intake.drafts), "
        "(SELECT count(*) FROM intake.request_keys), (SELECT count(*) FROM payment.payments)",
        database=DATABASE)[0]


def shown(customer, body: dict, token: str = None) -> bytes:
    answer = customer.post(PREVIEW, body, token=token)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    return answer.content


def letter_of(customer, order: dict) -> bytes:
    answer = customer.get(f"/api/appeals/{order['payment_id']}/letter.pdf", order["access_token"])
    assert answer.status_code == 200, answer.text
    return answer.content


def test_nothing_is_stored_and_the_letter_is_mailed_as_it_was_shown(suite, customer):
    body = appeal()
    before = stored(suite)
    preview = shown(customer, body)
    assert stored(suite) == before
    assert LETTER in text_of(preview)

    order = customer.check_out(body)
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    assert letter_of(customer, order) == preview


def test_a_draft_is_shown_with_its_photographs_before_and_after_it_is_frozen(customer):
    intake = Intake(customer, person())
    for caption in ("The meter", "The curb"):
        added = customer.post(f"/api/intakes/{intake.id}/evidence", token=intake.token,
                              files={"file": ("photo.jpg", photographs.jpeg(), "image/jpeg")},
                              data={"caption": caption})
        assert added.status_code == 201, added.text
    draft = intake.saved()
    named = {"intake_id": intake.id, "draft_id": draft}
    preview = shown(customer, named, intake.token)
    text = text_of(preview)
    assert "Exhibit 2 of 2" in text and "The curb" in text
    assert "Exhibit 1 of 1" in text_of(shown(customer, {
        **named, "selected_evidence": [intake.get()["evidence"][1]["exhibit_id"]]}, intake.token))

    order = intake.checked_out(draft)
    # It can be paid for as it is, and looking at it does not end that.
    assert shown(customer, named, intake.token) == preview
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    assert shown(customer, named, intake.token) == letter_of(customer, order) == preview


def test_what_a_checkout_would_refuse_is_refused_now(customer):
    answer = refused(customer.post(PREVIEW, appeal(user_zip="9", draft_text="Too short.")), 422,
                     "invalid_fields")
    assert {error["field"] for error in answer["errors"]} == {"user_zip", "draft_text"}
    refused(customer.post(PREVIEW, appeal(city_id="us-ca-oakland", section_id="")), 422,
            "city_not_served")


def test_a_deadline_that_has_passed_is_a_matter_for_the_checkout(customer):
    long_ago = datetime.date.today() - datetime.timedelta(days=60)
    late = appeal(violation_date=long_ago.isoformat())
    refused(customer.post("/api/checkout/create-session", late), 422, "deadline_passed")
    assert LETTER in text_of(shown(customer, late))


def test_a_draft_is_shown_to_its_owner_only(customer):
    intake, other = Intake(customer, person()), Intake(customer, person())
    named = {"intake_id": intake.id, "draft_id": intake.saved()}
    refused(customer.post(PREVIEW, named, token=other.token), 401, "invalid_token")
    refused(customer.post(PREVIEW, named, token="wrong"), 401, "invalid_token")
    refused(customer.post(PREVIEW, {"draft_id": named["draft_id"]}, token=intake.token), 422,
            "invalid_fields")
    intake.saved(LETTER + " And more.")
    refused(customer.post(PREVIEW, named, token=intake.token), 409, "draft_outdated")


def test_a_crowd_of_previews_is_turned_away_and_letters_are_mailed_meanwhile(suite, customer):
    heavy = appeal(draft_text="".join(chr(0x4E00 + i) for i in range(1900)))

    def look(_) -> int:
        answer = customer.post(PREVIEW, heavy)
        assert answer.status_code in (200, 503), answer.text
        assert answer.status_code == 200 or int(answer.headers["Retry-After"]) > 0
        return answer.status_code

    order = customer.check_out()
    with ThreadPoolExecutor(16) as crowd:
        seen = crowd.map(look, range(64))
        customer.pay(order["session_id"])
        customer.wait_until_mailed(order["session_id"])
        statuses = list(seen)
    assert statuses.count(200) > 0 and statuses.count(503) > 0, statuses
