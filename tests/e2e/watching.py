"""Somebody who reads the metrics of all programs all the time, as Prometheus does."""

import contextlib
import threading
from dataclasses import dataclass, field

import requests
from prometheus_client.parser import text_string_to_metric_families

from harness import waiting
from harness.suite import PROGRAMS

OURS = tuple(name for name in PROGRAMS if name != "sandbox")
INTERVAL = 0.2  # seconds


def metrics_of(suite, replica: str) -> str:
    """As they are served now."""
    answer = requests.get(f"http://127.0.0.1:{suite.port(replica, 'ops')}/metrics", timeout=10)
    answer.raise_for_status()
    return answer.text


def total(suite, program: str, name: str, **labels) -> float:
    """The sum over the program's replicas, now, of all series that have these labels."""
    return sum(sample.value for replica in suite.names(program)
               for family in text_string_to_metric_families(metrics_of(suite, replica))
               for sample in family.samples
               if sample.name == name and labels.items() <= sample.labels.items())


@dataclass
class Seen:
    """What was seen of a metric in one program."""
    kind: str
    help: str
    series: dict = field(default_factory=dict)  # labels as a frozenset of pairs -> set of values

    def moved(self, labels: dict = None) -> bool:
        """Has one with these labels counted something, or been at more than one value?"""
        wanted = frozenset((labels or {}).items())
        found = [values for own, values in self.series.items() if wanted <= own]
        if self.kind == "gauge":
            return any(len(values) > 1 for values in found)
        return any(max(values) > 0 for values in found)


class Watch:
    """Use it as a context manager. It outlives restarts of what it watches."""

    def __init__(self, suite):
        self._suite = suite
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._lock = threading.Lock()
        self.seen = {program: {} for program in OURS}  # program -> name -> Seen

    def __enter__(self):
        # What happens from now on is a change.
        for program in OURS:
            self._read(program, self.text(program))
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._enough.set()
        self._thread.join()

    def wait(self, program: str, name: str, seconds: float = 40, **labels):
        """Waits until the metric has moved."""
        waiting.until(lambda: self.moved(program, name, **labels), seconds=seconds, interval=0.1,
                      what=f"{name} of {program} with {labels} to move")

    def moved(self, program: str, name: str, **labels) -> bool:
        with self._lock:
            seen = self.seen[program].get(name)
            return seen is not None and seen.moved(labels)

    def text(self, program: str) -> str:
        return metrics_of(self._suite, program)

    def _run(self):
        while not self._enough.wait(INTERVAL):
            for program in OURS:
                # It may be stopped for the moment.
                with contextlib.suppress(requests.RequestException):
                    self._read(program, self.text(program))

    def _read(self, program: str, text: str):
        # Buckets are nine tenths of it, and counts tell as much.
        short = "".join(line for line in text.splitlines(keepends=True) if "_bucket{" not in line)
        for family in text_string_to_metric_families(short):
            # The library takes the unit of a counter off its name.
            name = family.name + "_total" if family.type == "counter" else family.name
            with self._lock:
                seen = self.seen[program].setdefault(
                    name, Seen(family.type, family.documentation))
                for sample in family.samples:
                    if sample.name.endswith("_sum"):
                        continue
                    series = seen.series.setdefault(frozenset(sample.labels.items()), set())
                    # Enough to know whether it moved, however long the run.
                    if len(series) < 3:
                        series.add(sample.value)
                    elif sample.value > max(series):
                        series.remove(max(series))
                        series.add(sample.value)
