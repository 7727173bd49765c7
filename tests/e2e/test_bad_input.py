"""Bad input, as a client sees it: named by field, code and message, and never stored."""

import base64
import json
import struct
import subprocess
import zlib

import pytest

from e2e.customer import LETTER, appeal
from harness.template import DATABASE

SUITE = {"settings": {"FSFT_RATE_LIMITS": "off"}}
PATH = "/api/checkout/create-session"

UNPRINTABLE = "has characters that cannot be printed"
REQUIRED = "must not be empty"
NUL = "Must not contain the character NUL."
TYPE = "Must be standard or certified."
DATE = "must be a date like 2026-11-02"
STATE = "must be the two letters of a US state or territory"
ZIP = "must be like 12345 or 12345-6789"
UNKNOWN_NUMBER = "is not a citation number that we know how to appeal"
SIGNATURE = ("must be a whole PNG of one picture, with at most 4 million pixels and little detail")


def longest(count: int) -> str:
    return f"must have at most {count} characters"


def shortest(count: int) -> str:
    return f"must have at least {count} characters"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int) -> bytes:
    """A white picture, which is small whatever its size."""
    rows = (b"\0" + b"\xff" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def data_url(image: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(image).decode()


# One change to a valid body, and what the customer hears of it.
ROWS = {
    "no citation": ({"citation_number": None}, "citation_number", "required", REQUIRED),
    "citation of 5": ({"citation_number": "12345"}, "citation_number", "too_short", shortest(6)),
    "citation of 21": ({"citation_number": "9" * 21}, "citation_number", "too_long", longest(20)),
    "citation of signs": ({"citation_number": "A!!!!!"}, "citation_number", "invalid",
                          "must have letters and digits only"),
    "citation of nobody": ({"citation_number": "1234567"}, "citation_number", "unrecognized",
                           UNKNOWN_NUMBER),
    "no date": ({"violation_date": None}, "violation_date", "required", REQUIRED),
    "American date": ({"violation_date": "11/02/2026"}, "violation_date", "invalid", DATE),
    "February 30": ({"violation_date": "2026-02-30"}, "violation_date", "invalid", DATE),
    "date to come": ({"violation_date": "2999-01-01"}, "violation_date", "in_future",
                     "must not be in the future"),
    "ancient date": ({"violation_date": "2001-01-01"}, "violation_date", "too_old",
                     "must not be more than five years ago"),
    "long vehicle": ({"vehicle_info": "v" * 201}, "vehicle_info", "too_long", longest(200)),
    "wide vehicle": ({"vehicle_info": "\ufdfd" * 200}, "vehicle_info", "too_wide",
                     "takes more room than the letter's first page has"),
    "long plate": ({"license_plate": "p" * 21}, "license_plate", "too_long", longest(20)),
    "no name": ({"user_name": ""}, "user_name", "required", REQUIRED),
    "blank name": ({"user_name": " \t "}, "user_name", "required", REQUIRED),
    "invisible name": ({"user_name": "\u200b\u3164"}, "user_name", "required",
                       "must have a visible character"),
    "long name": ({"user_name": "n" * 41}, "user_name", "too_long", longest(40)),
    "name of half a megabyte, nearly": ({"user_name": "n" * 500_000}, "user_name", "too_long",
                                        longest(40)),
    "name with NUL": ({"user_name": "A\0B"}, "user_name", "invalid_character", NUL),
    "name with a bell": ({"user_name": "A\aB"}, "user_name", "invalid_characters", UNPRINTABLE),
    "name of two lines": ({"user_name": "A\nB"}, "user_name", "invalid_characters", UNPRINTABLE),
    "name that reads backwards": ({"user_name": "A\u202eB"}, "user_name", "invalid_characters",
                                  UNPRINTABLE),
    "name that no font has": ({"user_name": "A\u0378B"}, "user_name", "unprintable_character",
                              "has the character U+0378, which cannot be printed"),
    "name under a tower of marks": ({"user_name": "A" + "\u0301" * 20}, "user_name",
                                    "too_many_marks", "has a character with too many marks on it"),
    "name as a number": ({"user_name": 7}, "user_name", "wrong_type", "Must be a string."),
    "no street": ({"user_address_line1": ""}, "user_address_line1", "required", REQUIRED),
    "long street": ({"user_address_line1": "a" * 65}, "user_address_line1", "too_long",
                    longest(64)),
    "long second line": ({"user_address_line2": "a" * 65}, "user_address_line2", "too_long",
                         longest(64)),
    "no town": ({"user_city": ""}, "user_city", "required", REQUIRED),
    "long town": ({"user_city": "c" * 51}, "user_city", "too_long", longest(50)),
    "state of three letters": ({"user_state": "cal"}, "user_state", "invalid", STATE),
    "no such state": ({"user_state": "XX"}, "user_state", "invalid", STATE),
    "zip of 4": ({"user_zip": "9410"}, "user_zip", "invalid", ZIP),
    "zip with a letter": ({"user_zip": "9410a"}, "user_zip", "invalid", ZIP),
    "no email at all": ({"user_email": "nobody"}, "user_email", "invalid",
                        "must be an email address"),
    "email that reads backwards": ({"user_email": "a\u202eb@example.com"}, "user_email",
                                   "invalid_characters", UNPRINTABLE),
    "phone in words": ({"user_phone": "call me"}, "user_phone", "invalid",
                       "must be a phone number"),
    "no letter": ({"draft_text": None}, "draft_text", "required", REQUIRED),
    "letter of 49": ({"draft_text": "x" * 49}, "draft_text", "too_short", shortest(50)),
    "letter of 49 and blanks": ({"draft_text": " " * 9 + "x" * 49 + "\n"}, "draft_text",
                                "too_short", shortest(50)),
    "letter of 5001": ({"draft_text": "x" * 5001}, "draft_text", "too_long", longest(5000)),
    "letter with an override": ({"draft_text": LETTER + "\u202e"}, "draft_text",
                                "invalid_characters", UNPRINTABLE),
    "letter that no font has": ({"draft_text": LETTER + "\ue000"}, "draft_text",
                                "unprintable_character",
                                "has the character U+E000, which cannot be printed"),
    "letter of 2500 lines": ({"draft_text": "a\n" * 2499 + "a"}, "draft_text", "too_many_pages",
                             "takes more pages than the printer accepts; use fewer line breaks"),
    "unknown type": ({"appeal_type": "express"}, "appeal_type", "invalid_choice", TYPE),
    "signature that is no PNG": ({"signature_data": data_url(b"GIF89a")}, "signature_data",
                                 "invalid", "must be a PNG image"),
    "signature cut short": ({"signature_data": data_url(png(60, 20)[:-20])}, "signature_data",
                            "unusable", SIGNATURE),
    "signature that unpacks to millions": ({"signature_data": data_url(png(4001, 1000))},
                                           "signature_data", "unusable", SIGNATURE),
    "signature above 200 KiB": ({"signature_data": data_url(png(60, 20) + b"x" * 205_000)},
                                "signature_data", "too_long", "must have at most 204800 bytes"),
}

TAKEN = {
    "letter of 50": {"draft_text": "x" * 50},
    "state in lower case": {"user_state": "ca"},
    "zip of 9": {"user_zip": "94102-1234"},
    "type in upper case": {"appeal_type": "CERTIFIED"},
    "citation with dashes": {"citation_number": "912-345-678"},
    "name of 40, typed with marks": {"user_name": "e\u0301" * 40},
    "small signature": {"signature_data": data_url(png(600, 180))},
}


def changed(changes: dict) -> dict:
    """A valid body with changes; None leaves a field out."""
    return {field: value for field, value in appeal(**changes).items() if value is not None}


@pytest.fixture(scope="module", name="stored")
def _stored(suite):
    """Counts the rows of every table of intake."""
    tables = [name for name, in suite.cluster.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'intake'::regnamespace "
        "AND relkind IN ('r', 'p') AND NOT relispartition", database=DATABASE)]
    assert {"intakes", "drafts", "request_keys", "audit_log"} <= set(tables)
    counts = ", ".join(f"(SELECT count(*) FROM intake.{table})" for table in tables)

    def count() -> dict:
        (row,) = suite.cluster.query(f"SELECT {counts}", database=DATABASE)
        return dict(zip(tables, row))
    return count


def refused(answer, status: int) -> list:
    """The errors of a problem, checked; none where it has no fields."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    return answer.json().get("errors", [])


@pytest.mark.parametrize("row", ROWS)
def test_a_broken_rule_is_named_by_field_code_and_message(customer, stored, row):
    changes, field, code, message = ROWS[row]
    before = stored()
    errors = refused(customer.post(PATH, changed(changes)), 422)
    assert errors == [{"field": field, "code": code, "message": message}]
    assert stored() == before


def test_everything_that_is_wrong_is_told_at_once(customer, stored):
    before = stored()
    errors = refused(customer.post(PATH, {"user_state": "cal", "draft_text": "Short."}), 422)
    assert {(error["field"], error["code"]) for error in errors} == {
        ("citation_number", "required"), ("violation_date", "required"),
        ("user_name", "required"), ("user_address_line1", "required"), ("user_city", "required"),
        ("user_state", "invalid"), ("user_zip", "required"), ("draft_text", "too_short")}
    assert stored() == before


@pytest.mark.parametrize("body, status", [
    (b"{", 400),
    (b"[]", 400),
    (json.dumps(appeal()).encode().replace(b"Quackenbush", b"Quacken\xffbush"), 400),
    (json.dumps(appeal()).encode().replace(b"Quackenbush", b"\\ud800"), 400),
    (json.dumps(appeal(user_name="n" * (1 << 20))).encode(), 413),
], ids=["no JSON", "no object", "no UTF-8", "half a surrogate pair", "a megabyte"])
def test_what_cannot_be_read_is_refused_whole(customer, stored, body, status):
    before = stored()
    answer = customer.post(PATH, data=body, headers={"Content-Type": "application/json"})
    assert refused(answer, status) == []
    assert stored() == before


def test_no_refusal_repeats_what_the_customer_wrote(customer):
    for changes, *_ in ROWS.values():
        text = customer.post(PATH, changed(changes)).text
        for personal in ("Quackenbush", "Larkspur", "8ABC123", "pay-by-phone"):
            assert personal not in text


@pytest.mark.parametrize("row", TAKEN)
def test_what_the_rules_allow_is_taken(customer, row):
    answer = customer.post(PATH, changed(TAKEN[row]))
    assert answer.status_code == 200, answer.text


def letter_text(customer, sandbox, body: dict) -> str:
    """The text of the letter that is mailed for a body, with single spaces."""
    session = customer.check_out(body)
    customer.pay(session["session_id"])
    customer.wait_until_mailed(session["session_id"])
    (letter,) = sandbox.letters(session["payment_id"])
    done = subprocess.run(["pdftotext", "-", "-"], input=sandbox.letter_pdf(letter["id"]),
                          check=True, capture_output=True)
    return " ".join(done.stdout.decode().split())


# Defect 20: such a text made every attempt to mail fail, after the customer had paid.
def test_a_customer_who_writes_markup_gets_it_printed_as_it_was_typed(customer, sandbox):
    written = "<b>The meter</b> & <img src='http://evil.example/x'> were </broken> &amp; <unclosed"
    body = appeal(draft_text=f"{written}. {LETTER}", user_name="Ada <i>& Sons",
                  signature_data=data_url(png(300, 90)))
    printed = letter_text(customer, sandbox, body)
    assert written in printed
    assert "Ada <i>& Sons" in printed


# Defect 19: the printer refused longer names and lines after the customer had paid.
def test_a_customer_with_the_longest_name_and_address_gets_the_letter_mailed(customer, sandbox):
    body = appeal(user_name="N" * 40, user_address_line1="A" * 64, user_address_line2="B" * 64)
    printed = letter_text(customer, sandbox, body).replace(" ", "")
    assert "N" * 40 in printed and "A" * 64 in printed and "B" * 64 in printed


def test_a_customer_who_writes_chinese_gets_the_same_characters_printed(customer, sandbox):
    # Two of them made the program that prints them abort.
    written = "敬启者本人就停车罚单提出申诉\u99b7\u99ce"
    assert written in letter_text(customer, sandbox, appeal(draft_text=written * 4))
