"""The ambiguity matrix, second half: however little the printer's keys and lists are worth, and
wherever fulfillment dies meanwhile, one letter reaches a mailbox or the order waits for proof.
"""

import pytest

from e2e import doubting, killing
from e2e.troubles import (KeyForgotten, KeyForgottenNextDay, ListLags, ListLagsForHours,
                          TwoInFlight)

SUITE = doubting.SUITE


@pytest.fixture(scope="module", name="scene")
def _scene(suite):
    return killing.Scene(suite)


@pytest.mark.parametrize("cell", doubting.cells_of(
    KeyForgotten, KeyForgottenNextDay, ListLags, ListLagsForHours, TwoInFlight), ids=str)
def test_one_letter_or_none_known(scene, cell):
    doubting.Play(scene, cell).run()
