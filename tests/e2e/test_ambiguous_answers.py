"""The ambiguity matrix, first half: whatever the printer answers or does not answer, and
wherever fulfillment dies meanwhile, one letter reaches a mailbox or the order waits for proof.
"""

import pytest

from e2e import doubting, killing
from e2e.troubles import AcceptedLate, AcceptedThenFailed, AnswerLost, Refused, TooMany

SUITE = doubting.SUITE


@pytest.fixture(scope="module", name="scene")
def _scene(suite):
    return killing.Scene(suite)


@pytest.mark.parametrize("cell", doubting.cells_of(
    AcceptedLate, AcceptedThenFailed, AnswerLost, Refused, TooMany), ids=str)
def test_one_letter_or_none_known(scene, cell):
    doubting.Play(scene, cell).run()
