"""One cell of the ambiguity matrix: the printer makes its answer doubtful, and fulfillment may die
meanwhile. Hours of the rule pass in virtual time; only the time-out of a POST is waited for.
"""

import contextlib
from dataclasses import dataclass

from e2e import killing
from e2e.lettering import WATCHED, Letter
from e2e.steps import MAILING, Held, Step
from harness import waiting

LEASE_SECONDS = 3

SUITE = {
    "settings": {"FSFT_RATE_LIMITS": "off", "FSFT_WORK_POLL_SECONDS": 1,
                 "FSFT_MAIL_LEASE_SECONDS": LEASE_SECONDS},
    "postgres": {"fsync": "off"},
    # Lob tells of nothing: a webhook would end each doubt before the rule has to.
    "sandbox": {"webhook-retry-ms": 100, "lob-webhook-events": "none"},
}

# Looks that must change nothing more.
STABLE_LOOKS = 2


@dataclass(frozen=True)
class Cell:
    """A trouble, and the step at which fulfillment is killed, if it is. `commits`: whether the
    statement that it died in still does.
    """

    trouble: type
    step: Step = None
    commits: bool = True

    def __str__(self):
        where = f"killed_at_{self.step.name}" if self.step else "nobody_killed"
        return f"{self.trouble.__name__}-{where}{'' if self.commits else '-and_its_statement'}"


def cells_of(*troubles: type) -> list:
    """Each trouble with nobody killed, and with fulfillment killed at each step from the POST's
    beginning on.
    """
    found = []
    for trouble in troubles:
        found.append(Cell(trouble))
        for step in MAILING[1:]:
            if not isinstance(step.where, Held):
                found += [Cell(trouble, step), Cell(trouble, step, commits=False)]
            elif step.where.point == "arrival" or not trouble.hangs:
                found.append(Cell(trouble, step))
    return found


class Play:
    """One cell."""

    def __init__(self, scene: killing.Scene, cell: Cell):
        self._scene = scene
        self._suite, self._sandbox = scene.suite, scene.sandbox
        self._cell = cell
        scene.prepare()
        self._session = scene.customer.check_out()
        self._letter = Letter(self._suite, self._sandbox, self._session["payment_id"],
                              LEASE_SECONDS)

    def run(self):
        try:
            with self._cell.trouble(self._sandbox, self._letter) as trouble:
                if self._cell.step:
                    self._kill(trouble)
                else:
                    self._pay()
                self._drive(trouble, until=lambda: self._ended(trouble))
                self._look_on(trouble)
        finally:
            self._letter.return_to_now()
        letters = self._sandbox.live_letters(self._letter.payment_id)
        assert (self._letter.standing().state, len(letters)) in trouble.ends

    def _pay(self):
        self._scene.customer.pay(self._session["session_id"])

    def _kill(self, trouble):
        with self._stopped(trouble) as stop:
            self._pay()
            self._drive(trouble, until=stop.reached)
            self._suite.kill("fulfillment")
            if not self._cell.commits:
                stop.roll_back()
        # Nobody works on it now, whatever the row says.
        trouble.at_rest()
        self._letter.pass_pause(self._letter.standing())
        self._suite.revive("fulfillment")

    def _stopped(self, trouble):
        where = self._cell.step.where
        if isinstance(where, Held) and where.point == "arrival" and trouble.hangs:
            return contextlib.nullcontext(killing.HeldCall(self._sandbox, where))
        return self._scene.stopped_at(where, self._letter.payment_id)

    def _drive(self, trouble, until):
        """Lets the letter's pauses pass, one after another."""
        def there() -> bool:
            if until():
                return True
            standing = self._letter.rested()
            if standing:
                trouble.at_rest()
                self._letter.pass_pause(standing)
            return False

        waiting.until(there, seconds=60, interval=0.05, what="the letter to go on")

    def _ended(self, trouble) -> bool:
        """Is it in a state that may be its last?"""
        standing = self._letter.rested()
        return standing and standing.state in {state for state, _ in trouble.ends}

    def _look_on(self, trouble):
        """It stays so, and nothing more is posted."""
        posts = self._letter.posts()
        for _ in range(STABLE_LOOKS):
            before = self._letter.rested()
            trouble.at_rest()
            self._letter.pass_pause(before)
            if before.state in WATCHED:
                waiting.until(lambda: self._looked_at_since(before), seconds=30, interval=0.05,
                              what="the next look")
        assert self._letter.posts() == posts

    def _looked_at_since(self, before) -> bool:
        standing = self._letter.rested()
        return standing and standing.claim > before.claim
