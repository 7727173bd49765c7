"""What a stretch of work takes of the machine."""

import time
from collections import Counter

import requests

from harness.process import cpu_seconds
from harness.suite import SERVICES
from harness.template import DATABASE

OURS = ("gateway", *SERVICES)
ALL = (*OURS, "sandbox", "postgres")


class Meter:
    """Counts from when it is made."""

    def __init__(self, suite):
        self._suite = suite
        self._before = self._read()

    def _read(self) -> Counter:
        pids = {name: self._suite.program(name).pid for name in ALL if name != "postgres"}
        pids["postgres"] = self._suite.cluster.program.pid
        read = Counter({name: 1e6 * cpu_seconds(pid) for name, pid in pids.items()})
        read["flushes"], = self._suite.cluster.query("SELECT wal_sync FROM pg_stat_wal")[0]
        read["commits"], = self._suite.cluster.query(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = %s", DATABASE)[0]
        for name in SERVICES:
            read["round trips"] += self._round_trips(name)
        read["time"] = time.monotonic()
        return read

    def _round_trips(self, name: str) -> float:
        address = f"http://127.0.0.1:{self._suite.port(name, 'ops')}/metrics"
        return sum(float(line.rpartition(" ")[2])
                   for line in requests.get(address, timeout=30).text.splitlines()
                   if line.startswith("db_query_duration_seconds_count"))

    def used(self) -> Counter:
        """Microseconds of processors by program, flushes, commits, round trips, and seconds."""
        used = self._read()
        used.subtract(self._before)
        return used
