"""One measurement of the suite, and one of pgbench."""

import contextlib
import json
import re
import signal
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from bench.meter import ALL, OURS, Meter
from harness import paths, waiting
from harness.template import DATABASE, SERVER_BIN

HANGS = 120  # seconds after which something does


@dataclass
class Run:
    """Of the suite. Times in milliseconds, processors in microseconds per request."""
    per_second: float
    p50: float
    p95: float
    p99: float
    cpu: dict
    round_trips: float
    flushes: float

    @property
    def ours(self) -> float:
        return sum(self.cpu[name] for name in OURS)


@dataclass
class Line:
    """Rounds of the suite and of pgbench, one after the other."""
    name: str
    connections: int
    runs: list = field(default_factory=list)
    limits: list = field(default_factory=list)

    def middle(self, what) -> float:
        return statistics.median(what(run) for run in self.runs)

    @property
    def ratio(self) -> float:
        return statistics.median(run.per_second / limit
                                 for run, limit in zip(self.runs, self.limits))


class Bench:
    """Drives a suite that is up, and pgbench on its cluster while it is not."""

    def __init__(self, suite, directory: Path, seconds: float):
        self._suite = suite
        self._directory = directory
        self._seconds = seconds

    def load(self, scenario, connections: int) -> Run:
        """So many connections for some seconds; raises when an answer or a row is missing."""
        prepared = scenario.requests(round(scenario.rate * self._seconds))
        requests = self._directory / "requests"
        with requests.open("wb") as file:
            for request in prepared:
                file.write(b"%d\n%b" % (len(request), request))
        before = scenario.done()
        meter = Meter(self._suite)
        found = json.loads(subprocess.run(
            [paths.binary("load"), str(self._suite.port("gateway", "http")), str(connections),
             f"{self._seconds}{'+' if scenario.again else ''}", requests],
            check=True, capture_output=True, text=True, timeout=self._seconds + HANGS).stdout)
        self.settle()
        used = meter.used()
        served = found["answers"].get("200", {"count": 0})
        count = served["count"]
        if count != found["sent"] or found["errors"]:
            raise RuntimeError(f"{scenario.name}: not all were served: {found}")
        if not scenario.again:
            self._check(scenario, count, before)
            if count == len(prepared):
                raise RuntimeError(f"{scenario.name}: there were too few requests")
        return Run(per_second=count / found["seconds"],
                   p50=served["p50"], p95=served["p95"], p99=served["p99"],
                   cpu={name: used[name] / count for name in ALL},
                   round_trips=used["round trips"] / count, flushes=used["flushes"] / count)

    def settle(self):
        """Waits until what was begun in the background is done."""
        waiting.until(lambda: not self._suite.cluster.query(
            "SELECT FROM payment.outbox LIMIT 1", database=DATABASE), seconds=120,
            what="neighbours to be told")

    def pgbench(self, scenario, connections: int) -> float:
        """Our own statements, and nothing else: transactions a second."""
        count = round(scenario.rate * self._seconds)
        text, variables = scenario.script(connections, count)
        script = self._directory / "script.sql"
        script.write_text(text, encoding="utf-8")
        before = scenario.done()
        with self._stopped():
            printed = subprocess.run(
                [SERVER_BIN / "pgbench", "--no-vacuum", "--protocol=prepared",
                 f"--client={connections}", f"--jobs={min(connections, 2)}",
                 f"--time={self._seconds:.0f}", f"--file={script}",
                 *(f"--define={name}={value}" for name, value in variables.items()),
                 self._suite.cluster.url("postgres")],
                check=True, capture_output=True, text=True, timeout=self._seconds + HANGS).stdout
            # The services would tell their neighbours of these orders.
            with self._suite.cluster.session(database=DATABASE) as cursor:
                cursor.execute("DELETE FROM payment.outbox")
        done = int(re.search(r"transactions actually processed: (\d+)", printed)[1])
        if not scenario.again:
            if done > count:
                raise RuntimeError(f"{scenario.name}: pgbench was faster than was prepared for")
            self._check(scenario, done, before)
        return float(re.search(r"tps = ([\d.]+) \(without", printed)[1])

    @staticmethod
    def _check(scenario, count: int, before: int):
        stored = scenario.done() - before
        if stored != count:
            raise RuntimeError(f"{scenario.name}: {count} succeeded, but {stored} are stored")

    @contextlib.contextmanager
    def _stopped(self):
        """No program of the suite runs."""
        names = self._suite.running()
        for name in names:
            self._suite.program(name).send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for name in names:
                self._suite.program(name).send_signal(signal.SIGCONT)
