"""Requests at a fixed rate, whatever their answers take, and what became of each."""

import http.client
import itertools
import queue
import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Answer:
    """Of one request. status: None when there was none, with the error instead."""

    due: float  # time.monotonic(), as begun and ended
    request: tuple = ()
    begun: float = 0.0
    status: int = None
    error: str = None
    retried: bool = False
    ended: float = 0.0
    body: bytes = b""


@dataclass
class OpenLoop:
    """As a context manager it sends, each request when it is due, on connections that are kept.

    next_request: a function of nothing that returns (method, path, body or None). A request that
    was sent on a connection that had answered before, and that ended without a byte of an answer,
    is sent once more on a new one, as browsers do: while a server closes an idle connection, the
    next request may be on its way. answers: complete after the end. on_answer: called with each.
    """

    port: int
    per_second: float
    next_request: object
    on_answer: object = None
    connections: int = 24
    answers: list = field(default_factory=list)

    def __enter__(self):
        self._asked = 0
        self._errors = []
        self._due = queue.SimpleQueue()
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._keep_error, args=(self._send,))
                         for _ in range(self.connections)]
        self._clock = threading.Thread(target=self._keep_error, args=(self._tick,))
        for thread in (*self._threads, self._clock):
            thread.start()
        return self

    def __exit__(self, *_):
        self._enough.set()
        self._clock.join()
        for _ in self._threads:
            self._due.put(None)
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]
        assert len(self.answers) == self._asked, f"{len(self.answers)} of {self._asked} answers"

    def _keep_error(self, work):
        """Nobody would hear of it before the end."""
        try:
            work()
        except BaseException as error:  # noqa: B902
            self._errors.append(error)

    def _tick(self):
        begun = time.monotonic()
        for number in itertools.count():
            due = begun + number / self.per_second
            if self._enough.wait(max(0.0, due - time.monotonic())):
                return
            self._due.put(due)
            self._asked += 1

    def _send(self):
        connection = None
        while (due := self._due.get()) is not None:
            answer = Answer(due, request=self.next_request(), begun=time.monotonic())
            try:
                connection = self._ask(connection, answer)
            except (OSError, http.client.HTTPException) as error:
                answer.error = f"{type(error).__name__}: {error}"
                connection = None
            answer.ended = time.monotonic()
            self.answers.append(answer)
            if self.on_answer and answer.status == 200:
                self.on_answer(answer)

    def _ask(self, connection, answer: Answer):
        """Returns the connection when it may be used again."""
        if connection:
            try:
                return _exchange(connection, answer)
            except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
                connection.close()
                answer.retried = True
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        return _exchange(connection, answer)


def _exchange(connection, answer: Answer):
    method, path, body = answer.request
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    try:
        answer.body = response.read()
    except ConnectionResetError as error:
        raise http.client.HTTPException("an answer broke off") from error
    answer.status = response.status
    if response.will_close:
        connection.close()
        return None
    return connection


def summary(answers: list) -> str:
    """How many were sent and answered, sent again, the slowest, and the longest time without."""
    statuses = Counter(answer.status for answer in answers)
    ends = sorted(answer.ended for answer in answers if answer.status)
    gap = max((later - earlier for earlier, later in itertools.pairwise(ends)), default=0.0)
    slowest = max((answer.ended - answer.due for answer in answers), default=0.0)
    return (f"sent {len(answers)}, answered {dict(statuses)}, sent again "
            f"{sum(answer.retried for answer in answers)}, slowest {1000 * slowest:.0f} ms, "
            f"longest gap {1000 * gap:.0f} ms")


def failures(answers: list) -> list:
    """The answers that were none, or no 2xx."""
    return [answer for answer in answers
            if answer.status is None or not 200 <= answer.status < 300]
