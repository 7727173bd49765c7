"""Cities, citations and letters from facts, as a browser asks for them; and what a load changes."""

import datetime
import json
import zoneinfo

import pytest

from e2e import reading
from e2e.customer import appeal
from harness import paths, template, waiting

SUITE = {"replicas": {"intake": 2}, "settings": {"FSFT_RATE_LIMITS": "off",
                                                 "FSFT_WORK_POLL_SECONDS": "1"}}
SAN_FRANCISCO = "us-ca-san_francisco"
STORY = "I forgot my badge & nothing was around the right sign.\n\n<b>The meter</b> was {broken}."


def days_ago(days: int) -> str:
    """The date in San Francisco."""
    today = datetime.datetime.now(zoneinfo.ZoneInfo("America/Los_Angeles")).date()
    return (today - datetime.timedelta(days=days)).isoformat()


@pytest.fixture(name="validate")
def _validate(customer):
    def validate(number: str, city: str = SAN_FRANCISCO, **fields) -> dict:
        answer = customer.post("/api/citations/validate",
                               {"citation_number": number, "city_id": city, **fields})
        assert answer.status_code == 200, answer.text
        return answer.json()
    return validate


@pytest.fixture(name="load")
def _load(suite, tmp_path):
    """Loads the reviewed file with changes, and the file itself again at the end."""
    def load(change) -> str:
        registry = json.loads(paths.CITIES.read_text(encoding="utf-8"))
        change({city["city_id"]: city for city in registry["cities"]})
        file = tmp_path / "cities.json"
        file.write_text(json.dumps(registry), encoding="utf-8")
        return template.registry(suite.cluster, "load", file)

    yield load
    template.registry(suite.cluster, "load", paths.CITIES)


def problem(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer.json()


def violations(answer) -> dict:
    assert answer.status_code == 422, answer.text
    return {error["field"]: error["code"] for error in answer.json().get("errors", [])}


# --- the checks of the predecessor's contract

@pytest.mark.parametrize("number", ["12345", "1234567890123", "", "   ", "!!!!!!", "A!!!!!",
                                    "000000000", "9" * 400])
def test_what_is_no_citation_number_is_not_valid_and_says_why(validate, number):
    verdict = validate(number, "")
    assert verdict["is_valid"] is False
    assert verdict["error_message"]
    assert verdict["matches"] == []


@pytest.mark.parametrize("number", ["912345678", "912-345-678", " 912.345 678 "])
def test_a_number_has_one_form_however_it_was_typed(validate, number):
    verdict = validate(number)
    assert verdict["is_valid"] and not verdict["ambiguous"]
    assert (verdict["formatted_citation"], verdict["agency"]) == ("912-345-678", "SFMTA")
    assert verdict["matches"] == [{"city_id": SAN_FRANCISCO, "section_id": "sfmta",
                                   "agency": "SFMTA", "verified": False, "served": True}]


@pytest.mark.parametrize("number, city, section, days", [
    ("NYC12345678", "us-ny-new_york", "nyc", 30), ("LAPD123456", "us-ca-los_angeles", "lapd", 21),
    ("BO1234567", "us-ma-boston", "parking", 21), ("bpd-123456", "us-md-baltimore", "police", 15)])
def test_each_authority_of_a_city_knows_its_numbers_and_days(validate, number, city, section,
                                                             days):
    verdict = validate(number, city)
    assert (verdict["section_id"], verdict["appeal_deadline_days"]) == (section, days)
    assert verdict["matches"][0]["served"] is False


def test_the_deadline_is_counted_from_the_violation(validate):
    assert validate("912345678", violation_date="2024-01-15")["deadline_date"] == "2024-02-05"


@pytest.mark.parametrize("path", ["/citations/validate", "/api/tickets/validate",
                                  "/tickets/validate"])
def test_old_addresses_validate_too(customer, path):
    answer = customer.post(path, {"citation_number": "912345678", "city_id": SAN_FRANCISCO})
    assert answer.json()["agency"] == "SFMTA"


def test_an_odd_plate_is_told_and_is_no_obstacle(validate):
    verdict = validate("912345678", license_plate="A")
    assert verdict["is_valid"] and "plate" in verdict["error_message"]
    assert validate("912345678", license_plate="8ABC123")["error_message"] is None


def test_a_date_that_is_none_or_lies_ahead_is_refused(customer):
    for date, code in (("01/15/2024", "invalid"), ("2024-02-30", "invalid"),
                       (days_ago(-1), "in_future")):
        answer = customer.post("/api/citations/validate",
                               {"citation_number": "912345678", "city_id": SAN_FRANCISCO,
                                "violation_date": date})
        assert violations(answer) == {"violation_date": code}, date


# --- the predecessor's defects, by what they did to a customer

def test_19_no_letter_is_paid_for_that_the_printer_would_refuse_for_its_agencys_name(customer):
    cities = json.loads(paths.CITIES.read_text(encoding="utf-8"))["cities"]
    addresses = [section["address"] for city in cities for section in city["sections"]
                 if "address" in section]
    assert len(addresses) > 20
    for address in addresses:
        assert len(address["name"]) <= 40 and len(address.get("company", "")) <= 40
        assert len(address["address_line1"]) <= 64
    for field, length in (("user_name", 41), ("user_address_line1", 65)):
        answer = customer.post("/api/checkout/create-session", appeal(**{field: "x" * length}))
        assert violations(answer) == {field: "too_long"}


def test_26_no_letter_goes_to_a_city_that_happens_to_come_first(validate, customer):
    verdict = validate("912345678", "", violation_date=days_ago(3))
    assert verdict["is_valid"] and verdict["ambiguous"]
    cities = {match["city_id"] for match in verdict["matches"]}
    assert {SAN_FRANCISCO, "us-pa-philadelphia"} <= cities
    assert verdict["agency"] is None and verdict["deadline_date"] is None
    body = appeal(section_id="")
    del body["city_id"]
    answer = customer.post("/api/checkout/create-session", body)
    assert violations(answer) == {"city_id": "ambiguous"}


def test_27_nobody_is_told_what_another_customer_asked(validate):
    for _ in range(3):
        assert validate("BPD123456", "us-ma-boston")["section_id"] == "police"
        baltimore = validate("BPD123456", "us-md-baltimore")
        assert baltimore["city_id"] == "us-md-baltimore"
        assert baltimore["appeal_deadline_days"] == 15
    # It stands as an example with other cities.
    assert validate("12345678", "us-ca-oakland")["city_id"] == "us-ca-oakland"


def test_29_no_letter_goes_to_an_address_that_nobody_has_reviewed(suite, load):
    before = suite.cluster.query("SELECT * FROM intake.authorities ORDER BY 1, 2",
                                 database=template.DATABASE)

    def without_a_city(cities):
        cities["us-ca-oakland"]["name"] = "Another"
        del cities[SAN_FRANCISCO]["sections"][0]["address"]["city"]

    with pytest.raises(RuntimeError, match="us-ca-san_francisco/sfmta: address.city: is missing"):
        load(without_a_city)
    after = suite.cluster.query("SELECT * FROM intake.authorities ORDER BY 1, 2",
                                database=template.DATABASE)
    assert after == before
    # And the service itself may not write it: tests/e2e/grants.txt.


def test_30_nobody_is_turned_away_on_the_last_day(validate, customer):
    last_day = validate("912345678", violation_date=days_ago(21))
    assert (last_day["days_remaining"], last_day["is_past_deadline"]) == (0, False)
    assert last_day["is_urgent"]
    late = validate("912345678", violation_date=days_ago(22))
    assert (late["days_remaining"], late["is_past_deadline"]) == (0, True)
    assert validate("912345678", violation_date=days_ago(20))["days_remaining"] == 1
    customer.check_out(appeal(violation_date=days_ago(21)))


def test_31_a_question_without_a_date_does_not_hide_that_it_is_too_late(validate):
    assert validate("912345678")["deadline_date"] is None
    assert validate("912345678", violation_date="2020-01-15")["is_past_deadline"] is True
    assert validate("912345678")["is_past_deadline"] is None


def test_32_nobody_pays_for_an_appeal_that_cannot_be_sent(customer):
    def refusal(**changes):
        return customer.post("/api/checkout/create-session", appeal(section_id="", **changes))

    chicago = {"city_id": "us-il-chicago", "citation_number": "CH12345678"}
    problem(refusal(**chicago), 422, "city_not_served")
    for city, number in (("us-dc-washington", "DC1234567"), ("us-tx-houston", "HX123456"),
                         ("us-ut-salt_lake_city", "1234567"), ("us-ca-oakland", "12345678"),
                         ("x-ca", "912345678")):
        problem(refusal(city_id=city, citation_number=number), 422, "city_not_served")
    problem(refusal(violation_date=days_ago(22)), 422, "deadline_passed")
    assert violations(refusal(citation_number="A!!!!!")) == {"citation_number": "invalid"}
    assert violations(refusal(violation_date=days_ago(-1))) == {"violation_date": "in_future"}
    assert violations(refusal(violation_date="1999-01-01")) == {"violation_date": "too_old"}
    customer.check_out(appeal(violation_date=days_ago(22), accept_late=True))


def test_33_every_city_that_we_name_can_be_named_to_us(customer, validate):
    cities = customer.get("/api/cities").json()["cities"]
    assert len(cities) == 24
    for city in cities:
        verdict = validate("912345678", city["city_id"])
        assert verdict["is_valid"] or verdict["city_mismatch"], city["city_id"]
    served = [city["city_id"] for city in cities if city["is_served"]]
    assert served == [SAN_FRANCISCO]
    (san_francisco,) = [city for city in cities if city["city_id"] == SAN_FRANCISCO]
    assert san_francisco["time_zone"] == "America/Los_Angeles"
    assert san_francisco["sections"][0] == {
        "section_id": "sfmta", "agency": "SFMTA", "appeal_deadline_days": 21, "verified": False,
        "certified_required": False, "is_served": True}


def test_34_the_customers_own_words_are_what_is_mailed(customer, sandbox):
    body = appeal()
    facts = {key: body[key] for key in ("citation_number", "city_id", "violation_date",
                                        "license_plate", "vehicle_info", "user_name")}
    answer = customer.post("/api/drafts/generate", {**facts, "story": STORY})
    assert answer.status_code == 200, answer.text
    letter = answer.json()["draft_text"]
    assert f"\n\n{STORY}\n\n" in letter
    for fact in ("8ABC123", "Blue 1998 hatchback", "Wilhelmina Quackenbush", "San Francisco"):
        assert fact in letter
    order = customer.check_out({**body, "draft_text": letter})
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (mailed,) = sandbox.letters(order["payment_id"])
    assert " ".join(STORY.split()) in reading.text_of(sandbox.letter_pdf(mailed["id"]))


def test_a_letter_is_not_written_around_facts_that_are_wrong(customer):
    answer = customer.post("/api/drafts/generate", {"story": "x" * 5001})
    assert violations(answer) == {"citation_number": "required", "violation_date": "required",
                                  "user_name": "required", "story": "too_long"}


# --- loads

def test_a_load_is_seen_by_running_services_and_the_orders_that_it_affects_are_listed(
        suite, customer, load, validate):
    order = customer.check_out()
    assert order["intake_id"] not in template.registry(suite.cluster, "affected")

    def move(cities):
        cities[SAN_FRANCISCO]["sections"][0]["appeal_days"] = 28
        cities["us-ca-oakland"]["sections"][0]["verified_on"] = "2026-11-02"

    told = load(move)
    assert "us-ca-san_francisco/sfmta: appeal_days: 21 -> 28" in told
    assert load(move) == "nothing has changed\n"
    # Each of the two replicas answers some of the calls.
    waiting.until(lambda: {validate("912345678")["appeal_deadline_days"] for _ in range(8)} == {28},
                  seconds=20, what="both replicas to go by the new load")
    (oakland,) = [city for city in customer.get("/api/cities").json()["cities"]
                  if city["city_id"] == "us-ca-oakland"]
    assert oakland["is_served"] and oakland["sections"][0]["verified"]
    affected = template.registry(suite.cluster, "affected")
    # Intake hears of a payment when it is paid.
    assert f"intake {order['intake_id']} payment - submitted {SAN_FRANCISCO}/sfmta" in affected
    assert affected.splitlines()[0].endswith(" appeal_days")


def test_only_certified_mail_goes_where_only_that_will_do(customer, load):
    def require(cities):
        cities[SAN_FRANCISCO]["sections"][0]["certified_required"] = True
        cities[SAN_FRANCISCO]["sections"][0]["blocked_sender_states"] = ["NV"]

    load(require)

    def refused():
        # A new appeal each time: an order that was taken before the load stays taken.
        answer = customer.post("/api/checkout/create-session", appeal(user_state="NV"))
        return answer.status_code == 422 and violations(answer) == {
            "appeal_type": "certified_required", "user_state": "not_served"}

    # Each of two replicas sees the load for itself.
    waiting.until(lambda: all(refused() for _ in range(6)), seconds=20,
                  what="both replicas to go by the new load")


def test_the_operator_decides_which_unverified_cities_are_served(suite, customer):
    def served() -> set:
        return {city["city_id"] for city in customer.get_patiently("/api/cities").json()["cities"]
                if city["is_served"]}

    for replica in suite.names("intake"):
        suite.reconfigure(replica, FSFT_SERVE_UNVERIFIED="us-ca-oakland,us-il-chicago")
    assert served() == {"us-ca-oakland"}
    for replica in suite.names("intake"):
        suite.reconfigure(replica, FSFT_SERVE_UNVERIFIED="all")
    assert len(served()) == 24 - 6 - 1  # six are blocked, and one has no address
    for replica in suite.names("intake"):
        suite.reconfigure(replica, FSFT_SERVE_UNVERIFIED=None)
    assert served() == {SAN_FRANCISCO}
