"""Manifests that are right, for tests that make mistakes in them."""

import copy

import pytest

from manifests.render import K8S, render


@pytest.fixture(scope="session", name="right")
def _right():
    return render(K8S / "overlays" / "production")


@pytest.fixture(name="objects")
def _objects(right):
    return copy.deepcopy(right)
