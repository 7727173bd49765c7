"""The kill matrix, second half: whoever dies at whichever step from the payment to the printer, the
order goes on and ends with one letter.
"""

import pytest

from e2e import killing
from e2e.steps import MAILING, RELAY

SUITE = killing.SUITE


@pytest.fixture(scope="module", name="scene")
def _scene(suite):
    return killing.Scene(suite)


@pytest.mark.parametrize("cell", killing.cells_of(RELAY + MAILING), ids=str)
def test_the_order_survives(scene, cell):
    scene.play(cell)
