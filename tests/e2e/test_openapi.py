"""The description of the API and the running suite say the same, in both directions.

Every operation is asked for every status that it has, every answer is held against its schema, the
objects of which are closed, and at the end nothing may be described that was never seen. What all
operations of a kind refuse follows from the description, so that a new route is covered with its
lines there. Only the states of orders (409, 502) are brought about one by one.
"""

import copy
import http.client
import itertools
import json
import os
import re

import pytest
import requests

from e2e import description
from e2e.description import operations
from e2e.intakes import Intake, person
from e2e.recorder import Recorder, Request
from e2e.stages import Stages
from harness import paths, waiting
from harness.keys import ALL_SCOPES, token_line
from harness.suite import SERVICES
from harness.template import DATABASE

SUITE = {"settings": {"FSFT_WORK_POLL_SECONDS": 1,
                      ("fulfillment", "FSFT_ADDRESS_CHECKS_PER_HOUR"): 1000}}

UNKNOWN = "01890000-0000-7000-8000-000000000000"
UNKNOWN_SESSION = "cs_test_a1" + "0" * 56
REFUNDS_UNDER_WAY = "SELECT FROM payment.refunds WHERE state IN ('requested', 'held', 'submitted')"
# The token of an operator who may do everything but this.
OTHERS = {scope: f"all-but-{scope}-of-the-tests" for scope in ALL_SCOPES}
EXAMPLES = [(operation.name, example) for operation in operations().values()
            for example in operation.examples]
JSON_FIELDS = [(operation.name, field) for operation in operations().values()
               if operation.reads_json
               for field in sorted(description.described_body(operation))]


def those(wanted) -> list:
    return [name for name, operation in operations().items() if wanted(operation)]


def that_answer(status: int, also=lambda operation: True) -> list:
    return those(lambda operation: status in operation.answers and also(operation))


@pytest.fixture(scope="module", name="recorder")
def _recorder(suite):
    return Recorder(suite.gateway_url)


@pytest.fixture(scope="module", name="stages")
def _stages(suite, customer, sandbox):
    with suite.keys.admin_tokens_file.open("a", encoding="utf-8") as file:
        for scope, token in OTHERS.items():
            file.write(token_line(f"not-{scope}", [s for s in ALL_SCOPES if s != scope], token))
    yield Stages(suite, customer, sandbox)
    waiting.until(lambda: not suite.cluster.query(REFUNDS_UNDER_WAY, database=DATABASE),
                  seconds=60, what="the refunds to be settled")


def refused(recorder, name: str, request: Request, status: int, code: str = None) -> dict:
    problem = recorder.ask(name, request, status).json()
    assert code is None or problem["code"] == code
    return problem


# --- the description itself

def test_it_is_served_as_it_was_built(customer):
    answer = customer.get("/openapi.json")
    assert answer.json() == description.description()


def test_its_examples_are_as_their_schemas_say():
    examples = description.examples()
    assert len(examples) > 30
    for where, schema, value in examples:
        assert description.violations(schema, value) == [], where


# What of getHealth could be described otherwise, by its object and its answers, and would be wrong.
SEEDED = {
    "a field that is not described": lambda health, answers: health["properties"].pop("status"),
    "a field that never comes": lambda health, answers: health["required"].append("mood"),
    "another value": lambda health, answers: health["properties"].update(status={"const": "well"}),
    "a status that is not described": lambda health, answers: answers.pop("200"),
    "another type of body": lambda health, answers: answers["200"].update(
        content={"text/plain": {}}),
    "a header that never comes": lambda health, answers: answers["200"]["headers"].update(
        {"X-Mood": {"required": True, "schema": {"type": "string"}}}),
}


@pytest.mark.parametrize("seeded", SEEDED)
def test_a_difference_is_noticed(recorder, monkeypatch, seeded):
    wrong = copy.deepcopy(description.description())
    spec = wrong["paths"]["/health"]["get"]
    SEEDED[seeded](wrong["components"]["schemas"]["Health"], spec["responses"])
    operation = description.Operation("getHealth", "GET", "/health", (), spec)
    monkeypatch.setattr(description, "description", lambda: wrong)
    monkeypatch.setattr(description, "operations", lambda: {"getHealth": operation})
    with pytest.raises(AssertionError):
        recorder.ask("getHealth")


# --- what is done

# In the order of the description, so that mailing is resumed after it was paused.
@pytest.mark.parametrize("name", those(lambda operation: min(operation.answers) < 300))
def test_every_operation_does_what_it_says(recorder, stages, name):
    answer = recorder.ask(name, stages.request(name))
    assert answer.status_code == min(operations()[name].answers), answer.text


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_every_example_can_be_sent(recorder, stages, name, example):
    answer = recorder.ask(name, stages.request(name, example))
    assert answer.ok, answer.text


@pytest.mark.parametrize("name", those(lambda operation: operation.method == "GET"))
def test_head_is_answered_as_get_without_the_body(recorder, stages, name):
    operation, request = operations()[name], stages.request(name)
    answer = recorder.send("HEAD", operation.path, request)
    assert (answer.status_code, answer.content) == (200, b"")
    asked = recorder.ask(name, request, 200)
    assert answer.headers["Content-Type"] == asked.headers["Content-Type"]


@pytest.mark.parametrize("path", description.description()["paths"])
def test_options_lists_the_described_methods(customer, path):
    of = description.aliases().get(path, path)
    methods = {operation.method for operation in operations().values() if operation.path == of}
    answer = requests.options(customer.url + path.replace("{", "").replace("}", ""), timeout=30)
    assert answer.status_code == 204
    listed = set(answer.headers["Allow"].split(", "))
    assert listed == methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


@pytest.mark.parametrize("alias", description.aliases())
def test_an_alias_answers_as_what_it_is_an_alias_of(recorder, stages, alias):
    path = description.aliases()[alias]
    for operation in operations().values():
        if operation.path != path:
            continue
        request = stages.request(operation.name, to_be_taken=False).but(
            token="wrong", json=None, data=None)
        one, other = (recorder.send(operation.method, address, request)
                      for address in (path, alias))
        assert one.status_code == other.status_code
        assert one.headers["Content-Type"] == other.headers["Content-Type"]
        if not one.ok:
            assert one.json()["code"] == other.json()["code"]


def test_a_refund_of_a_review_is_a_refund(recorder, stages):
    request = stages.request("resolvePayment")
    recorder.ask("resolvePayment", request.but(json={"action": "refund"}), 202)


def test_a_paid_order_shows_everything_to_its_owner(recorder, stages):
    shown = recorder.ask("getAppeal", stages.request("getAppeal"), 200).json()
    assert [entry["what"] for entry in shown["timeline"]][:3] == ["ordered", "paid", "mailed"]
    less = recorder.ask("getAppeal", stages.request("getAppeal").but(token=None), 200).json()
    assert not {"citation_number", "agency", "tracking_number", "timeline"} & less.keys()
    assert "numbers" not in recorder.ask("getStatus", Request(), 200).json()


def test_an_address_that_the_post_writes_otherwise_is_suggested(recorder):
    # What was asked before is remembered without the suggestion, which is personal.
    cities = (f"City {number}" for number in itertools.count())
    address = {"user_address_line1": "Residential House", "user_state": "CA", "user_zip": "94107"}
    waiting.until(lambda: "suggestion" in recorder.ask("checkAddress", Request(
        json={**address, "user_city": next(cities)}), 200).json(),
                  seconds=60, interval=0.2, what="a suggestion")
    assert recorder.ask("checkAddress", Request(json={}), 200).json()["advice"]


def test_a_change_during_a_checkout_makes_a_new_draft(recorder, stages):
    intake = stages.new_intake()
    intake.checked_out(intake.draft_id)
    request = Request(path={"id": intake.id}, token=intake.token, json={"user_name": "Zoe"})
    assert recorder.ask("changeIntake", request, 200).json()["draft_id"] != intake.draft_id


# --- what every operation of a kind refuses

@pytest.mark.parametrize("name", that_answer(401))
def test_a_wrong_token_is_401(recorder, stages, name):
    request = stages.request(name, to_be_taken=False)
    if operations()[name].security("customerToken") is not None and request.token is None:
        # Whose it is can only be seen with the intake's id.
        request = request.but(json={**request.json, "intake_id": stages.intake.id})
    refused(recorder, name, request.but(token="wrong"), 401, "invalid_token")
    header = {**request.headers, "Authorization": "Basic b3BlcmF0b3I6"}
    refused(recorder, name, request.but(token=None, headers=header), 401, "invalid_token")


@pytest.mark.parametrize("name", that_answer(401, lambda one: {} not in one.spec["security"]))
def test_no_token_is_401_where_one_is_needed(recorder, stages, name):
    request = stages.request(name, to_be_taken=False).but(token=None)
    refused(recorder, name, request, 401, "token_required")


@pytest.mark.parametrize("name", that_answer(403))
def test_another_scope_is_403(recorder, stages, name):
    (scope,) = operations()[name].security("operatorToken")
    request = stages.request(name, to_be_taken=False).but(token=OTHERS[scope])
    refused(recorder, name, request, 403, "scope_missing")


@pytest.mark.parametrize("name", that_answer(503, lambda one: one.security("operatorToken")))
def test_without_usable_operators_tokens_it_is_503(suite, recorder, stages, name):
    request = stages.request(name, to_be_taken=False)
    file = suite.keys.admin_tokens_file
    moved = file.with_suffix(".away")
    os.rename(file, moved)
    try:
        refused(recorder, name, request, 503, "operator_access_not_configured")
    finally:
        os.rename(moved, file)


@pytest.mark.parametrize("name", those(lambda one: one.reads_json))
@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"text"'])
def test_what_is_no_object_of_json_is_400(recorder, stages, name, body):
    request = stages.request(name, to_be_taken=False).but(
        data=body, headers={"Content-Type": "application/json"})
    refused(recorder, name, request, 400, "malformed_json")


@pytest.mark.parametrize("name", that_answer(415))
def test_another_type_of_body_is_415(recorder, stages, name):
    request = stages.request(name, to_be_taken=False)
    for headers in ({"Content-Type": "text/plain"}, {},
                    {"Content-Type": "application/json", "Content-Encoding": "gzip"}):
        refused(recorder, name, request.but(data=b"{}", headers=headers), 415,
                "unsupported_media_type")


def answer_to_head(suite, recorder, operation, request: Request, **headers):
    """The answer to a request of which only the head is sent: its status and its problem."""
    connection = http.client.HTTPConnection("127.0.0.1", suite.port("gateway", "http"), timeout=30)
    connection.putrequest(operation.method, operation.path.format(**request.path))
    if request.token:
        connection.putheader("Authorization", f"Bearer {request.token}")
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    described = operation.answers[answer.status]["content"]["application/problem+json"]["schema"]
    assert description.violations(described, json.loads(body)) == []
    recorder.provoked.add((operation.name, answer.status))
    return answer.status, json.loads(body)["code"]


def a_type_of(operation) -> str:
    return next(iter(operation.body["content"])).replace("*/*", "text/plain")


@pytest.mark.parametrize("name", that_answer(406))
def test_who_cannot_read_the_answer_is_told_so(recorder, stages, name):
    request = stages.request(name, to_be_taken=False)
    headers = {**request.headers, "Accept": "audio/ogg"}
    refused(recorder, name, request.but(headers=headers), 406, "not_acceptable")


@pytest.mark.parametrize("name", that_answer(304))
def test_what_the_client_has_is_not_sent_again(recorder, stages, name):
    request = stages.request(name)
    tag = recorder.ask(name, request, 200).headers["ETag"]
    recorder.ask(name, request.but(headers={"If-None-Match": tag}), 304)


@pytest.mark.parametrize("name", that_answer(411))
def test_a_body_without_an_announced_end_is_411(suite, recorder, stages, name):
    operation = operations()[name]
    request = stages.request(name, to_be_taken=False)
    found = answer_to_head(suite, recorder, operation, request, Content_Type=a_type_of(operation))
    assert found == (411, "length_required")


@pytest.mark.parametrize("name", that_answer(413))
def test_a_body_of_a_byte_more_than_described_is_413_and_not_read(suite, recorder, stages, name):
    operation = operations()[name]
    request = stages.request(name, to_be_taken=False)
    found = answer_to_head(suite, recorder, operation, request, Content_Type=a_type_of(operation),
                           Content_Length=str(operation.body["x-max-bytes"] + 1))
    assert found == (413, "body_too_large")


@pytest.mark.parametrize("name", that_answer(413, lambda one: one.body["x-max-bytes"] < 1 << 20))
def test_a_body_of_as_many_bytes_as_described_is_read(recorder, stages, name):
    operation = operations()[name]
    body = b"{}" + b" " * (operation.body["x-max-bytes"] - 2)
    request = stages.request(name, to_be_taken=False).but(
        data=body, headers={"Content-Type": a_type_of(operation)}, token=None)
    assert recorder.ask(name, request).status_code != 413


def id_parameters(operation) -> list:
    return [parameter["name"] for parameter in operation.parameters if parameter["in"] == "path"]


@pytest.mark.parametrize("name", that_answer(404, id_parameters))
def test_an_id_of_nobody_is_404(recorder, stages, name):
    request = stages.request(name, to_be_taken=False)
    # Of two the second one is of what belongs to the first.
    parameter = id_parameters(operations()[name])[-1]
    nobody = UNKNOWN_SESSION if parameter == "session_id" else UNKNOWN
    refused(recorder, name, request.but(path={**request.path, parameter: nobody}), 404)


@pytest.mark.parametrize("name", that_answer(400, lambda one: "{session_id}" in one.path))
def test_what_can_be_no_session_is_400(recorder, stages, name):
    request = stages.request(name, to_be_taken=False).but(path={"session_id": "nonsense"})
    refused(recorder, name, request, 400, "invalid_session_id")


@pytest.mark.parametrize("name", that_answer(400, lambda one: not one.reads_json and one.examples))
def test_an_unsigned_event_is_400(recorder, stages, name):
    request = stages.request(name)
    unsigned = request.but(headers={"Content-Type": "application/json"})
    refused(recorder, name, unsigned, 400, "invalid_signature")
    other = request.but(data=request.data.replace(b'"id"', b'"no"', 1))
    refused(recorder, name, other, 400, "invalid_signature")


def wrong_values(schema: dict) -> list:
    """Texts that a parameter of a query cannot be."""
    if schema["type"] == "integer":
        return [str(schema["minimum"] - 1), str(schema["maximum"] + 1), "many"]
    if "minLength" in schema:
        return ["x" * (schema["minLength"] - 1), "x" * (schema["maxLength"] + 1)]
    return ["nonsense"]


@pytest.mark.parametrize(("name", "parameter"), [
    (operation.name, parameter["name"]) for operation in operations().values()
    for parameter in operation.parameters if parameter["in"] == "query"])
def test_a_parameter_that_is_not_as_described_is_422(recorder, stages, name, parameter):
    request = stages.request(name)
    (schema,) = [one["schema"] for one in operations()[name].parameters
                 if one["name"] == parameter]
    for value in wrong_values(schema):
        query = {**request.query, parameter: value}
        problem = refused(recorder, name, request.but(query=query), 422)
        assert [error["field"] for error in problem["errors"]] == [parameter], value
    for value in schema.get("enum", []):
        recorder.ask(name, request.but(query={**request.query, parameter: value}), 200)


@pytest.mark.parametrize("name", those(lambda one: "Idempotency-Key" in {
    parameter["name"] for parameter in one.parameters}))
def test_a_short_idempotency_key_is_422(recorder, stages, name):
    request = stages.request(name, to_be_taken=False)
    headers = {**request.headers, "Idempotency-Key": "short"}
    refused(recorder, name, request.but(headers=headers), 422, "invalid_idempotency_key")


# --- the fields of JSON bodies

def every_word_of_the_gateway() -> set:
    """Whatever a handler may call a field: every literal of its code that could be a name."""
    words = set()
    for path in (paths.ROOT / "gateway").glob("*.cc"):
        words |= set(re.findall(r'"([a-z][a-z0-9_]*)"', path.read_text(encoding="utf-8")))
    return words


@pytest.mark.parametrize("name", those(lambda one: one.reads_json))
def test_exactly_the_described_fields_are_read(recorder, stages, name):
    words = every_word_of_the_gateway()
    described = set(description.described_body(operations()[name]))
    assert described <= words, "the words were not found"
    # No field is an object, and all that are wrong are named at once.
    request = stages.request(name, to_be_taken=False).but(json={word: {} for word in words})
    problem = refused(recorder, name, request, 422)
    assert {error["field"] for error in problem["errors"]} == described


def wrong_type(schema: dict):
    kinds = schema.get("type", "string")
    return "7" if "string" not in kinds else 7


@pytest.mark.parametrize(("name", "field"), JSON_FIELDS)
def test_a_field_that_is_not_as_described_is_422(recorder, stages, name, field):
    operation = operations()[name]
    schema = description.described_body(operation)[field]
    request = stages.request(name, to_be_taken=False)
    wrong = [wrong_type(schema)]
    wrong += ["x" * (schema["maxLength"] + 1)] if "maxLength" in schema else []
    wrong += ["nonsense"] if "enum" in schema or "pattern" in schema else []
    wrong += ["yesterday"] if schema.get("format") == "date" else []
    wrong += [schema["minimum"] - 1] if "minimum" in schema else []
    for value in wrong:
        problem = refused(recorder, name, request.but(json={**request.json, field: value}), 422)
        assert field in [error["field"] for error in problem["errors"]], value


@pytest.mark.parametrize(("name", "field"), [
    (operation.name, field) for operation in operations().values() if operation.reads_json
    for field in description.required_of_body(operation)])
def test_a_body_without_a_required_field_is_422(recorder, stages, name, field):
    request = stages.request(name, to_be_taken=False)
    body = {key: value for key, value in request.json.items() if key != field}
    problem = refused(recorder, name, request.but(json=body), 422)
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize(("name", "field"), [
    (name, field) for name, field in JSON_FIELDS
    if "null" in description.described_body(operations()[name])[field].get("type", "")
    and field not in description.required_of_body(operations()[name])])
def test_an_optional_field_may_be_null(recorder, stages, name, field):
    request = stages.request(name)
    recorder.ask(name, request.but(json={**request.json, field: None}))


# --- photographs

def test_a_photograph_that_is_none_is_refused(recorder, stages):
    request = stages.request("addEvidence")
    form = request.but(data=b"no form", headers={"Content-Type": "multipart/form-data"})
    refused(recorder, "addEvidence", form, 400, "malformed_form")
    broken = request.but(data=request.data[:60])
    refused(recorder, "addEvidence", broken, 422, "invalid_fields")
    other = request.but(data=b"GIF89a" + bytes(100))
    refused(recorder, "addEvidence", other, 415, "unsupported_media_type")


def test_a_form_is_taken_as_well(recorder, stages):
    intake = stages.new_intake()
    boundary = "frontier"
    image = stages.request("addEvidence").data
    body = (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
            .encode() + image + f"\r\n--{boundary}--\r\n".encode())
    request = Request(path={"id": intake.id}, token=intake.token, data=body,
                      headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})
    assert recorder.ask("addEvidence", request, 201).json()["position"] == 2


# --- how orders stand

@pytest.mark.parametrize(("name", "body"), [
    ("changeIntake", {"user_name": "Zoe"}), ("saveDraft", None), ("addEvidence", None),
    ("removeEvidence", None), ("createSession", None)])
def test_what_is_paid_for_does_not_change(recorder, stages, name, body):
    intake = stages.paid_intake
    request = stages.request(name, example="by_draft" if name == "createSession" else None)
    if name == "createSession":
        body = {"intake_id": intake.id, "draft_id": intake.draft_id}
    path = {**request.path, **({"id": intake.id} if "id" in request.path else {})}
    if "exhibit_id" in path:
        path["exhibit_id"] = intake.exhibit_id
    request = request.but(path=path, token=intake.token, json=body or request.json)
    problem = refused(recorder, name, request, 409, "already_paid")
    assert problem["intake_id"] == intake.id


def test_only_the_newest_draft_is_shown(recorder, customer):
    intake = Intake(customer, person())
    draft = intake.saved()
    intake.saved("Another letter about the citation, which is long enough to be one.")
    request = Request(json={"intake_id": intake.id, "draft_id": draft}, token=intake.token)
    refused(recorder, "previewDraft", request, 409, "draft_outdated")


def test_an_order_under_way_is_not_for_operators_to_change(recorder, stages):
    pending, mailed = stages.pending, stages.mailed
    for name, path, body, code in (
            ("retryFulfillment", {"session_id": pending["session_id"]}, None, "pending"),
            ("retryLetter", {"id": pending["payment_id"]}, None, "pending"),
            ("cancelLetter", {"id": pending["payment_id"]}, None, "pending"),
            ("refundPayment", {"id": pending["payment_id"]}, {"reason": "other"}, "not_paid"),
            ("resolvePayment", {"id": pending["payment_id"]}, {"action": "accept"},
             "nothing_to_resolve"),
            ("sendAnew", {"id": mailed["payment_id"]}, {"force": True}, "no_new_generation"),
            ("eraseIntake", {"id": mailed["intake_id"]}, None, "order_in_progress")):
        refused(recorder, name, Request(path=path, json=body, token=stages.operator), 409, code)


def test_a_letter_that_nobody_has_paid_for_is_404(recorder, stages):
    request = Request(path={"payment_id": stages.pending["payment_id"]},
                      token=stages.pending["access_token"])
    refused(recorder, "getLetter", request, 404, "letter_not_ready")


def test_nobodys_order_is_not_found_by_what_somebody_says(recorder, stages):
    request = stages.request("lookUpStatus")
    nobody = request.but(json={**request.json, "email": "nobody@example.com"})
    refused(recorder, "lookUpStatus", nobody, 404, "order_not_found")


# --- what no operation is described for

def test_what_is_no_operation_is_refused_with_a_problem_too(suite, customer):
    def problem(answer, status: int):
        assert answer.status_code == status, answer.text
        schema = {"$ref": "#/components/schemas/Problem"}
        assert description.violations(schema, answer.json()) == []
        return answer

    problem(customer.get("/api/nothing"), 404)
    assert "POST" in problem(customer.get("/api/checkout/create-session"), 405).headers["Allow"]
    problem(customer.get("/api/appeals/" + "a" * 20_000), 414)
    problem(requests.request("BREW", customer.url + "/health", timeout=30), 501)
    connection = http.client.HTTPConnection("127.0.0.1", suite.port("gateway", "http"), timeout=30)
    connection.request("POST", "/api/support", headers={
        "Content-Length": "2", "Transfer-Encoding": "chunked"})
    assert connection.getresponse().status == 400
    connection.close()


# --- when others fail; after this little works

def test_a_refund_that_could_not_hold_the_letter_yet_tells_its_id(suite, recorder, stages):
    request = stages.request("refundPayment")
    suite.kill("fulfillment")
    problem = refused(recorder, "refundPayment", request.but(
        headers={"Idempotency-Key": "while-nobody-is-there"}), 503, "refund_not_held")
    assert "refund_id" in problem


def test_what_stripe_fails_at_is_502_with_the_order(recorder, stages, sandbox):
    intake = stages.new_intake()
    intake.checked_out(intake.draft_id)
    path, token = {"id": intake.id}, intake.token
    image = stages.request("addEvidence")
    with sandbox.failing("stripe.*", 500):
        problem = refused(recorder, "createSession", stages.request("createSession"), 502)
        assert {"payment_id", "intake_id", "draft_id"} <= problem.keys()
        for name, request in (
                ("changeIntake", Request(json={"user_name": "Zoe"})),
                ("saveDraft", stages.request("saveDraft")),
                ("addEvidence", image),
                ("removeEvidence", Request())):
            own = {**path, **({"exhibit_id": intake.exhibit_id} if "remove" in name else {})}
            refused(recorder, name, request.but(path=own, token=token), 502)
        refused(recorder, "reconcile", stages.request("reconcile"), 502)


def test_without_the_services_it_is_503(suite, recorder, stages, customer):
    asked = {name: stages.request(name, to_be_taken=False) for name in that_answer(503)}
    for name in SERVICES:
        if name not in suite.dead():
            suite.kill(name)
    waiting.until(lambda: customer.get("/api/webhook/health").status_code == 503, seconds=30,
                  what="the gateway to see it")
    for name, request in asked.items():
        # That is a report, and only its operators' part can fail.
        if name != "getStatus":
            refused(recorder, name, request, 503)
    recorder.ask("getStatus", asked["getStatus"], 200)
    recorder.ask("getHealth", Request(), 200)
    suite.revive(*SERVICES)
    waiting.until(lambda: customer.get("/health/ready").status_code == 200, seconds=30,
                  what="the gateway to find every service ready")


def test_who_asks_too_often_is_told_so(suite, recorder, stages):
    limited = {name: stages.request(name, to_be_taken=False) for name in that_answer(429)}
    limits = {f"{operation.method} {operation.path}=1" for name in limited
              for operation in [operations()[name]]}
    suite.reconfigure("gateway", FSFT_RATE_LIMITS=",".join(sorted(limits)))
    for name, request in limited.items():
        operation = operations()[name]
        recorder.send(operation.method, operation.path, request)
        refused(recorder, name, request, 429, "too_many_requests")


# --- nothing is described that there is not

def test_every_described_answer_was_seen(recorder):
    described = {(name, status) for name, operation in operations().items()
                 for status in operation.answers}
    assert described - recorder.provoked == set()


def test_every_described_field_was_seen(recorder):
    described = set()
    for operation in operations().values():
        for answer in operation.answers.values():
            for media in answer.get("content", {}).values():
                described |= description.described_fields(media.get("schema", {}), operation.name)
    assert described - recorder.shown == set()
