"""What we ask Lob for, held against Lob's own description of its API.

The description is the vendor's file and no part of this project. Where it does not lie beside the
project, these tests say so and are left out.
"""

import copy
import functools

import jsonschema
import pytest
import yaml

from e2e.customer import appeal
from harness import paths, report, waiting

DESCRIPTION = paths.ROOT.parent / "shared" / "facts" / "lob-openapi.yml"
SUITE = {"settings": {("fulfillment", "FSFT_ADDRESS_CHECKS_PER_HOUR"): 100}}


@pytest.fixture(scope="module", autouse=True)
def _description():
    if not DESCRIPTION.exists():
        report.show(f"Not checked against Lob's description: {DESCRIPTION.name} is not there")
        pytest.skip(f"there is no {DESCRIPTION.name}")


def without_nullable(schema):
    """The description with OpenAPI's `nullable` said as JSON Schema says it."""
    if isinstance(schema, list):
        return [without_nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: without_nullable(part) for name, part in schema.items() if name != "nullable"}
    if schema.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain


@functools.lru_cache(maxsize=None)
def description() -> dict:
    return without_nullable(yaml.load(DESCRIPTION.read_text(encoding="utf-8"),
                                      Loader=yaml.CSafeLoader))


def violations(body: dict, schema: str = "letter_editable") -> list:
    validator = jsonschema.Draft7Validator({"$ref": f"#/components/schemas/{schema}"},
                                           resolver=jsonschema.RefResolver("", description()))
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
            for error in validator.iter_errors(body)]


def as_json(form: dict) -> dict:
    """A recorded form with the types that the description gives its fields; a form has only text.
    For a file that comes along with the form it has no words, so an address stands for it.
    """
    flags = {name: value == "true" for name, value in form.items() if value in ("true", "false")}
    return {**form, **flags, "file": "https://printer.invalid/letter.pdf"}


@pytest.fixture(scope="module", name="bodies")
def _bodies(customer, sandbox):
    """What fulfillment asked for: a standard and a certified letter."""
    found = {}
    for appeal_type in ("standard", "certified"):
        order = customer.check_out(appeal(appeal_type=appeal_type,
                                          user_address_line2="Apartment 5"))
        customer.pay(order["session_id"])
        customer.wait_until_mailed(order["session_id"])
        form = {"form[metadata][payment_id]": order["payment_id"]}
        [request] = sandbox.requests("lob", operation="lob.letters.create", **form)
        found[appeal_type] = as_json(request["form"])
    return found


def test_lob_takes_what_we_ask_for(bodies):
    for appeal_type, body in bodies.items():
        assert violations(body) == [], appeal_type
    assert bodies["standard"]["mail_type"] == bodies["certified"]["mail_type"] == "usps_first_class"
    assert "extra_service" not in bodies["standard"]
    assert bodies["certified"]["extra_service"] == "certified"


@pytest.mark.parametrize("seeded", ["use_type", "mail_type", "name"])
def test_what_lob_would_refuse_is_noticed(bodies, seeded):
    body = copy.deepcopy(bodies["standard"])
    if seeded == "use_type":
        del body["use_type"]
    elif seeded == "mail_type":
        body["mail_type"] = "usps_certified"
    else:
        body["to"]["name"] = "N" * 41
    assert violations(body) != []


@pytest.fixture(scope="module", name="question")
def _question(customer, sandbox):
    """What fulfillment asked about an address."""
    line = "Residential House"
    form = {"form[primary_line]": line}

    def asked():
        answer = customer.post("/api/addresses/check", {
            "user_address_line1": line, "user_address_line2": "Apartment 5",
            "user_city": "San Francisco", "user_state": "CA", "user_zip": "94110"})
        assert answer.status_code == 200, answer.text
        return sandbox.requests("lob", operation="lob.us_verifications.create", **form)

    # Lob is left alone for a while after it was slow, as it may have been for an order before.
    request, *_ = waiting.until(asked, seconds=60, interval=0.5, what="the question to Lob")
    return request["form"]


def test_lob_takes_what_we_ask_about_an_address(question):
    assert violations(question, "us_verifications_writable") == []
    assert question["secondary_line"] == "Apartment 5"


@pytest.mark.parametrize("seeded", [{"primary_line": None}, {"zip_code": "9411"},
                                    {"zip_code": None, "city": None}, {"city": 7}])
def test_a_question_that_lob_would_refuse_is_noticed(question, seeded):
    changed = {name: value for name, value in {**question, **seeded}.items() if value is not None}
    assert violations(changed, "us_verifications_writable") != []
