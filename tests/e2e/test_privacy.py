"""Personal data is sealed before it is stored, and goes nowhere but to the printer; emails tell
nothing of it.
"""

import subprocess
import threading
import uuid
from urllib.parse import quote

import pytest
import requests

from e2e import photographs
from e2e.customer import appeal
from e2e.intakes import Intake, person
from harness import traces
from harness.suite import PROGRAMS

CREATE = "stripe.sessions.create"

# Texts that occur nowhere else, each long enough not to be found by chance.
PERSON = {
    "user_name": "Ottoline Ångström-Featherby",
    "user_address_line1": "4711 Larkspur Hollow Terrace",
    "user_address_line2": "Garden Cottage behind No. 9",
    "user_city": "Quillhaven Springs",
    "user_email": "ottoline.featherby@example.net",
    "user_phone": "+1 415 555 013 2768",
    "license_plate": "ZQX7741K",
    "vehicle_info": "Turquoise 1961 amphibious car",
    "citation_number": "947110815",
    "draft_text": "The parking meter at Larkspur Hollow swallowed seven quarters and then showed a "
                  "little picture of a sleeping owl, as my photographs prove beyond all doubt.",
}


# What the same person gives besides, making another appeal step by step.
STEPS = {
    "other citation": "947110823",
    "other address": "17 Whippoorwill Crescent",
    "caption": "The owl, asleep behind the netting",
    "caption of a removed one": "My neighbour Bartholomew's thumb",
    **photographs.SECRETS,
}
QUESTION = "Has my letter about the sleeping owl of Larkspur Hollow been posted at last?"


def personal_values() -> dict:
    """What to look for: every field whole, and the letter also piece by piece."""
    words = PERSON["draft_text"].split()
    pieces = {f"letter, from word {at}": " ".join(words[at:at + 3])
              for at in range(0, len(words) - 2, 3)}
    return {**PERSON, **STEPS, **pieces, "question": QUESTION}


@pytest.fixture(scope="module", name="order")
def _order(customer):
    """A whole order of the person above, mailed."""
    order = customer.check_out(appeal(**PERSON))
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    return order


@pytest.fixture(scope="module", name="answers")
def _answers(customer, order):
    """What else the person does: asks, looks up, orders again, and gets every field wrong."""
    wrong = {**appeal(**PERSON), "user_zip": "no zip", "user_state": "XX", "draft_text": "short",
             "user_name": PERSON["user_name"] * 3, "citation_number": PERSON["citation_number"] * 4}
    return [
        customer.post("/api/support", {"message": QUESTION, "email": PERSON["user_email"],
                                       "payment_id": order["payment_id"]}),
        customer.post("/api/support", {"message": QUESTION * 90, "email": PERSON["user_name"]}),
        customer.post("/api/status/lookup", {"email": PERSON["user_email"],
                                             "citation_number": "900000001"}),
        customer.post("/api/checkout/create-session", wrong),
        customer.post("/api/checkout/create-session", {**appeal(**PERSON), "user_city": "Oakland"}),
    ]


@pytest.fixture(scope="module", name="stepped")
def _stepped(customer):
    """An appeal of the same person, made step by step and changed after a checkout; mailed."""
    intake = Intake(customer, person(**{**PERSON, "citation_number": STEPS["other citation"]}))
    path = f"/api/intakes/{intake.id}/evidence"
    shown = customer.post(path, token=intake.token, data={"caption": STEPS["caption"]},
                          files={"file": ("a.jpg", photographs.phone_photograph(), "image/jpeg")})
    hidden = customer.post(path, token=intake.token, data=photographs.jpeg(), headers={
        "Content-Type": "image/jpeg", "X-Caption": quote(STEPS["caption of a removed one"])})
    assert (shown.status_code, hidden.status_code) == (201, 201), shown.text + hidden.text
    intake.checked_out(intake.saved(PERSON["draft_text"]))
    removed = customer.delete(f"{path}/{hidden.json()['exhibit_id']}", token=intake.token)
    assert removed.status_code == 200, removed.text
    assert intake.change(user_address_line1=STEPS["other address"]).status_code == 200
    order = intake.checked_out(intake.get()["draft"]["draft_id"])
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    return order


@pytest.fixture(scope="module", name="searches")
def _searches(suite, customer, order, stepped):
    """What operators are answered who look for this person by whatever they have."""
    wanted = (PERSON["user_email"], STEPS["other citation"], order["intake_id"],
              stepped["intake_id"], PERSON["user_name"])
    return [customer.get("/api/admin/search", token=suite.keys.admin_token, params={"q": text})
            for text in wanted]


@pytest.fixture(scope="module", name="emails")
def _emails(sandbox, order, stepped):
    """What this person was written about both orders."""
    mails = sandbox.emails(PERSON["user_email"], count=4, seconds=60)
    assert len(mails) == 4, mails
    assert all(one["payment_id"] in str(mails) for one in (order, stepped))
    return mails


@pytest.fixture(scope="module", name="everything")
def _everything(order, answers, stepped, searches, emails):
    """All that this person, and operators about this person, can do; the ids of both orders."""
    return order, stepped


@pytest.fixture(scope="module", name="stripe_request")
def _stripe_request(sandbox, order):
    """What Stripe was sent for the order, as the sandbox recorded it."""
    (request,) = sandbox.requests("stripe", operation=CREATE,
                                  **{"form[client_reference_id]": order["payment_id"]})
    return request


def logs_and_metrics(suite) -> dict:
    """Every log but the sandbox's (Stripe, Lob and mail servers are not ours), and all metrics."""
    ours = [name for name in PROGRAMS if name != "sandbox"]
    places = {f"{name}.log": suite.log(name).read_bytes() for name in [*ours, "postgres"]}
    for name in ours:
        url = f"http://127.0.0.1:{suite.port(name, 'ops')}/metrics"
        places[f"metrics of {name}"] = requests.get(url, timeout=10).content
    return places


def dump(suite) -> bytes:
    done = subprocess.run(["pg_dump", suite.cluster.url("postgres")], check=True,
                          capture_output=True)
    return done.stdout


def test_stripe_gets_exactly_the_four_metadata_keys(order, stripe_request):
    ids = {key: order[key] for key in ("payment_id", "intake_id", "draft_id")}
    assert stripe_request["form"]["metadata"] == {**ids, "v": "1"}
    assert stripe_request["form"]["payment_intent_data"]["metadata"] == {**ids, "v": "1"}


def test_no_stripe_request_carries_personal_data(sandbox, everything):
    requests_made = sandbox.requests("stripe")
    assert all(order["payment_id"] in str(requests_made) for order in everything)
    assert traces.find(personal_values(), {"Stripe": str(requests_made).encode()}) == []


def test_no_error_repeats_what_was_given(answers):
    assert [answer.status_code for answer in answers] == [201, 422, 404, 422, 409]
    bodies = {answer.url: answer.content for answer in answers}
    assert traces.find(personal_values(), bodies) == []


def test_an_email_tells_nothing_of_the_person_but_the_address_that_it_goes_to(emails):
    values = {name: text for name, text in personal_values().items() if name != "user_email"}
    seen = {mail["message_id"]: "\n".join([mail["raw"], mail["text"], mail["html"],
                                           mail["subject"]]).encode() for mail in emails}
    assert traces.find(values, seen) == []
    assert all(mail["raw"].count(PERSON["user_email"]) == 1 for mail in emails), "only in To"


def test_an_operators_search_finds_orders_and_tells_nothing_of_the_person(searches, everything):
    found = [{one["intake_id"] for one in answer.json().get("intakes", [])} for answer in searches]
    first, second = (order["intake_id"] for order in everything)
    assert found[:4] == [{first, second}, {second}, {first}, {second}]
    bodies = {f"search {number}": answer.content for number, answer in enumerate(searches)}
    assert traces.find(personal_values(), bodies) == []


def test_the_write_ahead_log_has_no_personal_data_in_clear(suite, everything):
    suite.cluster.query("SELECT pg_switch_wal()")
    log = suite.cluster.directory / "data" / "pg_wal"
    segments = {path.name: path.read_bytes() for path in log.iterdir() if path.is_file()}
    # What may be stored is there, so the log is the right one.
    for order in everything:
        assert any(uuid.UUID(order["payment_id"]).bytes in data for data in segments.values())
    assert traces.find(personal_values(), segments) == []


def test_the_database_has_no_personal_data_in_clear(suite, everything):
    content = dump(suite)
    # The dump is the right one: what may be stored is in it, the audit trail too.
    assert all(order["payment_id"].encode() in content for order in everything)
    assert b"remove_exhibit" in content
    # Emails were sent, and what is stored of them is in it.
    assert b"COPY fulfillment.notifications" in content
    assert traces.find(personal_values(), {"pg_dump": content}) == []


def test_logs_and_metrics_have_no_personal_data(suite, everything):
    places = logs_and_metrics(suite)
    assert all(places.values()), "something wrote no log or metrics at all"
    assert b"/api/admin/search" in places["gateway.log"]
    assert traces.find(personal_values(), places) == []


def test_what_stripe_tells_about_the_payer_is_not_kept(suite, sandbox, order):
    details = sandbox.session(order["session_id"])["customer_details"]
    payer = {"payer's name": details["name"], "payer's email": details["email"],
             "payer's address": details["address"]["line1"]}
    places = {**logs_and_metrics(suite), "pg_dump": dump(suite)}
    assert traces.find(payer, places) == []


def test_rows_are_durable_before_stripe_answers(suite, customer, sandbox):
    answers = []
    with sandbox.held(CREATE) as wait_until_held:
        caller = threading.Thread(target=lambda: answers.append(customer.check_out()))
        caller.start()
        wait_until_held(1)
        ids = sandbox.requests("stripe", operation=CREATE)[-1]["form"]["metadata"]
        rows = suite.cluster.query(
            "SELECT p.intake_id::text, p.draft_id::text, p.state, p.stripe_session_id "
            "FROM payment.payments p JOIN intake.drafts USING (draft_id) "
            "JOIN intake.intakes i ON i.intake_id = p.intake_id WHERE p.payment_id = %s",
            ids["payment_id"], database="fightsftickets")
        assert answers == []
    caller.join(30)
    assert rows == [(ids["intake_id"], ids["draft_id"], "pending", None)]
    assert answers[0]["payment_id"] == ids["payment_id"]
