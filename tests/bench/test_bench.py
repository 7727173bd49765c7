"""`make bench` still works: briefly, for its checks and its tables and not for its figures."""

import os
import subprocess
import sys

from harness import paths

BRIEFLY = {"BENCH_SECONDS": "1", "BENCH_ROUNDS": "1", "BENCH_STORED": "1000", "BENCH_ORDERS": "4"}


def rows(printed: str, title: str) -> list:
    """The table below the title that begins so, as lists of cells."""
    table = printed.partition(f"### {title}")[2].partition("###")[0]
    return [[cell.strip() for cell in line.strip("| ").split("|")]
            for line in table.splitlines() if line.startswith("|")][2:]


def test_every_table_has_its_rows_and_every_row_its_figures():
    printed = subprocess.run([sys.executable, "-m", "bench"], check=True, capture_output=True,
                             text=True, timeout=600, env={**os.environ, **BRIEFLY},
                             cwd=paths.ROOT / "tests").stdout
    requests = rows(printed, "Requests")
    assert [(row[0], row[1]) for row in requests] == [
        (kind, connections) for kind in ("checkout", "webhook", "status")
        for connections in ("1", "8", "32", "64")]
    for row in requests:
        figures = dict(zip(("rate", "p50", "p95", "p99", "spread", "limit", "ratio", "ours"),
                           (float(cell.strip("*")) for cell in row[2:])))
        assert figures["p50"] <= figures["p95"] <= figures["p99"], row
        assert 0 < figures["ratio"] and 0 < figures["rate"] and 0 < figures["limit"], row
        assert figures["ours"] > 0, row
    assert [row[0] for row in rows(printed, "Whole orders")] == ["1", "8", "32", "64"]
    growth = rows(printed, "With 1,000 orders stored")
    assert [row[0] for row in growth] == ["checkout", "webhook", "status"]
    assert all(float(row[4].strip("*")) > 0 for row in growth)
