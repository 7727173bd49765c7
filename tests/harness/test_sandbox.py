"""The sandbox's controls as tests call them, against the program alone and a small receiver."""

import contextlib
import email.message
import email.policy
import http.server
import json
import os
import smtplib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from harness import paths, waiting
from harness.ports import Ports
from harness.process import Program
from harness.sandbox import Sandbox

STRIPE_KEY = "sk_test_harness_sandbox"
COMPLETED = "checkout.session.completed"


class Receiver(http.server.ThreadingHTTPServer):
    """Takes every webhook and keeps what it said, in the order of arrival."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Taking)
        self.events = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/webhook"

    def types(self) -> list:
        return [event["type"] for event in self.events]


class _Taking(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802 - the name that http.server looks for
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.events.append(json.loads(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(name="receiver")
def _receiver():
    with Receiver() as receiver:
        yield receiver
        receiver.shutdown()


@pytest.fixture(name="smtp_port")
def _smtp_port():
    with contextlib.closing(Ports()) as ports:
        yield ports.reserve()


@pytest.fixture(name="sandbox")
def _sandbox(receiver, smtp_port, tmp_path):
    port = tmp_path / "port"
    program = Program("sandbox", [paths.binary("sandbox"), "--port", "0", "--port-file", port,
                                  "--smtp-port", smtp_port,
                                  "--stripe-webhook-url", receiver.url,
                                  "--stripe-webhook-secret", "whsec_test",
                                  "--stripe-webhook-events", f"{COMPLETED},charge.refunded"],
                      dict(os.environ), tmp_path / "sandbox.log")
    program.start()
    waiting.until(lambda: port.exists() and port.read_text().endswith("\n"), seconds=20,
                  what="the sandbox")
    yield Sandbox(f"http://127.0.0.1:{int(port.read_text())}", STRIPE_KEY)
    program.stop()


def create_session(sandbox, payment_id="payment-1", key=None):
    item = "line_items[0]"
    return requests.post(
        f"{sandbox.url}/v1/checkout/sessions", auth=(STRIPE_KEY, ""), timeout=30,
        headers={"Idempotency-Key": key} if key else {},
        data={"mode": "payment", "success_url": "http://shop.test/", f"{item}[quantity]": 1,
              "allowed_payment_method_types[0]": "card",
              f"{item}[price_data][currency]": "usd", f"{item}[price_data][unit_amount]": 1989,
              f"{item}[price_data][product_data][name]": "Appeal letter",
              "adaptive_pricing[enabled]": "false", "metadata[payment_id]": payment_id})


def new_session(sandbox, payment_id="payment-1") -> str:
    answer = create_session(sandbox, payment_id)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def create_letter(sandbox, payment_id="payment-1", key=None):
    address = {"name": "Ada Example", "address_line1": "1 Main Street", "address_city": "Oakland",
               "address_state": "CA", "address_zip": "94601"}
    return requests.post(
        f"{sandbox.url}/lob/v1/letters", auth=("test_harness", ""), timeout=30,
        headers={"Idempotency-Key": key} if key else {},
        json={"to": address, "from": address, "color": False, "use_type": "operational",
              "file": "<html>", "metadata": {"payment_id": payment_id}})


def new_letter(sandbox, payment_id="payment-1", key=None) -> str:
    answer = create_letter(sandbox, payment_id, key)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def listed(sandbox) -> list:
    """What Lob's list shows, as the product would see it."""
    answer = requests.get(f"{sandbox.url}/lob/v1/letters", auth=("test_harness", ""), timeout=30)
    return [letter["id"] for letter in answer.json()["data"]]


def test_only_letters_that_arrive_are_live(sandbox):
    kept, failed, deleted = (new_letter(sandbox) for _ in range(3))
    sandbox.fail_letter(failed)
    sandbox.delete_letter(deleted)
    assert len(sandbox.wait_for_letters("payment-1", 3)) == 3
    assert [letter["id"] for letter in sandbox.live_letters("payment-1")] == [kept]
    assert sandbox.render_letter(kept)["status"] == "rendered"
    assert sandbox.track_letter(kept, "mailed")["tracking_events"][0]["name"] == "Mailed"
    assert sandbox.live_letters("payment-2") == []


def test_lob_behaves_again_afterwards(sandbox):
    with sandbox.lob_behaving(list_lag_seconds=60, fail_next=1):
        letter = new_letter(sandbox)
        assert listed(sandbox) == [] and sandbox.live_letters("payment-1") == []
    assert listed(sandbox) == [letter]


def test_lob_lists_a_letter_once_its_clock_allows(sandbox):
    with sandbox.lob_behaving(list_lag_seconds=60):
        letter = new_letter(sandbox)
        sandbox.advance_clock(60)
        assert listed(sandbox) == [letter]


def test_lob_forgets_its_keys(sandbox):
    first = new_letter(sandbox, key="k")
    assert new_letter(sandbox, key="k") == first
    sandbox.forget_lob_keys()
    assert new_letter(sandbox, key="k") != first


def test_a_failure_is_for_one_payment_and_so_many_times(sandbox):
    with sandbox.failing("lob.letters.create", 429, payment_id="payment-1", times=1,
                         headers={"Retry-After": "2"}):
        assert create_letter(sandbox, "payment-2").status_code == 200
        refused = create_letter(sandbox)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        assert create_letter(sandbox).status_code == 200


def test_a_stored_failure_hides_a_session_that_exists(sandbox):
    with sandbox.failing("stripe.sessions.create", 500, point="answer", stored=True):
        assert create_session(sandbox, key="k").status_code == 500
    assert create_session(sandbox, key="k").headers["Idempotent-Replayed"] == "true"
    assert sandbox.counts()["sessions"] == 1


def test_a_call_for_one_payment_is_held(sandbox):
    with ThreadPoolExecutor() as pool:
        with sandbox.held("lob.letters.create", point="arrival", payment_id="payment-1") as wait:
            waiting_one = pool.submit(create_letter, sandbox)
            wait(1)
            assert create_letter(sandbox, "payment-2").status_code == 200
            assert sandbox.letters("payment-1") == [] and not waiting_one.done()
        assert waiting_one.result(30).status_code == 200


def test_a_call_is_delayed(sandbox):
    with sandbox.delaying("lob.letters.create", 0.02, payment_id="payment-1"):
        begun = time.monotonic()
        new_letter(sandbox)
        assert time.monotonic() - begun >= 0.02


def test_webhooks_are_dropped_but_their_events_stay(sandbox, receiver):
    lost, kept = new_session(sandbox, "payment-1"), new_session(sandbox, "payment-2")
    with sandbox.webhooks_dropped(COMPLETED, payment_id="payment-1", times=1):
        sandbox.pay(lost)
        sandbox.pay(kept)
        waiting.until(lambda: receiver.events, seconds=20, what="the other payment's webhook")
    assert receiver.events[0]["data"]["object"]["id"] == kept
    assert {event["data"]["object"]["id"] for event in sandbox.events(COMPLETED)} == {lost, kept}


def test_a_refund_overtakes_its_payment(sandbox, receiver):
    session = new_session(sandbox)
    with sandbox.webhooks_held(COMPLETED) as wait:
        sandbox.pay(session)
        wait()
        assert sandbox.refund(session, 989)["amount"] == 989
        waiting.until(lambda: receiver.events, seconds=20, what="the refund's webhook")
    waiting.until(lambda: len(receiver.events) == 2, seconds=20, what="the payment's webhook")
    assert receiver.types() == ["charge.refunded", COMPLETED]


def paid_session(sandbox, **options) -> str:
    session = new_session(sandbox)
    sandbox.pay_silently(session, **options)
    return session


def types_of(sandbox, group: str) -> list:
    """Of the events of a group, oldest first."""
    return [event["type"] for event in reversed(sandbox.events(group))]


def test_a_refund_fails_after_all(sandbox):
    session = paid_session(sandbox)
    refund = sandbox.refund(session)
    sandbox.settle_refund(refund["id"], "failed", "lost_or_stolen_card")
    (listed_one,) = sandbox.refunds(session)
    assert (listed_one["id"], listed_one["status"]) == (refund["id"], "failed")
    assert types_of(sandbox, "refund.*") == ["refund.created", "refund.updated", "refund.failed"]


def test_refunds_are_pending_for_a_while(sandbox):
    session = paid_session(sandbox)
    with sandbox.refunds_being("pending"):
        pending = sandbox.refund(session, 100)
    assert pending["status"] == "pending"
    assert sandbox.refund(session, 100)["status"] == "succeeded"
    assert sandbox.settle_refund(pending["id"], "succeeded")["status"] == "succeeded"


def test_a_payment_is_disputed(sandbox):
    inquiry = sandbox.dispute(paid_session(sandbox), inquiry=True)
    assert sandbox.move_dispute(inquiry["id"], "warning_closed")["status"] == "warning_closed"
    chargeback = sandbox.dispute(paid_session(sandbox), amount=500)
    assert (chargeback["status"], chargeback["amount"]) == ("needs_response", 500)
    sandbox.move_dispute(chargeback["id"], "lost")
    assert types_of(sandbox, "charge.dispute.closed") == ["charge.dispute.closed"] * 2


def test_a_payer_may_be_a_customer(sandbox):
    session = paid_session(sandbox, customer="cus_1")
    assert sandbox.session(session)["customer"] == "cus_1"
    assert sandbox.refund(session)["customer"] == "cus_1"


def test_webhooks_come_late_and_twice(sandbox, receiver):
    with sandbox.webhooks_delayed(0.01), sandbox.webhooks_duplicated(2):
        sandbox.pay(new_session(sandbox))
        waiting.until(lambda: len(receiver.events) == 2, seconds=20, what="both copies")
    assert receiver.events[0] == receiver.events[1]


def test_events_are_delivered_together_to_several_places(sandbox, receiver):
    sandbox.pay_silently(new_session(sandbox))
    (event,) = sandbox.events(COMPLETED)
    foreign = sandbox.foreign_event(metadata={})
    with Receiver() as other:
        statuses = sandbox.deliver_together([event["id"], foreign["id"]], copies=4,
                                            urls=[receiver.url, other.url])
        other.shutdown()
    assert statuses == [200] * 8
    assert len(receiver.events) == len(other.events) == 4


def test_a_foreign_event_may_be_of_the_live_mode(sandbox, receiver):
    session = new_session(sandbox)
    foreign = sandbox.foreign_event(livemode=True, id=session)
    assert sandbox.deliver(foreign["id"])["status"] == 200
    assert receiver.events[0]["livemode"] is True
    assert sandbox.events(COMPLETED) == []
    assert sandbox.session(session)["status"] == "open"


def a_mail(to: str) -> email.message.EmailMessage:
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"] = "Jürgen <from@example.com>", to
    mail["Subject"] = "Grüße an Straße 字, and a subject that is so long that it has to be folded"
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content(".dot\n..\nplain text ü = %3D\n" + "long " * 60 + "\n")
    mail.add_alternative("<p>Über &amp; über</p>\n", subtype="html", cte="base64")
    return mail


def send(client: smtplib.SMTP, mail: email.message.EmailMessage) -> dict:
    """As it is, so with eight bits."""
    return client.send_message(mail, mail_options=["BODY=8BITMIME"])


def test_pythons_own_mailer_is_understood(sandbox, smtp_port):
    """smtplib and email judge the mail server: what they send is shown as they meant it."""
    sent = a_mail("to@example.org")
    raw = sent.as_bytes()  # once: each time it has another boundary
    with smtplib.SMTP("127.0.0.1", smtp_port, timeout=20) as client:
        client.ehlo()
        assert client.has_extn("8bitmime") and client.has_extn("size")
        assert client.sendmail("from@example.com", "to@example.org", raw, ["BODY=8BITMIME"]) == {}
        assert send(client, a_mail("other@example.org")) == {}
    (mail,) = sandbox.emails("to@example.org", count=1, seconds=20)
    assert mail["from"] == "from@example.com"
    for name, part in (("text", "plain"), ("html", "html")):
        assert mail[name].rstrip() == sent.get_body((part,)).get_content().rstrip()
    assert (mail["subject"], mail["message_id"]) == (sent["Subject"], sent["Message-ID"])
    assert mail["header_from"] == "Jürgen <from@example.com>"
    assert mail["raw"].encode() == raw
    assert mail["subject"] in requests.get(f"{sandbox.url}/inbox", timeout=20).text
    # Whatever a mail is, a browser runs and fetches nothing of it.
    page = requests.get(f"{sandbox.url}/inbox/{mail['seq']}.html", timeout=20)
    assert page.text == mail["html"]
    assert page.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert requests.get(f"{sandbox.url}/inbox/{mail['seq']}.eml", timeout=20).content == raw
    for name in ("99.html", "1", f"{mail['seq']}.exe"):
        assert requests.get(f"{sandbox.url}/inbox/{name}", timeout=20).status_code == 404


@pytest.mark.parametrize("step, code, error", [
    ("connect", 421, smtplib.SMTPConnectError), ("mail", 550, smtplib.SMTPSenderRefused),
    ("rcpt", 550, smtplib.SMTPRecipientsRefused), ("rcpt", 450, smtplib.SMTPRecipientsRefused),
    ("data", 451, smtplib.SMTPDataError)])
def test_the_mail_server_refuses_where_a_test_wants_it(sandbox, smtp_port, step, code, error):
    with sandbox.mail_trouble(step, fail_status=code), pytest.raises(error) as refused:
        with smtplib.SMTP("127.0.0.1", smtp_port, timeout=20) as client:
            send(client, a_mail("to@example.org"))
    assert str(code) in str(refused.value)
    assert sandbox.emails("to@example.org") == []


@pytest.mark.parametrize("point, kept", [("arrival", 0), ("answer", 1)])
def test_the_mail_server_hangs_up_before_or_after_it_has_taken_a_mail(sandbox, smtp_port, point,
                                                                      kept):
    with sandbox.mail_trouble("data", drop=True, point=point):
        with pytest.raises(smtplib.SMTPServerDisconnected):
            with smtplib.SMTP("127.0.0.1", smtp_port, timeout=20) as client:
                send(client, a_mail("to@example.org"))
    assert len(sandbox.emails("to@example.org")) == kept


def test_the_mail_server_goes_by_the_book(smtp_port, sandbox):
    assert sandbox.counts()["status"] == "ok"
    with smtplib.SMTP("127.0.0.1", smtp_port, timeout=20) as client:
        assert client.docmd("MAIL", "FROM:<a@b.c>")[0] == 503, "EHLO first"
        client.ehlo()
        assert client.docmd("DATA")[0] == 503
        assert client.docmd("RCPT", "TO:<a@b.c>")[0] == 503
        assert client.docmd("MAIL", "FROM: a@b.c")[0] == 501
        assert client.docmd("STARTTLS")[0] == 502
        assert client.docmd("EXPN", "all")[0] == 502
        for broken in (b"a\nbare line feed", b"x" * 999, "ü".encode()):
            assert client.mail("a@b.c")[0] == 250
            assert client.rcpt("d@e.f")[0] == 250
            assert client.docmd("DATA")[0] == 354
            client.send(broken + b"\r\n.\r\n")
            assert client.getreply()[0] in (500, 554), broken
            assert client.rset()[0] == 250
        assert client.noop()[0] == 250
    assert sandbox.emails("d@e.f") == []
