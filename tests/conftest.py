"""What all tests in Python share."""

import pytest

from harness import place, template
from harness.cluster import Cluster
from harness.suite import fresh_directory


@pytest.fixture(scope="module", name="cluster")
def _cluster(request):
    """A migrated PostgreSQL alone, for modules that test the schema and not the programs."""
    directory = fresh_directory(request.module.__name__.rsplit(".", 1)[-1]) / "postgres"
    instance = place.make(directory)
    template.copy_to(instance)
    cluster = Cluster(instance, durable=False)
    cluster.start()
    yield cluster
    cluster.stop()
    place.remove(directory)
