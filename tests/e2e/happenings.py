"""All that the metrics tell of, made to happen; each function waits until the watch has seen it."""

import contextlib
import json
import secrets
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import requests

from e2e.customer import Customer, appeal, patiently
from e2e.operating import Operator
from e2e.refunding import Cashier
from e2e.watching import OURS, Watch
from harness import certificates, waiting
from harness.template import DATABASE, write_private

SERVICES = ("intake", "payment", "fulfillment")
CHECKOUT = "stripe.sessions.create"

# A trigger that refuses one order, whatever is told of it.
REFUSE = """
CREATE FUNCTION {table}_refusal() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'refused by a test'; END $$;
CREATE TRIGGER refusal BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW
WHEN (new.payment_id = '{payment_id}') EXECUTE FUNCTION {table}_refusal()
"""
ALLOW = "DROP TRIGGER refusal ON {table}; DROP FUNCTION {table}_refusal()"

# Whatever a service does waits for these.
LOCKS = ("LOCK TABLE intake.intakes, intake.request_keys, intake.cities, payment.payments, "
         "payment.outbox, payment.refunds, payment.stripe_events, fulfillment.letters, "
         "fulfillment.lob_events, fulfillment.outbox, fulfillment.notifications "
         "IN ACCESS EXCLUSIVE MODE")


class Happenings:
    """What happens in one suite. Its files of secrets and keys are in the suite's directory."""

    def __init__(self, suite, customer: Customer, sandbox, watch: Watch):
        self._suite = suite
        self._customer = customer
        self._sandbox = sandbox
        self._watch = watch
        self._operator = Operator(suite, customer)
        self._cashier = Cashier(suite, customer)

    def everything(self):
        self.orders()
        self.broken_and_foreign_webhooks()
        self.a_pause()
        self.refusals_of_the_printer()
        self.second_letters()
        self.neighbours_that_are_down()
        self.neighbours_that_refuse()
        self.an_outage_of_stripe()
        self.webhooks_that_never_come()
        self.mail_that_nobody_takes()
        self.locked_tables()
        self.files_that_are_wrong()
        self.keys_that_change()
        self.time_that_is_over()
        self.replicas_that_are_not_ready()
        self.certificates_that_are_renewed()

    # --- what goes well

    def orders(self):
        customer, sandbox, wait = self._customer, self._sandbox, self._watch.wait
        with ThreadPoolExecutor(1) as pool, sandbox.held(CHECKOUT, "arrival") as held:
            checkout = pool.submit(customer.check_out)
            held(1)
            wait("gateway", "http_work_in_use", work="checkout")
            wait("payment", "rpc_server_in_use", **{"class": "stripe"})
        order = checkout.result()
        wait("payment", "orders_waiting", state="pending")
        with sandbox.webhooks_duplicated(2):
            customer.pay(order["session_id"])
            customer.wait_until_mailed(order["session_id"])
        (letter,) = sandbox.letters(order["payment_id"])
        for event in ("in_transit", "delivered"):
            sandbox.track_letter(letter["id"], event)
        asked = customer.post("/api/support", {"message": "Has my letter been posted at last?"})
        assert asked.status_code == 201, asked.text
        checked = customer.post("/api/addresses/check", {
            name: appeal()[name] for name in ("user_address_line1", "user_city", "user_state",
                                              "user_zip")})
        assert checked.status_code == 200, checked.text
        assert customer.post("/api/support", {"message": "x" * 100_000}).status_code == 413
        assert self._cashier.refund(order).status_code == 202
        wait("payment", "refunds_total", step="requested")
        for stage in ("checkout", "paid", "mailed"):
            wait("payment", "orders_total", stage=stage)
        wait("payment", "stripe_events_total", outcome="duplicate")
        wait("payment", "stripe_webhook_last_age_seconds")
        wait("fulfillment", "lob_webhook_last_age_seconds")
        wait("fulfillment", "notifications_total", kind="delivered", outcome="sent")

    # --- what goes wrong

    def broken_and_foreign_webhooks(self):
        sandbox, wait = self._sandbox, self._watch.wait
        sandbox.foreign_event(deliver=True, metadata={})
        wait("payment", "stripe_events_unmatched")
        wait("payment", "stripe_event_oldest_unmatched_age_seconds")
        event = sandbox.foreign_event(livemode=True)
        assert sandbox.deliver(event["id"])["status"] == 200
        wait("payment", "stripe_events_total", outcome="rejected")
        assert sandbox.deliver(event["id"], secret="another")["status"] == 400
        wait("payment", "stripe_webhook_failures_total", reason="invalid_signature")
        assert sandbox.deliver_letter_payload(_nobodys_event())["status"] == 200
        wait("fulfillment", "lob_events_unmatched")
        wait("fulfillment", "lob_event_oldest_unmatched_age_seconds")
        assert sandbox.deliver_letter_payload(_nobodys_event(), secret="another")["status"] == 400
        wait("fulfillment", "lob_webhook_failures_total", reason="invalid_signature")
        assert sandbox.deliver_letter_payload("{}")["status"] == 400
        wait("fulfillment", "lob_webhook_failures_total", reason="malformed_event")

    def a_pause(self):
        self._cashier.pause_mailing()
        order = self._bought()
        self._watch.wait("fulfillment", "mailing_paused", cause="operator")
        self._watch.wait("payment", "orders_unmailed")
        self._watch.wait("payment", "order_oldest_unmailed_age_seconds")
        self._watch.wait("fulfillment", "letters_waiting", state="queued")
        self._watch.wait("fulfillment", "letter_oldest_queued_age_seconds")
        # The other mode's letters are counted at the start, and then seldom.
        self._sql("UPDATE fulfillment.letters SET livemode = true WHERE payment_id = %s",
                  order["payment_id"])
        self._suite.restart("fulfillment")
        self._watch.wait("fulfillment", "letters_of_other_mode")
        self._sql("UPDATE fulfillment.letters SET livemode = false WHERE payment_id = %s",
                  order["payment_id"])
        self._cashier.resume_mailing()
        self._mailed(order)

    def refusals_of_the_printer(self):
        with self._sandbox.failing("lob.letters.create", 401, times=1):
            order = self._bought()
            self._watch.wait("fulfillment", "mailing_pauses_total")
            self._watch.wait("fulfillment", "mailing_paused", cause="paused_credentials")
        self._cashier.resume_mailing()
        self._mailed(order)
        self._watch.wait("fulfillment", "letter_posts_total", attempt="again")
        with self._sandbox.failing("lob.letters.create", 422, times=1):
            self._bought()
            self._watch.wait("fulfillment", "letters_settled_total", state="dead_letter")
            self._watch.wait("fulfillment", "letters_waiting", state="dead_letter")

    def second_letters(self):
        order = self._bought()
        self._mailed(order)
        (letter,) = self._sandbox.letters(order["payment_id"])
        self._print_again(letter)
        second = next(one for one in self._sandbox.letters(order["payment_id"])
                      if one["id"] != letter["id"])
        self._sandbox.track_letter(second["id"], "in_transit")
        self._watch.wait("fulfillment", "stray_letter_events_total")

        waiting.until(lambda: self._operator.end_pause(order)
                      or self._watch.moved("fulfillment", "second_letters_total"),
                      seconds=40, interval=0.2, what="the second letter to be found")
        # Nothing more is heard of the first one.
        self._sql("UPDATE fulfillment.letters SET mailed_at = now() - interval '20 days', "
                  "moved_at = now() - interval '15 days', next_at = now() + interval '1 day' "
                  "WHERE payment_id = %s", order["payment_id"])
        self._suite.restart("fulfillment")
        self._watch.wait("fulfillment", "letters_stuck")

    def neighbours_that_are_down(self):
        order = self._customer.check_out()
        self._suite.kill("fulfillment")
        self._customer.pay(order["session_id"])
        for name in ("outbox_put_off_total", "outbox_orders", "outbox_oldest_age_seconds"):
            self._watch.wait("payment", name, to="fulfillment")
        self._watch.wait("payment", "rpc_client_repeats_total", to="fulfillment")
        self._suite.revive("fulfillment")
        self._mailed(order)
        self._suite.kill("payment")
        (letter,) = self._sandbox.letters(order["payment_id"])
        self._sandbox.track_letter(letter["id"], "in_transit")
        for name in ("outbox_put_off_total", "outbox_orders", "outbox_oldest_age_seconds"):
            self._watch.wait("fulfillment", name, to="payment")
        self._watch.wait("fulfillment", "rpc_client_repeats_total", to="payment")
        answer = self._customer.get(f"/api/checkout/session/{order['session_id']}")
        assert answer.status_code == 503, answer.text
        self._watch.wait("gateway", "rpc_client_repeats_total", to="payment")
        self._suite.revive("payment")
        self._patient()

    def neighbours_that_refuse(self):
        order = self._customer.check_out()
        with self._refused("fulfillment.letters", order):
            self._customer.pay(order["session_id"])
            self._watch.wait("payment", "outbox_refusals_total", to="fulfillment")
        self._mailed(order)
        (letter,) = self._sandbox.letters(order["payment_id"])
        with self._refused("payment.payments", order):
            self._sandbox.track_letter(letter["id"], "delivered")
            self._watch.wait("fulfillment", "outbox_refusals_total", to="payment")

    def an_outage_of_stripe(self):
        again = {"headers": {"Stripe-Should-Retry": "true"}, "times": 1}
        with self._sandbox.failing(CHECKOUT, 500, stored=False, **again):
            self._customer.check_out()
        self._watch.wait("payment", "stripe_request_repeats_total")
        waits = self._customer.check_out()
        with self._sandbox.failing("stripe.*", 500, stored=False):
            for _ in range(8):
                answer = self._customer.post("/api/checkout/create-session", appeal())
                assert answer.status_code == 502, answer.text
            self._watch.wait("payment", "stripe_breaker_open")
            self._watch.wait("payment", "stripe_breaker_refused_total")
            self._watch.wait("payment", "stripe_breaker_openings_total")
            self._sql("UPDATE payment.payments SET next_check_at = now() - interval '5 minutes' "
                      "WHERE payment_id = %s", waits["payment_id"])
            self._watch.wait("payment", "payment_checks_overdue")
        self._customer.insist(appeal(), seconds=60)

    def webhooks_that_never_come(self):
        with self._sandbox.webhooks_dropped():
            order = self._customer.check_out()
            self._sandbox.pay_silently(order["session_id"])
            self._sql("UPDATE payment.payments SET created_at = created_at - interval '1 minute', "
                      "next_check_at = now() + interval '1 hour' WHERE payment_id = %s",
                      order["payment_id"])
            with ThreadPoolExecutor(1) as pool, \
                    self._sandbox.held("stripe.sessions.get", "arrival") as held:
                look = pool.submit(self._customer.order, order["session_id"])
                held(1)
                self._watch.wait("payment", "payment_readers_waiting")
            look.result()
            self._watch.wait("payment", "payment_checks_total")
            answer = self._operator.post("/api/admin/reconcile")
            assert answer.status_code == 200, answer.text
        self._watch.wait("payment", "stripe_events_listed_total")
        self._watch.wait("payment", "stripe_events_missed_total")
        self._watch.wait("payment", "stripe_event_cursor_age_seconds")

    def mail_that_nobody_takes(self):
        with self._sandbox.mail_trouble("rcpt", fail_status=451):
            self._bought()
            self._watch.wait("fulfillment", "notifications_total", outcome="put_off")
            self._watch.wait("fulfillment", "notification_oldest_age_seconds", seconds=90)

    def locked_tables(self):
        """Longer than a statement waits for a lock, while customers and the printer call."""
        order = self._bought()
        self._mailed(order)
        (letter,) = self._sandbox.letters(order["payment_id"])
        event = self._sandbox.letter_events(letter["id"])[-1]["id"]
        enough = threading.Event()

        def insist(call):
            while not enough.is_set():
                with contextlib.suppress(requests.RequestException):
                    call(Customer(self._suite.gateway_url, self._sandbox))

        calls = [lambda one: one.post("/api/checkout/create-session", appeal()),
                 lambda one: one.get(f"/api/appeals/{order['payment_id']}"),
                 lambda one: self._sandbox.deliver_letter_event(event)]
        with ThreadPoolExecutor(24) as pool:
            with self._locked():
                try:
                    for call in calls * 8:
                        pool.submit(insist, call)
                    self._see_statements_give_up()
                finally:
                    enough.set()
        self._patient()
        with self._locked():
            for name in ("db_lock_waiters", "db_oldest_snapshot_age_seconds",
                         "db_server_connections"):
                self._watch.wait("payment", name)
        self._patient()

    def _see_statements_give_up(self):
        for service in SERVICES:
            for name in ("db_pool_in_use", "db_pool_timeouts_total", "rpc_server_in_use",
                         "work_errors_total"):
                self._watch.wait(service, name)
            self._watch.wait(service, "db_errors_total", sqlstate="55P03")

    def replicas_that_are_not_ready(self):
        self._suite.kill("postgres")
        for service in SERVICES:
            self._watch.wait(service, "fsft_ready")
        self._suite.revive("postgres")
        self._patient()
        # One that drains: it finishes what it has begun.
        with ThreadPoolExecutor(2) as pool, self._sandbox.held(CHECKOUT, "arrival") as held:
            checkout = pool.submit(self._customer.check_out)
            held(1)
            stop = pool.submit(self._suite.program("gateway").stop)
            self._watch.wait("gateway", "fsft_ready")
        checkout.result()
        stop.result()
        self._suite.start_program("gateway")
        self._patient()

    # --- files

    def files_that_are_wrong(self):
        for name, wrong in (("data-keys", "no keys\n"), ("stripe-webhook-secret-file", "\n"),
                            ("lob-api-key-file", "live_this_would_print_letters\n")):
            path = self._suite.directory / name
            right = path.read_text(encoding="utf-8")
            self._replace(name, wrong)
            self._watch_files(name)
            self._replace(name, right)

    def _watch_files(self, name: str):
        if name == "data-keys":
            for service in ("intake", "fulfillment"):
                self._watch.wait(service, "key_ring_stale")
                self._watch.wait(service, "key_ring_failures_total")
        elif name.startswith("stripe"):
            # It is looked at with the next webhook.
            event = self._sandbox.foreign_event()["id"]
            waiting.until(lambda: self._sandbox.deliver(event)["status"] == 200
                          and self._watch.moved("payment", "secret_file_stale"), seconds=30,
                          interval=0.2, what="payment to see that its file is not right")
            self._watch.wait("payment", "secret_file_failures_total")
        else:
            self._watch.wait("fulfillment", "secret_file_stale")
            self._watch.wait("fulfillment", "secret_file_failures_total")

    def keys_that_change(self):
        """One row of each is under a key that nobody has; all others come under the new one."""
        order = self._bought()
        self._mailed(order)
        for table in ("intake.intakes", "fulfillment.letters"):
            self._sql(f"UPDATE {table} SET data_key_id = 'lost' WHERE intake_id = %s",
                      order["intake_id"])
        old = (self._suite.directory / "data-keys").read_text(encoding="utf-8").split()
        lost = f"wrap:lost:{secrets.token_hex(32)}"
        new = f"wrap:local-2:{secrets.token_hex(32)}"
        self._replace("data-keys", "\n".join([*old, new, lost]) + "\n")
        self._replace("data-keys", "\n".join([new, *old, lost]) + "\n")
        for service in ("intake", "fulfillment"):
            for name in ("rewrap_remaining", "rewrap_renewed_total", "rewrap_unreadable_total"):
                self._watch.wait(service, name)
        for table in ("intake.intakes", "fulfillment.letters"):
            self._sql(f"UPDATE {table} SET data_key_id = 'local-1' WHERE intake_id = %s",
                      order["intake_id"])

    def certificates_that_are_renewed(self):
        """Again until it is seen: one that was made within the same second ends when it did."""
        def renewed(program: str) -> bool:
            authority = self._suite.authority
            certificates.replace(authority.issue(program), authority.make(program))
            return self._watch.moved(program, "tls_certificate_expiry_timestamp_seconds",
                                     certificate="own")

        for program in OURS:
            waiting.until(lambda: renewed(program), seconds=20, interval=0.5,
                          what=f"a new certificate of {program}")

    # --- time

    def time_that_is_over(self):
        draft = self._customer.check_out()
        self._sql("UPDATE intake.intakes SET created_at = created_at - interval '91 days', "
                  "updated_at = updated_at - interval '91 days', "
                  "submitted_at = submitted_at - interval '91 days' WHERE intake_id = %s",
                  draft["intake_id"])
        self._sql("UPDATE payment.stripe_events SET received_at = now() - interval '2600 days' "
                  "WHERE outcome = 'rejected'")
        self._sql("UPDATE fulfillment.unmatched_lob_events SET received_at = now() - "
                  "interval '91 days'")
        for service in SERVICES:
            self._suite.reconfigure(service, FSFT_RETENTION="dry-run")
            self._watch.wait(service, "retention_due")
            self._suite.reconfigure(service, FSFT_RETENTION="on")
            self._watch.wait(service, "retention_settled_total")
        self._patient()

    # --- how

    def _bought(self) -> dict:
        order = self._customer.check_out()
        self._customer.pay(order["session_id"])
        return order

    def _mailed(self, order: dict):
        waiting.until(lambda: self._operator.end_pause(order)
                      or self._customer.order(order["session_id"])["mailing_status"] == "mailed",
                      seconds=60, interval=0.2, what="the letter to be mailed")

    def _sql(self, sql: str, *values):
        with self._suite.cluster.session("fsft_owner", DATABASE) as cursor:
            cursor.execute(sql, values)

    def _patient(self):
        waiting.until(lambda: self._customer.get("/health/ready").status_code == 200, seconds=40,
                      what="everything to be ready again")
        patiently(lambda: self._customer.get("/api/cities"))

    def _print_again(self, letter: dict):
        fields = {f"{whose}[{name}]": value for whose, address in
                  (("to", letter["sent_to"]), ("from", letter["sent_from"]))
                  for name, value in address.items()}
        fields |= {f"metadata[{name}]": value for name, value in letter["metadata"].items()}
        fields |= {"color": "false", "use_type": "operational"}
        key = (self._suite.directory / "lob-api-key-file").read_text(encoding="utf-8").strip()
        answer = requests.post(
            f"{self._suite.sandbox_url}/lob/v1/letters", data=fields, auth=(key, ""), timeout=20,
            files={"file": ("letter.pdf", self._sandbox.letter_pdf(letter["id"]),
                            "application/pdf")}, headers={"Idempotency-Key": str(uuid.uuid4())})
        assert answer.status_code == 200, answer.text

    def _replace(self, name: str, text: str):
        new = self._suite.directory / f"{name}.new"
        write_private(new, text)
        new.rename(self._suite.directory / name)

    @contextlib.contextmanager
    def _refused(self, table: str, order: dict):
        self._sql(REFUSE.format(table=table, payment_id=order["payment_id"]))
        try:
            yield
        finally:
            self._sql(ALLOW.format(table=table))

    @contextlib.contextmanager
    def _locked(self):
        connection = psycopg2.connect(self._suite.cluster.url("fsft_owner", DATABASE))
        try:
            with connection.cursor() as cursor:
                cursor.execute(LOCKS)
            yield
        finally:
            connection.rollback()
            connection.close()


def _nobodys_event() -> str:
    return json.dumps({
        "id": f"evt_{uuid.uuid4().hex}", "object": "event", "reference_id": "ltr_nobodys",
        "event_type": {"id": "letter.delivered"}, "date_created": "2026-11-05T17:40:01.123Z",
        "body": {"id": "ltr_nobodys", "metadata": {}}})
