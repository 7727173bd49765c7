"""What makes it doubtful whether the printer has a letter."""

import contextlib

from e2e.lettering import Letter
from harness.sandbox import Sandbox

CREATE = "lob.letters.create"


class Trouble:
    """As a context manager it is there; at_rest() is told whenever the letter waits for its next
    attempt or look, before that time passes.

    ends: what may become of the letter, (state, how many letters reach a mailbox).
    """

    ends = {("mailed", 1)}
    # Whether the first POST hangs at its arrival.
    hangs = False

    def __init__(self, sandbox: Sandbox, letter: Letter):
        self.sandbox = sandbox
        self.letter = letter
        self._exit = contextlib.ExitStack()

    def __enter__(self):
        for effect in self.effects():
            self._exit.enter_context(effect)
        return self

    def __exit__(self, *exception):
        return self._exit.__exit__(*exception)

    def effects(self) -> list:
        return []

    def at_rest(self):
        pass

    def _accepted(self) -> int:
        return len(self.sandbox.letters(self.letter.payment_id))

    def _hanging(self) -> contextlib.ExitStack:
        """Holds the first POST until it is closed."""
        first = contextlib.ExitStack()
        first.enter_context(self.sandbox.held(CREATE, "arrival",
                                              payment_id=self.letter.payment_id, times=1))
        return first

    def _fails(self, status: int, **how):
        return self.sandbox.failing(CREATE, status, payment_id=self.letter.payment_id, **how)


class AnswerLost(Trouble):
    """The printer takes the letter and its 2xx is lost."""

    def effects(self):
        return [self._fails(500, point="answer", times=1)]


class AcceptedLate(Trouble):
    """The POST times out, and is accepted after 90 seconds."""

    hangs = True

    def effects(self):
        self._first = self._hanging()
        return [self._first]

    def at_rest(self):
        if self.sandbox.is_held(CREATE):
            self.letter.pass_time(90)
            self._first.close()
            self.sandbox.wait_for_letters(self.letter.payment_id, 1)


class ListLags(Trouble):
    """The 2xx is lost, and the printer lists a letter only after a minute."""

    def effects(self):
        return [self._fails(500, point="answer", times=1),
                self.sandbox.lob_behaving(list_lag_seconds=60)]


class ListLagsForHours(Trouble):
    """The same, but the list is hours behind: only the key tells."""

    def effects(self):
        return [self._fails(500, point="answer", times=1),
                self.sandbox.lob_behaving(list_lag_seconds=6 * 3600)]


class KeyForgotten(Trouble):
    """The 2xx is lost, and the printer has forgotten the key when the letter is posted again."""

    def effects(self):
        return [self._fails(500, point="answer", times=1)]

    def at_rest(self):
        self.sandbox.forget_lob_keys()


class KeyForgottenNextDay(KeyForgotten):
    """The same, but nobody could post it again for a day."""

    def at_rest(self):
        if self._accepted() == 1:
            self.letter.pass_time(25 * 3600)


class TwoInFlight(Trouble):
    """The POST hangs until after the next one, and the printer lets both through."""

    hangs = True

    def effects(self):
        self._first = self._hanging()
        return [self._first, self.sandbox.lob_behaving(parallel_same_key=True)]

    def at_rest(self):
        if self._accepted() == 1:
            self._first.close()
            self.sandbox.wait_for_letters(self.letter.payment_id, 2)


class Refused(Trouble):
    """The printer refuses the letter: 422."""

    # A refusal says nothing about an earlier POST whose answer nobody heard.
    ends = {("dead_letter", 0), ("outcome_unknown", 0)}

    def effects(self):
        return [self._fails(422)]


class TooMany(Trouble):
    """The printer asks for patience: 429."""

    def effects(self):
        return [self._fails(429, headers={"Retry-After": "1"}, times=1)]


class AcceptedThenFailed(Trouble):
    """The printer takes the letter and fails it right after."""

    ends = {("failed_at_printer", 0)}

    def effects(self):
        return [self.sandbox.lob_behaving(fail_next=1)]
