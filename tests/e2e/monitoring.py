"""Somebody who asks /health without end, in a process of their own, so that the work of the test
itself does not slow their clock.
"""

import contextlib
import http.client
import multiprocessing
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# A machine on which another program, left in peace, takes longer than this cannot be measured on.
CALM = 0.1
PATIENCE = 20


@dataclass
class Findings:
    """What the monitor has seen for some time."""
    asked: int = 0
    failures: list = field(default_factory=list)  # what was not answered 200
    measured: int = 0  # answers that came while the machine was calm
    slowest: float = 0.0  # seconds, of these


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


def _look(health: str, control: str, found: Findings):
    before = ask(control)
    found.asked += 1
    try:
        took = ask(health)
    except (OSError, http.client.HTTPException) as error:
        found.failures.append(repr(error))
        return
    if max(before, ask(control)) <= CALM:
        found.measured += 1
        found.slowest = max(found.slowest, took)


def _watch(pipe, health: str, control: str):
    found = Findings()
    while True:
        wanted = pipe.poll(0.02) and pipe.recv()
        _look(health, control, found)
        if wanted:
            pipe.send(found)
            found = Findings()


class Monitor:
    """Use it as a context manager."""

    def __init__(self, health: str, control: str):
        """health: what is watched. control: the same of a program that is left in peace."""
        processes = multiprocessing.get_context("spawn")
        self._pipe, theirs = processes.Pipe()
        self._process = processes.Process(target=_watch, args=(theirs, health, control),
                                          daemon=True)

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
