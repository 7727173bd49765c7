"""An appeal made step by step: begun, changed, written, paid for, and then kept as it is."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from e2e import reading
from e2e.customer import LETTER, appeal
from e2e.intakes import CHECKOUT, Intake, person, refused
from harness import waiting
from harness.template import DATABASE

SUITE = {"replicas": {"intake": 2, "payment": 2}, "settings": {"FSFT_RATE_LIMITS": "off"}}
CREATE = "stripe.sessions.create"
EXPIRE = "stripe.sessions.expire"


@pytest.fixture(name="begin")
def _begin(customer):
    return lambda **changes: Intake(customer, person(**changes))


@pytest.fixture(name="query")
def _query(suite):
    return lambda sql, *values: suite.cluster.query(sql, *values, database=DATABASE)


def test_a_letter_made_in_steps_is_mailed_as_it_was_read(customer, sandbox, begin):
    intake = begin(user_name="")
    refused(intake.check_out(intake.saved()), 422, "invalid_fields")
    assert intake.change(user_name="Ottilie Quackenbush").status_code == 200
    draft = intake.saved(LETTER + " I ask you to dismiss it.", appeal_type="certified")
    order = intake.checked_out(draft)
    assert (order["intake_id"], order["draft_id"]) == (intake.id, draft)
    assert (order["appeal_type"], order["amount_total"]) == ("certified", 1989)
    assert order["access_token"] == intake.token
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    text = reading.text_of(sandbox.letter_pdf(letter["id"]))
    assert "I ask you to dismiss it." in text and "Ottilie Quackenbush" in text


def test_what_was_entered_is_read_again(begin):
    intake = begin(user_phone="+1 415 555 0100")
    draft = intake.saved("First thoughts about this citation, and why I think that it is wrong.")
    shown = intake.get()
    assert shown["status"] == "draft"
    assert (shown["user_phone"], shown["user_state"]) == ("+1 415 555 0100", "CA")
    assert shown["draft"] == {"draft_id": draft, "version": 1, "appeal_type": "standard",
                              "is_final": False, "draft_text": "First thoughts about this "
                              "citation, and why I think that it is wrong."}
    assert shown["evidence"] == []


def test_a_field_that_is_sent_is_changed_and_one_that_is_not_stays(begin):
    intake = begin(user_phone="+1 415 555 0100", user_address_line2="Apt 5")
    assert intake.change(user_address_line2=None, user_state="ny").status_code == 200
    shown = intake.get()
    assert (shown["user_address_line2"], shown["user_state"]) == ("", "NY")
    assert shown["user_phone"] == "+1 415 555 0100"


def test_a_wrong_value_is_refused_by_field_and_changes_nothing(begin):
    intake = begin()
    problem = refused(intake.change(user_zip="9410", user_state="cal", user_name="Zoe"), 422,
                      "invalid_fields")
    assert {error["field"] for error in problem["errors"]} == {"user_zip", "user_state"}
    assert intake.get()["user_name"] == "Wilhelmina Quackenbush"


def test_a_field_that_is_no_field_of_an_appeal_is_not_assigned(begin):
    intake = begin()
    assert intake.change(status="paid", state="paid", token_version=7).status_code == 200
    assert intake.get()["status"] == "draft"


def test_nobody_gets_in_without_the_right_token(customer, begin):
    mine, other = begin(), begin()
    calls = [("get", f"/api/intakes/{mine.id}", None),
             ("patch", f"/api/intakes/{mine.id}", {"user_name": "Mallory"}),
             ("post", f"/api/intakes/{mine.id}/drafts", {"draft_text": LETTER})]
    for method, path, body in calls:
        ask = getattr(customer, method)
        arguments = (path,) if body is None else (path, body)
        refused(ask(*arguments), 401, "token_required")
        refused(ask(*arguments, token="t.wrong"), 401, "invalid_token")
        refused(ask(*arguments, token=other.token), 401, "invalid_token")
    answer = customer.get(f"/api/intakes/{uuid.uuid4()}", token=mine.token)
    refused(answer, 401, "invalid_token")
    answer = customer.post(CHECKOUT, {"intake_id": mine.id, "draft_id": mine.saved()},
                           token=other.token)
    refused(answer, 401, "invalid_token")
    assert mine.get()["user_name"] == "Wilhelmina Quackenbush"


def test_a_token_without_its_intake_is_refused(customer, begin):
    answer = customer.post(CHECKOUT, appeal(), token=begin().token)
    assert refused(answer, 422, "invalid_fields")["errors"][0]["field"] == "intake_id"


def test_a_repeated_step_is_the_same_step(customer, begin):
    body = person()
    key = {"Idempotency-Key": f"begin-{uuid.uuid4()}"}
    first = customer.post("/api/intakes", body, headers=dict(key))
    again = customer.post("/api/intakes", body, headers=dict(key))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    refused(customer.post("/api/intakes", person(), headers=dict(key)), 422,
            "idempotency_key_reused")

    intake = begin()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: intake.save(), range(8)))
    assert {answer.status_code for answer in answers} == {201}, [a.text for a in answers]
    assert {answer.json()["version"] for answer in answers} == {1}
    # The same words, saved on purpose after others, are another version.
    intake.saved(LETTER + " Other words.")
    assert intake.save().json()["version"] == 1, "within its time it is the same request"


def test_changes_at_the_same_time_all_count(begin):
    intake = begin()
    changes = [{"user_phone": "+1 415 555 0199"}, {"user_city": "Oakland"}, {"user_zip": "94601"},
               {"vehicle_info": "Red 2001 van"}]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda fields: intake.change(**fields), changes))
    assert {answer.status_code for answer in answers} == {200}, [a.text for a in answers]
    shown = intake.get()
    for change in changes:
        assert change.items() <= shown.items()


def test_an_edit_after_checkout_ends_the_session_first_and_makes_a_new_draft(sandbox, begin, query):
    intake = begin()
    draft = intake.saved()
    first = intake.checked_out(draft)
    changed = intake.change(user_address_line1="1 New Street")
    assert changed.status_code == 200, changed.text
    second_draft = changed.json()["draft_id"]
    assert second_draft != draft
    assert sandbox.session(first["session_id"])["status"] == "expired"
    refused(intake.check_out(draft), 409, "draft_outdated")

    second = intake.checked_out(second_draft)
    assert second["payment_id"] != first["payment_id"]
    states = query("SELECT state FROM payment.payments WHERE intake_id = %s ORDER BY payment_id",
                   intake.id)
    assert states == [("expired",), ("pending",)]
    assert intake.get()["draft"]["draft_text"] == LETTER


def test_the_frozen_letter_stays_as_it_was_offered(begin, query):
    intake = begin()
    draft = intake.saved()
    intake.checked_out(draft)
    frozen = "SELECT submission_sealed, content_sha256, is_final FROM intake.drafts " \
             "WHERE draft_id = %s"
    before = query(frozen, draft)
    intake.saved(LETTER + " Second thoughts.")
    intake.change(user_name="Somebody Else")
    assert query(frozen, draft) == before and before[0][2]


def test_a_repeated_checkout_of_a_draft_is_the_same_order(begin):
    intake = begin()
    draft = intake.saved()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: intake.check_out(draft), range(8)))
    assert {answer.status_code for answer in answers} == {200}, [a.text for a in answers]
    assert len({answer.text for answer in answers}) == 1
    # Another body about the same draft too.
    assert intake.checked_out(draft, accept_late=True) == answers[0].json()


def test_what_was_paid_for_cannot_be_changed_any_more(customer, begin, query):
    intake = begin()
    draft = intake.saved()
    order = intake.checked_out(draft)
    customer.pay(order["session_id"])
    waiting.until(lambda: query("SELECT 1 FROM intake.intakes WHERE intake_id = %s "
                                "AND paid_at IS NOT NULL", intake.id),
                  seconds=30, what="intake to hear of the payment")
    for answer in (intake.change(user_name="Mallory"), intake.save(LETTER + " More."),
                   intake.check_out(draft)):
        problem = refused(answer, 409, "already_paid")
        assert problem["payment_id"] == order["payment_id"]


def test_money_that_was_faster_than_an_edit_keeps_the_letter(suite, sandbox, begin, query):
    """Stripe has the money, and nobody here has heard of it yet."""
    intake = begin()
    order = intake.checked_out(intake.saved())
    with sandbox.webhooks_dropped():
        sandbox.pay_silently(order["session_id"])
        problem = refused(intake.change(user_name="Mallory"), 409, "already_paid")
    assert problem["payment_id"] == order["payment_id"]
    assert intake.get()["user_name"] == "Wilhelmina Quackenbush"


def test_an_edit_waits_for_a_stripe_that_does_not_answer(sandbox, begin):
    intake = begin()
    order = intake.checked_out(intake.saved())
    with sandbox.failing(EXPIRE, 500, stored=False):
        refused(intake.change(user_name="Zoe"), 502, "stripe_unavailable")
    assert intake.get()["user_name"] == "Wilhelmina Quackenbush"
    assert intake.change(user_name="Zoe").status_code == 200
    assert sandbox.session(order["session_id"])["status"] == "expired"


def test_a_whole_body_with_an_intake_takes_its_place(customer, begin):
    intake = begin()
    body = {**appeal(user_name="Whole Body"), "intake_id": intake.id}
    order = customer.post(CHECKOUT, body, token=intake.token)
    assert order.status_code == 200, order.text
    assert order.json()["intake_id"] == intake.id
    again = customer.post(CHECKOUT, body, token=intake.token)
    assert again.json() == order.json()
    shown = intake.get()
    assert (shown["user_name"], shown["status"]) == ("Whole Body", "submitted")
    assert shown["draft"]["is_final"]


def test_a_status_is_looked_up_in_any_case_and_with_any_dashes(customer):
    body = appeal(user_email="Wilhelmina.LookUp@Example.com")
    order = customer.check_out(body)
    number = body["citation_number"]
    asked = {"email": "wilhelmina.lookup@EXAMPLE.com",
             "citation_number": f"{number[:3]}-{number[3:6]} {number[6:]}"}
    answer = customer.post("/api/status/lookup", asked)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["payment_id"], found["payment_status"]) == (order["payment_id"], "pending")
    assert not {"citation_number", "tracking_number", "user_name"} & found.keys()


def test_a_look_up_tells_unknown_and_foreign_alike(customer):
    body = appeal(user_email="only.me@example.com")
    customer.check_out(body)
    unknown = customer.post("/api/status/lookup", {"email": "only.me@example.com",
                                                   "citation_number": "999999999"})
    foreign = customer.post("/api/status/lookup", {"email": "you@example.com",
                                                   "citation_number": body["citation_number"]})
    same = ("type", "title", "status", "detail", "code")
    assert unknown.status_code == foreign.status_code == 404
    assert [unknown.json()[name] for name in same] == [foreign.json()[name] for name in same]


def test_a_look_up_checks_its_fields(customer):
    answer = customer.post("/api/status/lookup", {"email": "nobody", "citation_number": "12"})
    fields = {error["field"] for error in refused(answer, 422, "invalid_fields")["errors"]}
    assert fields == {"email", "citation_number"}


def test_operators_search_by_whatever_they_have(suite, customer):
    token = suite.keys.admin_token
    body = appeal(user_email="search.me@example.com")
    order = customer.check_out(body)
    for wanted in ("Search.Me@example.com", body["citation_number"], order["intake_id"]):
        answer = customer.get("/api/admin/search", token=token, params={"q": wanted})
        assert answer.status_code == 200, answer.text
        (found,) = answer.json()["intakes"]
        assert (found["intake_id"], found["status"]) == (order["intake_id"], "submitted")
    assert customer.get("/api/admin/search", token=token,
                        params={"q": "nobody@example.com"}).json() == {"intakes": []}
    refused(customer.get("/api/admin/search", params={"q": "x@y.z"}), 401, "token_required")


def test_words_go_into_a_generated_letter_as_they_are_and_the_letter_can_be_ordered(customer):
    story = "I forgot my badge and nothing was around the right sign.\n\n<b>Really</b> & truly."
    answer = customer.post("/api/drafts/generate", {**person(), "story": story})
    assert answer.status_code == 200, answer.text
    text = answer.json()["draft_text"]
    assert story in text
    order = customer.post(CHECKOUT, appeal(draft_text=text))
    assert order.status_code == 200, order.text
