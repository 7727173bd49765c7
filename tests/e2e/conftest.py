"""What the end-to-end modules share: one suite per module, all programs real, on free ports.

A module says what it needs of its suite in a constant SUITE, the arguments of harness.suite.Suite.
"""

import pytest

from e2e.customer import Customer
from harness import invariants
from harness.sandbox import Sandbox
from harness.suite import Suite, fresh_directory


@pytest.fixture(scope="module", name="suite")
def _suite(request):
    """The running suite. It fails at the end if a program has died or an invariant is broken."""
    module = request.module
    directory = fresh_directory(module.__name__.rsplit(".", 1)[-1])
    with Suite(directory, **getattr(module, "SUITE", {})) as suite:
        yield suite
        invariants.check(suite.cluster)


@pytest.fixture(scope="module", name="sandbox")
def _sandbox(suite):
    return Sandbox(suite.sandbox_url, suite.keys.stripe_secret_key)


@pytest.fixture(scope="module", name="customer")
def _customer(suite, sandbox):
    return Customer(suite.gateway_url, sandbox)
