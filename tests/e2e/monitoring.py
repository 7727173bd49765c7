"""Somebody who asks /health without end, in a process of their own, so that the work of the test
itself does not slow their clock.
"""

import contextlib
import http.client
import multiprocessing
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 20
# A late answer says nothing of us when other programs had more than this share of the processors.
DISTURBED = 0.25
LATE = 0.5  # seconds


@dataclass
class Findings:
    """What the monitor has seen for some time."""
    asked: int = 0
    failures: list = field(default_factory=list)  # what was not answered 200
    slowest: float = 0.0  # seconds, but of late answers that others may have made late
    disturbed: int = 0  # how many these were


def ask(url: str) -> float:
    """How long GET takes on a connection of its own; raises when the answer is not 200."""
    begun = time.monotonic()
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname, target.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", target.path, headers={"Connection": "close"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise ConnectionError(f"answered {answer.status}")
    return time.monotonic() - begun


def _processor_seconds(ours: list) -> float:
    """What programs that are not ours have had of the processors since the machine started."""
    ticks = [int(part) for part in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    busy = sum(ticks) - ticks[3] - ticks[4]  # idle, and waiting for disks
    for pid in ours:
        with contextlib.suppress(OSError):
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            busy -= int(parts[11]) + int(parts[12])
    return busy / os.sysconf("SC_CLK_TCK")


def _look(health: str, ours: list, found: Findings):
    begun = time.monotonic()
    before = _processor_seconds(ours)
    found.asked += 1
    try:
        took = ask(health)
    except (OSError, http.client.HTTPException) as error:
        found.failures.append(repr(error))
        return
    available = (time.monotonic() - begun) * os.cpu_count()
    if took > LATE and _processor_seconds(ours) - before > DISTURBED * available:
        found.disturbed += 1
    else:
        found.slowest = max(found.slowest, took)


def _watch(pipe, health: str, ours: list):
    found = Findings()
    while True:
        wanted = pipe.poll(0.02) and pipe.recv()
        _look(health, [*ours, os.getpid()], found)
        if wanted:
            pipe.send(found)
            found = Findings()


class Monitor:
    """Use it as a context manager."""

    def __init__(self, health: str, ours: list):
        """health: what is watched. ours: the processes whose work is part of what is measured."""
        processes = multiprocessing.get_context("spawn")
        self._pipe, theirs = processes.Pipe()
        self._process = processes.Process(target=_watch, args=(theirs, health, ours), daemon=True)

    def __enter__(self):
        self._process.start()
        self.findings()  # it has begun
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.join()

    def findings(self) -> Findings:
        """Since the last call."""
        self._pipe.send("findings")
        assert self._pipe.poll(5 * PATIENCE), "the monitor says nothing"
        return self._pipe.recv()
