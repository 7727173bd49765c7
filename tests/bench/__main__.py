"""`make bench`: what the suite serves, and which part that is of what its database could do alone.

Prints Markdown. BENCH_SECONDS for each measurement, BENCH_ROUNDS of each, BENCH_STORED orders for
the last table (0: none); BENCH_ONLY="checkout 32" for one line.
"""

import os
import platform
import shutil
import sys
from pathlib import Path

from bench import scenarios, tables
from bench.drain import Drain
from bench.runs import Bench, Line
from bench.stored import Stored
from harness import paths
from harness.suite import Suite
from harness.template import DATABASE

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
STORED = int(os.environ.get("BENCH_STORED", "1000000"))
ONLY = os.environ.get("BENCH_ONLY", "").split()
ORDERS = int(os.environ.get("BENCH_ORDERS", "500"))
CONNECTIONS = (1, 8, 32, 64)

# Of PostgreSQL only what a machine of this size would have; its durability is as it comes.
POSTGRES = {"shared_buffers": "512MB", "max_wal_size": "4GB"}


def measure(bench: Bench, scenario, connections: int) -> Line:
    line = Line(scenario.name, connections)
    for _ in range(ROUNDS):
        line.runs.append(bench.load(scenario, connections))
        line.limits.append(bench.pgbench(scenario, connections))
    return line


def machine() -> str:
    cpus = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n")
    model = next((line.split(":")[1].strip() for line in cpus if line.startswith("model name")),
                 platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{os.cpu_count()} processors ({model}), {memory:.0f} GiB, Linux {platform.release()}; "
            f"everything on this machine; {ROUNDS} rounds of {SECONDS:g} s each, medians")


def tidy(suite):
    """What the last measurement has left shall not slow the next one."""
    with suite.cluster.session(database=DATABASE) as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def requests_table(suite, bench: Bench, kinds: list):
    tables.begin_requests()
    for scenario in kinds:
        for connections in CONNECTIONS:
            if wanted(scenario.name, connections):
                tidy(suite)
                tables.requests(measure(bench, scenario, connections))


def growth_table(suite, bench: Bench, kinds: list, orders: Stored):
    """Each kind with a nearly empty database and with a full one, at the connections that count."""
    def each() -> dict:
        found = {}
        for scenario in kinds:
            tidy(suite)
            found[scenario.name] = [bench.load(scenario, scenario.connections)
                                    for _ in range(ROUNDS)]
        return found

    empty = each()
    orders.delivered(STORED)
    full = each()
    tables.growth(STORED, kinds, empty, full)


def wanted(name: str, connections: int) -> bool:
    return not ONLY or name in ONLY and (len(ONLY) == 1 or str(connections) in ONLY)


def main() -> int:
    directory = paths.preset_dir() / "bench"
    shutil.rmtree(directory, ignore_errors=True)
    settings = {
        "FSFT_LOB_REQUESTS_PER_SECOND": 1000,  # or we would measure our own pace
        "FSFT_SMTP_URL": None,  # nobody can read whom to write to of orders that SQL has made
    }
    with Suite(directory, postgres=POSTGRES, settings=settings) as suite:
        print(f"\n{machine()}")
        if wanted("orders", 0):
            tables.orders(Drain(suite).buy(connections, ORDERS) for connections in CONNECTIONS)
        orders = Stored(suite.cluster)
        kinds = scenarios.make(suite, orders)
        bench = Bench(suite, directory, SECONDS)
        requests_table(suite, bench, kinds)
        if STORED and not ONLY:
            growth_table(suite, bench, kinds, orders)
    return 0


if __name__ == "__main__":
    sys.exit(main())
