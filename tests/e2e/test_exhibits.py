"""Photographs: uploaded by strangers, made fit for print, and mailed with the letter."""

import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

import pytest

from e2e import photographs, reading
from e2e.customer import appeal
from e2e.intakes import CHECKOUT, Intake, person, refused
from harness import traces
from harness.template import DATABASE

SUITE = {"replicas": {"intake": 2}, "settings": {"FSFT_RATE_LIMITS": "off"}}
LIMIT = 10 << 20


class Evidence(Intake):
    """An intake with photographs."""

    def __init__(self, customer):
        super().__init__(customer, person())
        self._customer = customer
        self.path = f"/api/intakes/{self.id}/evidence"

    def upload(self, image: bytes, kind: str = "image/jpeg", **headers):
        return self._customer.post(self.path, data=image, token=self.token,
                                   headers={"Content-Type": kind, **headers})

    def upload_form(self, image: bytes, caption: str):
        return self._customer.post(self.path, token=self.token, data={"caption": caption},
                                   files={"file": ("sign.jpg", image, "image/jpeg")})

    def remove(self, exhibit_id: str):
        return self._customer.delete(f"{self.path}/{exhibit_id}", token=self.token)

    def uploaded(self, image: bytes, kind: str = "image/jpeg", **headers) -> dict:
        answer = self.upload(image, kind, **headers)
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture(name="evidence")
def _evidence(customer):
    return Evidence(customer)


@pytest.fixture(scope="module", name="printed")
def _printed(customer, sandbox):
    """The letter of an order with a phone's photograph and a scan: its PDF, order and token."""
    evidence = Evidence(customer)
    answer = evidence.upload_form(photographs.phone_photograph(), "The sign, behind the netting")
    assert answer.status_code == 201, answer.text
    evidence.uploaded(photographs.png(800, 600), "image/png")
    order = evidence.checked_out(evidence.saved())
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    return sandbox.letter_pdf(letter["id"]), order


def code_of(answer) -> str:
    """The one violation: field and code."""
    (error,) = answer.json()["errors"]
    return f"{error['field']}: {error['code']}"


def test_both_photographs_are_mailed_with_the_letter(printed):
    pdf, _ = printed
    text = reading.text_of(pdf)
    assert "Enclosures: 2 photographs" in text
    assert "Exhibit 1 of 2 The sign, behind the netting" in text
    assert "Exhibit 2 of 2" in text and "Page 3 of 3" in text
    assert len(photographs.in_letter(pdf)) == 2


def test_the_photograph_is_printed_upright_and_at_print_resolution(printed):
    first, second = map(photographs.opened, photographs.in_letter(printed[0]))
    # Lying on its side it had its red half on the left; upright it is at the top.
    assert first.size == (1594, 2125)
    red, green, blue = first.getpixel((800, 500))
    assert red > 200 and green < 60 and blue < 60
    assert second.size == (800, 600)


def test_neither_the_place_nor_the_camera_is_in_the_letter(printed):
    pdf, _ = printed
    found = {f"image {at}": image for at, image in enumerate(photographs.in_letter(pdf))}
    assert traces.find(photographs.SECRETS, {"letter": pdf, **found}) == []
    for image in found.values():
        assert not photographs.opened(image).getexif()
        assert b"Exif" not in image


def test_neither_photograph_nor_caption_nor_place_is_stored_or_logged_in_clear(suite, printed):
    secrets = {**photographs.SECRETS, "caption": "behind the netting"}
    dump = subprocess.run(["pg_dump", suite.cluster.url("postgres")], check=True,
                          capture_output=True).stdout
    logs = {name: suite.log(name).read_bytes() for name in ("intake", "gateway", "fulfillment")}
    assert traces.find(secrets, {"dump": dump, **logs}) == []
    for image in photographs.in_letter(printed[0]):
        # A piece from the middle: headers are the same in all pictures.
        assert image[len(image) // 2:][:24].hex().encode() not in dump


def test_the_customer_reads_the_letter_that_was_printed(customer, printed):
    pdf, order = printed
    answer = customer.get(f"/api/appeals/{order['payment_id']}/letter.pdf",
                          token=order["access_token"])
    assert (answer.status_code, answer.content) == (200, pdf)


def test_a_paid_appeal_takes_no_photograph(customer, printed):
    _, order = printed
    answer = customer.post(f"/api/intakes/{order['intake_id']}/evidence",
                           data=photographs.jpeg(), token=order["access_token"],
                           headers={"Content-Type": "image/jpeg"})
    problem = refused(answer, 409, "already_paid")
    assert problem["payment_id"] == order["payment_id"]


def test_an_upload_answers_where_and_how_it_will_be_printed(evidence):
    first = evidence.uploaded(photographs.jpeg(3000, 1500))
    assert (first["position"], first["width"], first["height"]) == (1, 1625, 813)
    second = evidence.uploaded(photographs.png(300, 200), "image/png")
    assert (second["position"], second["width"], second["height"]) == (2, 300, 200)
    assert evidence.get()["evidence"] == [first, second]


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_every_kind_of_jpeg_is_taken(evidence, mode):
    evidence.uploaded(photographs.jpeg(mode=mode, progressive=True))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA"])
def test_every_kind_of_png_is_taken(evidence, mode):
    # What the client calls it does not matter.
    evidence.uploaded(photographs.png(mode=mode), "application/octet-stream")


def test_a_scan_of_sixteen_bits_is_taken(evidence):
    evidence.uploaded(photographs.sixteen_bits(), "image/png")


def test_what_cannot_be_printed_is_refused_with_its_reason(evidence):
    whole = photographs.jpeg()
    refusals = {
        "image_damaged": whole[:len(whole) // 2],
        "image_animated": photographs.animated_png(),
        "image_too_large": photographs.bomb(),
    }
    for code, image in refusals.items():
        answer = evidence.upload(image)
        assert (answer.status_code, code_of(answer)) == (422, f"file: {code}")
    assert code_of(evidence.upload_form(b"", "")) == "file: required"
    assert evidence.get()["evidence"] == []


@pytest.mark.parametrize("kind", ["image/heic", "application/json", "text/html"])
def test_other_content_is_refused_unread(evidence, kind):
    refused(evidence.upload(photographs.jpeg(), kind), 415, "unsupported_media_type")


@pytest.mark.parametrize("content", [b"GIF89a" + bytes(100), b"<svg/>", b"%PDF-1.7"])
def test_other_content_under_a_good_name_is_refused_too(evidence, content):
    refused(evidence.upload(content), 415, "unsupported_media_type")


def test_ten_mebibytes_are_taken_from_the_gateway_to_the_database(evidence):
    evidence.uploaded(photographs.padded(photographs.jpeg(), LIMIT))


def test_a_byte_more_is_refused_before_it_is_sent(suite, evidence):
    address = urlsplit(suite.gateway_url)
    connection = HTTPConnection(address.hostname, address.port, timeout=30)
    connection.putrequest("POST", evidence.path)
    for name, value in (("Authorization", f"Bearer {evidence.token}"),
                        ("Content-Type", "image/jpeg"), ("Content-Length", str(LIMIT + 1))):
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_nobody_adds_to_another_ones_appeal(customer, evidence):
    other = Evidence(customer)
    image = photographs.jpeg()
    headers = {"Content-Type": "image/jpeg"}
    refused(customer.post(evidence.path, data=image, headers=headers), 401, "token_required")
    for path in (evidence.path, f"/api/intakes/{uuid.uuid4()}/evidence", "/api/intakes/x/evidence"):
        answer = customer.post(path, data=image, headers=dict(headers), token=other.token)
        refused(answer, 401, "invalid_token")
    assert evidence.get()["evidence"] == []


def test_a_repeated_upload_is_one_photograph(evidence):
    image = photographs.jpeg()
    first = evidence.uploaded(image)
    assert evidence.uploaded(image) == first
    key = {"Idempotency-Key": uuid.uuid4().hex}
    second = evidence.uploaded(image, **key)
    assert second["position"] == 2
    assert evidence.uploaded(image, **key) == second
    refused(evidence.upload(photographs.png(), **key), 422, "idempotency_key_reused")
    assert len(evidence.get()["evidence"]) == 2


def test_five_are_taken_however_many_come_side_by_side(suite, evidence):
    def insist(number: int) -> int:
        image = photographs.jpeg(200 + number, 150)
        while (answer := evidence.upload(image)).status_code == 503:
            assert int(answer.headers["Retry-After"]) >= 1
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(insist, range(8)))
    assert statuses == [201] * 5 + [409] * 3
    assert [one["position"] for one in evidence.get()["evidence"]] == [1, 2, 3, 4, 5]
    refused(evidence.upload(photographs.png()), 409, "too_many_exhibits")
    rows = suite.cluster.query(
        "SELECT count(*), (SELECT count(*) FROM intake.audit_log WHERE intake_id = %s "
        "AND action = 'add_exhibit') FROM intake.exhibits WHERE intake_id = %s",
        evidence.id, evidence.id, database=DATABASE)
    assert rows == [(5, 5)]


def test_a_photograph_after_checkout_ends_it_and_is_in_the_next_letter(customer, sandbox, evidence):
    evidence.uploaded(photographs.jpeg(320, 240))
    draft = evidence.saved()
    first = evidence.checked_out(draft)
    evidence.uploaded(photographs.jpeg(240, 320))
    assert sandbox.session(first["session_id"])["status"] == "expired"
    refused(evidence.check_out(draft), 409, "draft_outdated")
    order = evidence.checked_out(evidence.get()["draft"]["draft_id"])
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    pdf = sandbox.letter_pdf(letter["id"])
    sizes = [photographs.opened(image).size for image in photographs.in_letter(pdf)]
    assert sizes == [(320, 240), (240, 320)]


def test_a_removed_photograph_is_not_mailed_and_the_open_checkout_ends(customer, sandbox, evidence):
    ids = [evidence.uploaded(photographs.jpeg(100 * n, 50))["exhibit_id"] for n in (1, 2, 3)]
    draft = evidence.saved()
    first = evidence.checked_out(draft)
    answer = evidence.remove(ids[1])
    assert answer.status_code == 200, answer.text
    assert [one["exhibit_id"] for one in answer.json()["evidence"]] == [ids[0], ids[2]]
    assert answer.json()["evidence"] == evidence.get()["evidence"]
    assert sandbox.session(first["session_id"])["status"] == "expired"
    refused(evidence.check_out(draft), 409, "draft_outdated")
    assert evidence.remove(ids[1]).json() == answer.json(), "a repeat answers the same"

    order = evidence.checked_out(evidence.get()["draft"]["draft_id"])
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    pdf = sandbox.letter_pdf(letter["id"])
    sizes = [photographs.opened(image).size for image in photographs.in_letter(pdf)]
    assert sizes == [(100, 50), (300, 50)]
    refused(evidence.remove(ids[0]), 409, "already_paid")


def test_a_removed_photograph_makes_room_and_can_come_again(evidence):
    images = [photographs.jpeg(200 + number, 150) for number in range(5)]
    ids = [evidence.uploaded(image)["exhibit_id"] for image in images]
    refused(evidence.upload(photographs.png()), 409, "too_many_exhibits")
    assert evidence.remove(ids[0]).status_code == 200
    again = evidence.uploaded(images[0])
    assert again["exhibit_id"] != ids[0] and again["position"] == 5


def test_nobody_removes_a_photograph_of_another_one(customer, evidence):
    other = Evidence(customer)
    exhibit = evidence.uploaded(photographs.jpeg())["exhibit_id"]
    refused(other.remove(exhibit), 404, "exhibit_not_found")
    refused(other.remove(str(uuid.uuid4())), 404, "exhibit_not_found")
    path = f"{evidence.path}/{exhibit}"
    refused(customer.delete(path, token=other.token), 401, "invalid_token")
    refused(customer.delete(path), 401, "token_required")
    assert len(evidence.get()["evidence"]) == 1


def test_a_caption_comes_with_an_image_as_the_body(customer, sandbox, evidence):
    evidence.uploaded(photographs.jpeg(), **{"X-Caption": quote("100% behind the tree…")})
    order = evidence.checked_out(evidence.saved())
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    text = reading.text_of(sandbox.letter_pdf(letter["id"]))
    assert "Exhibit 1 of 1 100% behind the tree…" in text


def test_the_chosen_photographs_are_printed_in_the_chosen_order(customer, sandbox, evidence):
    ids = [evidence.uploaded(photographs.jpeg(100 * n, 50))["exhibit_id"] for n in (1, 2, 3)]
    whole = {**appeal(), "intake_id": evidence.id}
    answer = customer.post(CHECKOUT, {**whole, "selected_evidence": [ids[2], ids[0]]},
                           token=evidence.token)
    assert answer.status_code == 200, answer.text
    order = answer.json()
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    pdf = sandbox.letter_pdf(letter["id"])
    sizes = [photographs.opened(image).size for image in photographs.in_letter(pdf)]
    assert sizes == [(300, 50), (100, 50)]


def test_somebody_elses_photograph_cannot_be_chosen(customer, evidence):
    other = Evidence(customer)
    foreign = other.uploaded(photographs.jpeg())["exhibit_id"]
    answer = evidence.check_out(evidence.saved(), selected_evidence=[foreign])
    assert answer.status_code == 422
    assert code_of(answer) == "selected_evidence: unknown"


def test_the_largest_photographs_are_mailed_and_read_again(customer, sandbox, evidence):
    for size in range(5):
        evidence.uploaded(photographs.noise(1625 - size, 2125))
    order = evidence.checked_out(evidence.saved())
    customer.pay(order["session_id"])
    customer.wait_until_mailed(order["session_id"])
    (letter,) = sandbox.letters(order["payment_id"])
    pdf = sandbox.letter_pdf(letter["id"])
    assert len(photographs.in_letter(pdf)) == 5
    assert 5 * 300 * 1024 < len(pdf) < 5 << 20
    answer = customer.get(f"/api/appeals/{order['payment_id']}/letter.pdf",
                          token=order["access_token"])
    assert answer.content == pdf
