"""A backlog drains through two replicas, and a replica that is stopped leaves nothing behind.

Prints what a letter costs. DRAIN_ORDERS: how many (`make drain` takes ten thousand); DRAIN_PACE:
requests per second that each replica sends to an endpoint of Lob's, as many as it can unless told.
"""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from e2e.customer import appeal
from harness import report, waiting
from harness.process import cpu_seconds
from harness.template import DATABASE

ORDERS = int(os.environ.get("DRAIN_ORDERS", "500"))
PACE = int(os.environ.get("DRAIN_PACE", "1000"))
# Of the backlog into which a SIGTERM falls.
STOPPED = 200
REPLICAS = ("fulfillment", "fulfillment-2")
MEASURED = (*REPLICAS, "intake", "payment", "postgres", "sandbox")
# No lease ends while a test runs: what waits for one is seen to wait. Nobody is written to, because
# emails would be measured as well; they have a pace of their own.
LEASE_SECONDS = 3600
SUITE = {"replicas": {"fulfillment": 2},
         "settings": {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1,
                      "FSFT_MAIL_LEASE_SECONDS": LEASE_SECONDS, "FSFT_SMTP_URL": None,
                      "FSFT_LOB_REQUESTS_PER_SECOND": PACE},
         "sandbox": {"record": "off"}}

# What of some orders somebody has claimed and not settled. Between two looks at a letter are
# minutes, unless the printer's event was faster than its answer: that leaves the lease as it is.
LEASED = """
SELECT what, payment_id FROM (
    SELECT 'letter to post', payment_id FROM fulfillment.letters
    WHERE state IN ('queued', 'sending') AND want = 'mail' AND next_at > now()
    UNION ALL
    SELECT 'letter to look at', payment_id FROM fulfillment.letters
    WHERE state = 'mailed' AND next_at > now() + make_interval(secs => %s)
    UNION ALL
    SELECT 'news for payment', payment_id FROM fulfillment.outbox WHERE next_at > now()
) AS leased (what, payment_id)
WHERE payment_id = ANY (CAST(%s AS uuid[]))
"""


class Backlog:
    """Paid orders that wait for the printer."""

    def __init__(self, suite, customer, sandbox):
        self._suite = suite
        self._customer = customer
        self._sandbox = sandbox
        self._customers = ThreadPoolExecutor(8)

    def queue(self, count: int) -> list:
        """So many orders, bought as customers do while mailing is paused; their payment ids."""
        self._operate("pause")
        before = self.count("true")
        bought = list(self._customers.map(self._buy, range(count)))
        waiting.until(lambda: self.count("true") == before + count, seconds=300, interval=0.2,
                      what="the orders to be queued")
        return bought

    def resume(self):
        self._operate("resume")

    def _buy(self, _) -> str:
        order = self._customer.check_out(appeal())
        self._customer.pay(order["session_id"])
        return order["payment_id"]

    def _operate(self, action: str):
        def done() -> bool:
            answer = self._customer.post(f"/api/admin/mailing/{action}",
                                         token=self._suite.keys.admin_token)
            # The gateway may not have found a restarted replica again.
            assert answer.status_code in (200, 503), answer.text
            return answer.status_code == 200

        waiting.until(done, seconds=30, interval=0.1, what=f"mailing to {action}")

    def query(self, sql: str, *values) -> list:
        return self._suite.cluster.query(sql, *values, role="fsft_readonly", database=DATABASE)

    def count(self, condition: str) -> int:
        return self.query(f"SELECT count(*) FROM fulfillment.letters WHERE {condition}")[0][0]

    def leased(self, orders: list) -> list:
        return self.query(LEASED, LEASE_SECONDS // 2, orders)

    def printed(self) -> int:
        return self._sandbox.counts()["letters"]

    def wait_until_printed(self, count: int, seconds: float):
        waiting.until(lambda: self.printed() >= count, seconds=seconds, interval=0.1,
                      what=f"{count} letters at the printer")

    def wait_until_told(self):
        """Waits until every letter is mailed, and payment knows it."""
        waiting.until(lambda: self.count("state <> 'mailed'") == 0 and not self.query(
            "SELECT FROM fulfillment.outbox LIMIT 1"), seconds=120, interval=0.2,
            what="payment to know of every letter")

    def check(self, orders: list):
        """One letter for each, and no attempt in vain."""
        letters = Counter(letter["metadata"]["payment_id"]
                          for letter in self._sandbox.all_letters())
        assert {letters[order] for order in orders} == {1}
        assert self.count("attempt <> 1 OR failures <> 0 OR reason <> ''") == 0

    def stop(self, *names: str):
        """SIGTERM to all of them at once; returns when they have ended well."""
        with ThreadPoolExecutor() as hands:
            list(hands.map(lambda name: self._suite.program(name).stop(seconds=60), names))

    def start(self):
        """Starts those that were stopped."""
        for name in self._suite.dead():
            self._suite.start_program(name)


@pytest.fixture(scope="module", name="everything")
def _everything(suite, customer, sandbox):
    return Backlog(suite, customer, sandbox)


@pytest.fixture(name="backlog")
def _backlog(everything):
    yield everything
    everything.start()


class Meter:
    """What has been used since it was made, for each letter."""

    def __init__(self, suite, backlog):
        self._suite = suite
        self._backlog = backlog
        self._before = self._read()

    def _read(self) -> Counter:
        pids = {name: self._suite.cluster.program.pid if name == "postgres"
                else self._suite.program(name).pid for name in MEASURED}
        read = Counter({f"CPU of {name}": cpu_seconds(pid) * 1000 for name, pid in pids.items()})
        read["time"] = time.monotonic()
        read["commits"], = self._suite.cluster.query(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = %s", DATABASE)[0]
        read["flushes"], = self._suite.cluster.query("SELECT wal_sync FROM pg_stat_wal")[0]
        for name in REPLICAS:
            address = f"http://127.0.0.1:{self._suite.port(name, 'ops')}/metrics"
            for line in requests.get(address, timeout=30).text.splitlines():
                if line.startswith("db_query_duration_seconds_count"):
                    statement = line.partition('statement="')[2].partition('"')[0]
                    read[f"  {statement}"] += float(line.rpartition(" ")[2])
        return read

    def show(self, title: str, letters: int):
        used = self._read()
        used.subtract(self._before)
        seconds = used.pop("time")
        trips = {name: count for name, count in used.items() if name.startswith("  ") and count}
        lines = [f"{title}: {letters} letters in {seconds:.1f} s, "
                 f"{letters / seconds:.1f} per second"]
        for name in [name for name in used if not name.startswith("  ")]:
            unit = "ms" if name.startswith("CPU") else ""
            lines.append(f"  {name + ' for a letter':<36} {used[name] / letters:8.2f} {unit}")
        lines.append(f"  {'round trips of fulfillment':<36} {sum(trips.values()) / letters:8.2f}")
        lines += [f"    {name:<34} {count / letters:8.2f}" for name, count in
                  sorted(trips.items(), key=lambda trip: -trip[1]) if count / letters >= 0.005]
        for name in REPLICAS:
            memory = self._suite.program(name).resident_mb()
            lines.append(f"  {'memory of ' + name:<36} {memory:8.2f} MB")
        report.show("\n".join(lines))


def test_a_backlog_drains_through_two_replicas_once_each(suite, backlog):
    orders = backlog.queue(ORDERS)
    assert backlog.printed() == 0
    meter = Meter(suite, backlog)
    backlog.resume()
    backlog.wait_until_printed(ORDERS, seconds=3600)
    meter.show("A backlog drains", ORDERS)
    backlog.wait_until_told()
    backlog.check(orders)


@pytest.fixture(name="no_events")
def _no_events(sandbox):
    """The printer tells nothing by itself: what is seen is what the replicas did."""
    with sandbox.letter_webhooks_dropped():
        yield


@pytest.mark.usefixtures("no_events")
def test_replicas_that_are_stopped_in_the_middle_leave_nothing_leased(backlog):
    orders = backlog.queue(STOPPED)
    printed = backlog.printed()
    backlog.resume()
    backlog.wait_until_printed(printed + STOPPED // 10, seconds=120)
    backlog.stop(*REPLICAS)
    left = backlog.count("state = 'queued'")
    assert 0 < left < STOPPED, "this says something only while letters are being mailed"
    assert backlog.count("state = 'sending'") == 0
    assert backlog.leased(orders) == []
    backlog.start()
    backlog.wait_until_printed(printed + STOPPED, seconds=600)
    backlog.wait_until_told()
    backlog.check(orders)


@pytest.mark.usefixtures("no_events")
def test_what_a_stopped_replica_leaves_is_mailed_by_the_other(backlog):
    orders = backlog.queue(STOPPED)
    printed = backlog.printed()
    backlog.resume()
    backlog.wait_until_printed(printed + STOPPED // 10, seconds=120)
    backlog.stop(REPLICAS[1])
    assert backlog.count("state = 'queued'") > 0
    # Much sooner than a lease ends.
    backlog.wait_until_printed(printed + STOPPED, seconds=600)
    backlog.wait_until_told()
    backlog.check(orders)


@pytest.mark.usefixtures("no_events")
def test_a_letter_that_is_being_posted_is_waited_for(suite, backlog, sandbox):
    with ThreadPoolExecutor() as hands, sandbox.held("lob.letters.create") as wait_until_held:
        (order,) = backlog.queue(1)
        backlog.resume()
        wait_until_held()
        stopping = hands.submit(backlog.stop, *REPLICAS)
        waiting.until(lambda: all('"stopping"' in last_run(suite.log(name)) for name in REPLICAS),
                      seconds=60, what="both to hear of it")
        assert backlog.count("state = 'sending'") == 1
    stopping.result()
    assert backlog.count("state = 'sending'") == 0
    assert backlog.leased([order]) == []
    backlog.start()
    backlog.wait_until_told()
    backlog.check([order])


@pytest.mark.usefixtures("no_events")
def test_a_letter_that_is_not_posted_yet_is_given_back(suite, backlog, sandbox):
    printed = backlog.printed()
    with ThreadPoolExecutor() as hands, sandbox.held("lob.letters.list") as wait_until_held:
        (order,) = backlog.queue(1)
        # It was paid an hour ago, so it is searched for first.
        with suite.cluster.session("fsft_owner", DATABASE) as cursor:
            cursor.execute("UPDATE fulfillment.letters SET paid_at = paid_at - interval '1 hour' "
                           "WHERE payment_id = %s", (order,))
        backlog.resume()
        wait_until_held()
        stopping = hands.submit(backlog.stop, *REPLICAS)
        waiting.until(lambda: all('"stopping"' in last_run(suite.log(name)) for name in REPLICAS),
                      seconds=60, what="both to hear of it")
    stopping.result()
    assert backlog.count("state = 'queued' AND attempt = 0 AND claim = 1") == 1
    assert backlog.leased([order]) == []
    assert backlog.printed() == printed
    backlog.start()
    backlog.wait_until_told()
    backlog.check([order])


def last_run(log) -> str:
    """What a program has logged since its last start."""
    return log.read_text(encoding="utf-8").rpartition('"starting"')[2]
