"""The runbook's queries run on the schema as it is, as the role that may only read."""

import re
import subprocess

import pytest

from harness import paths
from harness.template import DATABASE

QUERIES = re.findall(r"^```sql\n(.*?)^```$", (paths.ROOT / "k8s" / "README.md").read_text(
    encoding="utf-8"), re.M | re.S)


def psql(cluster, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run(["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", *arguments,
                           cluster.url("fsft_readonly", DATABASE)],
                          check=False, capture_output=True, text=True)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_runs(cluster, query):
    done = psql(cluster, "--command", query)
    assert done.returncode == 0, done.stderr


def test_there_are_queries():
    assert len(QUERIES) == 6


def test_the_invariants_may_be_asked_by_who_may_only_read(cluster):
    done = psql(cluster, "--file", paths.ROOT / "tests" / "invariants.sql")
    assert (done.returncode, done.stderr) == (0, "")
    assert "(0 rows)" in done.stdout
