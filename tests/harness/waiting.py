"""Waiting for a state. No test sleeps a fixed time: it asks again until a deadline."""

import threading
import time

_pause = threading.Event()  # never set: its wait() is the pause between two looks


def until(condition, *, seconds: float, what: str, interval: float = 0.02):
    """Returns the first true value of condition(); TimeoutError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {seconds:g} s in vain for {what}")
        _pause.wait(interval)
