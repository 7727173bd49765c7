"""The migrations: what is deployed verifies, goes away without a trace, and comes back the same."""

import subprocess

from harness import template


def schema_of(cluster) -> str:
    """The definition of everything, without data and without sqitch's own registry."""
    done = subprocess.run(["pg_dump", "--schema-only", "--exclude-schema=sqitch",
                           cluster.url("postgres")], check=True, capture_output=True, text=True)
    # Newer patch releases put a random \\restrict line around the dump.
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("\\"))


def test_deployed_migrations_verify(cluster):
    template.sqitch(cluster, "verify")


def test_revert_and_deploy_give_the_same_schema(cluster):
    before = schema_of(cluster)
    template.sqitch(cluster, "revert", "-y")
    assert "CREATE TABLE" not in schema_of(cluster)
    template.migrate(cluster)
    assert schema_of(cluster) == before


def test_migrating_again_changes_nothing(cluster):
    before = schema_of(cluster)
    template.migrate(cluster)
    assert schema_of(cluster) == before
