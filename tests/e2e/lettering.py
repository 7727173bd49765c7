"""One letter under the eyes of a test: where it stands, and how its hours pass."""

from dataclasses import dataclass

from harness.sandbox import Sandbox
from harness.suite import Suite
from harness.template import DATABASE
from harness.virtual_time import time_passes

# States in which fulfillment looks at a letter again by itself.
WATCHED = ("queued", "sending", "mailed", "in_transit", "outcome_unknown", "cancelling")

# While a letter is claimed it is due when the lease ends; all pauses are longer. A POST takes the
# letter for longer than a lease, and every word on how it ended is written later than its begin.
LETTER = """
SELECT state, attempt, claim, CAST(ceil(extract(epoch FROM next_at - now())) AS bigint),
       next_at > now() + make_interval(secs => %s)
       AND (state <> 'sending' OR updated_at > last_post_at)
FROM fulfillment.letters WHERE payment_id = %s
"""


@dataclass(frozen=True)
class Standing:
    """Where a letter stands. `rests`: nobody works on it, and nobody will before it is due."""

    state: str
    attempt: int
    claim: int
    due_in: int
    rests: bool


class Letter:
    """The letter of one order."""

    def __init__(self, suite: Suite, sandbox: Sandbox, payment_id: str, lease_seconds: int):
        self.payment_id = payment_id
        self._suite = suite
        self._sandbox = sandbox
        self._lease_seconds = lease_seconds
        self._passed = 0

    def standing(self) -> Standing:
        """None before fulfillment has heard of it."""
        rows = self._suite.cluster.query(LETTER, self._lease_seconds + 1, self.payment_id,
                                         database=DATABASE)
        return Standing(*rows[0]) if rows else None

    def rested(self) -> Standing:
        """Its standing if it rests, or is in a state that only somebody from outside ends."""
        found = self.standing()
        at_rest = found and (found.rests or found.state not in WATCHED)
        return found if at_rest else None

    def posts(self) -> int:
        """How often it was posted."""
        return len(self._sandbox.requests("lob", operation="lob.letters.create",
                                          **{"form[metadata][payment_id]": self.payment_id}))

    def pass_time(self, seconds: int):
        time_passes(self._suite.cluster, self._sandbox, self.payment_id, seconds)
        self._passed += seconds

    def return_to_now(self):
        """Sets the sandbox's clock right again: a new order's times are ours."""
        self._sandbox.advance_clock(-self._passed)

    def pass_pause(self, standing: Standing):
        """Lets the time pass after which it is looked at again, or a day if it is not."""
        self.pass_time(max(standing.due_in, 1) if standing.state in WATCHED else 86_400)
