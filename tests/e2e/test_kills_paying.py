"""The kill matrix, first half: whoever dies at whichever step from the form to the payment, the
order goes on and ends with one letter.
"""

import pytest

from e2e import killing
from e2e.steps import CHECKOUT, WEBHOOK

SUITE = killing.SUITE


@pytest.fixture(scope="module", name="scene")
def _scene(suite):
    return killing.Scene(suite)


@pytest.mark.parametrize("cell", killing.cells_of(CHECKOUT + WEBHOOK), ids=str)
def test_the_order_survives(scene, cell):
    scene.play(cell)
